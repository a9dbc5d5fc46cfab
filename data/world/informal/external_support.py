"""Who gives military support to whose government in which conflict: UCDP External Support 18.1 (Meier et al. 2023).

The file has one row for each party to a conflict, opponent and year, 1975-2017. It names the supporters of the row in
one text and pools the forms of their support. A supporter counts as giving military support where states give the row
at least one of the `MILITARY` forms: troops as a secondary party or present, access to infrastructure, weapons,
materiel, training, intelligence. Funding, territory and what is unknown are none. Counts of states by form stand
beside: the support of each is ``certain`` where all of them give one and the same military form.

Supporters that are parts of a state without its government ("Emirati elements") are no states.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.world.informal.names import codes_of

if TYPE_CHECKING:
    from data.world.grid import Cube, Grid

FILE = "ucdp-esd-ay-181.xlsx"
YEARS = (1975, 2017)  # what the file covers
MILITARY = "xpywmti"
GAP = 5  # years without support after which it is new again
GOVERNMENT = "Government of "
SPELL = ["i", "j", "conflict"]


def governments(text: str) -> list[str]:
    """Names of the states whose governments a list of supporters or parties names."""
    parts = re.split(r",\s*", text)
    return [part.removeprefix(GOVERNMENT).strip() for part in parts if part.startswith(GOVERNMENT)]


def _positions(table: pd.DataFrame, names: str, grid: Grid, position: str) -> pd.DataFrame:
    """One row for each government that column ``names`` lists, with its position on the grid."""
    long = table.assign(name=table[names].map(governments)).explode("name").dropna(subset="name")
    return long.assign(**{position: grid.index(codes_of(long["name"], long["year"], "ucdp"))}).drop(columns="name")


def supports(table: pd.DataFrame, grid: Grid) -> pd.DataFrame:
    """(i, j, conflict, year, certain): j gives i's government military support in a conflict, each once.

    From raw ``ucdp-esd-ay-181.xlsx``; years in which the conflict has fewer than 25 deaths count where the file has
    them.
    """
    military = table[[f"ext_{form}_s" for form in MILITARY]].to_numpy().max(axis=1) > 0
    most = table[[f"ext_{form}_count_s" for form in MILITARY]].to_numpy().max(axis=1)
    rows = table.assign(certain=most >= table["ext_count_s"], conflict=table["conflict_id"])
    rows = rows[military & (table["actor_nonstate"] == 0)]
    rows = _positions(_positions(rows, "actor_name", grid, "i"), "ext_name", grid, "j")
    rows = rows[(rows["i"] >= 0) & (rows["j"] >= 0) & (rows["i"] != rows["j"])]
    return rows.groupby([*SPELL, "year"])["certain"].max().to_frame().reset_index()


def onsets(supports: pd.DataFrame, gap: int = GAP) -> pd.DataFrame:
    """The rows of ``supports`` in which support is new: none by j to i in the conflict in the ``gap`` years before.

    The file has no row for a year in which the fighting pauses, so a gap of a year or two is one of reporting; five
    years are those after which a lapsed treaty is no renewal. Nothing is known before 1975, so its support is not new.
    """
    ordered = supports.sort_values([*SPELL, "year"], ignore_index=True)
    before = ordered.groupby(SPELL)["year"].shift()
    new = before.isna() | (ordered["year"] - before > gap)
    return ordered[new & (ordered["year"] > YEARS[0])].reset_index(drop=True)


def fighting(table: pd.DataFrame, grid: Grid) -> Cube:
    """[state, year]: the state's government is a party to a conflict with at least 25 deaths in the year."""
    rows = table[(table["actor_nonstate"] == 0) & (table["active"] == 1)]
    rows = _positions(rows, "actor_name", grid, "i")
    i, year = rows["i"].to_numpy(int), rows["year"].to_numpy(int)
    return grid.count(i, np.zeros_like(i), year)[:, 0] > 0
