"""Aggressive intentions of the aggressor, their persistence, and the weak state's own revisionism.

A proxy: acts stand for intentions. Each dispute of a window counts once, however many states it is against and however
often j returns to it in these years; ``persistence`` counts years in which j began or returned to one. Coverage:
complete; windows are shorter in the first years after 1816.
"""

import numpy as np
import pandas as pd

from data.codebook.citations import MID
from data.codebook.variable import number
from data.measures.measure import Measure
from data.period import YEARS
from data.world.disputes import Disputes
from data.world.grid import window
from data.world.riskset import Rows

PERSISTENCE_YEARS = 20


def aggression(rows: Rows, disputes: Disputes, years: int) -> pd.DataFrame:
    """``aggression`` and ``persistence`` of j, ``own_revisionism`` of i, from disputes of the last ``years``."""
    lately = np.log1p(disputes.begun(years))
    share = window(disputes.launched > 0, PERSISTENCE_YEARS) / np.arange(YEARS).clip(1, PERSISTENCE_YEARS)
    return pd.DataFrame(
        {
            "aggression": rows.of_j(lately, lag=0),  # a window never holds the year itself
            "persistence": rows.of_j(share, lag=0),
            "own_revisionism": rows.of_i(lately, lag=0),
        }
    )


AGGRESSION = Measure(
    (
        number(
            "aggression", "aggressiveness of the aggressor", "log disputes",
            "log(1 + new revisionist disputes of j with force against anyone in t-10..t-1)", MID, 0,
        ),
        number(
            "persistence", "persistence of aggression", "share of years",
            "share of t-20..t-1 with a new revisionist dispute of j", MID, 0, 1,
        ),
        number(
            "own_revisionism", "own revisionism of the state", "log disputes",
            "log(1 + new revisionist disputes of i with force against anyone in t-10..t-1)", MID, 0,
        ),
    ),
    lambda s: aggression(s.rows, s.world.disputes, s.coding.window),
)  # fmt: skip
