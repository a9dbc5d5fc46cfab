"""Odd designs are sampled with finite results or refused with the reason."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pytest

from inference.engine import sample
from inference.engine.density import assemble
from models.design import Group
from models.priors import Priors
from tests.fixtures.engine_designs import changed, simulated

pytestmark = pytest.mark.slow


def finite(design):
    posterior = sample(design, seed=1, chains=2, draws=200, tune=200)["posterior"].to_dataset()
    for name, values in posterior.data_vars.items():
        assert np.isfinite(values).all(), name
        assert (values.std(("chain", "draw")) > 0).all(), name
    return posterior


def regrouped(design, **index):
    groups = dict(design.groups)
    for name, values in index.items():
        groups[name] = Group(np.asarray(values), groups[name].levels)
    return changed(design, groups=groups)


def test_empty_cells_a_level_without_rows_and_one_with_a_single_row():
    design = simulated(rows=300)
    region = np.minimum(design.groups["region"].index, 1)
    region[7] = 2  # level 3 has no row
    era = np.where(region == 0, 0, design.groups["era"].index)
    spread = finite(regrouped(design, region=region, era=era))["alpha_region"].std(("chain", "draw"))
    assert spread[3] > spread[0]


def test_a_level_without_events_and_one_with_nothing_else():
    design = simulated(rows=300)
    region = design.groups["region"].index
    y = np.where(region == 0, 0, np.where(region == 1, 1, design.y)).astype(np.int8)
    effect = finite(changed(design, y=y))["alpha_region"].mean(("chain", "draw"))
    assert effect[0] < effect[1]


def test_collinear_and_constant_predictors():
    design = simulated(rows=300)
    x = design.x.copy()
    x[:, 1], x[:, 4] = x[:, 0], 1.0
    finite(changed(design, x=x))


def test_complete_separation():
    design = simulated(rows=300)
    beta = finite(changed(design, y=(design.x[:, 3] > 0.8).astype(np.int8)))["beta"]
    assert beta.mean(("chain", "draw"))[3] > 0.5


def test_a_single_region_and_era_no_group_at_all_and_no_event():
    finite(simulated(rows=200, regions=1, eras=1, varying=1))
    design = simulated(rows=200, varying=0)
    finite(changed(design, groups={}))
    finite(changed(design, groups={"era": design.groups["era"]}, y=np.zeros(200, np.int8)))


def test_predictors_far_from_zero_do_not_overflow():
    design = simulated(rows=200)
    finite(changed(design, x=design.x * 300.0))


def test_values_that_are_not_finite_and_outcomes_beside_0_and_1_are_refused():
    design = simulated(rows=50)
    x = design.x.copy()
    x[3, 2] = np.nan
    with pytest.raises(ValueError, match="predictor 'x2' has values that are not finite"):
        sample(changed(design, x=x), seed=1)
    with pytest.raises(ValueError, match="must be 0 or 1, got 2"):
        sample(changed(design, y=np.full(50, 2, np.int8)), seed=1)


def test_slopes_that_vary_by_a_missing_group_are_refused():
    design = simulated(rows=50)
    with pytest.raises(ValueError, match="vary by region, but the groups are era"):
        sample(changed(design, groups={"era": design.groups["era"]}), seed=1)


def test_a_prior_that_the_engine_does_not_know_names_the_engine_that_does():
    @dataclass(frozen=True)
    class Wider(Priors):
        degrees_of_freedom: float = 4.0

    with pytest.raises(NotImplementedError, match=r"does not know degrees_of_freedom.*nutpie"):
        assemble.check(changed(simulated(rows=50), priors=Wider()))
    assert {field.name for field in fields(Priors)} <= set(assemble.COVERED[Priors].split())
