"""Two outcomes as one model: shared levels, names, and correlated effects as the PyMC model has them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pymc as pm
import pytest
import xarray as xr

from inference.engine import sample
from models import logit
from models.design import Group
from models.joint import admissible, draw_prior, together, view
from models.parameters import draw
from tests.fixtures.engine_designs import changed, paired, simulated
from tests.fixtures.moments import STANDARD_ERRORS, assert_equal_in_distribution

DRAWS = 4_000


@pytest.fixture(scope="module")
def joint():
    return paired(rows=150, predictors=3, varying=1, shrunk=2, extra={"state": 6})


def with_levels(design, name, labels, outcome="balance"):
    """The design as one of another outcome, with other labels of the levels of a grouping."""
    groups = dict(design.groups) | {name: Group(design.groups[name].index, labels)}
    return changed(design, groups=groups, outcome=outcome, name=f"simulated.{outcome}")


def test_levels_of_a_grouping_are_those_of_either_outcome():
    one = changed(simulated(rows=60, extra={"state": 3}), name="claim.bandwagon")
    two = with_levels(one, "state", ("state 1", "state 9", "state 0"))
    both = together([one, two])
    assert both.name == "claim"
    assert both.outcomes == ("bandwagon", "balance")
    assert both.groups == ("region", "era", "state")
    assert set(both.correlations) == {"rho_region", "rho_era", "rho_state"}
    for before, after in zip((one, two), both.designs, strict=True):
        assert after.groups["state"].levels == ("state 0", "state 1", "state 2", "state 9")
        for name, group in before.groups.items():
            known, now = (np.array(g.levels)[g.index] for g in (group, after.groups[name]))
            np.testing.assert_array_equal(known, now)
    assert both.coords["state"] == ["state 0", "state 1", "state 2", "state 9"]
    assert both.coords["balance::predictor"] == list(two.terms)


def test_a_model_of_one_outcome_has_no_correlation_and_names_of_its_own():
    design = simulated(rows=60)
    alone = together([design])
    assert alone.correlations == {}
    assert alone.designs[0].coords == design.coords
    draws = xr.Dataset({"alpha": (("chain", "draw"), np.zeros((1, 2)))})
    assert view(draws, alone, design.outcome) is draws


def test_other_groupings_and_other_numbers_of_outcomes_are_refused():
    one = simulated(rows=60)
    other = changed(simulated(rows=60, extra={"year": 4}), outcome="balance", name="simulated.balance")
    with pytest.raises(
        ValueError, match=r"simulated.balance groups rows by region, era, year, simulated by region, era"
    ):
        together([one, other])
    for designs in ([], [one, one, one]):
        with pytest.raises(ValueError, match=f"one outcome or two, not of {len(designs)}"):
            together(designs)


def test_rows_of_each_outcome_are_chosen_by_themselves(joint):
    keep = np.arange(150) % 3 == 0
    part = joint.subset([keep, slice(0, 7)])
    assert [design.y.size for design in part.designs] == [50, 7]
    assert part.coords == joint.coords


def test_rows_of_outcomes_that_exclude_each_other_are_known_to_both_and_hold_one_at_most():
    whole = paired(rows=400, apart=True)
    one, two = whole.designs
    known = np.intersect1d(one.rows, two.rows)
    twice = [row for row in known if one.y[one.rows == row] & two.y[two.rows == row]]
    part, both = admissible(whole)
    assert both == len(twice) > 0
    for before, after in zip(whole.designs, part.designs, strict=True):
        np.testing.assert_array_equal(after.rows, np.setdiff1d(known, twice))
        at = np.searchsorted(before.rows, after.rows)
        np.testing.assert_array_equal(after.x, before.x[at])
        np.testing.assert_array_equal(after.y, before.y[at])
    assert part.coords == whole.coords
    assert not (part.designs[0].y & part.designs[1].y).any()
    assert admissible(part).both == 0


def test_a_row_that_is_a_part_of_a_decision_is_one_for_both_outcomes():
    whole = paired(rows=400)
    part, _ = admissible(whole)
    half = whole.designs[1].weight
    assert half is not None
    for design in part.designs:
        np.testing.assert_array_equal(design.weight, half[design.rows])
    alike = replace(whole, designs=tuple(changed(design, weight=None) for design in whole.designs))
    assert [design.weight for design in admissible(alike).joint.designs] == [None, None]


def test_one_outcome_excludes_nothing_and_a_row_has_one_weight():
    with pytest.raises(ValueError, match="simulated has one outcome, bandwagon"):
        admissible(together([simulated(rows=60)]))
    one, two = paired(rows=60).designs
    torn = [changed(design, weight=np.full(60, weight)) for design, weight in ((one, 0.5), (two, 0.25))]
    with pytest.raises(ValueError, match=r"row 0 of the panel weighs 0.5 for bandwagon and 0.25 for balance"):
        admissible(together(torn))


@pytest.mark.slow
def test_the_draws_of_an_outcome_are_named_as_in_a_model_of_its_own(joint):
    short: dict[str, Any] = {"seed": 1, "chains": 2, "draws": 20, "tune": 20}
    draws = sample(joint, **short)["posterior"].to_dataset()
    for design in joint.designs:
        found, alone = view(draws, joint, design.outcome), sample(design, **short)["posterior"].to_dataset()
        assert set(found.data_vars) == {*alone.data_vars, *joint.correlations}
        for name, values in alone.data_vars.items():
            assert (found[name].dims, found[name].shape) == (values.dims, values.shape)
            for dim in values.dims:
                np.testing.assert_array_equal(found[dim], values[dim])
            np.testing.assert_array_equal(found[name], draws[f"{design.outcome}::{name}"])


def test_effects_under_the_prior_are_as_correlated_as_the_drawn_correlation(joint):
    drawn = draw_prior(joint, DRAWS, np.random.default_rng(1))
    one, two = (drawn[outcome] for outcome in joint.outcomes)
    for group in joint.groups:
        rho = one[f"rho_{group}"]
        np.testing.assert_array_equal(rho, two[f"rho_{group}"])
        first, second = (own[f"alpha_{group}"] / own[f"sigma_{group}"][:, None] for own in (one, two))
        error = 1 / np.sqrt(first.size)
        for standard in (first, second):
            assert abs(standard.mean()) < STANDARD_ERRORS * error
            assert abs(standard.std() - 1.0) < STANDARD_ERRORS * error
        # Given rho, z1 z2 has mean rho and variance 1 + rho^2; what is left of z2 is independent of z1 and normal.
        residual = (first * second - rho[:, None]) / np.sqrt(1 + rho[:, None] ** 2)
        assert abs(residual.mean()) < STANDARD_ERRORS * error
        rest = (second - rho[:, None] * first) / np.sqrt(1 - rho[:, None] ** 2)
        assert abs(rest.std() - 1.0) < STANDARD_ERRORS * error
        assert abs((rest * first).mean()) < STANDARD_ERRORS * error
    assert 0.3 < np.std(one["rho_region"]) < 0.6  # so that they could be told from independent ones


def test_the_first_outcome_and_all_but_effects_of_the_second_are_drawn_as_alone(joint):
    drawn, rng = draw_prior(joint, 5, np.random.default_rng(3)), np.random.default_rng(3)
    for design in joint.designs:
        alone = draw(design, 5, rng)
        own = {name for name in alone if design is joint.designs[0] or name.removeprefix("alpha_") not in joint.groups}
        for name in own:
            np.testing.assert_array_equal(drawn[design.outcome][name], alone[name])


@pytest.mark.slow
def test_prior_draws_are_those_of_the_model_in_distribution(joint):
    drawn = draw_prior(joint, DRAWS, np.random.default_rng(1))
    alike = replace(joint, designs=tuple(changed(design, weight=None) for design in joint.designs))  # PyMC asks for it
    ours = {
        name if name in joint.correlations else f"{outcome}::{name}": values
        for outcome, own in drawn.items()
        for name, values in own.items()
    }
    with logit.build(alike):
        once = {"mode": "FAST_COMPILE"}  # for one call, compiling costs more than it gives
        theirs = pm.sample_prior_predictive(DRAWS, var_names=list(ours), random_seed=2, compile_kwargs=once)["prior"]
    for group in joint.groups:  # the products carry what single effects do not: how they go together
        product = f"{group} products"
        names = [f"{outcome}::alpha_{group}" for outcome in joint.outcomes]
        ours[product] = np.prod([ours[name] for name in names], axis=0)
        theirs[product] = theirs[names[0]] * theirs[names[1]]
        ours[f"signed {product}"] = ours[product] * ours[f"rho_{group}"][:, None]
        theirs[f"signed {product}"] = theirs[product] * theirs[f"rho_{group}"]
    assert_equal_in_distribution(ours, {name: theirs[name].to_numpy()[0] for name in ours})
