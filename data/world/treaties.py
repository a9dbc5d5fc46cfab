"""Who owes whom what in a year: treaties as dyadic obligations (ATOP 4.01, Leeds et al. 2002).

ATOP 4.01 is used throughout because it has treaty ids and named targets, which the 5.1 dyad-years lack.
An obligation stands between two states when either owes it to the other under a treaty both are in.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.period import FIRST, LAST
from data.world.grid import Cube, Field, Grid

TYPES = {"defense": 1, "offense": 2, "neutral": 4, "nonagg": 8, "consul": 16}
DEFENCE, OFFENCE = TYPES["defense"], TYPES["offense"]
HARD = DEFENCE | OFFENCE
SOFT = 31 & ~HARD


@dataclass(frozen=True)
class Treaties:
    """Treaties as tables of pairs and members, and as a cube.

    ``pairs``: directed dyads (treaty, i, j, begin, end, types as a bit mask; end is LAST while in force),
    both directions of each. ``members``: (treaty, phase, i, begin, end). ``targets``: treaty -> state
    positions it names as targets. ``held``: cube uint8, the mask of types in force between i and j on any day.
    """

    pairs: pd.DataFrame
    members: pd.DataFrame
    targets: dict[int, frozenset[int]]
    held: NDArray[np.uint8]

    @property
    def defence(self) -> Cube:
        """Cube: a defence pact stands between i and j."""
        return (self.held & DEFENCE) > 0


def member_spells(level: pd.DataFrame, grid: Grid, in_force: int) -> pd.DataFrame:
    """(treaty, phase, i, begin, end) of each row of raw ``atop-member-level.csv``.

    ``i`` is -1 for a member outside the state system, ``end`` is the year ``in_force`` of what is still in force.
    """
    end = level["yrexit"].to_numpy(int)
    return pd.DataFrame(
        {
            "treaty": level["atopid"].to_numpy(int),
            "phase": level["phase"].to_numpy(int),
            "i": grid.index(level["member"]),
            "begin": level["yrent"].to_numpy(int),
            "end": np.where(end == 0, in_force, end),
        }
    )


def _members(level: pd.DataFrame, grid: Grid) -> pd.DataFrame:
    mask = sum(level[name].to_numpy(int) * bit for name, bit in TYPES.items())
    table = member_spells(level, grid, LAST).assign(types=mask)
    return table[table["i"] >= 0].reset_index(drop=True)


def _pairs(members: pd.DataFrame) -> pd.DataFrame:
    """Directed pairs of members of the same treaty and phase, while both are in it."""
    both = members.merge(members, on=["treaty", "phase"], suffixes=("", "_j")).query("i != i_j")
    pairs = pd.DataFrame(
        {
            "treaty": both["treaty"],
            "phase": both["phase"],
            "i": both["i"],
            "j": both["i_j"],
            "begin": both[["begin", "begin_j"]].max(axis=1),
            "end": both[["end", "end_j"]].min(axis=1),
            "types": both["types"] | both["types_j"],
        }
    )
    return pairs[(pairs["begin"] <= pairs["end"]) & (pairs["types"] > 0)].reset_index(drop=True)


def _held(pairs: pd.DataFrame, grid: Grid) -> NDArray[np.uint8]:
    held = np.zeros(grid.shape, np.uint8)
    begin = pairs["begin"].to_numpy().clip(min=FIRST) - FIRST
    end = pairs["end"].to_numpy().clip(max=LAST) - FIRST
    for i, j, first, last, types in zip(pairs["i"], pairs["j"], begin, end, pairs["types"], strict=True):
        held[i, j, first : last + 1] |= types
    return held


def _targets(level: pd.DataFrame, grid: Grid) -> dict[int, frozenset[int]]:
    named = level.melt(id_vars="atopid", value_vars=["statthr1", "statthr2"], value_name="target").dropna()
    named = named.assign(k=grid.index(named["target"])).query("k >= 0")
    treaties, positions = named["atopid"].to_numpy(int), named["k"].to_numpy(int)
    return {treaty: frozenset(positions[treaties == treaty].tolist()) for treaty in np.unique(treaties).tolist()}


def treaties(member_level: pd.DataFrame, grid: Grid) -> Treaties:
    """Dyadic obligations of every treaty of raw ``atop-member-level.csv``."""
    members = _members(member_level, grid)
    pairs = _pairs(members)
    return Treaties(pairs, members, _targets(member_level, grid), _held(pairs, grid))


def membership(members: pd.DataFrame, capability: Field) -> tuple[pd.Series, pd.Series]:
    """Number and summed capabilities of the members of each (treaty, phase, year).

    ``capability`` (state, year) is read in the year before, so that a share never uses the year itself.
    """
    year = np.arange(FIRST, LAST + 1)
    held = (members["begin"].to_numpy()[:, None] <= year) & (members["end"].to_numpy()[:, None] >= year)
    row, t = np.nonzero(held & (year > FIRST))
    long = pd.DataFrame(
        {
            "treaty": members["treaty"].to_numpy()[row],
            "phase": members["phase"].to_numpy()[row],
            "year": year[t],
            "capability": capability[members["i"].to_numpy()[row], t - 1],
        }
    ).groupby(["treaty", "phase", "year"])["capability"]
    return long.size(), long.sum()
