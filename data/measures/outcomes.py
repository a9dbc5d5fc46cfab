"""The two outcomes: bandwagoning with the aggressor, balancing against it, and the decision behind each.

A decision is one of a state: it enters a treaty, or a new phase of the treaty raises what it owes. What others enter
is no decision of it (definition of 2026-11-28; ``entry=any`` of `Coding` is the one before). An obligation is new
where no treaty between the two held its type in the year before, so renewals do not count and a consultation pact
that becomes a defence pact does. A decision that counts against m aggressors in reach weighs 1/m in each of their
rows, so that its weights sum to one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.codebook.citations import ATOP
from data.codebook.variable import binary, category, rows_of, treaty
from data.codings import CLASSES, NO_ALIGNMENT
from data.measures.event_classes import classify
from data.measures.measure import Measure, Sample
from data.period import FIRST, LAST
from data.world.grid import Field, window
from data.world.riskset import Rows, before
from data.world.treaties import DEFENCE, HARD, SOFT, Treaties, membership
from data.world.world import World, once

if TYPE_CHECKING:
    from data.codings import Coding
    from data.world.grid import Cube

AT_MOST_SMALL = 3
# Treaties of the Arab League, which is a region and no following of its strongest member: never a bandwagoning.
ARAB_LEAGUE = {3015: "pact of 1945", 3205: "treaty of joint defence of 1950"}
CENTRED = 0.5  # share of the members' capabilities from which a treaty is centred on its holder
DECISION = ["treaty", "i", "year"]
SIGNED = "treaties", "universal", "entry", "collective", "disputes", "window"  # what events and their classes rest on


def new_obligations(treaties: Treaties, cinc: Field, coding: Coding) -> pd.DataFrame:
    """Pairs (treaty, phase, i, j, year) with ``new``, the mask of types that no treaty held the year before.

    ``size`` is the number of members in that year, ``share`` the part of their capabilities that j holds and
    ``centred`` whether that is at least half, as known the year before. Where collective pacts stand apart they do
    not make a closer treaty of two of their members a renewal.
    """
    pairs = treaties.pairs[treaties.pairs["begin"].between(FIRST + 1, LAST)].rename(columns={"begin": "year"})
    at = pairs["i"], pairs["j"], pairs["year"] - 1 - FIRST
    held = treaties.held[at].astype(int)
    if coding.collective == "apart":
        held = np.where(pairs["collective"], held, treaties.held_close[at])
    owed = np.where(pairs["stays"], pairs["raised"], pairs["types"]) if coding.entry == "own" else pairs["types"]
    pairs = pairs.assign(new=owed & ~held)
    pairs = pairs[(pairs["new"] > 0) & (pairs["own"] | (coding.entry == "any"))]
    size, capability = membership(treaties.members, cinc)
    key = pd.MultiIndex.from_frame(pairs[["treaty", "phase", "year"]])
    share = cinc[pairs["j"], pairs["year"] - 1 - FIRST] / capability.reindex(key).to_numpy()
    pairs = pairs.assign(size=size.reindex(key).to_numpy(), share=share, centred=share >= CENTRED)
    return pairs.reset_index(drop=True)


def _counted(new: pd.DataFrame, coding: Coding) -> pd.DataFrame:
    choices = {
        "aggressor-centred": new["centred"],
        "any-treaty": new["new"] > 0,
        "small": new["size"] <= AT_MOST_SMALL,
        "bilateral": new["size"] == 2,
        "hard": new["centred"] & ((new["new"] & HARD) > 0),
        "soft": new["centred"] & ((new["new"] & SOFT) > 0) & ((new["new"] & HARD) == 0),
    }
    region = new["treaty"].isin(list(ARAB_LEAGUE)) & (coding.collective == "apart")
    return new[choices[coding.bandwagon] & ~region]


@once("bandwagon", *SIGNED)
def bandwagons(world: World) -> pd.DataFrame:
    """Events (treaty, phase, i, j, year, partner, new, share, class): i enters a new obligation with j.

    The ``partner`` of a bandwagoning is the aggressor j itself.
    """
    events = _counted(new_obligations(world.treaties, world.cinc, world.coding), world.coding)
    events = events.assign(partner=events["j"])
    return events.assign(**{"class": classify(events, world)})


def standing(world: World) -> Cube:
    """Cube [k, j, year]: k stands against j, by a dispute or rivalry in the coding's window."""
    years = world.coding.window
    return (window(world.disputes.any, years) > 0) | (window(world.rivals, years) > 0)


@once("balance", *SIGNED)
def balances(world: World) -> pd.DataFrame:
    """Events (treaty, phase, i, j, year, partner, new, share, class): i gains a defence obligation against j.

    The obligation is with a third state k, the ``partner``, under a treaty to which j is no party; k has no defence
    pact with j at t-1 and stands against j: a dispute or rivalry with j in the window, or the treaty names j as its
    target. Without that last condition one pact counts as balancing against every aggressor in reach. Of several
    partners in a treaty the most capable is named.
    """
    treaties, coding = world.treaties, world.coding
    new = new_obligations(treaties, world.cinc, coding)
    new = new[(new["new"] & DEFENCE) > 0].rename(columns={"j": "k"})
    if coding.balance == "bilateral":
        new = new[new["size"] == 2]
    against, allied = standing(world), before(treaties.defence)
    members = treaties.members.groupby(["treaty", "phase"])[["i", "begin", "end"]]
    member_of = {key: table.to_numpy().T for key, table in members}
    found: list[tuple[int, int]] = []
    for row, (atopid, phase, k, year) in enumerate(new[["treaty", "phase", "k", "year"]].to_numpy()):
        stands = against[k, :, year - FIRST].copy()
        stands[list(treaties.targets.get(atopid, ()))] = True
        if coding.balance == "any-third-state":
            stands[:] = True
        stands &= ~allied[k, :, year - FIRST]
        party, begin, end = member_of[atopid, phase]
        stands[party[(begin <= year) & (end >= year)]] = False
        found.extend((row, j) for j in np.flatnonzero(stands).tolist())
    row, j = np.array(found, int).reshape(-1, 2).T
    events = new.iloc[row].assign(j=j).rename(columns={"k": "partner"})
    strength = np.nan_to_num(world.cinc[events["partner"], events["year"] - 1 - FIRST])
    events = events.assign(strength=strength).sort_values([*DECISION, "j", "strength"], kind="stable")
    events = events.drop_duplicates([*DECISION, "j"], keep="last").drop(columns="strength").reset_index(drop=True)
    return events.assign(**{"class": classify(events, world)})


def in_reach(events: pd.DataFrame, rows: Rows, world: World) -> pd.DataFrame:
    """The events that fall into rows at risk, with ``row`` and ``rows``, the number of rows of the same decision.

    Of several decisions in one row an alignment goes before what is none, then the lowest id of a treaty.
    """
    position = np.full(world.grid.shape, -1, np.int32)
    position[rows.i, rows.j, rows.t] = np.arange(len(rows.i))
    events = events.assign(row=position[events["i"], events["j"], events["year"] - FIRST])
    events = events[events["row"] >= 0]
    out = events["class"].isin(NO_ALIGNMENT if world.coding.classes == "by-rule" else ())
    events = events.assign(out=out).sort_values(["row", "out", "treaty"]).drop_duplicates("row").drop(columns="out")
    return events.assign(rows=events.groupby(DECISION)["row"].transform("size")).reset_index(drop=True)


def _columns(events: pd.DataFrame, rows: int, outcome: str, treaty_behind: str) -> pd.DataFrame:
    """The outcome of each row, the treaty and the class of the decision behind it, and the rows that it counts in."""

    def spread(values: pd.Series) -> pd.Series:
        return pd.Series(values.to_numpy(), index=events["row"].to_numpy()).reindex(range(rows))

    happened = np.zeros(rows, np.int8)
    happened[events["row"]] = 1
    classes = pd.Categorical(spread(events["class"]), categories=list(CLASSES))
    return pd.DataFrame(
        {
            outcome: happened,
            treaty_behind: spread(events["treaty"].astype("Int32")).astype("Int32"),
            f"{outcome}_class": classes,
            f"{outcome}_rows": spread(events["rows"]).fillna(1).to_numpy(np.int16),
        }
    )


def bandwagon(sample: Sample) -> pd.DataFrame:
    """``bandwagon``, ``treaty``, ``bandwagon_class`` and ``bandwagon_rows`` of each row."""
    events = in_reach(bandwagons(sample.world), sample.rows, sample.world)
    return _columns(events, len(sample.rows.i), "bandwagon", "treaty")


def balance(sample: Sample) -> pd.DataFrame:
    """``balance``, ``balance_treaty``, ``balance_class`` and ``balance_rows`` of each row."""
    events = in_reach(balances(sample.world), sample.rows, sample.world)
    return _columns(events, len(sample.rows.i), "balance", "balance_treaty")


BANDWAGON = Measure(
    (
        binary(
            "bandwagon", "bandwagoning with the aggressor",
            "1 if in t i itself enters a new or upgraded obligation with j under a treaty whose members' capabilities "
            "are at least half j's",
            ATOP, "outcome",
        ),
        treaty("treaty", "treaty behind bandwagoning"),
        category("bandwagon_class", "class of the bandwagoning", CLASSES),
        rows_of("bandwagon_rows", "rows in which the bandwagoning counts"),
    ),
    bandwagon,
)  # fmt: skip
BALANCE = Measure(
    (
        binary(
            "balance", "balancing against the aggressor",
            "1 if in t i itself gains a defence obligation with a third state that stands against j, under a treaty "
            "without j",
            ATOP, "outcome",
        ),
        treaty("balance_treaty", "treaty behind balancing"),
        category("balance_class", "class of the balancing", CLASSES),
        rows_of("balance_rows", "rows in which the balancing counts"),
    ),
    balance,
)  # fmt: skip
