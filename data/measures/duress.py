"""Internal duress of the weak state in the last five years.

Formula: duress = 1 if in t-5..t-1 there was an intra-state war on i's territory, a coup attempt or an
irregular change of leader; the components are kept. Fomented: j fought on the rebels' side in those years.
Sources: COW intra-state wars v4.1 (Dixon and Sarkees 2015) to 2007 and UCDP/PRIO wars (1,000 deaths a year;
Gleditsch et al. 2002) from 2008; Powell and Thyne (2011) coups, 1950-; Archigos v4.1 (Goemans, Gleditsch and
Chiozza 2009) irregular entries and exits, 1875-2015. Coverage: wars throughout, leaders from 1875, coups from
1950; a component counts as absent in the years before its source begins, and era effects take up the level.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.codes import to_cow
from data.codings import Coding
from data.grid import FIRST, YEARS, window
from data.riskset import Rows
from data.world import World

YEARS_BACK = 5
LAST_COW_WAR = 2007
UCDP_WAR = 2
INTERNAL = {"intrastate", "II"}


def _mark(world: World, codes: pd.Series, years: pd.Series, system: str) -> NDArray[np.float32]:
    """Field [state, year] of 1 where (code, year) occurs."""
    out = np.zeros((len(world.grid.states), YEARS), np.float32)
    i, t = world.grid.index(to_cow(codes, years, system)), years.to_numpy(int) - FIRST
    inside = (i >= 0) & (t >= 0) & (t < YEARS)
    out[i[inside], t[inside]] = 1
    return out


def _wars(world: World) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Field of states with an intra-state war under way, and cube [i, j, year] of j on the rebels' side."""
    cow = world.raw.read("cow_war_intra.rda")
    cow = cow[(cow["cowintraongoing"] == 1) & (cow["year"] <= LAST_COW_WAR)]
    ucdp = world.raw.read("ucdp_acd.rda")
    ucdp = ucdp[ucdp["type_of_conflict"].isin(INTERNAL)]
    later = ucdp[(ucdp["intensity_level"] == UCDP_WAR) & (ucdp["year"] > LAST_COW_WAR)]
    home = cow[cow["primary_state"] == 1]
    wars = np.fmax(
        _mark(world, home["ccodea"], home["year"], "cow"), _mark(world, later["gwno_a"], later["year"], "gw")
    )
    return wars, _rebel_side(world, cow, home, ucdp)


def _rebel_side(world: World, cow: pd.DataFrame, home: pd.DataFrame, ucdp: pd.DataFrame) -> NDArray[np.float32]:
    abroad = cow[cow["ccodeb"] > 0][["warnum", "year", "ccodeb"]]
    pairs = abroad.merge(home[["warnum", "year", "ccodea"]].drop_duplicates(), on=["warnum", "year"])
    out = world.grid.count(
        world.grid.index(pairs["ccodea"]), world.grid.index(pairs["ccodeb"]), pairs["year"].to_numpy(int)
    )
    both = ucdp.dropna(subset=["gwno_b_2nd"])
    i, j = (world.grid.index(to_cow(both[name], both["year"], "gw")) for name in ("gwno_a", "gwno_b_2nd"))
    return out + world.grid.count(i, j, both["year"].to_numpy(int))


def duress(rows: Rows, world: World, coding: Coding) -> pd.DataFrame:  # noqa: ARG001
    """``duress``, its components ``duress_war``, ``duress_coup``, ``duress_irregular``, and ``duress_fomented``."""
    wars, rebels = _wars(world)
    coups = world.raw.read("ptcoups.csv").query("pt_attempt == 1")
    leaders = world.raw.read("archigossums.rda").query("irregular == 1")
    events = {
        "duress_war": wars,
        "duress_coup": _mark(world, coups["gwcode"], coups["year"], "gw"),
        "duress_irregular": _mark(world, leaders["gwcode"], leaders["year"], "gw"),
    }
    parts = pd.DataFrame(
        {name: rows.of_i(window(field, YEARS_BACK), lag=0) > 0 for name, field in events.items()}
        | {"duress_fomented": rows.at(window(rebels, YEARS_BACK), lag=0) > 0}
    )
    parts.insert(0, "duress", parts[list(events)].any(axis=1))
    return parts.astype(np.int8)
