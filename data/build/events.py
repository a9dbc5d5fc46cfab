"""The table of decisions, ``events.csv``: every alignment that any coding counts, one row per decision.

A decision is a state's entry into a treaty, or into a phase of it that raises what the state owes. The table tells with
whom, against or with which aggressors in reach, by what obligations, of which class, and which codings count it: the
registered one and each single change of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.build.alignment import rows_at_risk
from data.codings import CHOICES, REGISTERED, REVISION_1, Coding
from data.measures.outcomes import balances, bandwagons, in_reach
from data.period import FIRST
from data.world.treaties import TYPES

if TYPE_CHECKING:
    from data.world.world import World

# Dimensions that change neither who is at risk nor what counts.
ELSEWHERE = ("threat", "capacity", "classes", "last")
KEY = ["outcome", "state", "year", "treaty"]
COLUMNS = [
    "outcome", "state", "state_name", "partner", "partner_name", "aggressors", "year", "treaty", "obligations", "class",
    "threat", "share", "codings",
]  # fmt: skip


def codings() -> Iterator[tuple[str, Coding]]:
    """The registered coding, each single change of it that bears on events, and revision 1, by name."""
    yield "registered", REGISTERED
    for dimension, choices in CHOICES.items():
        if dimension not in ELSEWHERE:
            for choice in choices[1:]:
                other = Coding.changed({dimension: choice})
                yield str(other), other
    yield "revision-1", REVISION_1


def obligations(types: int) -> str:
    """The names of a mask of obligations."""
    return "+".join(name for name, bit in TYPES.items() if types & bit)


def _decisions(events: pd.DataFrame, world: World, outcome: str) -> pd.DataFrame:
    """The events in reach, one row per decision; the aggressors that it counts for are joined."""
    states, names = world.grid.states, np.array(world.grid.names)
    against = world.disputes.against(world.coding.window)
    i, j, t = (events[name].to_numpy() for name in ("i", "j", "year"))
    t = t - FIRST
    rivals = world.rivals[i, j, t - 1]
    table = pd.DataFrame(
        {
            "outcome": outcome,
            "state": states[i],
            "state_name": names[i],
            "partner": states[events["partner"]],
            "partner_name": names[events["partner"]],
            "aggressor": states[j].astype(str),
            "year": events["year"],
            "treaty": events["treaty"].astype(int),
            "obligations": events["new"].map(obligations),
            "class": events["class"],
            "threat": np.log1p(against[j, i, t].astype(float)) + rivals,
            "share": events["share"],
        }
    ).sort_values([*KEY, "aggressor"], ignore_index=True)
    first = {name: "first" for name in COLUMNS if name in table and name not in (*KEY, "threat")}
    return table.groupby(KEY, as_index=False).agg(
        **{name: (name, how) for name, how in first.items()},
        aggressors=("aggressor", " ".join),
        threat=("threat", "max"),
    )


def decisions(world: World, coding: Coding = REGISTERED) -> pd.DataFrame:
    """The decisions that count under one coding, with the columns of ``events.csv`` but ``codings``."""
    world = world.under(coding)
    rows = rows_at_risk(world, coding)
    both = {"bandwagon": bandwagons(world), "balance": balances(world)}
    tables = [_decisions(in_reach(events, rows, world), world, outcome) for outcome, events in both.items()]
    return pd.concat(tables, ignore_index=True)


def events(world: World) -> pd.DataFrame:
    """The table of decisions: `COLUMNS`, sorted by outcome, year, state and treaty.

    Aggressors, class, threat and share are those under the registered coding where it counts the decision, else those
    under the first coding that does.
    """
    tables = [decisions(world, coding).assign(codings=name) for name, coding in codings()]
    long = pd.concat(tables, ignore_index=True)
    counted = long.groupby(KEY)["codings"].agg("; ".join)
    table = long.drop_duplicates(KEY).drop(columns="codings").merge(counted.reset_index(), on=KEY)
    table = table.sort_values(["outcome", "year", "state", "treaty"], ignore_index=True)[COLUMNS]
    return table.round({"threat": 4, "share": 4})
