"""Who owes whom what in a year: treaties as dyadic obligations (ATOP 5.1 or 4.01, Leeds et al. 2002).

An obligation stands between two states when either owes it to the other under a treaty both are in. A treaty whose
parties are ever as large a share of all states as a coding says is a declaration, not an alliance, and is left out
(``universal``). A pact of more than five parties is collective.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.period import FIRST, LAST
from data.world.grid import Cube, Field, Grid, spells

TYPES = {"defense": 1, "offense": 2, "neutral": 4, "nonagg": 8, "consul": 16}
DEFENCE, OFFENCE = TYPES["defense"], TYPES["offense"]
NEUTRALITY, NONAGGRESSION, CONSULTATION = TYPES["neutral"], TYPES["nonagg"], TYPES["consul"]
HARD = DEFENCE | OFFENCE
SOFT = 31 & ~HARD
EDITIONS = {"atop-5.1": "atop5_1m.csv", "atop-4.01": "atop-member-level.csv"}
# Share of all states from which a treaty is a declaration. A third to two decimals: the pact of Rio had 21 of 64.
UNIVERSAL = {"half": 1 / 2, "third": 0.325, "none": np.inf}
PARTIES = 5  # a pact of more parties is collective


@dataclass(frozen=True)
class Treaties:
    """Treaties as tables of pairs and members, and as cubes.

    ``pairs``: directed dyads (treaty, phase, i, j, begin, end, types as a bit mask; end is LAST while in force),
    both directions of each; ``own`` tells whether i itself entered the phase in ``begin``, ``stays`` whether i was in
    an earlier phase of the treaty the year before, ``raised`` what i owes that it did not owe in that one and
    ``collective`` whether more than five states are in it together with them. ``members``: (treaty, phase, i, begin,
    end, types).
    ``targets``: treaty -> state positions it names as targets. ``held``, ``held_close``: cubes uint8, the mask of
    types in force between i and j on any day, under any treaty and under those that are not collective in the year.
    """

    pairs: pd.DataFrame
    members: pd.DataFrame
    targets: dict[int, frozenset[int]]
    held: NDArray[np.uint8]
    held_close: NDArray[np.uint8]

    @property
    def defence(self) -> Cube:
        """Cube: a defence pact stands between i and j."""
        return (self.held & DEFENCE) > 0


def member_spells(level: pd.DataFrame, grid: Grid, in_force: int) -> pd.DataFrame:
    """(treaty, phase, i, begin, end) of each row of ATOP's member level.

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


def parties(members: pd.DataFrame) -> pd.Series:
    """Number of states in the treaty, by (treaty, year), of the years in which it has any."""
    long = spells(members[["treaty", "i", "begin", "end"]], "begin", "end").drop_duplicates(["treaty", "i", "year"])
    return long.groupby(["treaty", "year"]).size()


def universal(members: pd.DataFrame, grid: Grid, share: float) -> frozenset[int]:
    """Treaties whose parties are in some year at least this ``share`` of all states in the system."""
    size = parties(members)
    states = grid.member.sum(axis=0)[size.index.get_level_values("year").to_numpy(int) - FIRST]
    treaty = size.index.get_level_values("treaty").to_numpy(int)
    return frozenset(np.unique(treaty[size.to_numpy() >= share * states]).tolist())


def _pairs(members: pd.DataFrame) -> pd.DataFrame:
    """Directed pairs of members of the same treaty and phase, while both are in it."""
    members = members.sort_values(["treaty", "i", "begin", "phase"], kind="stable")
    ended = members.groupby(["treaty", "i"])["end"].cummax().groupby([members["treaty"], members["i"]]).shift()
    owed = members.groupby(["treaty", "i"])["types"].shift(fill_value=0)
    stays = members["begin"] <= ended + 1
    members = members.assign(stays=stays, raised=members["types"] & ~owed.where(stays, 0))
    both = members.merge(members, on=["treaty", "phase"], suffixes=("", "_j")).query("i != i_j")
    begin = both[["begin", "begin_j"]].max(axis=1)
    size = parties(members)
    pairs = pd.DataFrame(
        {
            "treaty": both["treaty"],
            "phase": both["phase"],
            "i": both["i"],
            "j": both["i_j"],
            "begin": begin,
            "end": both[["end", "end_j"]].min(axis=1),
            "types": both["types"] | both["types_j"],
            "own": both["begin"] == begin,
            "raised": both["raised"],
            "stays": both["stays"],
        }
    )
    pairs = pairs[(pairs["begin"] <= pairs["end"]) & (pairs["types"] > 0)].reset_index(drop=True)
    first = pd.MultiIndex.from_arrays([pairs["treaty"], pairs["begin"].clip(lower=FIRST)])
    return pairs.assign(collective=size.reindex(first).fillna(0).to_numpy() > PARTIES)


def _held(pairs: pd.DataFrame, grid: Grid, collective: dict[int, NDArray[np.bool_]]) -> NDArray[np.uint8]:
    """Cube of the types in force; those of a treaty are left out in its ``collective`` years (year,)."""
    held = np.zeros(grid.shape, np.uint8)
    begin = pairs["begin"].to_numpy().clip(min=FIRST) - FIRST
    end = pairs["end"].to_numpy().clip(max=LAST) - FIRST
    of = pairs["treaty"], pairs["i"], pairs["j"], begin, end, pairs["types"]
    for treaty, i, j, first, last, types in zip(*of, strict=True):
        years = slice(first, last + 1)
        counted = True if treaty not in collective else ~collective[treaty][years]
        held[i, j, years] |= np.where(counted, types, 0).astype(np.uint8)
    return held


def _targets(level: pd.DataFrame, grid: Grid) -> dict[int, frozenset[int]]:
    named = level.melt(id_vars="atopid", value_vars=["statthr1", "statthr2"], value_name="target").dropna()
    named = named.assign(k=grid.index(named["target"])).query("k >= 0")
    treaties, positions = named["atopid"].to_numpy(int), named["k"].to_numpy(int)
    return {treaty: frozenset(positions[treaties == treaty].tolist()) for treaty in np.unique(treaties).tolist()}


def treaties(member_level: pd.DataFrame, grid: Grid, share: float = np.inf) -> Treaties:
    """Dyadic obligations of every treaty of ATOP's member level (raw ``atop5_1m.csv`` or ``atop-member-level.csv``).

    Treaties that ever hold at least this ``share`` of all states are left out.
    """
    members = _members(member_level, grid)
    declarations = universal(members, grid, share)
    members = members[~members["treaty"].isin(declarations)].reset_index(drop=True)
    pairs = _pairs(members)
    targets = {treaty: named for treaty, named in _targets(member_level, grid).items() if treaty not in declarations}
    size = parties(members)
    large = size[size > PARTIES].reset_index()
    collective = {
        int(str(treaty)): np.isin(np.arange(FIRST, LAST + 1), table["year"])
        for treaty, table in large.groupby("treaty")
    }
    return Treaties(pairs, members, targets, _held(pairs, grid, {}), _held(pairs, grid, collective))


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
