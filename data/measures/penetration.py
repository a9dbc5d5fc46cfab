"""Penetration of the weak state by the aggressor: shared organisations, bases, an imposed leader, a colonial tie.

Formulas: igos = log(1 + intergovernmental organisations that both are in) at t-1; base = 1 if both are members of
a treaty in force at t-1 that provides for bases or troops; imposed_leader = 1 if in t-10..t-1 a leader of i
entered by foreign imposition and j was within reach of having imposed it: the two had an inter-state war or a
dispute with use of force in the year of entry or in the two before. ties = mean of colonial_tie, base and the
share of the year's rows whose igos lie below this one's; penetration = mean of these three and imposed_leader.

Sources: COW intergovernmental organisations v3 (Pevehouse et al. 2020), 1816-2014, yearly and without gaps; ATOP
4.01 (Leeds et al. 2002), base above 0: as far as the treaties so coded tell, 1 is troops of all in a third place,
2 of either in the other's territory and 3 of one in the other's, and where it is not coded none is provided for;
Archigos v4.1 (Goemans, Gleditsch and Chiozza 2009) entries, 1875-; Gibler, Miller and Little (2016); Sarkees and
Wayman (2010). A proxy: Archigos does not name the imposer. Coverage: complete; imposed_leader is 0 before 1875.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.codings import Coding
from data.measures.duress import mark
from data.measures.history import history
from data.world.grid import window
from data.world.riskset import Cube, Rows
from data.world.treaties import treaties
from data.world.world import World

LEADER_YEARS, REACH_YEARS = 10, 2
USE_OF_FORCE = 4


def bases(world: World) -> Cube:
    """Cube: a treaty between i and j provides for bases."""
    level = world.raw.read("atop-member-level.csv")
    return treaties(level[level["base"] > 0], world.grid).held > 0


def fought(world: World) -> Cube:
    """Cube: i and j are at war or in a dispute with use of force."""
    disputes = world.raw.read("gml_dirdisp.rda")
    force = disputes[["hostlev1", "hostlev2"]].max(axis=1) >= USE_OF_FORCE
    pair = ["ccode1", "ccode2", "year"]
    both = pd.concat([disputes.loc[force, pair], world.raw.read("cow_war_inter.rda")[pair]])
    i, j = (world.grid.index(both[name]) for name in pair[:2])
    return world.grid.count(i, j, both["year"].to_numpy(int)) > 0


def imposed(world: World) -> Cube:
    """Cube: a leader of i enters by foreign imposition and j is within reach of having imposed it."""
    leaders = world.raw.read("archigos.rda").query("entry == 'Foreign Imposition'")
    years = leaders["startdate"].astype(str).str[:4].astype(int)
    entry = mark(world, leaders["gwcode"], years, "gw") > 0
    force = fought(world)
    return entry[:, None] & (force | (window(force.astype(np.float32), REACH_YEARS) > 0))


def penetration(rows: Rows, world: World, coding: Coding) -> pd.DataFrame:
    """``igos``, ``base`` and ``imposed_leader``, ``ties`` of the milder kind, and ``penetration``."""
    shared = pd.Series(rows.at(world.igos))
    in_year = shared.groupby(rows.t)
    below = (in_year.rank(method="min") - 1) / in_year.transform("size")
    base = rows.at(bases(world)).astype(np.int8)
    leader = (rows.at(window(imposed(world).astype(np.float32), LEADER_YEARS), lag=0) > 0).astype(np.int8)
    ties = (history(rows, world, coding)["colonial_tie"] + base + below) / 3
    return pd.DataFrame(
        {
            "igos": np.log1p(shared),
            "base": base,
            "imposed_leader": leader,
            "ties": ties,
            "penetration": (3 * ties + leader) / 4,
        }
    )
