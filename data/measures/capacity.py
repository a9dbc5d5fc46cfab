"""State capacity of the weak state, with its measurement error, and its income.

Measured 1960-2015 (Hanson and Sigman 2021) for all but the smallest states. Since 2026-11-28 nothing stands in for a
score that was not measured. The coding says what does elsewhere: ``measured`` nothing, ``indicators`` a prediction from
indicators other than income, ``predicted`` (until 2026-11-28) one from log GDP per head over the state-years that have
both, with its residual standard deviation. That prediction is a straight line of ``income`` in its rows (R2 = 1.000):
with it, an effect of capacity there is one of income.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from data.codebook.citations import COLONIES, FARISS, HANSON_SIGMAN, NMC
from data.codebook.variable import Variable, binary, number
from data.measures import capacity_indicators
from data.measures.measure import Measure
from data.world.codes import recode
from data.world.grid import Cube, Field
from data.world.riskset import Rows

if TYPE_CHECKING:
    from data.world.world import World

MEASURED_SINCE = 1960


class Scores(NamedTuple):
    """Capacity, its standard deviation (both NaN where unknown) and whether it is measured, fields [state, year]."""

    value: Field
    sd: Field
    measured: Cube


def measured(world: World) -> Scores:
    """The published scores and no others.

    583 state-years of the file have no code, 13 small states (Iceland, Luxembourg, Malta ...); none has a score. Where
    a year has scores of a state and of its successor under one COW code (Vietnam 1976, Yugoslavia 1991, Serbia 2006),
    that of the successor stands.
    """
    table = world.raw.read("StateCapacityDataset_v1.dta").dropna(subset=["ccode", "Capacity"])
    table = recode(table, "ccode", "polity").astype({"year": int})
    ends = table.groupby("country")["year"].transform("max")
    table = table.assign(ends=ends).sort_values("ends", kind="stable").drop_duplicates(["ccode", "year"], keep="last")
    value, sd = (world.grid.field(table, "ccode", name) for name in ("Capacity", "Capacity_sd"))
    return Scores(value, sd, np.isfinite(value))


def _filled(scores: Scores, value: Field, sd: Field) -> Scores:
    """Scores with ``value`` and ``sd`` where nothing is measured."""
    value = np.where(scores.measured, scores.value, value)
    sd = np.where(scores.measured, scores.sd, sd)
    return Scores(value, np.where(np.isnan(value), np.nan, sd), scores.measured)


def by_income(world: World) -> Scores:
    """Measured scores, elsewhere predicted from log income."""
    scores = measured(world)
    both = scores.measured & np.isfinite(world.income)
    slope, intercept = np.polyfit(world.income[both], scores.value[both], 1)
    predicted = intercept + slope * world.income
    residual = float((scores.value[both] - predicted[both]).std(ddof=2))
    return _filled(scores, predicted, np.full(predicted.shape, residual))


def by_indicators(world: World) -> Scores:
    """Measured scores, elsewhere predicted from indicators other than income."""
    scores = measured(world)
    return _filled(scores, *capacity_indicators.predicted(world, scores.value))


# What each choice of the coding `capacity` takes for the capacity of a state.
SCORES: dict[str, Callable[[World], Scores]] = {
    "measured": measured,
    "indicators": by_indicators,
    "predicted": by_income,
}


def capacity(rows: Rows, scores: Scores, income: Field) -> pd.DataFrame:
    """``capacity``, ``capacity_sd`` and ``capacity_measured`` of i, and ``income``, its log GDP per head."""
    return pd.DataFrame(
        {
            "capacity": rows.of_i(scores.value),
            "capacity_sd": rows.of_i(scores.sd),
            "capacity_measured": rows.of_i(scores.measured).astype(np.int8),
            "income": rows.of_i(income),
        }
    )


def scored_variables(of: str, when: str, covered: str) -> tuple[Variable, ...]:
    """The columns of capacity ``of`` a state, ``when`` it is read and what is ``covered`` if measured."""
    units = "latent standard deviations"
    return (
        number(
            "capacity", f"state capacity{of}", units,
            f"Hanson-Sigman {when}, missing where not measured; there, under `capacity=indicators`, predicted from "
            "indicators other than income, under `capacity=predicted` a straight line of income (R2 = 1)",
            f"{HANSON_SIGMAN}; {NMC}; {COLONIES}; {FARISS}", nullable=True, measured_by="capacity_measured",
        ),
        number(
            "capacity_sd", "standard error of capacity", units,
            "posterior sd where measured; elsewhere, under `capacity=indicators`, the error for held-out states in "
            "earlier years, under `capacity=predicted` the residual sd",
            HANSON_SIGMAN, 0, None, True, measured_by="capacity_measured",
        ),
        binary(
            "capacity_measured", "capacity is measured", f"1 if Hanson-Sigman covers {covered}", HANSON_SIGMAN,
            since=MEASURED_SINCE,
        ),
    )  # fmt: skip


CAPACITY = Measure(
    (
        *scored_variables(" of i", "at t-1", "i at t-1"),
        number(
            "income", "income of the state", "log dollars per head", "log GDP per head at t-1", FARISS, nullable=True
        ),
    ),
    lambda s: capacity(s.rows, SCORES[s.coding.capacity](s.world), s.world.income),
)
