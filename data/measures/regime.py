"""Regimes of the weak state and the aggressor, and of the system.

The Polity score stands for how far an executive is constrained. Polity 5 has none for states with fewer than half a
million people, nor where a state was occupied: there it is 0.61 + 6.84 x extended unified democracy score, within -10
and 10, the regression of one on the other over the state-years to 2016 that have both. Coverage: ``constraints``
missing where both scores are; ``polyarchy`` where V-Dem has none, mostly the smallest states (5 % of the rows);
``democracy``, the score that adjusts for regimes, is complete.
"""

import numpy as np
import pandas as pd

from data.codebook.citations import MARQUEZ, POLITY
from data.codebook.variable import binary, number
from data.measures.measure import Measure
from data.period import FIRST
from data.world.grid import Field
from data.world.riskset import Rows

BIPOLAR = (1946, 1989)
# Polity on the extended unified democracy score: constants of scale, so that no row looks beyond its year.
AT_ZERO, PER_POINT, EXTREME = 0.61, 6.84, 10


def regime(rows: Rows, polyarchy: Field, polity: Field, euds: Field) -> pd.DataFrame:
    """The columns of ``REGIME`` from scores [state, year]."""
    first, last = BIPOLAR
    year = rows.t + FIRST
    score = rows.of_j(polity)
    predicted = (AT_ZERO + PER_POINT * rows.of_j(euds)).clip(-EXTREME, EXTREME)
    known = np.isfinite(score)
    return pd.DataFrame(
        {
            "polyarchy": rows.of_i(polyarchy),
            "democracy": rows.of_i(euds),
            "constraints": np.where(known, score, predicted),
            "constraints_measured": known.astype(np.int8),
            "bipolar": ((year >= first) & (year <= last)).astype(np.int8),
        }
    )


REGIME = Measure(
    (
        number(
            "polyarchy", "electoral democracy of the state", "index", "V-Dem polyarchy at t-1",
            "Coppedge et al. (2024), V-Dem", 0, 1, True,
        ),
        number(
            "democracy", "democracy of the state", "points of the score", "extended unified democracy score at t-1",
            MARQUEZ, nullable=True,
        ),
        number(
            "constraints", "constraints on the aggressor's executive", "Polity points",
            "Polity score of j at t-1 where it has one, else predicted from its extended unified democracy score",
            f"{POLITY}; {MARQUEZ}", -10, 10, True, measured_by="constraints_measured",
        ),
        binary(
            "constraints_measured", "constraints are measured", "1 if Polity scores j at t-1",
            POLITY,
        ),
        binary("bipolar", "bipolar system", "1 if 1946 <= t <= 1989", "by definition"),
    ),
    lambda s: regime(s.rows, s.world.democracy("v2x_polyarchy"), s.world.polity("polity2"), s.world.regime),
)  # fmt: skip
