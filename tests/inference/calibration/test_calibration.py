"""Ranks and bands are exact; a calibrated engine is found calibrated, a corrupted one is not."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import xarray as xr
from scipy.stats import multinomial

from inference.calibration import campaign, figure, ranks, reference, study
from inference.calibration.bugs import BUGS
from inference.engine import stream
from models.parameters import draw

GROSS = "swapped sign"
REPLICATES = 30


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


@pytest.fixture(scope="module")
def shared():
    return study.study()


def test_the_reduced_panel_is_as_small_as_it_says(shared):
    design = shared.design
    assert design.y.size == study.ROWS
    assert [len(group.levels) for group in design.groups.values()] == [study.REGIONS, study.ERAS]
    assert set(design.kinds) == {"continuous", "binary", "product"}
    assert design.shrunk.sum() == len(design.varying) == 2


def test_quantities_are_those_of_the_streamed_functions(shared):
    design = shared.design
    truth = draw(design, 6, np.random.default_rng(6))
    found = study.quantities(shared, design, truth)
    dims = {"beta": ["predictor"], "sigma_gamma": ["exposure"], "gamma": ["exposure", "region"]}
    dims |= {f"alpha_{name}": [name] for name in design.groups}
    values = {name: (["chain", "draw", *dims.get(name, [])], value[None]) for name, value in truth.items()}
    posterior = xr.Dataset(values, {"chain": [0], "draw": np.arange(6)} | design.coords)
    means = [stream.mean_probability(design, posterior, x, "float64")[0] for x in (shared.raised, shared.lowered)]
    np.testing.assert_allclose(found["risk difference of duress"], means[0] - means[1], rtol=1e-9, atol=1e-14)
    p = 1 / (1 + np.exp(-study.linear_predictor(design, design.x, truth)))
    expected = np.log(np.where(design.y == 1, p, 1 - p)).sum(axis=1)
    np.testing.assert_allclose(found["log likelihood"], expected, rtol=1e-10)
    np.testing.assert_array_equal(found["beta[threat]"], truth["beta"][:, design.terms.index("threat")])
    np.testing.assert_array_equal(found["sigma_gamma[threat]"], truth["sigma_gamma"][:, 1])


def test_simulated_outcomes_follow_the_truth(shared):
    truth = draw(shared.design, 1, np.random.default_rng(7))
    p = 1 / (1 + np.exp(-study.linear_predictor(shared.design, shared.design.x, truth)[0]))
    rng = np.random.default_rng(8)
    mean = np.mean([study.simulate(shared.design, truth, rng).y for _ in range(400)], axis=0)
    assert np.abs((mean - p) / np.sqrt(p * (1 - p) / 400 + 1e-6)).max() < 5


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_changes_what_it_is_given_and_nothing_else(bug, shared):
    rng, design = np.random.default_rng(9), shared.design
    before = design.x.copy(), design.y.copy(), [group.index.copy() for group in design.groups.values()]
    parameters = draw(design, 50, rng)
    kept = {name: value.copy() for name, value in parameters.items()}
    given, drawn = bug.fitted(design, rng), bug.drawn(parameters, rng)
    assert (given is not design) != (drawn is not parameters)
    assert {name: value.shape for name, value in drawn.items()} == {n: v.shape for n, v in kept.items()}
    np.testing.assert_array_equal(design.x, before[0])
    np.testing.assert_array_equal(design.y, before[1])
    for group, index in zip(design.groups.values(), before[2], strict=True):
        np.testing.assert_array_equal(group.index, index)
    for name, value in kept.items():
        np.testing.assert_array_equal(parameters[name], value)


def test_a_case_is_read_back_and_drawn(tmp_path, monkeypatch):
    rng = np.random.default_rng(10)
    made = campaign.Case("engine", {"a": rng.integers(0, 200, 60), "b": np.zeros(60, int)}, 0, 1.0)
    monkeypatch.setattr(campaign, "run", lambda *_: made)
    first = campaign.kept("engine", 60, 1, tmp_path)
    monkeypatch.setattr(campaign, "run", lambda *_: pytest.fail("run again"))
    again = campaign.kept("engine", 60, 1, tmp_path)
    for name, value in first.ranks.items():
        np.testing.assert_array_equal(again.ranks[name], value)
    assert again.outside() == again.noticed == ["b"]
    assert again.family_level == pytest.approx(0.995)
    assert '"outside_99": [\n    "b"' in campaign.write([again], 1, tmp_path).read_text()
    drawn = figure.draw(again).axes[0].lines[0].get_ydata()
    np.testing.assert_array_equal(drawn, figure.differences(again)["a"])


def test_summary_of_draws_has_values_and_errors():
    rng = np.random.default_rng(11)
    values = rng.normal(2.0, 3.0, (4, 1000, 2))
    dims = ("chain", "draw", "predictor")
    posterior = xr.Dataset({"beta": (dims, values), "z_beta": (dims, values)}, {"predictor": ["a", "b"]})
    found = reference.summarise(reference.parameters(posterior))
    assert list(found) == ["beta[a]", "beta[b]"]
    mean, error = found["beta[b]"]["mean"]
    assert mean == pytest.approx(values[..., 1].mean())
    assert error == pytest.approx(3.0 / np.sqrt(4000), rel=0.2)
    assert found["beta[a]"]["q95"][0] == pytest.approx(np.quantile(values[..., 0], 0.95))
    density = np.exp(-0.5 * 1.645**2) / np.sqrt(2 * np.pi) / 3.0
    assert found["beta[a]"]["q95"][1] == pytest.approx(np.sqrt(0.95 * 0.05 / 4000) / density, rel=0.3)


@pytest.mark.slow
def test_the_engine_is_calibrated_and_a_gross_bug_is_not():
    healthy = campaign.run("engine", REPLICATES, seed=1, cores=1)
    assert not healthy.noticed
    assert healthy.divergences == 0
    assert "log likelihood" in campaign.run(GROSS, REPLICATES, seed=1, cores=1).noticed


@pytest.mark.slow
def test_ranks_are_the_same_on_one_core_and_on_two():
    one, two = (campaign.run("lost events", 6, seed=3, cores=cores) for cores in (1, 2))
    for name, value in one.ranks.items():
        np.testing.assert_array_equal(two.ranks[name], value)
