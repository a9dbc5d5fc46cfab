"""The one way in which a table becomes a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def write_csv(table: pd.DataFrame, path: Path) -> Path:
    """Write a table under a temporary name and rename it, so that no file holds half of one; returns ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    table.to_csv(partial, index=False)
    partial.replace(path)
    return path
