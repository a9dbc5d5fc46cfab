"""Years under a pact with the aggressor that began as an alignment, for simulations in which it may not come about.

A dyad leaves the risk set when the weak state owes its aggressor defence or offence. Where a simulation gives such a
pact another probability, the years in which it stood are at risk as far as it was not concluded. This panel holds
those in which all else put them at risk, with the covariates of the alignment panel, measured in the world as it was.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.build.alignment import ALIGNMENT, covariates, keys_of, rows_at_risk
from data.build.frame import compact
from data.codebook.citations import ATOP
from data.codebook.variable import Panel, Variable, binary
from data.codings import REGISTERED, Coding
from data.measures.measure import Sample
from data.measures.outcomes import bandwagon
from data.measures.registry import OUTCOMES
from data.period import FIRST, FIRST_TRANSITION
from data.world.grid import Cube, Ints
from data.world.riskset import Rows, allied, conditions

if TYPE_CHECKING:
    from data.world.world import World

EVENT = ("bandwagon_class", "bandwagon_rows")
PACTS = Panel(
    name="pacts",
    variables=(
        *(v for v in ALIGNMENT.variables if v.name not in {c.name for m in OUTCOMES for c in m.variables}),
        *(replace(v, nullable=False, missing="never missing") for v in ALIGNMENT.variables if v.name in EVENT),
        Variable(
            "pact_began", "count", "year of the alignment", "year",
            "year of the alignment that began the pact in force at t-1", ATOP, FIRST_TRANSITION, None,
        ),
        binary("ended", "end of the pact", "1 if neither owes the other defence or offence in t", ATOP),
    ),
    keys=ALIGNMENT.keys,
    outcomes=(),
    unit="dyad-year under a pact",
    codebook="data/build/pacts.py",
)  # fmt: skip


def pacts(world: World, coding: Coding = REGISTERED) -> pd.DataFrame:
    """The panel of pacts under a coding: the columns of ``PACTS``, rows sorted by state, aggressor, year."""
    world = world.under(coding)
    risk = rows_at_risk(world, coding)
    events = bandwagon(Sample(risk, world, coding))
    happened = (events["bandwagon"] == 1).to_numpy() & (risk.t + FIRST >= FIRST_TRANSITION)
    began = Rows(risk.i[happened], risk.j[happened], risk.t[happened])
    held = allied(world.treaties, coding)
    rows, which = _years_under(began, held, _otherwise_at_risk(world, coding), coding.last - FIRST)
    own = events.loc[happened, list(EVENT)].iloc[which].reset_index(drop=True)
    own["pact_began"] = (began.t[which] + FIRST).astype("int16")
    own["ended"] = ~rows.at(held, 0)
    return pd.concat([keys_of(rows, world), covariates(rows, world, coding), compact(own)], axis=1)


def _otherwise_at_risk(world: World, coding: Coding) -> Cube:
    """Cube: all holds that puts a dyad-year at risk but that the two are unallied."""
    contiguous = np.isfinite(world.contiguity_km)
    required = conditions(world.grid, world.treaties, world.disputes, world.cinc, contiguous, world.occupied, coding)
    return reduce(np.logical_and, (cube for name, cube in required.items() if name != "unallied"))


def _years_under(began: Rows, held: Cube, at_risk: Cube, last: int) -> tuple[Rows, Ints]:
    """The years t ``at_risk`` with a pact in force since its beginning, and the position of that beginning (row,).

    Sorted as panels are.
    """
    found: list[tuple[int, int, int, int]] = []
    for k, (i, j, t) in enumerate(zip(began.i, began.j, began.t, strict=True)):
        for year in range(int(t) + 1, last + 1):
            if not held[i, j, year - 1]:
                break
            if at_risk[i, j, year]:
                found.append((i, j, year, k))
    table = np.array(sorted(found), np.intp).reshape(-1, 4)
    _, first = np.unique(table[:, :3], axis=0, return_index=True)  # of two alignments of a dyad the first one
    i, j, t, k = table[first].T
    return Rows(i, j, t), k
