"""History of the pair and of i: past alliance, colonial tie, time at peace and without a treaty. Complete from 1816."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.codebook.citations import ATOP, COLONIES, COW_STATES, MID
from data.codebook.variable import Variable, binary, number
from data.measures.measure import Measure, Sample
from data.period import FIRST, LAST, YEARS
from data.world.grid import Counts, Cube, Field
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


def since_treaty(sample: Sample) -> Field:
    """log(1 + years since i itself last entered a treaty), by row; before its first, since it entered the system."""
    grid, pairs, rows = sample.world.grid, sample.world.treaties.pairs, sample.rows
    entered = np.zeros(grid.member.shape, bool)
    own = pairs[pairs["own"] & pairs["begin"].between(FIRST, LAST)]
    entered[own["i"], own["begin"] - FIRST] = True
    entered[:, 1:] |= grid.member[:, 1:] & ~grid.member[:, :-1]
    last = np.maximum.accumulate(np.where(entered, np.arange(YEARS), 0), axis=1)
    return np.log1p(rows.t - last[rows.i, rows.t - 1])


def history(rows: Rows, allied: Cube, tie: NDArray[np.int8], disputes: Counts, treaty: Field) -> pd.DataFrame:
    """The columns of ``HISTORY`` from cubes of obligations and of any disputes, and `since_treaty`."""
    ever = np.maximum.accumulate(allied, axis=2)
    last = np.where(disputes > 0, np.arange(YEARS, dtype=np.int16), np.int16(0))
    quiet = rows.t - np.maximum.accumulate(last, axis=2)[rows.i, rows.j, rows.t - 1]
    return pd.DataFrame(
        {
            "past_alliance": rows.at(ever).astype(np.int8),
            "colonial_tie": tie,
            "peace_years": quiet.astype(np.int16),
            "since_dispute": np.log1p(quiet.astype(float)),
            "since_treaty": treaty,
        }
    )


HISTORY = Measure(
    (
        binary("past_alliance", "past alliance of state and aggressor", "1 if any obligation in any year to t-1", ATOP),
        binary("colonial_tie", "colonial tie of the state to the aggressor", "1 if j ruled i or i left j", COLONIES),
        Variable(
            "peace_years", "count", "years at peace of state and aggressor",
            "years since the last dispute, or since 1816", "t minus its year", MID, 1,
        ),
        number("since_dispute", "time at peace of state and aggressor", "log years", "log(1 + peace_years)", MID, 0),
        number(
            "since_treaty", "time since the state last entered a treaty", "log years",
            "log(1 + years since i itself entered a treaty, or the system)", f"{ATOP}; {COW_STATES}", 0,
        ),
    ),
    lambda s: history(s.rows, s.world.treaties.held > 0, colonial_tie(s), s.world.disputes.any, since_treaty(s)),
)  # fmt: skip
