"""The alignment panel: risk set, groups, outcomes and measures, one row per weak state, aggressor and year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.build.earlier import EARLIER, earlier_columns
from data.build.frame import compact, keyed
from data.codebook.citations import COW_STATES
from data.codebook.variable import ERA, Panel, key, region_of
from data.codings import REGISTERED, Coding
from data.measures.measure import Sample
from data.measures.registry import MEASURES, OUTCOMES
from data.period import BEGIN, FIRST, LAST
from data.world.riskset import Rows, riskset

if TYPE_CHECKING:
    from data.world.world import World

ALIGNMENT = Panel(
    name="alignment",
    variables=(
        key("state", "weak state i", 2, 999, COW_STATES),
        key("aggressor", "aggressor j", 2, 999, COW_STATES),
        key("year", "year t of the outcome", BEGIN, LAST, COW_STATES),  # after END under a coding only
        region_of("i"),
        ERA,
        *(variable for measure in (*OUTCOMES, *MEASURES) for variable in measure.variables),
        *EARLIER,
    ),
    keys=("state", "aggressor", "year"),
    outcomes=("bandwagon", "balance"),
    unit="dyad-year",
    codebook="data/measures",
)


def rows_at_risk(world: World, coding: Coding = REGISTERED) -> Rows:
    """The dyad-years at risk under a coding."""
    world = world.under(coding)
    contiguous = np.isfinite(world.contiguity_km)
    return riskset(world.grid, world.treaties, world.disputes, world.cinc, contiguous, world.occupied, coding)


def alignment(world: World, coding: Coding = REGISTERED) -> pd.DataFrame:
    """The alignment panel under a coding: the columns of ``ALIGNMENT``, rows sorted by state, aggressor, year."""
    world = world.under(coding)
    rows = rows_at_risk(world, coding)
    outcomes = [measure.columns(Sample(rows, world, coding)) for measure in OUTCOMES]
    return pd.concat([keys_of(rows, world), *map(compact, outcomes), covariates(rows, world, coding)], axis=1)


def keys_of(rows: Rows, world: World) -> pd.DataFrame:
    """Who and when: the identifiers and groups of dyad-years."""
    states = world.grid.states
    return keyed({"state": states[rows.i], "aggressor": states[rows.j], "year": rows.t + FIRST}, "state")


def covariates(rows: Rows, world: World, coding: Coding = REGISTERED) -> pd.DataFrame:
    """What is known of dyad-years before t: every measure, and the earlier values of some."""
    sample = Sample(rows, world, coding)
    return compact(pd.concat([*(m.columns(sample) for m in MEASURES), earlier_columns(sample)], axis=1))
