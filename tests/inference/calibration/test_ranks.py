"""Ranks and bands are exact."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import multinomial

from inference.calibration import ranks


def test_rank_counts_the_draws_below_the_truth():
    draws = np.array([[0.1, 5.0], [0.2, 6.0], [0.3, 7.0]])
    np.testing.assert_array_equal(ranks.rank(draws, np.array([0.25, 9.0])), [2, 3])
    np.testing.assert_array_equal(ranks.rank(draws, np.array([0.0, 6.5])), [0, 2])


def test_counts_are_those_of_the_empirical_distribution():
    found = np.random.default_rng(1).integers(0, 20, 50)
    expected = [(found < 4).sum(), (found < 8).sum(), (found < 12).sum(), (found < 16).sum()]
    np.testing.assert_array_equal(ranks.counts(found, 19, 5), expected)
    with pytest.raises(ValueError, match="6 bins do not divide the 20 ranks among 19 draws"):
        ranks.counts(found, 19, 6)


def test_coverage_is_the_sum_over_all_samples():
    n, bins = 5, 4
    tail = ranks.tails(n, bins)
    cells = [np.array(c) for c in product(range(n + 1), repeat=bins) if sum(c) == n]
    chance = np.array([multinomial.pmf(c, n, [1 / bins] * bins) for c in cells])
    smallest = np.array([tail[np.arange(bins - 1), np.cumsum(c)[:-1]].min() for c in cells])
    for threshold in (0.0, 0.004, 0.03, 0.1, 0.3):
        assert ranks.coverage(n, bins, threshold) == pytest.approx(chance[smallest > threshold].sum(), abs=1e-12)
    for sample in ([0, 0, 0, 0, 0], [0, 1, 2, 3, 3], [3, 2, 3, 3, 2]):
        at = np.cumsum(np.bincount(sample, minlength=bins))[:-1]
        as_far = smallest <= tail[np.arange(bins - 1), at].min()
        assert ranks.p_value(np.array(sample), bins - 1, bins) == pytest.approx(chance[as_far].sum(), abs=1e-12)


@pytest.mark.parametrize(("n", "level"), [(30, 0.99), (200, 0.9), (500, 0.99)])
def test_band_holds_uniform_ranks_as_often_as_it_says(n, level):
    rng, samples, bins = np.random.default_rng(2), 4000, 20
    low, high = ranks.band(n, bins, level)
    count = np.cumsum(rng.multinomial(n, np.full(bins, 1 / bins), samples), axis=1)[:, :-1]
    inside = ((count >= low) & (count <= high)).all(axis=1).mean()
    error = np.sqrt(level * (1 - level) / samples)
    assert level - 4 * error < inside < level + 4 * error + (0.01 if n == 30 else 0.003)  # counts are whole numbers


def test_band_is_that_of_arviz():
    from arviz_stats.ecdf_utils import get_pointwise_confidence_band, simulate_confidence_bands

    n, bins, level = 200, 50, 0.95
    z = np.arange(1, bins) / bins
    pointwise = simulate_confidence_bands(n, 1, z, level, 4000, np.random.default_rng(3))
    their_low, their_high = get_pointwise_confidence_band(pointwise, n, z)
    low, high = ranks.band(n, bins, level)
    assert np.abs(low / n - their_low).max() <= 1.01 / n
    assert np.abs(high / n - their_high).max() <= 1.01 / n


def test_outside_the_band_is_a_small_p_value():
    rng, draws, bins, n = np.random.default_rng(4), 99, 20, 60
    low, high = ranks.band(n, bins, 0.9)
    outcomes = set()
    for _ in range(200):
        sample = rng.binomial(draws, rng.beta(1.0, 1.2, n))
        count = ranks.counts(sample, draws, bins)
        outside = bool(((count < low) | (count > high)).any())
        assert outside == (ranks.p_value(sample, draws, bins) <= 0.1)
        outcomes.add(outside)
    assert outcomes == {True, False}


@pytest.mark.parametrize(("width", "calibrated"), [(1.0, True), (0.75, False)])
def test_ranks_of_a_conjugate_normal(width, calibrated):
    rng, n, draws = np.random.default_rng(5), 400, 99
    truth = rng.normal(size=n)
    y = truth + rng.normal(size=n)
    posterior = y / 2 + width * np.sqrt(0.5) * rng.normal(size=(draws, n))
    assert (ranks.p_value(ranks.rank(posterior, truth), draws, 100) > 0.01) == calibrated
