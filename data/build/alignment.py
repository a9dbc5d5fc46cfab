"""Assembling the alignment panel: risk set, outcomes, measures, groups."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from data import groups
from data.codings import REGISTERED, Coding
from data.measures.aggression import aggression
from data.measures.aid import aid
from data.measures.arms import arms
from data.measures.capacity import capacity
from data.measures.dependence import dependence
from data.measures.duress import duress
from data.measures.history import history
from data.measures.offence import offence
from data.measures.outcomes import balance, bandwagon
from data.measures.penetration import penetration
from data.measures.power import power
from data.measures.proximity import proximity
from data.measures.regime import regime
from data.measures.similarity import similarity
from data.measures.support import support
from data.measures.threat import threat
from data.world.grid import FIRST
from data.world.riskset import Rows, riskset
from data.world.sources import Raw
from data.world.world import World

Measure = Callable[[Rows, World, Coding], pd.DataFrame]
MEASURES: tuple[Measure, ...] = (
    threat,
    power,
    offence,
    aggression,
    proximity,
    support,
    duress,
    capacity,
    similarity,
    history,
    arms,
    aid,
    dependence,
    penetration,
    regime,
)


def rows_at_risk(world: World, coding: Coding = REGISTERED) -> Rows:
    """The dyad-years at risk under a coding."""
    contiguous = world.contiguity_km < float("inf")
    return riskset(world.grid, world.treaties, world.disputes, world.cinc, contiguous, world.occupied, coding)


def alignment(world: World | Raw, coding: Coding = REGISTERED) -> pd.DataFrame:
    """The alignment panel under a coding: one row per weak state, aggressor and year at risk.

    Columns are those of ``data.codebook.alignment.ALIGNMENT``, in that order; rows are
    sorted by state, aggressor, year.
    """
    if isinstance(world, Raw):
        world = World(world)
    rows = rows_at_risk(world, coding)
    keys = pd.DataFrame(
        {
            "state": world.grid.states[rows.i],
            "aggressor": world.grid.states[rows.j],
            "year": rows.t + FIRST,
        }
    ).astype("int16")
    keys["region"] = groups.region(keys["state"]).remove_unused_categories()
    keys["era"] = groups.era(keys["year"]).remove_unused_categories()
    outcomes = [
        bandwagon(rows, world.treaties, world.cinc, coding, world.grid),
        balance(rows, world.treaties, world.disputes, world.rivals, world.cinc, coding, world.grid),
    ]
    panel = pd.concat([keys, *outcomes, *(measure(rows, world, coding) for measure in MEASURES)], axis=1)
    return panel.astype(dict.fromkeys(panel.select_dtypes("float").columns, "float32"))
