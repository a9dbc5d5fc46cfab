"""Joint military exercises: Multinational Military Exercises 7 (D'Orazio and Galambos 2021), 1980-2010.

Codes are those of Gleditsch and Ward, but unified Vietnam has that of the South (817), and small island states and
Yemen have none and are known by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from data.world.codes import to_cow
from data.world.grid import window
from data.world.informal.names import codes_of

if TYPE_CHECKING:
    from data.world.grid import Counts, Cube, Grid

FILE = "mme-v7-long.csv"
YEARS = (1980, 2010)
QUIET_YEARS = 10
KNOWN = (YEARS[0] + QUIET_YEARS, YEARS[1])  # years in which a first exercise in ten years can be told
SOUTH_VIETNAM, VIETNAM = 817, 816


def participants(table: pd.DataFrame) -> pd.Series:
    """COW code of the participant of each row of raw ``mme-v7-long.csv``, NaN where that is no state."""
    codes = pd.Series(to_cow(table["gwcode"], table["year"], "gw"), table.index)
    named = codes_of(table["country"].astype(str), table["year"], "exercises")
    return codes.replace(SOUTH_VIETNAM, VIETNAM).fillna(pd.Series(named, table.index))


def joint(table: pd.DataFrame, grid: Grid) -> Counts:
    """Cube: exercises in which both i and j took part in the year."""
    part = table.assign(i=grid.index(participants(table).fillna(-1)))[["MMEID", "year", "i"]]
    part = part[part["i"] >= 0].drop_duplicates()
    pairs = part.merge(part.rename(columns={"i": "j"}), on=["MMEID", "year"]).query("i != j")
    return grid.count(*(pairs[name].to_numpy(int) for name in ("i", "j", "year")))


def first(joint: Counts) -> Cube:
    """Cube: a joint exercise in the year after ten years without; to be read in the years `KNOWN` only."""
    return (joint > 0) & (window(joint, QUIET_YEARS) == 0)
