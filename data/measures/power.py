"""Power: material capabilities of the aggressor relative to the weak state's, and the latter's own.

Formula: log(CINC_j / CINC_i) and log CINC_i at t-1; power_knot = max(0, CINC_j - 1/3), for a slope that changes
where j holds a third of the system's capabilities. Source: National Material Capabilities v6 (Singer, Bremer and
Stuckey 1972), 1816-2022; major powers v2016. Coverage: complete but for states without CINC.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.codings import Coding
from data.world.riskset import Rows
from data.world.world import World

KNOT = 1 / 3


def power(rows: Rows, world: World, coding: Coding) -> pd.DataFrame:  # noqa: ARG001 (one signature for all)
    """``power``, ``own_power``, ``aggressor_major`` and ``power_knot``."""
    own, other = rows.of_i(world.cinc), rows.of_j(world.cinc)
    knot = np.maximum(0, other - KNOT)  # NaN stays NaN
    with np.errstate(divide="ignore"):
        logs = np.log(own), np.log(other)
    own, other = (np.where(np.isfinite(value), value, np.nan) for value in logs)
    major = rows.of_j(world.grid.major).astype(np.int8)
    return pd.DataFrame({"power": other - own, "own_power": own, "aggressor_major": major, "power_knot": knot})
