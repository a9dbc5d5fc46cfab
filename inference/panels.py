"""The panels that claims are fitted to: the alignment panel that is asked for, and the others beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from models.hypotheses import Hypothesis

if TYPE_CHECKING:
    import pandas as pd

PANEL = Path(__file__).parents[1] / "data" / "panels" / "alignment.parquet"


def path_of(name: str, alignment: Path) -> Path:
    """File of a panel: the alignment panel itself, or the file of that name in its folder."""
    return alignment if name == "alignment" else alignment.with_name(f"{name}.parquet")


def lacking(hypothesis: Hypothesis, alignment: Path) -> Path | None:
    """The panel that a claim needs and that is not there; None when it is."""
    path = path_of(hypothesis.panel, alignment)
    return None if path.is_file() else path


@cache
def read(name: str, alignment: Path) -> pd.DataFrame:
    """A validated panel, read once in a process; not to be changed."""
    from data import schema

    return schema.read(path_of(name, alignment), name)
