"""Penetration of the weak state by the aggressor: shared organisations, bases, an imposed leader, a colonial tie.

``base``: of ATOP's codes above 0, as far as the treaties so coded tell, 1 is troops of all in a third place, 2 of
either in the other's territory and 3 of one in the other's; where it is not coded none is provided for. A proxy:
Archigos does not name who imposed a leader; whoever was within reach of it counts. Coverage: complete; organisations
1816-2014, yearly and without gaps; ``imposed_leader`` is 0 before 1875.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.codebook.citations import ARCHIGOS, ATOP, COLONIES, MID
from data.codebook.variable import binary, number
from data.measures.duress import mark
from data.measures.history import colonial_tie
from data.measures.measure import Measure
from data.world.grid import Amounts, Cube, window
from data.world.riskset import Rows
from data.world.treaties import treaties

if TYPE_CHECKING:
    from data.world.world import World

LEADER_YEARS, REACH_YEARS = 10, 2
USE_OF_FORCE = 4


def bases(world: World) -> Cube:
    """Cube: a treaty between i and j provides for bases."""
    level = world.raw.read("atop-member-level.csv")
    return treaties(level[level["base"] > 0], world.grid).held > 0


def fought(world: World) -> Cube:
    """Cube: i and j are at war or in a dispute with use of force."""
    disputes = world.dispute_years
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
    return entry[:, None] & (force | (window(force, REACH_YEARS) > 0))


def penetration(rows: Rows, igos: Amounts, bases: Cube, imposed: Cube, tie: NDArray[np.int8]) -> pd.DataFrame:
    """``igos``, ``base`` and ``imposed_leader``, ``ties`` of the milder kind, and ``penetration``.

    Cubes tell shared organisations, treaties on bases and leaders imposed in the year itself; ``tie`` (row,) is the
    colonial one.
    """
    shared = pd.Series(rows.at(igos))
    in_year = shared.groupby(rows.t)
    below = (in_year.rank(method="min") - 1) / in_year.transform("size")
    base = rows.at(bases).astype(np.int8)
    leader = (rows.at(window(imposed, LEADER_YEARS), lag=0) > 0).astype(np.int8)
    ties = (tie + base + below) / 3
    return pd.DataFrame(
        {
            "igos": np.log1p(shared),
            "base": base,
            "imposed_leader": leader,
            "ties": ties,
            "penetration": (3 * ties + leader) / 4,
        }
    )


PENETRATION = Measure(
    (
        number(
            "igos", "shared intergovernmental organisations", "log organisations",
            "log(1 + organisations both are in) at t-1",
            "Pevehouse et al. (2020), COW intergovernmental organisations 3", 0,
        ),
        binary(
            "base", "treaty with the aggressor on bases", "1 if one in force at t-1 provides for bases or troops", ATOP
        ),
        binary(
            "imposed_leader", "leader imposed by the aggressor",
            "1 if in t-10..t-1 a leader of i entered by foreign imposition, with war or use of force between i and j "
            "in that year or the two before; the source does not name the imposer; 0 before 1875",
            f"{ARCHIGOS}; {MID}; Sarkees and Wayman (2010)", since=1875,
        ),
        number(
            "ties", "milder ties of the state to the aggressor", "mean of three shares",
            "mean of colonial_tie, base and the share of the year's rows with fewer shared organisations",
            f"{COLONIES}; {ATOP}; Pevehouse et al. (2020)", 0, 1,
        ),
        number(
            "penetration", "penetration of the state by the aggressor", "share",
            "mean of the three ties and imposed_leader",
            "as its components", 0, 1,
        ),
    ),
    lambda s: penetration(s.rows, s.world.igos, bases(s.world), imposed(s.world), colonial_tie(s)),
)  # fmt: skip
