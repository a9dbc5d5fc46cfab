"""Arms received by the weak state, from the aggressor and from others.

Deliveries to rebels, whom the source files under the state they fight, are left out; suppliers that are unknown or no
states count in the whole of ``arms_share`` alone. Coverage: from t = 1955, when the window is full. The file lacks
West Germany, and Germany before 1991: missing where the window of either state holds such a year, and what they
delivered is in no sum. States that change their COW code start anew.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.codebook.citations import ATOP, SIPRI
from data.codebook.variable import number
from data.measures.measure import Measure
from data.period import ARMS_BEGIN, FIRST, FLOW_YEARS, YEARS
from data.world.grid import Amounts, Cube, Grid
from data.world.riskset import Rows

UNRECORDED = {260: 9999, 255: 1990}  # the Germanies, to what year


def lately[T: np.number[Any]](flow: NDArray[T]) -> NDArray[T]:
    """Sums over the five years before each year, the last axis; exact also for little after much."""
    out, some = np.zeros_like(flow), (flow != 0).any(axis=-1)  # between most states nothing ever flows
    flows = flow[some]
    sums = np.zeros_like(flows)
    for lag in range(1, FLOW_YEARS + 1):
        sums[..., lag:] += flows[..., :-lag]
    out[some] = sums
    return out


def recorded(rows: Rows, grid: Grid) -> NDArray[np.bool_]:
    """Whether the source records the transfers of both states in all of the five years before, by row."""
    years = np.arange(YEARS) + FIRST
    full = np.tile(years >= ARMS_BEGIN, (len(grid.states), 1))
    for code, last in UNRECORDED.items():
        full[grid.states == code] &= years > last
    known = lately(full.astype(np.int8)) == FLOW_YEARS
    return rows.of_i(known, lag=0) & rows.of_j(known, lag=0)


def unallied(rows: Rows, received: Amounts, pact: Cube) -> NDArray[np.float64]:
    """What i received from states without a defence pact with j at t-1, and from j itself."""
    out = np.zeros(len(rows.t))
    for t in np.unique(rows.t):
        now = rows.t == t
        free = ~pact[:, rows.j[now], t - 1].T  # (n, k)
        out[now] = (received[rows.i[now], :, t] * free).sum(axis=1)  # in an order that no processor changes
    return out


def arms(rows: Rows, delivered: Amounts, of_all: Amounts, pact: Cube, grid: Grid) -> pd.DataFrame:
    """``arms`` that i received from j, ``arms_other`` from states not tied to j, ``arms_share`` of j.

    ``delivered`` [i, j, year] and ``of_all`` suppliers [i, year] are in trend-indicator values of a year.
    """
    received = lately(delivered)
    own = rows.at(received, lag=0).astype(float)
    everything = rows.of_i(lately(of_all), lag=0)
    columns = {
        "arms": np.log1p(own),
        "arms_other": np.log1p(unallied(rows, received, pact) - own),
        "arms_share": own / np.where(everything > 0, everything, 1),
    }
    known = recorded(rows, grid)
    return pd.DataFrame({name: np.where(known, values, np.nan) for name, values in columns.items()})


ARMS = Measure(
    (
        number(
            "arms", "arms received from the aggressor", "log millions of trend-indicator value",
            "log(1 + TIV delivered by j to i in t-5..t-1), t from 1955; missing for Germany to 1995",
            SIPRI, 0, None, True,
        ),
        number(
            "arms_other", "arms received from others", "log millions of trend-indicator value",
            "log(1 + TIV from states that are neither j nor bound to j by a defence pact at t-1), as arms",
            f"{SIPRI}; {ATOP}", 0, None, True,
        ),
        number(
            "arms_share", "share of the aggressor in arms received", "share",
            "TIV from j / TIV from all in t-5..t-1, 0 where there is none, as arms", SIPRI, 0, 1, True,
        ),
    ),
    lambda s: arms(s.rows, s.world.arms, s.world.arms_of_all, s.world.treaties.defence, s.world.grid),
)  # fmt: skip
