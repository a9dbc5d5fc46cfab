"""The case of 2015: Russia, Syria, Iran and Iraq, each towards each of the others, 2011-2015.

The case that Carter (2022) opens with left no treaty. For each pair and year the table says whether it is a row at
risk and, if not, which conditions fail; what treaties hold; and what the measures without a treaty tell. What a source
does not cover is missing, not absent.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.codings import REGISTERED, Coding
from data.period import FIRST
from data.validation import VOTES, votes
from data.world.informal import agreements, exercises, external_support
from data.world.riskset import conditions
from data.world.treaties import TYPES

if TYPE_CHECKING:
    from data.world.world import World

STATES = {365: "Russia", 652: "Syria", 630: "Iran", 645: "Iraq"}
YEARS = range(2011, 2016)
NO_ALIGNMENT = "none"


def failing(world: World, coding: Coding = REGISTERED) -> pd.DataFrame:
    """(state, aggressor, year, fails): the conditions of being at risk that do not hold, "" where all do."""
    world = world.under(coding)
    contiguous = np.isfinite(world.contiguity_km)
    required = conditions(world.grid, world.treaties, world.disputes, world.cinc, contiguous, world.occupied, coding)
    out: list[tuple[int, int, int, str]] = []
    for state, aggressor in permutations(STATES, 2):
        i, j = int(world.grid.index(state)), int(world.grid.index(aggressor))
        for year in YEARS:
            held = {
                name: np.broadcast_to(cube, world.grid.shape)[i, j, year - FIRST] for name, cube in required.items()
            }
            out.append((state, aggressor, year, ", ".join(name for name, holds in held.items() if not holds)))
    return pd.DataFrame(out, columns=["state", "aggressor", "year", "fails"])


def obligations(world: World, i: int, j: int, year: int) -> str:
    """Treaties in force between two positions on the grid in a year, as "ATOP id: obligations"."""
    pairs = world.treaties.pairs
    now = pairs[(pairs["i"] == i) & (pairs["j"] == j) & (pairs["begin"] <= year) & (pairs["end"] >= year)]
    types = now.groupby("treaty")["types"].agg(np.bitwise_or.reduce)
    words = [f"{treaty}: {', '.join(n for n, bit in TYPES.items() if mask & bit)}" for treaty, mask in types.items()]
    return "; ".join(words) or NO_ALIGNMENT


def _conflicts(table: pd.DataFrame, i: int, j: int, year: int) -> str:
    rows = table[(table["i"] == i) & (table["j"] == j) & (table["year"] == year)]
    marks = [
        f"{c}{'' if certain else ' (pooled)'}" for c, certain in zip(rows["conflict"], rows["certain"], strict=True)
    ]
    return ", ".join(marks) or NO_ALIGNMENT


def case_2015(world: World, coding: Coding = REGISTERED) -> pd.DataFrame:
    """The table of the case: one row for each ordered pair and year, sorted by state, aggressor and year.

    ``at_risk`` and ``fails`` under the coding; ``treaties`` in force (ATOP 5.1); ``support`` and ``new_support`` by the
    aggressor for the state's government (UCDP conflict ids; pooled where it is not certain to be military);
    ``agreements`` and ``exercises`` known to 2010, so the last years in which they are known to have been; ``arms`` in
    millions of trend-indicator value in the year; ``votes``, minus the distance of ideal points in the year.
    """
    world = world.under(coding)
    table, grid = failing(world, coding), world.grid
    support = external_support.supports(world.raw.read(external_support.FILE), grid)
    new = external_support.onsets(support)
    signed = agreements.agreements(world.raw.read(agreements.FILE), grid)
    joint = exercises.joint(world.raw.read(exercises.FILE), grid)
    points = votes(world.raw.read(VOTES), world)
    rows: list[dict[str, object]] = []
    for state, aggressor, year in table[["state", "aggressor", "year"]].itertuples(index=False, name=None):
        i, j, t = int(grid.index(state)), int(grid.index(aggressor)), int(year) - FIRST
        pacts = sorted(set(signed.loc[(signed["i"] == i) & (signed["j"] == j), "year"].tolist()))
        exercised = (np.flatnonzero(joint[i, j]) + FIRST).tolist()
        rows.append(
            {
                "treaties": obligations(world, i, j, int(year)),
                "support": _conflicts(support, i, j, int(year)),
                "new_support": _conflicts(new, i, j, int(year)),
                "agreements": ", ".join(map(str, pacts)) or NO_ALIGNMENT,
                "exercises": ", ".join(map(str, exercised)) or NO_ALIGNMENT,
                "arms": float(world.arms[i, j, t]),
                "votes": float(points[i, j, t]),
            }
        )
    out = pd.concat([table.assign(at_risk=table["fails"] == ""), pd.DataFrame(rows)], axis=1)
    named = {f"{side}_name": out[side].map(STATES) for side in ("state", "aggressor")}
    return out.assign(**named).sort_values(["state", "aggressor", "year"], ignore_index=True)
