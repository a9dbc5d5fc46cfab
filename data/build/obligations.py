"""Who is bound by which alliance in a year, and how an obligation ends: ATOP, member level (Leeds et al. 2002).

A member is at risk in t when its obligation to at least one other member of the state system stands at the end of
t-1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.period import BEGIN, FIRST, LAST
from data.world.grid import spells
from data.world.treaties import DEFENCE, member_spells

if TYPE_CHECKING:
    from data.world.grid import Field, Grid
    from data.world.world import World

KEY = ["treaty", "i", "year"]


def phases(level: pd.DataFrame, grid: Grid) -> pd.DataFrame:
    """One row per (treaty, phase, i): first and last year of the obligation and how it ended.

    From ATOP's member level; ``end`` is LAST + 1 while in force. ``entry`` is the first year of an
    unbroken chain of phases: a member that enters the next phase by the year after stays in the treaty.
    """
    table = member_spells(level, grid, LAST + 1).assign(
        mode=level["termmode"].to_numpy(int), wartime=level["wartime"].to_numpy(int)
    )
    table = table[table["i"] >= 0].sort_values(["treaty", "i", "begin", "phase"], ignore_index=True)
    before = table.groupby(["treaty", "i"])["end"].cummax().groupby([table["treaty"], table["i"]]).shift(fill_value=0)
    table = table.assign(chain=(table["begin"] > before + 1).cumsum())
    return table.assign(entry=table.groupby("chain")["begin"].transform("min")).drop(columns="chain")


def endings(table: pd.DataFrame) -> pd.DataFrame:
    """(treaty, i, year, mode) of the phases that no later phase of the same treaty continues for the member."""
    last = table.groupby(["treaty", "i", "entry"])["end"].transform("max")
    final = table[(table["end"] == last) & (last <= LAST)].rename(columns={"end": "year"})
    return final.drop_duplicates(KEY, keep="last")[[*KEY, "mode"]]


def bonds(world: World) -> pd.DataFrame:
    """(treaty, i, j, year) with both in the treaty at the end of the year before, and ``defence`` between them."""
    pairs = world.treaties.pairs
    pairs = pairs.assign(first=pairs["begin"] + 1, defence=(pairs["types"] & DEFENCE) > 0)
    long = spells(pairs[["treaty", "i", "j", "first", "end", "defence"]], "first", "end")
    by_pair = long[long["year"].between(BEGIN, world.coding.last)].groupby(["treaty", "i", "j", "year"])
    return by_pair["defence"].max().to_frame().reset_index()


def members(bonds: pd.DataFrame, cinc: Field) -> pd.DataFrame:
    """(treaty, i, year) with ``size``, ``defence`` and ``k``, the most capable other member at t-1."""
    capability = np.nan_to_num(cinc[bonds["j"], bonds["year"] - 1 - FIRST], nan=-1.0)
    ranked = bonds.assign(capability=capability).sort_values([*KEY, "capability", "j"], ignore_index=True)
    by_member = ranked.groupby(KEY)
    return pd.DataFrame(
        {
            "size": by_member.size() + 1,
            "defence": by_member["defence"].max(),
            "k": by_member["j"].last(),
        }
    ).reset_index()


def at_risk(world: World, table: pd.DataFrame) -> pd.DataFrame:
    """(treaty, i, year) at risk, members of the state system in t-1 and t, with what is known of the treaty."""
    standing = spells(table.assign(first=table["begin"] + 1), "first", "end")
    terms = standing.groupby(KEY, as_index=False).agg(wartime=("wartime", "max"), entry=("entry", "min"))
    rows = members(bonds(world), world.cinc).merge(terms, on=KEY)
    t = (rows["year"] - FIRST).to_numpy()
    member = world.grid.member[rows["i"], t] & world.grid.member[rows["i"], t - 1]
    return rows[member].sort_values(KEY, ignore_index=True)
