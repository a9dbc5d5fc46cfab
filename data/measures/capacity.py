"""State capacity of the weak state, with its measurement error.

Formula: the latent capacity of Hanson and Sigman (2021) at t-1, 1960-2015, with its posterior standard
deviation. Before 1960, and where a state is not covered, regression calibration: the prediction of a linear
regression of capacity on log GDP per head (Fariss et al. 2022) over the state-years that have both, with its
residual standard deviation; capacity_measured tells the two apart. Missing where income is missing too.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.codings import Coding
from data.world.codes import recode
from data.world.riskset import Rows
from data.world.world import Field, World


def calibrated(world: World) -> tuple[Field, Field, Field]:
    """Capacity, its standard deviation and whether it is measured (1) or calibrated (0), fields [state, year]."""
    table = world.raw.read("StateCapacityDataset_v1.dta").dropna(subset=["ccode", "Capacity"])
    table = recode(table, "ccode", "polity").astype({"year": int})
    measured = world.grid.field(table, "ccode", "Capacity")
    sd = world.grid.field(table, "ccode", "Capacity_sd")
    both = np.isfinite(measured) & np.isfinite(world.income)
    slope, intercept = np.polyfit(world.income[both], measured[both], 1)
    predicted = intercept + slope * world.income
    residual = float((measured[both] - predicted[both]).std(ddof=2))
    known = np.isfinite(measured)
    return np.where(known, measured, predicted), np.where(known, sd, residual), known.astype(float)


def capacity(rows: Rows, world: World, coding: Coding) -> pd.DataFrame:  # noqa: ARG001
    """``capacity``, ``capacity_sd`` and ``capacity_measured`` of i, and ``income``, its log GDP per head."""
    value, sd, measured = (rows.of_i(field) for field in calibrated(world))
    return pd.DataFrame(
        {
            "capacity": value,
            "capacity_sd": np.where(np.isnan(value), np.nan, sd),
            "capacity_measured": measured.astype(np.int8),
            "income": rows.of_i(world.income),
        }
    )
