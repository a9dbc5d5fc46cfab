"""Similarity of regimes.

Formula: minus the absolute difference of the extended unified democracy scores of i and j at t-1.
Source: Marquez (2016), 1816-. Coverage: nearly complete; missing where either score is.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.codings import Coding
from data.riskset import Rows
from data.world import World


def similarity(rows: Rows, world: World, coding: Coding) -> pd.DataFrame:  # noqa: ARG001
    """``similarity`` of i and j."""
    return pd.DataFrame({"similarity": -np.abs(rows.of_i(world.regime) - rows.of_j(world.regime))})
