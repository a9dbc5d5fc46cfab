"""Dependence of the weak state on arms and aid of the aggressor, relative to its own means.

Formula: dependence = log(1 + 100 m), m the mean of A / (A + own military spending) and F / (F + own GDP), with A
the arms and F the aid that j gave a year in t-5..t-1, means over the years known; a part in which j gave nothing
is 0 whatever the own means. So 0 is no dependence and log 101 = 4.6 is all from j. In 2019 dollars: trend-indicator
values are in prices of 1990, military spending (National Material Capabilities v6) is in current dollars and
deflated by the prices implied in the US foreign aid data; aid as in data/measures/aid.py; GDP (Fariss et al. 2022)
is at purchasing power of 2017. A proxy: TIV is the military worth of arms, not what was paid; arms given as
military aid count in both parts. Coverage: as arms, from t = 1955; missing too where j gave and the own means are
unknown (military spending of 0 is unknown).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.codings import Coding
from data.measures.arms import YEARS_BACK, lately, recorded
from data.world.riskset import Rows
from data.world.world import Field, World

PRICES_1990 = 0.563756  # of 2019, in the US foreign aid data; a constant of units
MILLION, THOUSAND = 1e6, 1e3


def yearly(means: Field) -> Field:
    """Mean over the known years of the five before; NaN where none is known, and 0 is not known."""
    known = means > 0
    years = lately(known.astype(float))
    return lately(np.where(known, means, 0.0)) / np.where(years > 0, years, np.nan)


def part(inflow: NDArray, means: NDArray) -> NDArray:
    """Inflow as a share of itself and own means; 0 without inflow, NaN where only the own means are unknown."""
    return np.where(inflow > 0, inflow / (inflow + means), 0.0)


def dependence(rows: Rows, world: World, coding: Coding) -> pd.DataFrame:  # noqa: ARG001
    """``dependence`` of i on j; all amounts in millions of 2019 dollars a year."""
    spending = world.capability("milex") * THOUSAND / MILLION / world.prices
    arms = rows.at(lately(world.arms), lag=0) / YEARS_BACK / PRICES_1990
    aid = rows.at(lately(world.aid), lag=0).clip(min=0) / YEARS_BACK / MILLION
    military = part(arms, rows.of_i(yearly(spending), lag=0))
    economic = part(aid, rows.of_i(yearly(world.gdp), lag=0))
    known = recorded(world)
    both = rows.of_i(known, lag=0) & rows.of_j(known, lag=0)
    value = np.log1p(100 * (military + economic) / 2)
    return pd.DataFrame({"dependence": np.where(both, value, np.nan)})
