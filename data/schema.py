"""What a panel must satisfy, and the sentence that says what is wrong with one that does not."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.codebook import ALIGNMENT, KEYS, Variable

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema


FINITE = float(np.finfo(np.float32).max)
GROUPS = {variable.name: variable.levels for variable in ALIGNMENT if variable.kind == "group"}


class PanelError(ValueError):
    """A panel that breaks the schema; the message names column, row and value."""


@cache
def schema() -> DataFrameSchema:
    """The pandera schema of the alignment panel, written from the codebook."""
    import pandera.pandas as pa

    whole = pa.Check(lambda values: values == values.round(), error="a whole number")

    def column(variable: Variable) -> pa.Column:
        if variable.kind == "group":
            check = pa.Check.isin(variable.levels, error=f"one of {', '.join(variable.levels)}")
        elif variable.kind in {"outcome", "binary"}:
            check = pa.Check.isin((0, 1), error="0 or 1")
        else:
            low = -FINITE if variable.low is None else variable.low
            high = FINITE if variable.high is None else variable.high
            words = (
                "a finite number" + f", at least {low:g}" * (low > -FINITE) + f", at most {high:g}" * (high < FINITE)
            )
            check = pa.Check.in_range(low, high, error=words)
        checks = [check, whole] if variable.kind in {"key", "count"} else [check]
        return pa.Column(checks=checks, nullable=variable.nullable)

    return pa.DataFrameSchema({v.name: column(v) for v in ALIGNMENT}, strict=True)


def _columns(panel: pd.DataFrame) -> None:
    expected, found = [v.name for v in ALIGNMENT], list(panel.columns)
    if missing := [name for name in expected if name not in found]:
        raise PanelError(f"missing column {', '.join(missing)}; a panel has the columns of data/codebook.py")
    if extra := [str(name) for name in found if name not in expected]:
        raise PanelError(f"unknown column {', '.join(extra)}; a panel has only the columns of data/codebook.py")
    for variable in ALIGNMENT:
        if variable.kind != "group" and not pd.api.types.is_numeric_dtype(panel[variable.name]):
            numbers = pd.to_numeric(panel[variable.name], errors="coerce")
            row = int(np.argmax((numbers.isna() & panel[variable.name].notna()).to_numpy()))
            raise PanelError(f"column {variable.name}, row {row}: {panel[variable.name].iloc[row]!r} is not a number")


def _row(panel: pd.DataFrame, row: int) -> str:
    state, aggressor, year = (panel[name].iloc[row] for name in KEYS)
    return f"row {row} (state {state}, aggressor {aggressor}, year {year})"


def _values(panel: pd.DataFrame) -> None:
    import pandera.errors

    try:
        schema().validate(panel.reset_index(drop=True), lazy=True)
    except pandera.errors.SchemaErrors as error:
        case = error.failure_cases.iloc[0]
        if pd.isna(case["index"]):
            raise PanelError(f"column {case['column']}: {case['check']}") from error
        row, rule = int(case["index"]), str(case["check"])
        rule = "a value; this column is never missing" if rule == "not_nullable" else rule
        value = panel[case["column"]].iloc[row]
        raise PanelError(
            f"column {case['column']}, {_row(panel, row)}: {value} is not {rule} "
            f"({len(error.failure_cases):,} faulty values in all)"
        ) from error


def _logic(panel: pd.DataFrame) -> None:
    own = np.flatnonzero(panel["state"].to_numpy() == panel["aggressor"].to_numpy())
    if own.size:
        raise PanelError(f"column aggressor, {_row(panel, own[0])}: a state cannot be its own aggressor")
    again = np.flatnonzero(panel.duplicated(list(KEYS)).to_numpy())
    if again.size:
        raise PanelError(
            f"columns state, aggressor, year, {_row(panel, again[0])}: the dyad-year occurs more than once"
        )
    for name in ("bandwagon", "balance"):
        if not (panel[name] == 1).any():
            raise PanelError(f"column {name}: no event in {len(panel):,} rows; a logit needs at least one")
    for name in GROUPS:
        if isinstance(panel[name].dtype, pd.CategoricalDtype):
            empty = panel[name].cat.categories.difference(panel[name].unique())
            if len(empty):
                raise PanelError(
                    f"column {name}: the group {empty[0]!r} is declared and has no row; "
                    f"drop it (panel[{name!r}].cat.remove_unused_categories()) or regroup in data/groups.py"
                )
        if (panel[name] == panel[name].iloc[0]).all():
            raise PanelError(
                f"column {name}: every row is in {panel[name].iloc[0]!r}, every other group is empty; "
                f"{name} effects need at least two groups with rows"
            )


def validate(panel: pd.DataFrame) -> pd.DataFrame:
    """The panel, its groups as categories in the codebook's order; PanelError names what is wrong.

    Checked in this order: columns, emptiness, values (type, range, missing, infinite), then keys and events.
    """
    _columns(panel)
    if panel.empty:
        raise PanelError("the panel has no rows")
    _values(panel)
    _logic(panel)
    return panel.astype(
        {
            name: pd.CategoricalDtype([level for level in levels if level in set(panel[name].unique())])
            for name, levels in GROUPS.items()
        }
    )


def read(path: Path) -> pd.DataFrame:
    """A validated panel from a parquet file; PanelError for a file that is none or is cut short."""
    import pyarrow as pa

    if not path.is_file():
        raise PanelError(f"{path}: no such file; build it with 'make data' or give another (PANEL=<file>)")
    try:
        panel = pd.read_parquet(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise PanelError(f"{path}: not a readable parquet file ({reason}); rebuild it with 'make data'") from error
    try:
        return validate(panel)
    except PanelError as error:
        raise PanelError(f"{path}: {error}") from error


def write(panel: pd.DataFrame, path: Path) -> None:
    """Validate and write a panel, in one step that leaves either the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    validate(panel).to_parquet(partial, index=False, compression="zstd")
    partial.replace(path)
