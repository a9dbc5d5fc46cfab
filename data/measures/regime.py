"""Regimes of the weak state and the aggressor, and of the system.

Formulas: polyarchy = electoral democracy of i at t-1; constraints = Polity score of j at t-1, a proxy for how far
its executive is constrained; bipolar = 1 if 1946 <= t <= 1989. Sources: V-Dem (Coppedge et al. 2024), Polity
(Marshall et al.), Marquez (2016). The file has no Polity scores under codes that Polity does not share with COW
(the USSR, Austria-Hungary, Yugoslavia, Sardinia, Vietnam ...), nor where a state was occupied or had no government:
there constraints is 0.61 + 6.84 x extended unified democracy score, within -10 and 10, the regression of one on
the other over the state-years to 2016 that have both; constraints_measured tells the two apart. Coverage:
constraints missing where both scores are; polyarchy where V-Dem has none, mostly the smallest states.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.codings import Coding
from data.world.grid import FIRST
from data.world.riskset import Rows
from data.world.world import World

BIPOLAR = (1946, 1989)
# Polity on the extended unified democracy score: constants of scale, so that no row looks beyond its year.
AT_ZERO, PER_POINT, EXTREME = 0.61, 6.84, 10


def regime(rows: Rows, world: World, coding: Coding) -> pd.DataFrame:  # noqa: ARG001
    """``polyarchy`` of i, ``constraints`` of j and whether it is measured, ``bipolar``."""
    first, last = BIPOLAR
    year = rows.t + FIRST
    polity = rows.of_j(world.democracy("polity2"))
    predicted = (AT_ZERO + PER_POINT * rows.of_j(world.regime)).clip(-EXTREME, EXTREME)
    known = np.isfinite(polity)
    return pd.DataFrame(
        {
            "polyarchy": rows.of_i(world.democracy("v2x_polyarchy")),
            "constraints": np.where(known, polity, predicted),
            "constraints_measured": known.astype(np.int8),
            "bipolar": ((year >= first) & (year <= last)).astype(np.int8),
        }
    )
