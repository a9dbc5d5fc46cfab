"""The reduced panel, its quantities, and what planted bugs change."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from inference.calibration import study
from inference.calibration.bugs import BUGS
from inference.engine import stream
from models.parameters import draw


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
