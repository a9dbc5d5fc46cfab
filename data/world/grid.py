"""The state x year grid on which every rule is array algebra.

Arrays are indexed ``[state, year]`` (a field) or ``[state, other, year]`` (a cube); a state's position
is that of its Correlates of War code in ``Grid.states``, a year's is ``year - FIRST``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from data.period import FIRST, LAST, YEARS

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.intp]
Field = NDArray[np.float64]  # (state, year)
Cube = NDArray[np.bool_]  # truth values, (state, other, year) or (state, year)
# Of either shape. Counts have 32 bits and not 16: numpy takes the logarithm of smaller integers in single precision.
Counts = NDArray[np.int32]
Amounts = NDArray[np.float64]  # money, arms, distances


@dataclass(frozen=True)
class Grid:
    """States that were ever members of the system, and who was a member or a major power when.

    ``states`` (state,) sorted codes; ``names`` (state,); ``member`` and ``major`` (state, year) bool, true
    where membership or major-power status covers any day of the year.
    """

    states: Ints
    names: tuple[str, ...]
    member: Cube
    major: Cube

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of a cube."""
        return len(self.states), len(self.states), YEARS

    def index(self, codes: ArrayLike) -> Ints:
        """Positions of state codes, -1 where a code is not a member of the state system."""
        codes = np.asarray(codes, dtype=float)
        position = np.searchsorted(self.states, codes).clip(max=len(self.states) - 1)
        return np.where(self.states[position] == codes, position, -1)

    def field(self, table: pd.DataFrame, code: str, value: str, year: str = "year") -> Field:
        """A (state, year) array of a state-year table, NaN where it says nothing."""
        out = np.full((len(self.states), YEARS), np.nan)
        i, t = self.index(table[code]), table[year].to_numpy(int) - FIRST
        inside = (i >= 0) & (t >= 0) & (t < YEARS)
        out[i[inside], t[inside]] = table[value].to_numpy(float)[inside]
        return np.where(np.isnan(out), np.nan, out)  # R's NA is a signalling NaN: make it a quiet one

    def count(self, i: Ints, j: Ints, year: Ints) -> Counts:
        """A cube of how often each (i, j, year) occurs; pairs outside the system are passed over."""
        out = np.zeros(self.shape, np.int32)
        t = year - FIRST
        inside = (i >= 0) & (j >= 0) & (t >= 0) & (t < YEARS)
        np.add.at(out, (i[inside], j[inside], t[inside]), 1)
        return out


def year_of(dates: pd.Series) -> pd.Series:
    """Years of dates that begin with one."""
    return dates.astype(str).str[:4].astype(int)


def spells(table: pd.DataFrame, first: str, last: str) -> pd.DataFrame:
    """One row per year of each spell from year column ``first`` to ``last``, cut to the grid's years."""
    import pandas as pd

    start = table[first].to_numpy(int).clip(min=FIRST)
    length = (table[last].to_numpy(int).clip(max=LAST) - start + 1).clip(min=0)
    long = table.loc[table.index.repeat(length)]
    offset = np.concatenate([np.arange(int(n)) for n in length]) if length.sum() else np.array([], int)
    return pd.DataFrame(long).assign(year=np.repeat(start, length) + offset).reset_index(drop=True)


def window(events: Counts | Cube, years: int) -> Counts:
    """How many in the ``years`` years before each year: element t holds t-years .. t-1, never t itself."""
    out = np.zeros(events.shape, np.int32)
    some = events.any(axis=-1)  # of most pairs of states nothing is ever counted
    total = np.cumsum(events[some], axis=-1, dtype=np.int32)
    counted = np.zeros_like(total)
    counted[..., 1:] = total[..., :-1]
    counted[..., years + 1 :] -= total[..., : -years - 1]
    out[some] = counted
    return out


def grid(states: pd.DataFrame, majors: pd.DataFrame) -> Grid:
    """The grid of the Correlates of War state system (raw ``cow_states.rda``, ``cow_majors.rda``)."""
    codes = np.unique(states["ccode"].to_numpy(int))
    names = states.drop_duplicates("ccode").set_index("ccode")["statenme"]
    empty = Grid(codes, tuple(names[codes]), np.zeros(0, bool), np.zeros(0, bool))

    def covered(table: pd.DataFrame) -> Cube:
        long = spells(table, "styear", "endyear").assign(one=1.0)
        return empty.field(long, "ccode", "one") == 1.0

    return Grid(codes, empty.names, covered(states), covered(majors))
