"""What rows a claim speaks of, and how much of each of its columns is known in them, by era."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from data.codebook.panels import label
from data.coverage import coverage
from inference import panels
from models.claims.registry import Hypothesis
from models.terms import needed
from reports.numbers.types import Coverage, Gap

if TYPE_CHECKING:
    import pandas as pd


@cache
def _coverage(
    panel: str, years: tuple[int, int] | None, where: tuple[tuple[str, float], ...], path: Path
) -> pd.DataFrame:
    table = panels.read(panel, path)
    rows = Hypothesis(id="", claim="", source="", panel=panel, years=years, where=dict(where)).sample(table)
    return coverage(table.iloc[rows], panel)


def collect(hypothesis: Hypothesis, alignment: Path) -> Coverage:
    """Coverage of the columns of a claim in the rows that it speaks of."""
    where = tuple(sorted(hypothesis.where.items()))
    table = _coverage(hypothesis.panel, hypothesis.years, where, alignment)
    by_column = {name: table[table["column"] == name] for name in needed(hypothesis.terms)}
    gaps = {name: rows for name, rows in by_column.items() if rows[["rows_lost", "substituted"]].to_numpy().any()}
    first = table[table["column"] == str(table["column"].iloc[0])]  # eras and rows are those of every column
    return Coverage(
        eras=tuple(map(str, first["era"])),
        rows=tuple(first["rows"].tolist()),
        columns=tuple(_gap(name, hypothesis.panel, rows) for name, rows in gaps.items()),
        complete=tuple(name for name in by_column if name not in gaps),
    )


def _gap(column: str, panel: str, rows: pd.DataFrame) -> Gap:
    counts = (tuple(rows[name].tolist()) for name in ("rows_lost", "substituted"))
    return Gap(column, label(column, panel), *counts, rule=str(rows["rule"].iloc[0]))
