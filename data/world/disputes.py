"""Who acted against whom: militarised interstate disputes (Gibler, Miller and Little 2016), 1816-2010."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.period import FIRST, YEARS
from data.world.grid import Counts, Cube, Grid, spells

FORCE, DISPLAY = 2, 3  # hostility levels: 2 threat of force, 3 display, 4 use, 5 war


@dataclass(frozen=True)
class Disputes:
    """Counts of disputes by year.

    ``revisionist``: cube [j, i, year], new disputes in which j was the revisionist party against i and
    itself threatened, displayed or used force. ``launched`` (state, year): the same against anyone, each
    dispute once in a year of onset (it has several when others join later). ``any`` and ``display``: cubes,
    a dispute between the two under way, and one in which either side displayed force or more;
    ``deaths``: one in which either lost lives to it. Hostility is
    coded for a dispute as a whole, so one begun at t-1 may carry force that was first used in t.
    """

    revisionist: Counts
    launched: Counts
    any: Counts
    display: Counts
    deaths: Counts


def disputes(directed: pd.DataFrame, grid: Grid) -> Disputes:
    """Dispute cubes from raw ``gml_dirdisp.rda`` (directed dyad-years of disputes)."""
    i, j = grid.index(directed["ccode1"]), grid.index(directed["ccode2"])
    year = directed["year"].to_numpy(int)

    def cube(rows: Cube) -> Counts:
        return grid.count(i[rows], j[rows], year[rows])

    new = (directed["midonset"] == 1) & (directed["revstate1"] == 1) & (directed["hostlev1"] >= FORCE)
    display = directed[["hostlev1", "hostlev2"]].max(axis=1) >= DISPLAY
    deaths = directed[["fatality1", "fatality2"]].max(axis=1) > 0
    once = directed[new].drop_duplicates(["dispnum", "ccode1", "year"])
    launched = np.zeros((len(grid.states), YEARS), np.float32)
    np.add.at(launched, (grid.index(once["ccode1"]), once["year"].to_numpy(int) - FIRST), 1)
    masks = np.ones(len(directed), bool), display.to_numpy(), deaths.to_numpy()
    return Disputes(cube(new.to_numpy()), launched, *(cube(mask) for mask in masks))


def rivalries(table: pd.DataFrame, grid: Grid) -> Cube:
    """Cube: i and j are strategic rivals (raw ``tss_rivalries.rda``, Thompson, Sakuwa and Suhas 2021)."""
    long = spells(table, "start", "end")
    a, b = grid.index(long["ccode1"]), grid.index(long["ccode2"])
    year = long["year"].to_numpy(int)
    one_way = grid.count(a, b, year) > 0
    return one_way | one_way.transpose(1, 0, 2)
