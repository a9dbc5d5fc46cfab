"""Similarity of regimes, with the aggressor and with the best available ally against it.

Formulas: similarity = minus the absolute difference of the extended unified democracy scores of i and j at t-1;
similarity_ally = the same of i and k, the state with the largest CINC_k / (1 + d_ik / 1000 km) at t-1 among those
that stand against j (a dispute or rivalry with j in the coding's window, as in the balancing outcome) and were
members without a defence pact with j at t-1. Sources: Marquez (2016), 1816-; disputes, rivalries, pacts,
capabilities and distances as in the other measures. Coverage: nearly complete; missing where a score is, and
where no state stands against j.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.codings import Coding
from data.measures.support import HALF_STRENGTH_KM
from data.world.grid import Ints, window
from data.world.riskset import Cube, Rows, before
from data.world.world import World


def available(world: World, coding: Coding) -> Cube:
    """Cube [k, j, year]: as known the year before, k stands against j without a defence pact with it."""
    rivals = window(world.rivals.astype(np.float32), coding.window)
    against = (window(world.disputes.any, coding.window) > 0) | (rivals > 0)
    return against & ~before(world.treaties.defence) & before(world.grid.member)[:, None]


def best_ally(rows: Rows, world: World, coding: Coding) -> Ints:
    """Position of the best available ally of each row, -1 where there is none within known distance."""
    allies, cinc = available(world, coding), np.nan_to_num(world.cinc)
    out = np.full(len(rows.t), -1)
    for t in np.unique(rows.t):
        now = np.flatnonzero(rows.t == t)
        i, j = rows.i[now], rows.j[now]
        distance = np.nan_to_num(world.distance_km[i, :, t - 1], nan=np.inf)  # (n, k)
        strength = cinc[:, t - 1] / (1 + distance / HALF_STRENGTH_KM) * allies[:, j, t].T
        strength[np.arange(len(now)), i] = 0
        best = strength.argmax(axis=1)
        out[now] = np.where(strength.max(axis=1) > 0, best, -1)
    return out


def similarity(rows: Rows, world: World, coding: Coding) -> pd.DataFrame:
    """``similarity`` of i and j, ``similarity_ally`` of i and its best available ally against j."""
    own, ally = rows.of_i(world.regime), best_ally(rows, world, coding)
    score = np.where(ally >= 0, world.regime[ally, rows.t - 1], np.nan)
    return pd.DataFrame({"similarity": -np.abs(own - rows.of_j(world.regime)), "similarity_ally": -np.abs(own - score)})
