"""The dyad-years at risk as they were some years before, and the columns of what is adjusted for there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.codebook.lags import LONGEST_OF_CODINGS, lagged, lagged_variables, with_errors
from data.codings import Coding
from data.measures.measure import Measure, Sample
from data.measures.registry import MEASURES
from data.world.grid import Cube, Ints
from data.world.riskset import Rows

# What the causal graph of alignment adjusts for, at the lags at which a registered claim asks for it.
WANTED: dict[int, tuple[str, ...]] = {
    1: (
        "aggressor_power", "own_power", "past_alliance", "proximity", "offence", "aggression", "threat", "threat_other",
        "income", "democracy", "duress", "similarity",
    ),
    5: (
        "aggressor_power", "own_power", "past_alliance", "threat", "threat_other", "income", "democracy", "capacity",
        "similarity", "ties",
    ),
    10: (
        "aggressor_power", "own_power", "past_alliance", "proximity", "offence", "aggression", "own_revisionism",
        "democracy",
    ),
    20: ("aggressor_power", "own_power", "past_alliance", "proximity", "offence"),
}  # fmt: skip
MEASURED = {variable.name: variable for measure in MEASURES for variable in measure.variables}
EARLIER = lagged_variables(MEASURED, WANTED)


def entered(member: Cube) -> Ints:
    """Field [state, year]: the year (less FIRST) in which the state's present membership of the system began."""
    years = np.arange(int(member.shape[1]))
    starts = member & ~np.roll(member, 1, axis=1)
    starts[:, 0] = member[:, 0]
    return np.maximum.accumulate(np.where(starts, years, 0), axis=1)


def earlier(rows: Rows, member: Cube, years: int) -> Rows:
    """The rows so many years before, or in the year after the younger of the two states entered if that is later."""
    begun = entered(member)
    first = np.maximum(begun[rows.i, rows.t], begun[rows.j, rows.t]) + 1
    return Rows(rows.i, rows.j, np.minimum(rows.t, np.maximum(rows.t - years, first)))


def years_before(lag: int, coding: Coding) -> int:
    """How many years a lag is under a coding: where disputes count for longer, so many."""
    return max(lag, coding.window) if lag == LONGEST_OF_CODINGS else lag


def _measures(columns: tuple[str, ...]) -> list[Measure]:
    return [measure for measure in MEASURES if {v.name for v in measure.variables} & set(columns)]


def earlier_columns(sample: Sample) -> pd.DataFrame:
    """The columns of ``WANTED`` for the rows of a sample."""
    parts: list[pd.DataFrame] = []
    for lag, names in WANTED.items():
        wanted = with_errors(names)
        then = earlier(sample.rows, sample.world.grid.member, years_before(lag, sample.coding))
        at = Sample(then, sample.world, sample.coding)
        columns = pd.concat([measure.columns(at) for measure in _measures(wanted)], axis=1)[list(wanted)]
        parts.append(columns.rename(columns={name: lagged(name, lag) for name in wanted}))
    return pd.concat(parts, axis=1)
