"""Allied support available to the weak state against the aggressor.

Formula: S / (S + CINC_j) at t-1, with S = sum_k CINC_k w(d_ik) over states k bound to i by a defence pact that
are neither j nor bound to j by one; w(d) = 1 / (1 + d / 1000 km), the loss of strength with distance (Boulding
1962). 0 is no support, 1/2 as much as the aggressor has. Sources: ATOP 4.01 (Leeds et al. 2002), National
Material Capabilities v6, distances as in proximity. A proxy: that an ally would come is not observed.
Coverage: complete where CINC_j is known.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.codings import Coding
from data.world.riskset import Rows
from data.world.world import World

HALF_STRENGTH_KM = 1000.0


def support(rows: Rows, world: World, coding: Coding) -> pd.DataFrame:  # noqa: ARG001
    """``support`` of i against j."""
    pact = world.treaties.defence
    cinc = np.nan_to_num(world.cinc)
    total = np.zeros(pact.shape, np.float32)
    for t in np.unique(rows.t - 1):
        distance = np.nan_to_num(world.distance_km[:, :, t], nan=np.inf, posinf=np.inf)
        weight = pact[:, :, t] * cinc[None, :, t] / (1 + distance / HALF_STRENGTH_KM)
        total[:, :, t] = weight @ ~pact[:, :, t]  # k = j adds nothing: at risk, i has no pact with j
    allied = rows.at(total)
    return pd.DataFrame({"support": allied / (allied + rows.of_j(world.cinc))})
