"""Which alliances end: one row per treaty, member and year in which the member can still leave.

Source of treaties and endings: ATOP 4.01, member level (Leeds et al. 2002), 1816-2016. A member is at risk in t
when its obligation to at least one other member of the state system stands at the end of t-1. Exposures are known
at t-1. The exception is ``victory``: many treaties of a war end in the very year in which it is won, which no
exposure known the year before can show; the column is of the year itself and says so.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data import groups
from data.measures.duress import mark
from data.world.grid import FIRST, LAST, Grid, spells, window
from data.world.riskset import BEGIN, END, Rows
from data.world.sources import Raw
from data.world.treaties import DEFENCE
from data.world.world import Field, World

# ATOP's mode of termination, member level, as column names; modes 1 and 5 both fulfil what the treaty says.
MODES = {"expired": (1, 5), "replaced": (2,), "abrogated": (3,), "state_death": (4,), "defeated": (6,)}
OUTLIVING = ("replaced", "state_death")  # endings that are no dissolution of the alliance by those in it
RECENT, LONG = 3, 10  # years of a recent rise of threat, and of threat as such
AFTERMATH = (1, 2)  # a war won counts in the two years after its last
KEY = ["treaty", "i", "year"]


def phases(level: pd.DataFrame, grid: Grid) -> pd.DataFrame:
    """One row per (treaty, phase, i): first and last year of the obligation and how it ended.

    From raw ``atop-member-level.csv``; ``end`` is LAST + 1 while in force. ``entry`` is the first year of an
    unbroken chain of phases: a member that enters the next phase by the year after stays in the treaty.
    """
    end = level["yrexit"].to_numpy(int)
    table = pd.DataFrame(
        {
            "treaty": level["atopid"].to_numpy(int),
            "phase": level["phase"].to_numpy(int),
            "i": grid.index(level["member"]),
            "begin": level["yrent"].to_numpy(int),
            "end": np.where(end == 0, LAST + 1, end),
            "mode": level["termmode"].to_numpy(int),
            "wartime": level["wartime"].to_numpy(int),
        }
    )
    table = table[table["i"] >= 0].sort_values(["treaty", "i", "begin", "phase"], ignore_index=True)
    before = table.groupby(["treaty", "i"])["end"].cummax().groupby([table["treaty"], table["i"]]).shift(fill_value=0)
    chain = (table["begin"] > before + 1).cumsum()
    return table.assign(entry=table.groupby(chain)["begin"].transform("min"))


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
    by_pair = long[long["year"].between(BEGIN, END)].groupby(["treaty", "i", "j", "year"])
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

    after = np.logical_or.reduce([happened(lag) for lag in AFTERMATH])
    return pd.DataFrame(
        {
            "wartime": rows["wartime"].to_numpy(),
            "enemy_defeated": after,
            "wartime_enemy_defeated": (rows["wartime"].to_numpy() == 1) & after,
            "victory": happened(0).to_numpy(),
        }
    ).astype(np.int8)


def threats(world: World) -> tuple[Field, Field]:
    """Threat to a state and its rise, fields [state, year], from new revisionist disputes with force of anyone.

    threat = log(1 + n) with n of t-10..t-1; rise = log(1 + m) - log(1 + 3/7 (n - m)) with m of t-3..t-1, so that
    it is 0 when disputes keep their pace. Gibler, Miller and Little (2016), 1816-2010; windows are shorter at first.
    """
    against = world.disputes.revisionist.sum(axis=0)
    total, recent = window(against, LONG), window(against, RECENT)
    expected = (total - recent) * (RECENT / (LONG - RECENT))
    return np.log1p(total), np.log1p(recent) - np.log1p(expected)


def _covariates(rows: pd.DataFrame, at: Rows, world: World) -> pd.DataFrame:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(at.of_j(world.cinc) / at.of_i(world.cinc))
    threat, rise = (at.of_i(field, lag=0) for field in threats(world))  # windows never hold the year itself
    rule, regime = marxist(world), world.regime
    return pd.DataFrame(
        {
            "threat": threat,
            "threat_rise": rise,
            "marxist_pair": (at.of_i(rule) * at.of_j(rule)).astype(np.int8),
            "power_ratio": np.where(np.isfinite(ratio), ratio, np.nan),
            "size": np.log(rows["size"].to_numpy()),
            "age": np.log((rows["year"] - rows["entry"]).to_numpy()),
            "defence": rows["defence"].to_numpy().astype(np.int8),
            "similarity": -np.abs(at.of_i(regime) - at.of_j(regime)),
            "past_disputes": np.log1p(at.at(window(world.disputes.any, LONG), lag=0)),
        }
    )


def at_risk(world: World, table: pd.DataFrame) -> pd.DataFrame:
    """(treaty, i, year) at risk, members of the state system in t-1 and t, with what is known of the treaty."""
    standing = spells(table.assign(first=table["begin"] + 1), "first", "end")
    terms = standing.groupby(KEY, as_index=False).agg(wartime=("wartime", "max"), entry=("entry", "min"))
    rows = members(bonds(world), world.cinc).merge(terms, on=KEY)
    t = (rows["year"] - FIRST).to_numpy()
    member = world.grid.member[rows["i"], t] & world.grid.member[rows["i"], t - 1]
    return rows[member].sort_values(KEY, ignore_index=True)


def termination(world: World | Raw) -> pd.DataFrame:
    """The termination panel: one row per treaty, member and year at risk, 1817-2011.

    Columns are those of ``data.codebook.panels.TERMINATION``, in that order; rows are sorted by treaty, member, year.
    """
    if isinstance(world, Raw):
        world = World(world)
    table = phases(world.raw.read("atop-member-level.csv"), world.grid)
    rows = at_risk(world, table)
    at = Rows(rows["i"].to_numpy(), rows["k"].to_numpy(), (rows["year"] - FIRST).to_numpy())
    keys = pd.DataFrame(
        {
            "treaty": rows["treaty"],
            "member": world.grid.states[at.i],
            "year": rows["year"],
            "partner": world.grid.states[at.j],
        }
    ).astype("int16")
    keys["region"] = groups.region(keys["member"]).remove_unused_categories()
    keys["era"] = groups.era(keys["year"]).remove_unused_categories()
    won = victories(world.raw.read("cow_war_inter.rda"), world)
    parts = [keys, _outcomes(rows, endings(table)), _war(rows, won), _covariates(rows, at, world)]
    panel = pd.concat(parts, axis=1)
    return panel.astype(dict.fromkeys(panel.select_dtypes("float").columns, "float32"))
