"""Similarity of regimes, with the aggressor and with the best available ally against it.

Against the aggressor stand states that had a dispute or rivalry with it in the coding's window, as in the balancing
outcome. The score of Austria-Hungary 1867-1918, which the file lacks, is predicted from Polity 5. Coverage: nearly
complete; missing where a score is, and where no state stands against j.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.codebook.citations import ATOP, MARQUEZ, MID, NMC, RIVALRIES
from data.codebook.variable import number
from data.measures.measure import Measure, Sample
from data.measures.support import HALF_STRENGTH_KM
from data.world.grid import Amounts, Cube, Field, Ints, window
from data.world.riskset import Rows, before

if TYPE_CHECKING:
    from data.world.world import World


def available(world: World, years: int) -> Cube:
    """Cube [k, j, year]: as known the year before, k stands against j without a defence pact with it."""
    rivals = window(world.rivals, years)
    against = (window(world.disputes.any, years) > 0) | (rivals > 0)
    return against & ~before(world.treaties.defence) & before(world.grid.member)[:, None]


def strongest(rows: Rows, allies: Cube, cinc: Field, distance_km: Amounts) -> Ints:
    """Position of the strongest of the available ``allies`` [k, j, year] of each row, for its distance to i.

    -1 where there is none within known distance.
    """
    out = np.full(len(rows.t), -1)
    for t in np.unique(rows.t):
        now = np.flatnonzero(rows.t == t)
        i, j = rows.i[now], rows.j[now]
        distance = np.nan_to_num(distance_km[i, :, t - 1], nan=np.inf)  # (n, k)
        strength = np.nan_to_num(cinc[:, t - 1]) / (1 + distance / HALF_STRENGTH_KM) * allies[:, j, t].T
        strength[np.arange(len(now)), i] = 0
        best = strength.argmax(axis=1)
        out[now] = np.where(strength.max(axis=1) > 0, best, -1)
    return out


def best_ally(sample: Sample) -> Ints:
    """Position of the best available ally of each row, -1 where there is none within known distance."""
    world = sample.world
    return strongest(sample.rows, available(world, sample.coding.window), world.cinc, world.distance_km)


def similarity(rows: Rows, scores: Field, ally: Ints) -> pd.DataFrame:
    """``similarity`` of i and j, ``similarity_ally`` of i and the ``ally`` of each row, from scores of democracy."""
    own = rows.of_i(scores)
    of_ally = np.where(ally >= 0, scores[ally, rows.t - 1], np.nan)
    return pd.DataFrame({"similarity": -np.abs(own - rows.of_j(scores)), "similarity_ally": -np.abs(own - of_ally)})


SIMILARITY = Measure(
    (
        number(
            "similarity", "similarity of regimes of state and aggressor", "points of the score",
            "minus the absolute difference of extended unified democracy scores at t-1", MARQUEZ,
            None, 0, True,
        ),
        number(
            "similarity_ally", "similarity of regimes of the state and its best available ally", "points of the score",
            "the same with k: of the members that stood against j in t-10..t-1 and had no defence pact with it at t-1, "
            "the one with the largest CINC_k / (1 + distance to i / 1000 km)",
            f"{MARQUEZ}; {MID}; {RIVALRIES}; {ATOP}; {NMC}", None, 0, True,
        ),
    ),
    lambda s: similarity(s.rows, s.world.regime, best_ally(s)),
)  # fmt: skip
