"""Internal duress of the weak state in the last five years, and whether the aggressor fomented it.

A war counts where it is fought on i's territory: those of Correlates of War to 2007, those of UCDP/PRIO with 1,000
deaths a year from 2008. Leaders count in the year in which one enters or leaves office irregularly: against the
rules and conventions of the state, by means within it (coup, revolt, popular protest, assassination). Entries and
exits that Archigos codes as forced by a foreign state are no internal duress, and neither are death, illness and
suicide in office. Fomented: j fought on the rebels' side. Coverage: wars throughout, leaders from 1875, coups from
1950; a component counts as absent in the years before its source begins, and era effects take up the level.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.codebook.citations import ARCHIGOS
from data.codebook.variable import Variable, binary
from data.measures.measure import Measure
from data.period import FIRST, YEARS
from data.world.codes import to_cow
from data.world.grid import Counts, window
from data.world.riskset import Rows

if TYPE_CHECKING:
    from data.world.world import World

YEARS_BACK = 5
LAST_COW_WAR = 2007
UCDP_WAR = 2
INTERNAL = {"intrastate", "II"}
LEADERS_BEGIN = 1875


def mark(world: World, codes: pd.Series, years: pd.Series, system: str) -> Counts:
    """Field [state, year] of 1 where (code, year) occurs, codes of a system of ``data.world.codes``."""
    out = np.zeros((len(world.grid.states), YEARS), np.int32)
    i, t = world.grid.index(to_cow(codes, years, system)), years.to_numpy(int) - FIRST
    inside = (i >= 0) & (t >= 0) & (t < YEARS)
    out[i[inside], t[inside]] = 1
    return out


def _cow_wars(world: World) -> pd.DataFrame:
    wars = world.raw.read("cow_war_intra.rda")
    return wars[(wars["cowintraongoing"] == 1) & (wars["year"] <= LAST_COW_WAR)]


def _ucdp_wars(world: World) -> pd.DataFrame:
    wars = world.raw.read("ucdp_acd.rda")
    return wars[wars["type_of_conflict"].isin(INTERNAL)]


def wars(world: World) -> Counts:
    """Field [state, year] of 1 where an intra-state war is under way on the state's territory."""
    cow, ucdp = _cow_wars(world), _ucdp_wars(world)
    home = cow[cow["primary_state"] == 1]
    later = ucdp[(ucdp["intensity_level"] == UCDP_WAR) & (ucdp["year"] > LAST_COW_WAR)]
    return np.fmax(mark(world, home["ccodea"], home["year"], "cow"), mark(world, later["gwno_a"], later["year"], "gw"))


def rebel_side(world: World) -> Counts:
    """Cube [i, j, year]: how often j fights on the rebels' side in an intra-state conflict of i."""
    cow, ucdp = _cow_wars(world), _ucdp_wars(world)
    home = cow[cow["primary_state"] == 1][["warnum", "year", "ccodea"]].drop_duplicates()
    abroad = cow[cow["ccodeb"] > 0][["warnum", "year", "ccodeb"]]
    pairs = abroad.merge(home, on=["warnum", "year"])
    out = world.grid.count(
        world.grid.index(pairs["ccodea"]), world.grid.index(pairs["ccodeb"]), pairs["year"].to_numpy(int)
    )
    both = ucdp.dropna(subset=["gwno_b_2nd"])
    i, j = (world.grid.index(to_cow(both[name], both["year"], "gw")) for name in ("gwno_a", "gwno_b_2nd"))
    return out + world.grid.count(i, j, both["year"].to_numpy(int))


def irregular(world: World) -> Counts:
    """Field [state, year] of 1 where a leader enters or leaves office irregularly, from 1875.

    From spells in office. Archigos' yearly summary does not serve: it marks a year of transition if any leader of it
    *ever* leaves irregularly, and so the entry of who will. Leaders in office in 1875 have earlier entries, known
    only of those that lasted: they are left out.
    """
    leaders = world.raw.read("archigos.rda")
    changes = [
        (leaders[how] == "Irregular", leaders[when].astype(str).str[:4].astype(int))
        for how, when in (("entry", "startdate"), ("exit", "enddate"))
    ]
    codes = pd.concat([leaders.loc[happened & (year >= LEADERS_BEGIN), "gwcode"] for happened, year in changes])
    years = pd.concat([year[happened & (year >= LEADERS_BEGIN)] for happened, year in changes])
    return mark(world, codes, years, "gw")


def events(world: World) -> dict[str, Counts]:
    """Fields [state, year] of 1 where each component of duress occurs in the year itself, by column name."""
    coups = world.raw.read("ptcoups.csv").query("pt_attempt == 1")
    return {
        "duress_war": wars(world),
        "duress_coup": mark(world, coups["gwcode"], coups["year"], "gw"),
        "duress_irregular": irregular(world),
    }


def duress(rows: Rows, components: Mapping[str, Counts], rebels: Counts) -> pd.DataFrame:
    """``duress``, its ``components``, and ``duress_fomented``, where j was beside the ``rebels`` [i, j, year]."""
    parts = pd.DataFrame(
        {name: rows.of_i(window(field, YEARS_BACK), lag=0) > 0 for name, field in components.items()}
        | {"duress_fomented": rows.at(window(rebels, YEARS_BACK), lag=0) > 0}
    )
    parts.insert(0, "duress", parts[list(components)].any(axis=1))
    return parts.astype(np.int8)


def duress_variables(when: str, irregular_since: int) -> tuple[Variable, ...]:
    """The columns of duress and its components, of the years ``when`` they count; leaders have a first such year."""
    return (
        binary(
            "duress", "internal duress", f"1 if war, coup or irregular change of leader in {when}", "components below"
        ),
        binary(
            "duress_war", "intra-state war", f"1 if under way in {when}",
            "Dixon and Sarkees (2015) to 2007; UCDP/PRIO wars from 2008",
        ),
        binary(
            "duress_coup", "coup attempt", f"1 if any in {when}; 0 before 1950", "Powell and Thyne (2011)", since=1950
        ),
        binary(
            "duress_irregular", "irregular change of leader",
            f"1 if a leader entered or left office irregularly in {when}; 0 before {irregular_since}",
            ARCHIGOS, since=LEADERS_BEGIN,
        ),
    )  # fmt: skip


DURESS = Measure(
    (
        *duress_variables("t-5..t-1", LEADERS_BEGIN + 1),
        binary(
            "duress_fomented", "duress fomented by the aggressor", "1 if j fought beside the rebels in t-5..t-1",
            "Dixon and Sarkees (2015); UCDP/PRIO",
        ),
    ),
    lambda s: duress(s.rows, events(s.world), rebel_side(s.world)),
)  # fmt: skip
