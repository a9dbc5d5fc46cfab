"""What rows a claim speaks of, and how much of each of its columns is known in them, by era."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.codebook.panels import label
from data.coverage import coverage
from inference import panels
from models.claims.registry import Hypothesis
from models.terms import needed

if TYPE_CHECKING:
    import pandas as pd


@cache
def _coverage(panel: str, years: tuple[int, int] | None, where: tuple[tuple[str, float], ...], path: Path) -> Any:  # noqa: ANN401 (pandas waits for its import)
    table = panels.read(panel, path)
    rows = Hypothesis(id="", claim="", source="", panel=panel, years=years, where=dict(where)).sample(table)
    return coverage(table.iloc[rows], panel)


def collect(hypothesis: Hypothesis, alignment: Path) -> dict[str, Any]:
    """Rows of the sample by era, and of each column with a gap: rows left out and rows filled by rule, by era.

    ``complete`` names the columns that are known everywhere.
    """
    where = tuple(sorted(hypothesis.where.items()))
    table: pd.DataFrame = _coverage(hypothesis.panel, hypothesis.years, where, alignment)
    names = needed(hypothesis.terms)
    found = {name: table[table["column"] == name] for name in names}
    gaps = {name: mine for name, mine in found.items() if mine[["rows_lost", "substituted"]].to_numpy().any()}
    first = table[table["column"] == table["column"].iloc[0]]
    return {
        "eras": first["era"].astype(str).tolist(),
        "rows": first["rows"].tolist(),
        "columns": [
            {
                "column": name,
                "label": label(name, hypothesis.panel),
                "lost": mine["rows_lost"].tolist(),
                "substituted": mine["substituted"].tolist(),
                "rule": str(mine["rule"].iloc[0]),
            }
            for name, mine in gaps.items()
        ],
        "complete": [name for name in names if name not in gaps],
    }
