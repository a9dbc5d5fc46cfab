"""An alignment panel that somebody brings: a file, its mapping, what is filled in, and every fault of it.

Needed are state, aggressor, year and both outcomes. Region and era follow from the codes and the years where they are
not there. Every other column may be missing, whole or in some rows: what needs it leaves it, or the row, out. A panel
with all columns of the codebook, as this project builds and simulates them, is held to all of it.
"""
# pandas leaves some types unknown:
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data import groups, schema
from data.codebook import panels
from data.codebook.variable import Panel
from data.faults import Fault, required
from data.own import mapping, tables
from data.schema import ALIGNMENT, PanelError

# Columns that follow from another.
FILLED: dict[str, tuple[str, Callable[[Any], pd.Categorical[str]]]] = {
    "region": ("state", groups.region),
    "era": ("year", groups.era),
}


class Brought(NamedTuple):
    """A table that was brought, in our columns, and what is wrong with it; ``whole`` if it has all columns."""

    table: pd.DataFrame
    faults: list[Fault]
    whole: bool


def files(path: Path) -> tuple[Path, ...]:
    """The files that a panel is made from: its own, and its mapping where there is one."""
    said = mapping.beside(path)
    return (path, said) if said.is_file() else (path,)


def brought(path: Path) -> Brought:
    """The table in a file under its mapping, with all its faults; PanelError for what cannot be read."""
    book = panels.panel(ALIGNMENT)
    said = mapping.read(mapping.beside(path), book)
    raw = tables.read(path, said.file)
    table = _filled(mapping.applied(raw, said, book))
    whole = set(book.columns) <= set(table.columns)
    faults = [*mapping.faults(raw, said), *schema.found(table, whole=whole)]
    return Brought(table, faults, whole)


def _filled(table: pd.DataFrame) -> pd.DataFrame:
    """The table with region and era, where they are not there and what they follow from is in order."""
    out = table
    for name, (source, follow) in FILLED.items():
        if name in table or list(table.columns).count(source) != 1:
            continue
        known = pd.to_numeric(table[source], errors="coerce")
        if known.notna().all() and np.isfinite(known).all():
            out = out.assign(**{name: follow(known).remove_unused_categories()})
    return out


def read(path: Path) -> pd.DataFrame:
    """The validated panel in a file, its columns in the order of the codebook; PanelError names the first fault."""
    found = brought(path)
    if found.faults:
        more = len(found.faults) - 1
        further = f"; {more} further: 'python -m data --check {path}' lists all" if more else ""
        raise PanelError(f"{path}: {found.faults[0]}{further}")
    return _typed(found.table)


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """The panel of a table without a fault, its columns in the order of the codebook."""
    panel = schema.typed(table)
    return panel[[name for name in panels.panel(ALIGNMENT).columns if name in panel]]


def checked(path: Path) -> str:
    """What a file holds, in lines; PanelError with every fault by column for one that is no panel."""
    found, book = brought(path), panels.panel(ALIGNMENT)
    if found.faults:
        lines = [f"  {fault.listed}" for fault in found.faults]
        count = f"{len(lines)} fault{'s' * (len(lines) > 1)}"
        raise PanelError("\n".join([f"{path}: {count} in {len(found.table):,} rows, counted from 0", *lines]))
    return "\n".join(_described(_typed(found.table), path, book))


def _described(panel: pd.DataFrame, path: Path, book: Panel) -> list[str]:
    events = ", ".join(f"{int(panel[outcome].sum()):,} {outcome}" for outcome in book.outcomes)
    years = f"{panel['year'].min()}-{panel['year'].max()}"
    absent = [name for name in book.columns if name not in panel and name not in required(book)]
    lines = [f"{' with '.join(map(str, files(path)))}: a valid panel of {len(panel):,} rows, {years}, {events}"]
    gaps = panel.isna().sum()
    lines += [f"  {name:<22} {rows:>7,} missing" for name, rows in gaps[gaps > 0].items()]
    if absent:
        lines.append(f"columns that are not there ({len(absent)} of {len(book.columns)}): {', '.join(absent)}")
    lines.append(f"which claims it can fit: python -m inference --list --panel {path}")
    return [*lines, f"to fit them: make fit PANEL={path}"]
