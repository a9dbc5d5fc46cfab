"""Dependence of the weak state on arms and aid of the aggressor, relative to its own means.

0 is no dependence and log 101 = 4.6 is all from j; a part in which j gave nothing is 0 whatever the own means. In
2019 dollars: trend-indicator values are in prices of 1990, military spending is in current dollars and deflated by
the prices implied in the US foreign aid data; GDP is at purchasing power of 2017. A proxy: a trend-indicator value is
the military worth of arms, not what was paid; arms given as military aid count in both parts. Coverage: as arms,
to t = 2014, the year after AidData ends; missing too where j gave and the own means are unknown (military spending of
0 is unknown).
"""

import numpy as np
import pandas as pd

from data.codebook.citations import AID_FLOWS, FARISS, NMC, SIPRI
from data.codebook.variable import number
from data.measures.aid import covered
from data.measures.arms import lately, recorded
from data.measures.measure import Measure, Sample
from data.period import FLOW_YEARS
from data.world.grid import Amounts, Field
from data.world.riskset import Rows

PRICES_1990 = 0.563756  # of 2019, in the US foreign aid data; a constant of units
MILLION, THOUSAND = 1e6, 1e3


def yearly(means: Field) -> Field:
    """Mean over the known years of the five before; NaN where none is known, and 0 is not known."""
    known = means > 0
    years = lately(known.astype(float))
    return lately(np.where(known, means, 0.0)) / np.where(years > 0, years, np.nan)


def part(inflow: Field, means: Field) -> Field:
    """Inflow as a share of itself and own means; 0 without inflow, NaN where only the own means are unknown."""
    return np.where(inflow > 0, inflow / (inflow + means), 0.0)


def dependence(rows: Rows, arms: Amounts, spending: Field, aid: Amounts, gdp: Field) -> pd.Series:
    """Dependence of i on j, by row, as if every transfer were recorded.

    ``arms`` [i, j, year] in trend-indicator values and ``aid`` in dollars, each given in a year; ``spending`` on the
    military and ``gdp`` [state, year] in millions of 2019 dollars.
    """
    weapons = rows.at(lately(arms), lag=0) / FLOW_YEARS / PRICES_1990
    money = rows.at(lately(aid), lag=0).clip(min=0) / FLOW_YEARS / MILLION
    military = part(weapons, rows.of_i(yearly(spending), lag=0))
    economic = part(money, rows.of_i(yearly(gdp), lag=0))
    return pd.Series(np.log1p(100 * (military + economic) / 2), name="dependence")


def _columns(sample: Sample) -> pd.DataFrame:
    rows, world = sample.rows, sample.world
    spending = world.capability("milex") * THOUSAND / MILLION / world.prices
    value = dependence(rows, world.arms, spending, world.aid, world.gdp)
    return value.where(recorded(rows, world.grid) & covered(rows)).to_frame()


DEPENDENCE = Measure(
    (
        number(
            "dependence", "dependence on arms and aid of the aggressor", "log(1 + per cent)",
            "log(1 + 100 x mean of arms / (arms + own military spending) and aid / (aid + own GDP)), a year of "
            "t-5..t-1, t of 1955-2014",
            f"{SIPRI}; {AID_FLOWS}; {NMC}; {FARISS}", 0, float(np.log(101)), True,
        ),
    ),
    _columns,
)  # fmt: skip
