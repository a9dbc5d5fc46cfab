"""The mapping of a panel of one's own: which column is which of ours, what its values mean, what stands for missing.

It is a TOML file beside the panel, of the same name: ``mine.toml`` for ``mine.csv``. All its tables may be left out::

    unused = ["notes"]            # columns that are none of ours; ["*"] for all that are not named

    [columns]                     # your column = "ours"
    ccode = "state"

    [missing]                     # codes that mean missing: of all columns, and of one of ours
    all = [-9, "."]
    capacity = [99]

    [recode.duress]               # of one of our columns: your value = ours
    yes = 1
    no = 0

    [file]                        # how to read it, where that is not plain: see OPTIONS of data.own.tables
    separator = ";"
"""
# pandas leaves some types unknown:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from data.codebook.variable import Panel
from data.faults import Fault
from data.own.tables import OPTIONS
from data.schema import PanelError

ALL = "all"
EVERY = "*"
SHAPES: dict[str, type] = {"columns": dict, "missing": dict, "recode": dict, "unused": list, "file": dict}


@dataclass(frozen=True)
class Mapping:
    """What a mapping file says, by the names of its tables; an empty one changes nothing."""

    columns: dict[str, str] = field(default_factory=dict[str, str])
    missing: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    recode: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    unused: list[str] = field(default_factory=list[str])
    file: dict[str, str] = field(default_factory=dict[str, str])


def beside(panel: Path) -> Path:
    """Where the mapping of a panel stands, if it has one."""
    return panel.with_suffix(".toml")


def read(path: Path, book: Panel) -> Mapping:
    """The mapping in a file, an empty one where there is no file; PanelError for one that is not as it should be."""
    if not path.is_file():
        return Mapping()
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PanelError(f"{path}: no valid TOML ({error})") from error
    if wrong := list(_wrong(said, book)):
        raise PanelError(f"{path}: {'; '.join(wrong)}")
    return Mapping(**said)


def _wrong(said: dict[str, Any], book: Panel) -> Iterator[str]:
    """What a mapping says that it cannot."""
    for name, value in said.items():
        if name not in SHAPES:
            yield f"unknown table {name!r}: choose from {', '.join(SHAPES)}"
        elif not isinstance(value, SHAPES[name]):
            yield f"{name} must be a {SHAPES[name].__name__.replace('dict', 'table')}"
    tables = {name: value for name, value in said.items() if name != "unused" and isinstance(value, dict)}
    yield from _wrong_names(tables, book)
    for table, shape, words in (("missing", list, "a list of codes"), ("recode", dict, "a table of values")):
        bad = [name for name, value in tables.get(table, {}).items() if not isinstance(value, shape)]
        yield from (f"{table}.{name} must be {words}" for name in bad)
    for name, value in tables.get("file", {}).items():
        if name not in OPTIONS or not isinstance(value, str):
            yield f"file.{name} = {value!r}: choose from {', '.join(OPTIONS)}, each a text"


def _wrong_names(tables: dict[str, dict[str, Any]], book: Panel) -> Iterator[str]:
    """Columns that a mapping calls ours and that are not, and those that two of its columns are to be."""
    targets = [str(name) for name in tables.get("columns", {}).values()]
    named = [*targets, *(name for name in tables.get("missing", {}) if name != ALL), *tables.get("recode", {})]
    for name in dict.fromkeys(named):
        if name not in book.columns:
            yield f"{name!r} is no column of the {book.name} panel, see {book.codebook}"
    yield from (f"two columns are to be {name!r}" for name in sorted({n for n in targets if targets.count(n) > 1}))


def faults(table: pd.DataFrame, mapping: Mapping) -> Iterator[Fault]:
    """What a mapping names that a table does not have."""
    absent = [name for name in (*mapping.columns, *mapping.unused) if name not in table and name != EVERY]
    if absent:
        yield Fault(
            tuple(absent), "", f"the mapping names {', '.join(absent)}, and the file has no such column: it has "
            f"{', '.join(map(str, table.columns))}",
        )  # fmt: skip


def applied(table: pd.DataFrame, mapping: Mapping, book: Panel) -> pd.DataFrame:
    """The table with our columns and values: renamed, recoded, missing where a code says so, and numbers as numbers."""
    table = table.drop(columns=[name for name in mapping.unused if name in table])
    table = table.rename(columns=mapping.columns)
    if EVERY in mapping.unused:
        table = table.loc[:, table.columns.isin(list(book.columns))]
    if table.columns.duplicated().any():
        return table  # which is a fault of its own
    return table.assign(**{name: _values(table[name], mapping, book) for name in table.columns if name in book.columns})


def _values(values: pd.Series, mapping: Mapping, book: Panel) -> pd.Series:
    name = str(values.name)
    codes = {_text(code) for key in (ALL, name) for code in mapping.missing.get(key, [])}
    meaning = {_text(value): ours for value, ours in mapping.recode.get(name, {}).items()}
    number = book.columns[name].kind not in {"group", "category"}
    plain = pd.api.types.is_numeric_dtype(values) if number else isinstance(values.dtype, pd.CategoricalDtype)
    if codes or meaning or not plain:
        values = values.astype(object)
        values = values.map({value: _ours(value, codes, meaning) for value in values.dropna().unique()})
    return _numbers(values) if number else values


def _ours(value: object, codes: set[str], meaning: dict[str, Any]) -> object:
    """What a value is among ours: missing, what it is recoded to, or itself without space around it."""
    text = _text(value)
    if text in codes:
        return None
    return meaning.get(text, value.strip() if isinstance(value, str) else value)


def _text(value: object) -> str:
    """A value as a mapping names it: whole numbers without a point, however they are stored."""
    if isinstance(value, str):
        return value.strip()
    number = float(value)  # pyright: ignore[reportArgumentType] (TOML and tables hold text and numbers)
    return f"{number:.0f}" if number.is_integer() else str(number)


def _numbers(values: pd.Series) -> pd.Series:
    """Text of numbers as numbers; what is none stays as it is, to be named."""
    if pd.api.types.is_numeric_dtype(values):
        return values
    numbers = pd.to_numeric(values, errors="coerce")
    unread = numbers.isna() & values.notna()
    return numbers.astype(object).where(~unread, values) if unread.any() else numbers
