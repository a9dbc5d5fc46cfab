"""What a panel must satisfy, and the sentence that says what is wrong with one that does not."""
# pandera and pyarrow leave most types unknown:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownLambdaType=false

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.codebook import panels
from data.codebook.variable import Panel, Variable
from data.files import atomic, shipped

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema


FINITE = float(np.finfo(np.float32).max)
ALIGNMENT = "alignment"
ENOUGH, MOST_OF_ONE = 100, 0.5  # rows from which on a share of the variance says something, and one row's at most


class PanelError(ValueError):
    """A panel that breaks the schema; the message names column, row and value."""


@cache
def schema(name: str = ALIGNMENT) -> DataFrameSchema:
    """The pandera schema of a panel, written from its codebook; ValueError for a name that is none."""
    import pandera.pandas as pa

    whole = pa.Check(lambda values: values == values.round(), error="a whole number")

    def column(variable: Variable) -> pa.Column:
        if variable.kind in {"group", "category"}:
            check = pa.Check.isin(variable.levels, error=f"one of {', '.join(variable.levels)}")
        elif variable.kind in {"outcome", "binary"}:
            check = pa.Check.isin((0, 1), error="0 or 1")
        else:
            low = -FINITE if variable.low is None else variable.low
            high = FINITE if variable.high is None else variable.high
            rule = "a finite number" + f", at least {low:g}" * (low > -FINITE) + f", at most {high:g}" * (high < FINITE)
            check = pa.Check.in_range(low, high, error=rule)
        checks = [check, whole] if variable.kind in {"key", "count", "rows"} else [check]
        return pa.Column(checks=checks, nullable=variable.nullable)

    return pa.DataFrameSchema({v.name: column(v) for v in panels.panel(name).variables}, strict=True)


def _names(panel: pd.DataFrame, book: Panel) -> None:
    expected, present = list(book.columns), list(panel.columns)
    if missing := [name for name in expected if name not in present]:
        raise PanelError(
            f"missing column {', '.join(missing)}; the {book.name} panel has the columns of {book.codebook}"
        )
    if extra := [str(name) for name in present if name not in expected]:
        raise PanelError(
            f"unknown column {', '.join(extra)}; the {book.name} panel has only the columns of {book.codebook}"
        )
    if twice := [str(name) for name in panel.columns[panel.columns.duplicated()]]:
        raise PanelError(f"column {twice[0]} occurs more than once; a panel has each of its columns once")


def _numeric(book: Panel) -> list[Variable]:
    """The variables whose values are numbers."""
    return [variable for variable in book.variables if variable.kind not in {"group", "category"}]


def _stored_alike(panel: pd.DataFrame, book: Panel) -> pd.DataFrame:
    """Rows counted from 0, and numbers as NumPy stores them where they are stored otherwise."""
    panel = panel.reset_index(drop=True)
    plain = panel.dtypes.map(lambda dtype: isinstance(dtype, np.dtype) and dtype.kind in "iufb")
    whole = panel.dtypes.map(pd.api.types.is_integer_dtype)  # codes that may be missing stay whole numbers
    otherwise = [v.name for v in _numeric(book) if not plain[v.name] and not (v.kind == "key" and whole[v.name])]
    return panel.assign(**{name: _as_numbers(panel[name]) for name in otherwise})


def _as_numbers(values: pd.Series) -> pd.Series:
    """The values as floats if all that are there are numbers, else as they are."""
    numbers = {"floating", "integer", "mixed-integer-float", "boolean", "decimal", "empty"}
    if pd.api.types.infer_dtype(values, skipna=True) not in numbers:
        return values
    return pd.Series(values.to_numpy(float, na_value=np.nan), values.index, name=values.name)


def _numbers(panel: pd.DataFrame, book: Panel) -> None:
    for variable in _numeric(book):
        if not pd.api.types.is_numeric_dtype(panel[variable.name]):
            numbers = pd.to_numeric(panel[variable.name], errors="coerce")
            row = int(np.argmax((numbers.isna() & panel[variable.name].notna()).to_numpy()))
            raise PanelError(f"column {variable.name}, row {row}: {panel[variable.name].iloc[row]!r} is not a number")


def _row(panel: pd.DataFrame, book: Panel, row: int) -> str:
    return f"row {row} ({', '.join(f'{name} {panel[name].iloc[row]}' for name in book.keys)})"


def _values(panel: pd.DataFrame, book: Panel) -> None:
    import pandera.errors

    try:
        schema(book.name).validate(panel.reset_index(drop=True), lazy=True)
    except pandera.errors.SchemaErrors as error:
        case = error.failure_cases.iloc[0]
        if pd.isna(case["index"]):
            raise PanelError(f"column {case['column']}: {case['check']}") from error
        row, rule = int(case["index"]), str(case["check"])
        rule = "a value; this column is never missing" if rule == "not_nullable" else rule
        value = panel[case["column"]].iloc[row]
        raise PanelError(
            f"column {case['column']}, {_row(panel, book, row)}: {value} is not {rule} "
            f"({len(error.failure_cases):,} faulty values in all)"
        ) from error


def _leverage(panel: pd.DataFrame, book: Panel) -> None:
    """A predictor that one row decides is a slip of the pen, or no predictor."""
    for name in (variable.name for variable in book.variables if variable.kind in {"continuous", "count"}):
        values = panel[name].to_numpy(float)
        if np.isfinite(values).sum() < ENOUGH:
            continue
        away = np.nan_to_num((values - np.nanmean(values)) ** 2)
        row, total = int(away.argmax()), away.sum()
        if away[row] > MOST_OF_ONE * total:
            raise PanelError(
                f"column {name}, {_row(panel, book, row)}: {values[row]} alone makes "
                f"{away[row] / total:.0%} of the column's variance, so one row would decide its slope"
            )


# Two columns of a panel that never name the same state, and what is wrong with a row in which they do.
DISTINCT = {
    "alignment": ("state", "aggressor", "a state cannot be its own aggressor"),
    "informal": ("state", "aggressor", "a state cannot be its own aggressor"),
    "termination": ("member", "partner", "a member cannot be its own partner"),
}


def _logic(panel: pd.DataFrame, book: Panel) -> None:
    if book.name in DISTINCT:
        first, second, fault = DISTINCT[book.name]
        own = np.flatnonzero(panel[first].to_numpy() == panel[second].to_numpy())
        if own.size:
            raise PanelError(f"column {second}, {_row(panel, book, own[0])}: {fault}")
    again = np.flatnonzero(panel.duplicated(list(book.keys)).to_numpy())
    if again.size:
        raise PanelError(
            f"columns {', '.join(book.keys)}, {_row(panel, book, again[0])}: the {book.unit} occurs more than once"
        )
    for name in book.outcomes:
        if not (panel[name] == 1).any():
            raise PanelError(f"column {name}: no event in {len(panel):,} rows; a logit needs at least one")
    _groups(panel, book)


def _groups(panel: pd.DataFrame, book: Panel) -> None:
    for name in book.groups:
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


def validate(panel: pd.DataFrame, name: str = ALIGNMENT, *, leverage: bool = True) -> pd.DataFrame:
    """The panel, its groups as categories in the codebook's order; PanelError names what is wrong.

    Rows are known by their position: an index of the file is dropped. Columns of numbers are alike however they are
    stored: as objects, with missing values of any kind, or without any value.

    ``name`` is that of a panel in ``data.codebook.panels.PANELS``; ValueError for any other. Checked in this
    order: columns, emptiness, values (type, range, missing, infinite), then, with ``leverage``, that no value decides
    its column's slope alone, then keys, events and groups.
    """
    book = panels.panel(name)
    _names(panel, book)
    panel = _stored_alike(panel, book)
    _numbers(panel, book)
    if panel.empty:
        raise PanelError("the panel has no rows")
    _values(panel, book)
    if leverage:
        _leverage(panel, book)
    _logic(panel, book)
    return panel.astype(
        {
            group: pd.CategoricalDtype([level for level in levels if level in set(panel[group].unique())])
            for group, levels in book.groups.items()
        }
    )


def read(path: Path, name: str = ALIGNMENT) -> pd.DataFrame:
    """A validated panel from a parquet file.

    ValueError (PanelError among them) for a file that is none, is another, is cut short or is not as it was written.
    """
    import pyarrow as pa

    if not path.is_file():
        raise PanelError(f"{path}: no such file; build it with 'make data' or give another (PANEL=<file>)")
    shipped.verified(path)
    try:
        panel = pd.read_parquet(path, page_checksum_verification=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise PanelError(f"{path}: not a readable parquet file ({reason}); rebuild it with 'make data'") from error
    try:
        return validate(panel, name)
    except PanelError as error:
        raise PanelError(f"{path}: {error}") from error


def write(panel: pd.DataFrame, path: Path, name: str = ALIGNMENT) -> None:
    """Validate and write a panel, in one step that leaves either the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    valid = validate(panel, name)
    with atomic.replacing(path) as partial:
        valid.to_parquet(partial, index=False, compression="zstd", write_page_checksum=True)
    shipped.record(path)
