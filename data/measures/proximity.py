"""Proximity of the aggressor.

Formula: proximity = -log(1 + distance / 100 km) at t-1, so that 0 is a shared border; contiguous = by land or
within 400 miles of water. Sources: minimum distance between borders from 1886 (Schvitz et al. 2022), before
that the great circle between capitals, capped by the contiguity class (Stinnett et al. 2002).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.codings import Coding
from data.world.riskset import Rows
from data.world.world import World

UNIT_KM = 100.0


def proximity(rows: Rows, world: World, coding: Coding) -> pd.DataFrame:  # noqa: ARG001
    """``proximity``, ``distance_km`` and ``contiguous``."""
    km = rows.at(world.distance_km).astype(float)
    contiguous = np.isfinite(rows.at(world.contiguity_km)).astype(np.int8)
    return pd.DataFrame({"proximity": -np.log1p(km / UNIT_KM), "distance_km": km, "contiguous": contiguous})
