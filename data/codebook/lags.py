"""Columns as they were some years before: ``power_lag5`` is what ``power`` was five years before the row's year.

What an exposure may have changed is no ground to adjust for. An exposure that looks back over a window of years is
therefore adjusted for what was the case before the window began: the same measure, of the same two states, as of so
many years before. States younger than that give their first year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from data.codebook.variable import LEFT_OUT, Variable

LAGS = (1, 5, 10, 20)  # windows of exposures; the third is that of disputes, and as long as the coding's where longer
LONGEST_OF_CODINGS = 10
ERROR_OF = {"capacity": "capacity_sd"}  # the column with the standard deviation of a column's error


def lagged(column: str, years: int) -> str:
    """Name of a column as it was ``years`` before; the column itself for none."""
    return f"{column}_lag{years}" if years else column


def unlagged(column: str) -> str:
    """Name of the column that a lagged one is an earlier value of; of any other, its own."""
    base, mark, years = column.rpartition("_lag")
    return base if mark and years.isdigit() else column


def lag_of(column: str) -> int:
    """How many years before a column is as of: 5 for ``power_lag5``, 0 for ``power``."""
    base = unlagged(column)
    return 0 if base == column else int(column.removeprefix(f"{base}_lag"))


def before(window: int) -> int:
    """The lag that lies before a window of so many years; ValueError for one that is longer than any."""
    if window <= 0:
        return 0
    for years in LAGS:
        if years >= window:
            return years
    raise ValueError(f"window={window}: choose at most {LAGS[-1]} years, or add a lag to data/codebook/lags.py")


def error_of(column: str) -> str | None:
    """The column with the standard deviation of the error of a column, lagged as it is; None without such an error."""
    error = ERROR_OF.get(unlagged(column))
    return error and lagged(error, lag_of(column))


def with_errors(columns: Iterable[str]) -> tuple[str, ...]:
    """The columns, each with a measurement error followed by the column of that error."""
    return tuple(name for column in columns for name in (column, error_of(column)) if name)


def with_earlier(wanted: Mapping[int, tuple[str, ...]], *variables: Variable) -> tuple[Variable, ...]:
    """Columns of a panel, and behind them those that are ``wanted`` as they were before."""
    return *variables, *lagged_variables({variable.name: variable for variable in variables}, wanted)


def lagged_variables(variables: Mapping[str, Variable], wanted: Mapping[int, tuple[str, ...]]) -> tuple[Variable, ...]:
    """The codebook's entries of columns ``wanted`` at each lag, from those of the columns themselves."""
    return tuple(
        replace(
            variables[column],
            name=lagged(column, years),
            label=f"{variables[column].label}, {years} year{'s' * (years > 1)} before",
            formula=f"{column} as of t-{years}, or of the year after the younger of the two entered if that is later",
            nullable=True,
            missing=LEFT_OUT,
            measured_by="",
        )
        for years, columns in wanted.items()
        for column in with_errors(columns)
    )
