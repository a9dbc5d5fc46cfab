"""Which alliances end: one row per treaty, member and year in which the member can still leave.

Exposures are known at t-1. The exceptions are ``victory`` and ``victory_lately``: many treaties of a war end in the
very year in which it is won, which no exposure known the year before can show; these columns hold the year itself and
say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.build.earlier import earlier
from data.build.frame import compact, keyed
from data.build.obligations import KEY, at_risk, endings, phases
from data.codebook.citations import ATOP, COW_STATES, COW_WARS, MARQUEZ, MID, NMC
from data.codebook.lags import lagged, with_earlier
from data.codebook.variable import ERA, Panel, Variable, binary, key, number, region_of
from data.measures.duress import mark
from data.measures.threat import OF_ALL
from data.period import BEGIN, END, FIRST, LONG
from data.world.grid import Field, window
from data.world.riskset import Rows
from data.world.treaties import EDITIONS

if TYPE_CHECKING:
    from data.world.world import World

# ATOP's mode of termination, member level, as column names; modes 1 and 5 both fulfil what the treaty says.
MODES = {"expired": (1, 5), "replaced": (2,), "abrogated": (3,), "state_death": (4,), "defeated": (6,)}
OUTLIVING = ("replaced", "state_death")  # endings that are no dissolution of the alliance by those in it
AFTERMATH = (1, 2)  # a war won counts in the two years after its last


def _how(name: str, label: str, codes: str) -> Variable:
    return binary(name, label, f"1 if terminated and ATOP's mode of termination is {codes}", ATOP, "outcome")


EARLIER = {1: ("power_ratio", "threat"), 10: ("power_ratio",)}  # what the graph adjusts for, at the lags asked for
TERMINATION = Panel(
    name="termination",
    variables=with_earlier(
        EARLIER,
        key("treaty", "alliance treaty", 1000, 9999, ATOP),
        key("member", "member i of the treaty", 2, 999, COW_STATES),
        key("year", "year t of the outcome", BEGIN, END, COW_STATES),
        key("partner", "most capable other member at t-1", 2, 999, f"{ATOP}; {NMC}"),
        region_of("i"),
        ERA,
        binary(
            "terminated", "obligation ends",
            "1 if i's obligation ends in t and i is in no later phase of the treaty by t+1", ATOP, "outcome",
        ),
        binary(
            "dissolved", "alliance dissolves",
            "1 if terminated, neither replaced by another treaty nor by the loss of a member's independence",
            ATOP, "outcome",
        ),
        _how("expired", "ending by fulfilment of the treaty or of its term", "1 or 5"),
        _how("replaced", "ending by a new treaty of the members", "2"),
        _how("abrogated", "ending by violation or abrogation", "3"),
        _how("state_death", "ending by the loss of a member's independence", "4"),
        _how("defeated", "ending by defeat or occupation in war", "6"),
        binary("wartime", "alliance concluded in war", "ATOP's wartime, of the phase in force at t-1", ATOP),
        binary(
            "enemy_defeated", "common enemy defeated in the last two years",
            "1 if a war ended in t-2 or t-1 that i and another member won on one side, both then in the treaty",
            COW_WARS,
        ),
        binary(
            "wartime_enemy_defeated", "wartime alliance after the enemy's defeat", "wartime x enemy_defeated",
            f"{ATOP}; {COW_WARS}",
        ),
        binary(
            "victory_lately", "common enemy defeated in the year or the year before",
            "as enemy_defeated, for a war that ended in t-1 or t: the year itself is not known at t-1", COW_WARS,
        ),
        binary(
            "victory", "common enemy defeated in the year itself",
            "as enemy_defeated, for a war that ended in t: not known at t-1", COW_WARS,
        ),
        number(
            "threat", "threat to the member", "log disputes",
            "log(1 + new revisionist disputes with force of any state against i in t-10..t-1); under "
            "`threat=interests` by power and interest of all states in reach at t-1",
            MID, 0,
        ),
        number(
            "threat_rise", "rise in the threat to the member", "difference of log disputes",
            "log(1 + such disputes in t-3..t-1) - log(1 + 3/7 of those in t-10..t-4); under `threat=interests` "
            "the same of yearly means", MID,
        ),
        binary(
            "marxist_pair", "Marxist one-party regimes of member and partner",
            "1 if at t-1 a Marxist party without competition rules in both; 0 before 1878", "Miller (2020)", since=1878,
        ),
        number(
            "power_ratio", "power of the partner over the member", "log ratio",
            "log(CINC_partner / CINC_i) at t-1", NMC,
            nullable=True,
        ),
        number("size", "size of the alliance", "log members", "log members of the state system in it at t-1", ATOP, 0),
        number("age", "age of the obligation", "log years", "log(t - year of entry)", ATOP, 0),
        binary("defence", "defence pact", "1 if i and another member owe defence at t-1", ATOP),
        number(
            "similarity", "similarity of regimes of member and partner", "points of the score",
            "minus the absolute difference of extended unified democracy scores at t-1", MARQUEZ,
            None, 0, True,
        ),
        number(
            "past_disputes", "past disputes of member and partner", "log dispute-years",
            "log(1 + dispute-years between them in t-10..t-1)", MID, 0,
        ),
    ),
    keys=("treaty", "member", "year"),
    outcomes=("terminated", "dissolved"),
    unit="member-year",
    codebook="data/build/termination.py",
)  # fmt: skip


def victories(wars: pd.DataFrame, world: World) -> pd.DataFrame:
    """(treaty, i, year) in which a war ended that i and another member won on one side, the treaty standing.

    From raw ``cow_war_inter.rda``: a state wins when it is coded the winner against any enemy; the war ends in
    its last year for all of them, also for those that fell out earlier.
    """
    end = wars.groupby("warnum")["year"].transform("max")
    won = wars.assign(end=end, i=world.grid.index(wars["ccode1"])).query("outcome1 == 1 and i >= 0")
    won = won[["warnum", "sidea1", "i", "end"]].drop_duplicates()
    allies = won.merge(won.rename(columns={"i": "j"}), on=["warnum", "sidea1", "end"]).query("i != j")
    pairs = world.treaties.pairs.rename(columns={"end": "last"})
    stood = pairs.merge(allies, on=["i", "j"]).query("begin <= end <= last")
    return stood.rename(columns={"end": "year"})[KEY].drop_duplicates()


def marxist(world: World) -> Field:
    """Field [state, year] of 1 where a Marxist party rules alone (Miller 2020): Marxist and without competition.

    Miller's years are 1878-2015; before them no state had such a regime, so the field is 0 there.
    """
    table = world.raw.read("AutocraticRulingPartiesDataset_cy.dta").query("Marxist == 1 and Competition == 0")
    return mark(world, table["ccode"], table["Year"], "polity").astype(float)


def _outcomes(rows: pd.DataFrame, ends: pd.DataFrame) -> pd.DataFrame:
    mode = rows.merge(ends, on=KEY, how="left")["mode"]
    out = pd.DataFrame({"terminated": mode.notna()})
    out["dissolved"] = mode.notna() & ~mode.isin([code for name in OUTLIVING for code in MODES[name]])
    return out.assign(**{name: mode.isin(codes) for name, codes in MODES.items()}).astype(np.int8)


def _war(rows: pd.DataFrame, won: pd.DataFrame) -> pd.DataFrame:
    def happened(lag: int) -> pd.Series:
        return rows.merge(won.assign(year=won["year"] + lag), on=KEY, how="left", indicator=True)["_merge"] == "both"

    after, now = np.logical_or.reduce([happened(lag) for lag in AFTERMATH]), happened(0).to_numpy()
    return pd.DataFrame(
        {
            "wartime": rows["wartime"].to_numpy(),
            "enemy_defeated": after,
            "wartime_enemy_defeated": (rows["wartime"].to_numpy() == 1) & after,
            "victory_lately": happened(1).to_numpy() | now,
            "victory": now,
        }
    ).astype(np.int8)


def _power_ratio(at: Rows, world: World) -> Field:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(at.of_j(world.cinc) / at.of_i(world.cinc))
    return np.where(np.isfinite(ratio), ratio, np.nan)


def _before(at: Rows, threat: Field, world: World) -> dict[str, Field]:
    out: dict[str, Field] = {}
    for lag, names in EARLIER.items():
        then = earlier(at, world.grid.member, lag)
        known = {"power_ratio": _power_ratio(then, world), "threat": then.of_i(threat, lag=0)}
        out |= {lagged(name, lag): known[name] for name in names}
    return out


def _covariates(rows: pd.DataFrame, at: Rows, world: World) -> pd.DataFrame:
    of_all, rise_of_all = OF_ALL[world.coding.threat](world)
    threat, rise = (at.of_i(field, lag=0) for field in (of_all, rise_of_all))  # windows never hold the year itself
    rule, regime = marxist(world), world.regime
    return pd.DataFrame(
        {
            "threat": threat,
            "threat_rise": rise,
            "marxist_pair": (at.of_i(rule) * at.of_j(rule)).astype(np.int8),
            "power_ratio": _power_ratio(at, world),
            "size": np.log(rows["size"].to_numpy()),
            "age": np.log((rows["year"] - rows["entry"]).to_numpy()),
            "defence": rows["defence"].to_numpy().astype(np.int8),
            "similarity": -np.abs(at.of_i(regime) - at.of_j(regime)),
            "past_disputes": np.log1p(at.at(window(world.disputes.any, LONG), lag=0)),
            **_before(at, of_all, world),
        }
    )


def termination(world: World) -> pd.DataFrame:
    """The termination panel: one row per treaty, member and year at risk, from 1817 on.

    Columns are those of ``TERMINATION``, in that order; rows are sorted by treaty, member, year.
    """
    table = phases(world.raw.read(EDITIONS[world.coding.treaties]), world.grid)
    rows = at_risk(world, table)
    at = Rows(rows["i"].to_numpy(), rows["k"].to_numpy(), (rows["year"] - FIRST).to_numpy())
    states = world.grid.states
    keys = keyed(
        {"treaty": rows["treaty"], "member": states[at.i], "year": rows["year"], "partner": states[at.j]}, "member"
    )
    won = victories(world.raw.read("cow_war_inter.rda"), world)
    parts = [keys, _outcomes(rows, endings(table)), _war(rows, won), _covariates(rows, at, world)]
    return compact(pd.concat(parts, axis=1))
