"""Aggressive intentions of the aggressor, their persistence, and the weak state's own revisionism.

Formulas: aggression and own_revisionism = log(1 + new revisionist disputes with force against anyone in the
window), each dispute once; persistence = share of the last 20 years with at least one. Source: Gibler,
Miller and Little (2016), 1816-2010. A proxy: acts stand for intentions. Coverage: complete; the windows are
shorter in the first years.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.codings import Coding
from data.world.grid import window
from data.world.riskset import Rows
from data.world.world import World

PERSISTENCE_YEARS = 20


def aggression(rows: Rows, world: World, coding: Coding) -> pd.DataFrame:
    """``aggression`` and ``persistence`` of j, ``own_revisionism`` of i."""
    launched = np.log1p(window(world.disputes.launched, coding.window))
    active = (world.disputes.launched > 0).astype(np.float32)
    share = window(active, PERSISTENCE_YEARS) / np.arange(active.shape[1]).clip(1, PERSISTENCE_YEARS)
    return pd.DataFrame(
        {
            "aggression": rows.of_j(launched, lag=0),  # a window never holds the year itself
            "persistence": rows.of_j(share, lag=0),
            "own_revisionism": rows.of_i(launched, lag=0),
        }
    )
