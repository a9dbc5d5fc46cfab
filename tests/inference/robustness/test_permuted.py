"""Permuted outcomes keep what they are to keep, and curves are set among them as counted by hand."""

import numpy as np
import pytest

from inference.engine.laplace.approximation import approximate, modes
from inference.robustness.curve import permuted
from tests.fixtures.engine_designs import simulated


@pytest.fixture
def dyads():
    """Key and block of 60 dyad-years, three blocks of twenty, and the positions of eight events."""
    key = permuted.mixed(np.arange(60, dtype=np.uint64))
    return key, np.repeat(np.arange(3), 20), np.array([0, 1, 2, 21, 22, 40, 41, 59])


def test_every_event_moves_to_a_row_of_its_own_in_its_block(dyads):
    key, block, events = dyads
    for permutation in range(1, 50):
        to = permuted.moved(key, events, permuted.candidates(block, events), permutation)
        assert len(set(to.tolist())) == len(events)
        np.testing.assert_array_equal(block[to], block[events])


def test_an_event_goes_to_the_same_row_under_a_coding_with_fewer_rows(dyads):
    key, block, events = dyads
    kept = np.ones(60, bool)
    kept[[5, 33, 50]] = False
    places = np.flatnonzero(kept)
    few = np.searchsorted(places, events)
    among, left = permuted.candidates(block, events), permuted.candidates(block[kept], few)
    same = 0
    for permutation in range(1, 41):
        to = permuted.moved(key, events, among, permutation)
        again = places[permuted.moved(key[kept], few, left, permutation)]
        same += int((to == again).sum())
    assert same >= 0.85 * 40 * len(events)  # one row in twenty is gone, and what was drawn next may be taken


def test_every_row_of_a_block_is_as_likely(dyads):
    key, block, _ = dyads
    one = np.array([7])
    among = permuted.candidates(block, one)
    drawn = [int(permuted.moved(key, one, among, permutation)[0]) for permutation in range(1, 4001)]
    counts = np.bincount(drawn, minlength=60)[:20]
    assert counts.sum() == 4000
    assert ((counts - 200) ** 2 / 200).sum() < 43.8  # chi-squared of 19 degrees of freedom, 0.999


def test_modes_under_the_observed_outcome_are_those_of_the_approximation():
    design = simulated(rows=400)
    found = approximate(design)
    y, weight = design.y.astype(float), design.row_weight.astype(float)
    ((mean, sd),) = modes(found, [(y, weight)])
    slopes = slice(1, 1 + len(design.terms))
    np.testing.assert_allclose(mean, found.theta[slopes], atol=2e-3)
    np.testing.assert_allclose(sd, np.sqrt(np.diag(found.covariance))[slopes], rtol=1e-2)


def test_statistics_of_curves_and_their_place_by_hand():
    mean = np.array([[0.4, 0.1, -0.2, 0.6], [0.2, 0.1, -0.4, 0.2]])  # two codings; observed, three permutations
    found = permuted.statistics(mean, np.full_like(mean, 0.1), 1)
    np.testing.assert_allclose(found["median"], [0.3, 0.1, -0.3, 0.4])
    np.testing.assert_allclose(found["clear"], [1.0, 0.0, 0.0, 1.0])
    np.testing.assert_allclose(found["z"], [3.0, 1.0, -3.0, 4.0])
    assert permuted.among(found["clear"])[:2] == (1.0, 2 / 4)
    assert permuted.among(found["median"])[1] == 2 / 4
    assert permuted.among(found["z"])[2] == pytest.approx(np.sqrt(0.25 / 3))
    against = permuted.statistics(mean, np.full_like(mean, 0.1), -1)
    np.testing.assert_allclose(against["median"], [-0.3, -0.1, 0.3, -0.4])
