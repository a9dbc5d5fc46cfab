"""The reduced panel, its quantities, and what planted bugs change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from inference.calibration import reduced_panel, study
from inference.calibration.bugs import BUGS, HARMLESS
from inference.engine import stream
from models.design import Group
from models.joint import draw_prior, view


@pytest.fixture(scope="module")
def shared():
    return reduced_panel.study()


@pytest.fixture(scope="module")
def joint(shared):
    rng = np.random.default_rng(5)
    return study.simulate(shared, draw_prior(shared.joint, 1, rng), rng)


def nested(inner: Group, outer: Group) -> bool:
    """Whether each level of a grouping has rows in one level of the other only."""
    return len(set(zip(inner.index, outer.index, strict=True))) == len(inner.levels)


def test_the_reduced_panel_is_as_small_as_it_says_and_crossed_as_in_reality(shared):
    for design in shared.joint.designs:
        groups = design.groups
        assert design.y.size == reduced_panel.ROWS
        assert [len(group.levels) for group in groups.values()] == [5, 4, 30, 12, 32]
        assert nested(groups["state"], groups["region"])
        assert nested(groups["year"], groups["era"])
        assert not nested(groups["state"], groups["aggressor"])
        assert not nested(groups["aggressor"], groups["era"])
        assert {"continuous", "binary", "product"} <= set(design.kinds)
        assert design.shrunk.sum() >= 2
        assert design.error
    assert shared.joint.designs[0].by_era.sum() == 4
    assert [len(design.varying) for design in shared.joint.designs] == [2, 1]


def test_rows_of_a_decision_are_equal_and_weigh_as_one(shared):
    bandwagon, balance = shared.joint.designs
    decision = shared.decisions["balance"]
    assert bandwagon.weight is None
    np.testing.assert_allclose(np.bincount(decision, balance.weight), 1.0)
    assert set(np.bincount(decision)) == {1, 2, 3}
    first = np.unique(decision, return_index=True)[1][decision]
    np.testing.assert_array_equal(balance.x, balance.x[first])
    for group in balance.groups.values():
        np.testing.assert_array_equal(group.index, group.index[first])


def test_weighted_rows_have_the_likelihood_of_one_row_for_each_decision(shared, joint):
    decision, balance = shared.decisions["balance"], joint.designs[1]
    np.testing.assert_array_equal(balance.y, balance.y[np.unique(decision, return_index=True)[1]][decision])
    parameters = draw_prior(joint, 7, np.random.default_rng(4))
    once = balance.subset(np.unique(decision, return_index=True)[1])
    eta = study.linear_predictor(once, once.x, parameters["balance"])
    expected = (once.y * eta - np.logaddexp(0.0, eta)).sum(axis=1)
    found = study.quantities(shared, joint, parameters)["balance log likelihood"]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def as_posterior(joint, parameters):
    """Draws of one chain, named as the engine's."""
    first, out = joint.designs[0].outcome, {}
    for design in joint.designs:
        dims = {p.name: p.dims for p in design.parameters}
        for name, value in parameters[design.outcome].items():
            shared = name.startswith("rho_")
            own = [d if d in joint.coords else f"{design.outcome}::{d}" for d in dims.get(name, ())]
            if not shared or design.outcome == first:
                out[name if shared else f"{design.outcome}::{name}"] = (["chain", "draw", *own], value[None])
    return xr.Dataset(out, joint.coords)


def test_quantities_are_those_of_the_streamed_functions(shared, joint):
    parameters = draw_prior(joint, 6, np.random.default_rng(6))
    posterior = as_posterior(joint, parameters)
    again = study.by_outcome(posterior, joint)
    for outcome, mine in parameters.items():
        assert set(again[outcome]) == set(mine)
        for name, value in mine.items():
            np.testing.assert_array_equal(again[outcome][name], value)
    found = study.quantities(shared, joint, parameters)
    rates = []
    for design in joint.designs:
        own, name = view(posterior, joint, design.outcome), design.outcome
        (_, raised), (_, lowered) = shared.contrasts[name]["duress"]
        high, low, rate = (stream.mean_probability(design, own, x, "float64")[0] for x in (raised, lowered, design.x))
        rates.append(rate)
        np.testing.assert_allclose(found[f"{name} risk difference[duress]"], high - low, rtol=1e-9, atol=1e-14)
        likelihood = stream.log_likelihood(design, own)
        np.testing.assert_allclose(found[f"{name} log likelihood"], np.asarray(likelihood)[0], rtol=1e-5)
        threat = design.terms.index("threat")
        np.testing.assert_array_equal(found[f"{name} beta[threat]"], parameters[name]["beta"][:, threat])
    np.testing.assert_allclose(found["log ratio of rates"], np.log(rates[1] / rates[0]), rtol=1e-9, atol=1e-12)
    slopes = [posterior[f"{o}::beta"].sel({f"{o}::predictor": "duress"}).to_numpy()[0] for o in joint.outcomes]
    np.testing.assert_array_equal(found["delta[duress]"], slopes[0] - slopes[1])


def test_every_scale_and_correlation_and_levels_of_every_effect_are_ranked(shared, joint):
    found = study.quantities(shared, joint, draw_prior(joint, 2, np.random.default_rng(6)))
    assert {f"rho_{name}" for name in joint.groups} <= set(found)
    for design in joint.designs:
        for name in design.scales:
            assert any(key.startswith(f"{design.outcome} {name}") for key in found), name
        for name in design.groups:
            assert sum(key.startswith(f"{design.outcome} {name}[") for key in found) == study.LEVELS
    assert all(value.shape == (2,) for value in found.values())


def test_log_density_of_effects_is_that_of_bivariate_normals(joint):
    parameters = draw_prior(joint, 3, np.random.default_rng(8))
    one, two = parameters.values()
    found = study.log_density_of_effects(one, two, "era")
    for k in range(3):
        a, b, rho = one["sigma_era"][k], two["sigma_era"][k], one["rho_era"][k]
        effects = np.column_stack([one["alpha_era"][k], two["alpha_era"][k]])
        covariance = np.array([[a * a, rho * a * b], [rho * a * b, b * b]])
        square = np.einsum("li,ij,lj->", effects, np.linalg.inv(covariance), effects)
        assert found[k] == pytest.approx(-0.5 * square - 0.5 * len(effects) * np.linalg.slogdet(covariance)[1])


def test_simulated_outcomes_follow_the_truth(shared):
    truth = draw_prior(shared.joint, 1, np.random.default_rng(7))
    rng = np.random.default_rng(8)
    drawn = [study.simulate(shared, truth, rng) for _ in range(400)]
    for k, design in enumerate(shared.joint.designs):
        p = 1 / (1 + np.exp(-study.linear_predictor(design, design.x, truth[design.outcome])[0]))
        mean = np.mean([joint.designs[k].y for joint in drawn], axis=0)
        assert np.abs((mean - p) / np.sqrt(p * (1 - p) / 400 + 1e-6)).max() < 5


def arrays(joint):
    """What a model is made of, by name."""
    for design in joint.designs:
        yield from (design.x, design.y, *(group.index for group in design.groups.values()))


@pytest.mark.parametrize("bug", (*BUGS, *HARMLESS), ids=lambda bug: bug.name)
def test_a_bug_changes_what_it_is_given_in_a_copy(bug, joint):
    rng = np.random.default_rng(9)
    before = [array.copy() for array in arrays(joint)]
    parameters = draw_prior(joint, 50, rng)
    kept = {o: {name: value.copy() for name, value in mine.items()} for o, mine in parameters.items()}
    given, drawn = bug.fitted(joint, rng), bug.drawn(parameters, rng)
    assert given is not joint or drawn is not parameters or bug.sampler is not study.HEALTHY.sampler
    for array, old in zip(arrays(joint), before, strict=True):
        np.testing.assert_array_equal(array, old)
    for outcome, mine in kept.items():
        assert {n: v.shape for n, v in drawn[outcome].items()} == {n: v.shape for n, v in mine.items()}
        for name, value in mine.items():
            np.testing.assert_array_equal(parameters[outcome][name], value)


def test_there_are_twenty_bugs_and_more_each_with_its_own_name():
    assert len({bug.name for bug in (*BUGS, *HARMLESS, study.HEALTHY)}) == len(BUGS) + len(HARMLESS) + 1
    assert len(BUGS) >= 20


def test_an_effect_counted_twice_is_one_whose_scale_is_twice_as_large(joint):
    bug = next(bug for bug in BUGS if bug.name == "counted twice")
    rng = np.random.default_rng(1)
    wide, right = (draw_prior(model, 4000, np.random.default_rng(3)) for model in (bug.fitted(joint, rng), joint))
    halved = bug.drawn(wide, rng)
    for name in ("alpha_aggressor", "sigma_aggressor", "alpha_state"):
        np.testing.assert_allclose(halved["balance"][name], right["balance"][name])
    assert replace(joint).designs[0].priors.scale_of("aggressor").sd == joint.designs[0].priors.group_scale.sd
