"""Arms received by the weak state, from the aggressor and from others.

Formulas, on deliveries in t-5..t-1 in millions of trend-indicator value (TIV): arms = log(1 + from j);
arms_other = log(1 + from all states that are neither j nor bound to j by a defence pact at t-1); arms_share =
share of j in all that i received, 0 where it received none. Source: SIPRI arms transfers, 1950-. Deliveries to
rebels, whom the source files under the state they fight, are left out; suppliers that are unknown or no states
count in the whole of arms_share alone. Coverage: from t = 1955, when the window is full. The file lacks West
Germany, and Germany before 1991: missing where the window of either state holds such a year, and what they
delivered is in no sum. States that change their COW code start anew.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.codings import Coding
from data.world.grid import FIRST
from data.world.riskset import Cube, Rows
from data.world.world import World

YEARS_BACK = 5
BEGIN = 1950
UNRECORDED = {260: 9999, 255: 1990}  # the Germanies, to what year


def lately(flow: NDArray) -> NDArray:
    """Sums over the five years before each year, the last axis; exact also for little after much."""
    out = np.zeros_like(flow)
    for lag in range(1, YEARS_BACK + 1):
        out[..., lag:] += flow[..., :-lag]
    return out


def recorded(world: World) -> Cube:
    """[state, year]: the source records the state's transfers in all of the five years before."""
    years = np.arange(world.grid.member.shape[1]) + FIRST
    full = np.tile(years >= BEGIN, (len(world.grid.states), 1))
    for code, last in UNRECORDED.items():
        full[world.grid.states == code] &= years > last
    return lately(full.astype(np.int8)) == YEARS_BACK


def unallied(rows: Rows, received: NDArray, pact: Cube) -> NDArray[np.float64]:
    """What i received from states without a defence pact with j at t-1, and from j itself."""
    out = np.zeros(len(rows.t))
    for t in np.unique(rows.t):
        now = rows.t == t
        free = ~pact[:, :, t - 1]  # [k, j]
        out[now] = (received[:, :, t] @ free)[rows.i[now], rows.j[now]]
    return out


def arms(rows: Rows, world: World, coding: Coding) -> pd.DataFrame:  # noqa: ARG001
    """``arms`` that i received from j, ``arms_other`` from states not tied to j, ``arms_share`` of j."""
    received = lately(world.arms)
    own = rows.at(received, lag=0).astype(float)
    everything = rows.of_i(lately(world.arms_of_all), lag=0)
    columns = {
        "arms": np.log1p(own),
        "arms_other": np.log1p(unallied(rows, received, world.treaties.defence) - own),
        "arms_share": own / np.where(everything > 0, everything, 1),
    }
    known = recorded(world)
    both = rows.of_i(known, lag=0) & rows.of_j(known, lag=0)
    return pd.DataFrame({name: np.where(both, values, np.nan) for name, values in columns.items()})
