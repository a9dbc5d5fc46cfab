"""History of the pair: past alliance, colonial tie, years at peace.

Formulas: past_alliance = any obligation in force between i and j in any year before t; colonial_tie = j was
i's principal colonial ruler or the state it became independent from; peace_years = years since the last
dispute between the two, or since 1816. Sources: ATOP 4.01 (Leeds et al. 2002); ICOW colonial history v1.1
(Hensel); Gibler, Miller and Little (2016). Coverage: complete from 1816.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.codings import Coding
from data.world.grid import YEARS
from data.world.riskset import Rows
from data.world.world import World


def history(rows: Rows, world: World, coding: Coding) -> pd.DataFrame:  # noqa: ARG001
    """``past_alliance``, ``colonial_tie`` and ``peace_years``."""
    ever = np.maximum.accumulate(world.treaties.held > 0, axis=2)
    colonies = world.raw.read("coldata110.csv")
    ruled = np.zeros(world.grid.shape[:2], bool)
    for ruler in ("ColRuler", "IndFrom"):
        i, j = world.grid.index(colonies["State"]), world.grid.index(colonies[ruler])
        ruled[i[(i >= 0) & (j >= 0)], j[(i >= 0) & (j >= 0)]] = True
    last = np.where(world.disputes.any > 0, np.arange(YEARS, dtype=np.int16), np.int16(0))
    quiet = rows.t - np.maximum.accumulate(last, axis=2)[rows.i, rows.j, rows.t - 1]
    return pd.DataFrame(
        {
            "past_alliance": rows.at(ever).astype(np.int8),
            "colonial_tie": ruled[rows.i, rows.j].astype(np.int8),
            "peace_years": quiet.astype(np.int16),
        }
    )
