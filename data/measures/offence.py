"""Offensive capability: how militarised the aggressor is for its size.

Shares of the system's total, so that units and prices cancel. A proxy: the mix of arms is not observed. Where one
component is unknown or zero the other stands alone; missing where both are.
"""

import warnings

import numpy as np
import pandas as pd

from data.codebook.citations import NMC
from data.codebook.variable import number
from data.measures.measure import Measure
from data.world.grid import Field
from data.world.riskset import Rows


def _share(values: Field) -> Field:
    known = np.where(values > 0, values, np.nan)
    return known / np.nansum(known, axis=0)


def offence(rows: Rows, people: Field, personnel: Field, spending: Field) -> pd.DataFrame:
    """``offence`` of j from fields [state, year] of people, military personnel and military spending."""
    population = _share(people)
    ratios = [np.log(_share(component) / population) for component in (personnel, spending)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the mean of two unknowns is unknown
        return pd.DataFrame({"offence": rows.of_j(np.nanmean(ratios, axis=0))})


OFFENCE = Measure(
    (
        number(
            "offence", "offensive capability of the aggressor", "log ratio",
            "mean of log(share of soldiers / share of people) and log(share of spending / share of people) at t-1",
            NMC, None, None, True,
        ),
    ),
    lambda s: offence(s.rows, *(s.world.capability(name) for name in ("tpop", "milper", "milex"))),
)  # fmt: skip
