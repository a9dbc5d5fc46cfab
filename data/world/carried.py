"""Where a source ends before the grid does, or is silent about a state's first year: what is carried over.

Two rules, for every source alike (2026-11-28; before, spells were cut at the end of their source and the distance of
a first year was that of capitals). A spell or a count that lasts to the last year its source knows is carried on from
there for at most five years, so that what ended only with the data is not taken for ended. And a source that describes
each state as of 1 January is silent about the year in which a state enters, for which the next 1 January stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data.period import FIRST, YEARS

if TYPE_CHECKING:
    import pandas as pd

    from data.world.grid import Amounts, Cube

CARRIED_YEARS = 5


def ongoing(last: pd.Series) -> pd.Series:
    """Last years of spells, those that end in the source's last year moved on by ``CARRIED_YEARS``.

    Contiguity and major powers end on the last day of 2016 (v3.2 and v2016 of their sources): what stood then is
    taken to stand up to the grid's end. A spell that truly ended in the source's last year cannot be told apart.
    """
    known = last.max()
    return last.where(last < known, known + CARRIED_YEARS)


def onward(cube: Amounts, last: int, member: Cube) -> Amounts:
    """A cube [i, j, year] whose source ends in year ``last``, its last values carried on while both are members."""
    out = cube.copy()
    end = last - FIRST
    for t in range(end + 1, min(end + CARRIED_YEARS + 1, YEARS)):
        out[:, :, t] = cube[:, :, end] * (member[:, None, t] & member[None, :, t])
    return out


def settled(january: Amounts, member: Cube, since: int) -> Amounts:
    """A cube [i, j, year] as of 1 January, NaN where unknown, with what it leaves out of years from ``since`` on.

    A pair of members is unknown in year t for one of two reasons. Either one of them entered the system in t and was
    no state on 1 January: then the value of the next 1 January stands, the borders with which it lived the rest of
    the year. That is no look-ahead. Exposures of an outcome in t+1 are those known at the end of t, and 1 January
    of t+1 is the day after: no border of t+1 is in it, and nothing but the entry itself happened to the pair between.
    Where a pair had a value on 1 January of t that one stands, a year old as it may be. Or the source passes over
    a state that stayed a member (Serbia, occupied in 1916-18): then the last value known stands until the next.
    """
    out = january.copy()
    for t in range(max(since - FIRST, 1), YEARS):
        both = member[:, None, t] & member[None, :, t]
        entering = member[:, t] & ~member[:, t - 1]
        either = entering[:, None] | entering[None]
        known_next = january[:, :, t + 1] if t + 1 < YEARS else np.full_like(january[:, :, t], np.nan)
        unknown = both & np.isnan(out[:, :, t])
        out[:, :, t] = np.where(unknown, np.where(either, known_next, out[:, :, t - 1]), out[:, :, t])
    return out
