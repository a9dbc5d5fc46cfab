"""What is wrong with a panel: every fault by column, with the rule, how many rows break it, and the first of them.

Faults come in the order in which they hinder each other: columns, emptiness, values (type, range, missing, infinite),
then keys, events and groups. What follows from a column is asked only where the column itself is in order.
"""
# pandera leaves most types unknown:
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data.codebook.variable import Panel, Variable

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

ENOUGH, MOST_OF_ONE = 100, 0.5  # rows from which on a share of the variance says something, and one row's at most
SHOWN = 3  # rows that a fault names
LARGEST = int(np.finfo(float).max)  # whole number that a float holds
NEVER_MISSING = "is not a value; this column is never missing"
# Two columns of a panel that never name the same state, and what is wrong with a row in which they do.
DISTINCT = {
    "alignment": ("state", "aggressor", "a state cannot be its own aggressor"),
    "informal": ("state", "aggressor", "a state cannot be its own aggressor"),
    "termination": ("member", "partner", "a member cannot be its own partner"),
}


@dataclass(frozen=True)
class Fault:
    """A rule that columns break.

    ``columns`` are named by ``where`` ("column threat"; "" for the panel as a whole), ``what`` says the rule.
    ``cases`` are the first rows that break it, each as (row, value), of ``count``; none where it is no matter of rows.
    A fault is ``of_leverage`` if a value is right but so far from the others that its row would decide a slope.
    """

    columns: tuple[str, ...]
    where: str
    what: str
    cases: tuple[tuple[str, str], ...] = ()
    count: int = 0
    of_leverage: bool = False

    def __str__(self) -> str:
        """One sentence, with the first row that breaks the rule."""
        if not self.cases:
            return f"{self.where}: {self.what}" if self.columns and self.where else self.what
        row, value = self.cases[0]
        more = f" ({self.count:,} rows in all)" if self.count > 1 else ""
        return f"{self.where}, {row}: {f'{value} {self.what}'.strip()}{more}"

    @property
    def listed(self) -> str:
        """The fault in a list of all: rule, count, and each of the first rows with its value."""
        if not self.cases:
            return str(self)
        rows = "; ".join(f"{row} has {value}" if value else row for row, value in self.cases)
        more = f"; and {self.count - len(self.cases):,} more" if self.count > len(self.cases) else ""
        return f"{self.where}: {self.what}, in {self.count:,} row{'s' * (self.count > 1)}: {rows}{more}"


def required(book: Panel) -> tuple[str, ...]:
    """Columns without which no model of a panel can be fitted: who and when, groups, outcomes."""
    return (*book.keys, *book.groups, *(name for name in book.outcomes if name not in book.keys))


def faults(panel: pd.DataFrame, book: Panel, schema: DataFrameSchema, needed: Sequence[str]) -> Iterator[Fault]:
    """Every fault of a table as a panel of ``book`` that has the columns ``needed`` and obeys a pandera ``schema``."""
    yield from _names(panel, book, needed)
    panel = panel.loc[:, ~panel.columns.duplicated() & panel.columns.isin(list(book.columns))]
    panel = stored_alike(panel, book)
    wrong: set[str] = set()
    for found in (_numbers, _values):
        for fault in found(panel.drop(columns=list(wrong)), book, schema):
            wrong |= set(fault.columns)
            yield fault
    if panel.empty:
        yield Fault((), "", "the panel has no rows")
        return
    sound = panel.drop(columns=list(wrong))
    yield from _leverage(panel, sound, book)
    yield from _keys(panel, sound, book)
    yield from _events(sound, book)
    yield from _groups(sound, book)


def _names(panel: pd.DataFrame, book: Panel, needed: Sequence[str]) -> Iterator[Fault]:
    present = [str(name) for name in panel.columns]
    if missing := [name for name in needed if name not in present]:
        yield Fault(
            tuple(missing), "",
            f"missing column {', '.join(missing)}; the {book.name} panel has the columns of {book.codebook}",
        )  # fmt: skip
    if extra := list(dict.fromkeys(name for name in present if name not in book.columns)):
        yield Fault(
            tuple(extra), "",
            f"unknown column {', '.join(map(_meant(book), extra))}; "
            f"the {book.name} panel has only the columns of {book.codebook}",
        )  # fmt: skip
    if twice := [str(name) for name in panel.columns[panel.columns.duplicated()]]:
        yield Fault(
            (twice[0],), "", f"column {twice[0]} occurs more than once; a panel has each of its columns once"
        )  # fmt: skip


def _meant(book: Panel) -> Any:  # noqa: ANN401 (a function of a name)
    """Names with what may be meant by them behind."""

    def name(unknown: str) -> str:
        alike = get_close_matches(unknown.lower(), book.columns, 1, 0.8)
        return f"{unknown} ({alike[0]}?)" if alike else unknown

    return name


def _numeric(panel: pd.DataFrame, book: Panel) -> list[Variable]:
    """The variables of a panel whose values are numbers."""
    return [v for v in book.variables if v.kind not in {"group", "category"} and v.name in panel]


def stored_alike(panel: pd.DataFrame, book: Panel) -> pd.DataFrame:
    """Rows counted from 0, and numbers as NumPy stores them where they are stored otherwise."""
    panel = panel.reset_index(drop=True)
    plain = panel.dtypes.map(lambda dtype: isinstance(dtype, np.dtype) and dtype.kind in "iufb")
    whole = panel.dtypes.map(pd.api.types.is_integer_dtype)  # codes that may be missing stay whole numbers
    otherwise = [v.name for v in _numeric(panel, book) if not plain[v.name] and not (v.kind == "key" and whole[v.name])]
    return panel.assign(**{name: _as_numbers(panel[name]) for name in otherwise})


def _as_numbers(values: pd.Series) -> pd.Series:
    """The values as floats if all that are there are numbers, else as they are; what no float can hold is in words."""
    numbers = {"floating", "integer", "mixed-integer-float", "boolean", "decimal", "empty"}
    if pd.api.types.infer_dtype(values, skipna=True) not in numbers:
        return values
    try:
        return pd.Series(values.to_numpy(float, na_value=np.nan), values.index, name=values.name)
    except OverflowError:
        return values.map(_in_words)


def _in_words(value: object) -> object:
    """A whole number that no float can hold in words, since to write it out may be refused; any other as it is."""
    if not isinstance(value, int) or value.bit_length() < LARGEST.bit_length():
        return value
    return f"a whole number of some {int(value.bit_length() * np.log10(2)) + 1:,} digits"


def _row(panel: pd.DataFrame, book: Panel, row: int) -> str:
    known = [f"{name} {panel[name].iloc[row]}" for name in book.keys if name in panel]
    return f"row {row} ({', '.join(known)})" if known else f"row {row}"


def _rows(panel: pd.DataFrame, book: Panel, rows: Sequence[int]) -> tuple[tuple[str, str], ...]:
    """The first rows that break a rule of several columns: named, without a value."""
    return tuple((_row(panel, book, int(row)), "") for row in rows[:SHOWN])


def _numbers(panel: pd.DataFrame, book: Panel, _schema: DataFrameSchema) -> Iterator[Fault]:
    for name in (variable.name for variable in _numeric(panel, book)):
        if pd.api.types.is_numeric_dtype(panel[name]):
            continue
        numbers = pd.to_numeric(panel[name], errors="coerce")
        rows = np.flatnonzero((numbers.isna() & panel[name].notna()).to_numpy())
        if not rows.size:  # text of numbers
            rows = np.flatnonzero(panel[name].notna().to_numpy())
        cases = tuple((f"row {row}", repr(panel[name].iloc[row])) for row in rows[:SHOWN].tolist())
        yield Fault((name,), f"column {name}", "is not a number", cases, rows.size)


def _values(panel: pd.DataFrame, book: Panel, schema: DataFrameSchema) -> Iterator[Fault]:
    import pandera.errors

    try:
        schema.validate(panel, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
        for (name, rule), broken in cases.groupby(["column", "check"], sort=False):
            column, where = str(name), f"column {name}"
            what = NEVER_MISSING if rule == "not_nullable" else f"is not {rule}"
            rows = broken["index"]
            if rows.isna().any():
                yield Fault((column,), where, str(rule))
                continue
            first = [int(row) for row in rows.iloc[:SHOWN]]
            named = tuple((_row(panel, book, row), str(panel[column].iloc[row])) for row in first)
            yield Fault((column,), where, what, named, len(rows))


def _leverage(panel: pd.DataFrame, sound: pd.DataFrame, book: Panel) -> Iterator[Fault]:
    """A predictor that one row decides is a slip of the pen, or no predictor."""
    for name in (v.name for v in book.variables if v.kind in {"continuous", "count"} and v.name in sound):
        values = sound[name].to_numpy(float)
        if np.isfinite(values).sum() < ENOUGH:
            continue
        away = np.nan_to_num((values - np.nanmean(values)) ** 2)
        row, total = int(away.argmax()), away.sum()
        if away[row] > MOST_OF_ONE * total:
            yield Fault(
                (name,), f"column {name}",
                f"alone makes {away[row] / total:.0%} of the column's variance, so one row would decide its slope",
                ((_row(panel, book, row), str(values[row])),), 1, of_leverage=True,
            )  # fmt: skip


def _keys(panel: pd.DataFrame, sound: pd.DataFrame, book: Panel) -> Iterator[Fault]:
    if not set(book.keys) <= set(sound):
        return
    if book.name in DISTINCT:
        first, second, fault = DISTINCT[book.name]
        own = np.flatnonzero(sound[first].to_numpy() == sound[second].to_numpy())
        if own.size:
            yield Fault((second,), f"column {second}", fault, _rows(panel, book, own.tolist()), own.size)
    again = np.flatnonzero(sound.duplicated(list(book.keys)).to_numpy())
    if again.size:
        yield Fault(
            book.keys, f"columns {', '.join(book.keys)}", f"the {book.unit} occurs more than once",
            _rows(panel, book, again.tolist()), again.size,
        )  # fmt: skip


def _events(panel: pd.DataFrame, book: Panel) -> Iterator[Fault]:
    for name in (outcome for outcome in book.outcomes if outcome in panel):
        if not (panel[name] == 1).any():
            yield Fault((name,), f"column {name}", f"no event in {len(panel):,} rows; a logit needs at least one")


def _groups(panel: pd.DataFrame, book: Panel) -> Iterator[Fault]:
    for name in (group for group in book.groups if group in panel):
        if isinstance(panel[name].dtype, pd.CategoricalDtype):
            empty = panel[name].cat.categories.difference(panel[name].unique())
            if len(empty):
                yield Fault(
                    (name,), f"column {name}", f"the group {empty[0]!r} is declared and has no row; "
                    f"drop it (panel[{name!r}].cat.remove_unused_categories()) or regroup in data/groups.py",
                )  # fmt: skip
        if (panel[name] == panel[name].iloc[0]).all():
            yield Fault(
                (name,), f"column {name}", f"every row is in {panel[name].iloc[0]!r}, every other group is empty; "
                f"{name} effects need at least two groups with rows",
            )  # fmt: skip
