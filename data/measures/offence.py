"""Offensive capability: how militarised the aggressor is for its size.

Formula: mean of log(share of military personnel / share of population) and log(share of military spending /
share of population), shares of the system's total at t-1, so that units and prices cancel. Source: National
Material Capabilities v6 (Singer, Bremer and Stuckey 1972). A proxy: the mix of arms is not observed.
Where one component is unknown or zero the other stands alone; missing where both are.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from data.codings import Coding
from data.world.riskset import Rows
from data.world.world import Field, World


def _share(values: Field) -> Field:
    known = np.where(values > 0, values, np.nan)
    return known / np.nansum(known, axis=0)


def offence(rows: Rows, world: World, coding: Coding) -> pd.DataFrame:  # noqa: ARG001
    """``offence`` of j."""
    population = _share(world.capability("tpop"))
    ratios = [np.log(_share(world.capability(name)) / population) for name in ("milper", "milex")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the mean of two unknowns is unknown
        return pd.DataFrame({"offence": rows.of_j(np.nanmean(ratios, axis=0))})
