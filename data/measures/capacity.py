"""State capacity of the weak state, with its measurement error.

Measured 1960-2015. Elsewhere regression calibration: the prediction of a linear regression of capacity on log GDP
per head over the state-years that have both, with its residual standard deviation. Missing where income is too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.codebook.citations import FARISS, HANSON_SIGMAN
from data.codebook.variable import Variable, binary, number
from data.measures.measure import Measure
from data.world.codes import recode
from data.world.grid import Field
from data.world.riskset import Rows

if TYPE_CHECKING:
    from data.world.world import World

MEASURED_SINCE = 1960


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


def capacity(rows: Rows, value: Field, sd: Field, measured: Field, income: Field) -> pd.DataFrame:
    """``capacity``, ``capacity_sd`` and ``capacity_measured`` of i, and ``income``, its log GDP per head."""
    known = rows.of_i(value)
    return pd.DataFrame(
        {
            "capacity": known,
            "capacity_sd": np.where(np.isnan(known), np.nan, rows.of_i(sd)),
            "capacity_measured": rows.of_i(measured).astype(np.int8),
            "income": rows.of_i(income),
        }
    )


def calibrated_variables(of: str, when: str, covered: str) -> tuple[Variable, ...]:
    """The columns of calibrated capacity ``of`` a state, ``when`` it is read and what is ``covered`` if measured."""
    units = "latent standard deviations"
    return (
        number(
            "capacity", f"state capacity{of}", units,
            f"Hanson-Sigman {when} where measured, else predicted from log income", f"{HANSON_SIGMAN}; {FARISS}",
            nullable=True, measured_by="capacity_measured",
        ),
        number(
            "capacity_sd", "standard error of capacity", units,
            "posterior sd where measured, else residual sd of the calibration", HANSON_SIGMAN, 0, None, True,
        ),
        binary(
            "capacity_measured", "capacity is measured", f"1 if Hanson-Sigman covers {covered}", HANSON_SIGMAN,
            since=MEASURED_SINCE,
        ),
    )  # fmt: skip


CAPACITY = Measure(
    (
        *calibrated_variables(" of i", "at t-1", "i at t-1"),
        number("income", "income of i", "log dollars per head", "log GDP per head at t-1", FARISS, nullable=True),
    ),
    lambda s: capacity(s.rows, *calibrated(s.world), s.world.income),
)
