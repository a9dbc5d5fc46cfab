"""Allied support available to the weak state against the aggressor: 0 is none, 1/2 as much as the aggressor has.

Strength is lost with distance (Boulding 1962). Allies are states bound to i by a defence pact that are neither j nor
bound to j by one. A proxy: that an ally would come is not observed. Coverage: complete where CINC_j is known.
"""

import numpy as np
import pandas as pd

from data.codebook.citations import ATOP, NMC
from data.codebook.variable import number
from data.measures.measure import Measure
from data.world.grid import Amounts, Cube, Field
from data.world.riskset import Rows

HALF_STRENGTH_KM = 1000.0


def support(rows: Rows, pact: Cube, cinc: Field, distance_km: Amounts) -> pd.DataFrame:
    """``support`` of i against j; ``pact`` [i, j, year] tells defence pacts."""
    strength = np.nan_to_num(cinc)
    allied = np.zeros(len(rows.t))
    for t in np.unique(rows.t - 1):
        now = rows.t - 1 == t
        i, j = rows.i[now], rows.j[now]
        distance = np.nan_to_num(distance_km[i, :, t], nan=np.inf, posinf=np.inf)  # (n, k)
        weight = pact[i, :, t] * strength[:, t] / (1 + distance / HALF_STRENGTH_KM)
        # k = j adds nothing: at risk, i has no pact with j. A sum, and no product of matrices, whose order of
        # addition depends on the processor.
        allied[now] = (weight * ~pact[:, j, t].T).sum(axis=1)
    return pd.DataFrame({"support": allied / (allied + rows.of_j(cinc))})


SUPPORT = Measure(
    (
        number(
            "support", "allied support available against the aggressor",
            "share of allies' and aggressor's capabilities",
            "S / (S + CINC_j), S = sum of allies' CINC / (1 + distance / 1000 km) at t-1, allies not bound to j",
            f"{ATOP}; {NMC}", 0, 1, True,
        ),
    ),
    lambda s: support(s.rows, s.world.treaties.defence, s.world.cinc, s.world.distance_km),
)  # fmt: skip
