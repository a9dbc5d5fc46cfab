"""History of the pair: past alliance, colonial tie, years at peace. Coverage: complete from 1816."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.codebook.citations import ATOP, COLONIES, MID
from data.codebook.variable import Variable, binary
from data.measures.measure import Measure, Sample
from data.period import FIRST, YEARS
from data.world.grid import Counts, Cube
from data.world.riskset import Rows

# States that were independent, then ruled by the principal ruler that the file names, and when that rule ended; the
# file tells this in its notes alone. All others with rows have been independent since before their first one.
RULED_UNTIL = {600: 1956}


def colonial_tie(sample: Sample) -> NDArray[np.int8]:
    """Whether j had by t-1 been i's principal colonial ruler or the state that i became independent from, by row."""
    grid, colonies, rows = sample.world.grid, sample.world.raw.read("coldata110.csv"), sample.rows
    ruled = np.zeros(grid.shape[:2], bool)
    for ruler in ("ColRuler", "IndFrom"):
        i, j = grid.index(colonies["State"]), grid.index(colonies[ruler])
        ruled[i[(i >= 0) & (j >= 0)], j[(i >= 0) & (j >= 0)]] = True
    still_to_come = np.zeros(len(rows.t), bool)
    for state, end in RULED_UNTIL.items():
        still_to_come |= (grid.states[rows.i] == state) & (rows.t + FIRST <= end)
    return (ruled[rows.i, rows.j] & ~still_to_come).astype(np.int8)


def history(rows: Rows, allied: Cube, tie: NDArray[np.int8], disputes: Counts) -> pd.DataFrame:
    """``past_alliance``, ``colonial_tie`` and ``peace_years`` from cubes of obligations and of any disputes."""
    ever = np.maximum.accumulate(allied, axis=2)
    last = np.where(disputes > 0, np.arange(YEARS, dtype=np.int16), np.int16(0))
    quiet = rows.t - np.maximum.accumulate(last, axis=2)[rows.i, rows.j, rows.t - 1]
    return pd.DataFrame(
        {
            "past_alliance": rows.at(ever).astype(np.int8),
            "colonial_tie": tie,
            "peace_years": quiet.astype(np.int16),
        }
    )


HISTORY = Measure(
    (
        binary("past_alliance", "past alliance of i and j", "1 if any obligation in any year to t-1", ATOP),
        binary("colonial_tie", "colonial tie of i to j", "1 if j ruled i or i left j", COLONIES),
        Variable(
            "peace_years", "count", "years at peace of i and j", "years since the last dispute, or since 1816",
            "t minus its year", MID, 1,
        ),
    ),
    lambda s: history(s.rows, s.world.treaties.held > 0, colonial_tie(s), s.world.disputes.any),
)  # fmt: skip
