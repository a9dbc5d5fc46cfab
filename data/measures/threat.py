"""Threat: what the aggressor has done to the weak state, and what others have.

A proxy: disputes stand for threats perceived. They count where the other side was the revisionist and itself
threatened, displayed or used force. Coverage: complete; windows are shorter in the first years after 1816.
"""

import numpy as np
import pandas as pd

from data.codebook.citations import MID, RIVALRIES
from data.codebook.variable import Variable, binary, number
from data.measures.measure import Measure
from data.world.disputes import Disputes
from data.world.grid import Counts, Cube, Field
from data.world.riskset import Rows

RECENT, LONG = 3, 10  # years of a recent rise of threat, and of threat as such


def threat(rows: Rows, against: Counts, rivals: Cube) -> pd.DataFrame:
    """``threat``, ``threat_disputes`` and ``rivalry`` of j against i; ``threat_other`` of all but j.

    ``against`` [j, i, year] are the disputes of the years before, each once, ``rivals`` tells strategic rivals.
    """
    disputes = against[rows.j, rows.i, rows.t]
    all_disputes = against.sum(axis=0)[rows.i, rows.t]
    rivalry = rows.at(rivals).astype(np.int8)
    other_rivals = rows.of_i(rivals.sum(axis=1)) - rivalry
    return pd.DataFrame(
        {
            "threat": np.log1p(disputes) + rivalry,
            "threat_disputes": disputes.astype(np.int16),
            "rivalry": rivalry,
            "threat_other": np.log1p(all_disputes - disputes) + (other_rivals > 0),
        }
    )


def threat_of_all(disputes: Disputes) -> tuple[Field, Field]:
    """Threat to a state and its rise, fields [state, year], from new revisionist disputes with force of anyone.

    threat = log(1 + n) with n of t-10..t-1; rise = log(1 + m) - log(1 + 3/7 (n - m)) with m of t-3..t-1, so that
    it is 0 when disputes keep their pace.
    """
    total, recent = (disputes.against(years).sum(axis=0) for years in (LONG, RECENT))
    expected = (total - recent) * (RECENT / (LONG - RECENT))
    return np.log1p(total), np.log1p(recent) - np.log1p(expected)


THREAT = Measure(
    (
        number(
            "threat", "threat from the aggressor", "log disputes, plus 1 for rivalry", "log(1 + disputes) + rivalry",
            f"{MID}; {RIVALRIES}", 0,
        ),
        Variable(
            "threat_disputes", "count", "revisionist disputes of j against i", "disputes in t-10..t-1",
            "new disputes, j revisionist, j's hostility at least a threat of force", MID, 0,
        ),
        binary("rivalry", "strategic rivalry of i and j", "1 if rivals at t-1", RIVALRIES),
        number(
            "threat_other", "threat from other states", "log disputes, plus 1 for a rivalry",
            "log(1 + disputes of all but j against i) + any other rivalry", f"{MID}; {RIVALRIES}", 0,
        ),
    ),
    lambda s: threat(s.rows, s.world.disputes.against(s.coding.window), s.world.rivals),
)  # fmt: skip
