"""Threat: what the aggressor has done to the weak state, and what others have.

Formula: log(1 + n) + rivalry, with n the new disputes of the last ten years (the coding's window) in which
the other was the revisionist against i and itself threatened, displayed or used force, and rivalry 1 when
the two are strategic rivals at t-1. Sources: Gibler, Miller and Little (2016), 1816-2010; Thompson, Sakuwa
and Suhas (2021). Coverage: complete; the window is shorter in the first ten years.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.codings import Coding
from data.world.grid import window
from data.world.riskset import Rows
from data.world.world import World


def threat(rows: Rows, world: World, coding: Coding) -> pd.DataFrame:
    """``threat``, ``threat_disputes`` and ``rivalry`` of j against i; ``threat_other`` of all but j."""
    against = window(world.disputes.revisionist, coding.window)  # [j, i, year]
    disputes = against[rows.j, rows.i, rows.t]
    all_disputes = against.sum(axis=0)[rows.i, rows.t]
    rivalry = rows.at(world.rivals).astype(np.int8)
    rivals = rows.of_i(world.rivals.sum(axis=1)) - rivalry
    return pd.DataFrame(
        {
            "threat": np.log1p(disputes) + rivalry,
            "threat_disputes": disputes.astype(np.int16),
            "rivalry": rivalry,
            "threat_other": np.log1p(all_disputes - disputes) + (rivals > 0),
        }
    )
