"""Economic and military aid to the weak state per head, from the aggressor and from others.

The United States' own account of its foreign aid (from fiscal 1946, military aid included, 2019 dollars) stands
beside AidData for 17 other donors, all members of the DAC (economic aid, its constant dollars). AidData has US aid
too, from 1973: the longer account is used alone, so that nothing counts twice and the US is measured alike in all
years. Of that account obligations, which begin in 1946 and are commitments as AidData's are, and not disbursements,
which begin in 2001. A fiscal year ends in its year, so none reaches into t. What is taken back is set off, and a sum
below 0 counts as 0.

A proxy: donors outside the sources count as giving no aid, and so do all but the US before 1973. Coverage: from
t = 1951, when the window is full, to t = 2014, the year after AidData ends. States that change their COW code start
anew.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.codebook.citations import AID_FLOWS
from data.codebook.variable import number
from data.measures.arms import lately
from data.measures.measure import Measure
from data.period import AID_YEARS, AIDDATA_YEARS, FIRST
from data.world.grid import Amounts, Field
from data.world.riskset import Rows

THOUSAND = 1000.0  # population is in thousands


def covered(rows: Rows) -> NDArray[np.bool_]:
    """Whether the sources cover aid in all of the five years before, by row."""
    return (rows.t + FIRST >= AID_YEARS[0]) & (rows.t + FIRST <= AID_YEARS[1])


def aid(rows: Rows, dollars: Amounts, population: Field) -> pd.DataFrame:
    """``aid`` that i received from j, and ``aid_other`` from all donors but j.

    ``dollars`` [i, j, year] are those given in a year, ``population`` [state, year] is in thousands.
    """
    given = lately(dollars)
    own = rows.at(given, lag=0).astype(float)
    everything = rows.of_i(given.sum(axis=1, dtype=float), lag=0)
    people = THOUSAND * rows.of_i(population)
    known = covered(rows) & (people > 0)
    people = np.where(known, people, 1.0)
    per_head = {"aid": own / people, "aid_other": (everything - own) / people}
    return pd.DataFrame(
        {name: np.where(known, np.log1p(value.clip(min=0)), np.nan) for name, value in per_head.items()}
    )


AID = Measure(
    (
        number(
            "aid", "aid received from the aggressor", "log dollars per head",
            "log(1 + constant dollars committed by j to i in t-5..t-1 per head of i), t from 1951; 0 for donors "
            "outside the sources (the USSR, China ...) and for all but the US before 1973",
            AID_FLOWS, 0, None, True, since=AIDDATA_YEARS[0],
        ),
        number(
            "aid_other", "aid received from others", "log dollars per head",
            "the same from all donors but j; donors outside the sources (the USSR, China ...) count as giving no aid",
            AID_FLOWS, 0, None, True, since=AIDDATA_YEARS[0],
        ),
    ),
    lambda s: aid(s.rows, s.world.aid, s.world.capability("tpop")),
)  # fmt: skip
