"""Economic and military aid to the weak state per head, from the aggressor and from others.

Formulas: aid = log(1 + dollars per head of i committed by j in t-5..t-1); aid_other = the same from all donors
but j; people of i at t-1; what is taken back is set off, and a sum below 0 counts as 0. Sources: the United
States' own account of its foreign aid for the US (from fiscal 1946, military aid included, 2019 dollars); AidData
(Tierney et al. 2011) for 17 other donors, all members of the DAC (1973-2013, economic aid, its constant dollars).
AidData has US aid too, from 1973: the longer account is used alone, so that nothing counts twice and the US is
measured alike in all years. Of that account obligations, which begin in 1946 and are commitments as AidData's
are, and not disbursements, which begin in 2001. A fiscal year ends in its year, so none reaches into t.

A proxy: donors outside the sources (the USSR, China, Arab states ...) count as giving no aid, and so do all but
the US before 1973. Coverage: from t = 1951, when the window is full. States that change their COW code start anew.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.codings import Coding
from data.measures.arms import YEARS_BACK, lately
from data.world.grid import FIRST
from data.world.riskset import Rows
from data.world.world import World

BEGIN = 1946
THOUSAND = 1000.0  # population is in thousands


def aid(rows: Rows, world: World, coding: Coding) -> pd.DataFrame:  # noqa: ARG001
    """``aid`` that i received from j, and ``aid_other`` from all donors but j."""
    given = lately(world.aid)
    own = rows.at(given, lag=0).astype(float)
    everything = rows.of_i(given.sum(axis=1, dtype=float), lag=0)
    people = THOUSAND * rows.of_i(world.capability("tpop"))
    known = (rows.t + FIRST >= BEGIN + YEARS_BACK) & (people > 0)
    people = np.where(known, people, 1.0)
    per_head = {"aid": own / people, "aid_other": (everything - own) / people}
    return pd.DataFrame(
        {name: np.where(known, np.log1p(value.clip(min=0)), np.nan) for name, value in per_head.items()}
    )
