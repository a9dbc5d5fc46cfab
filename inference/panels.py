"""The panels that claims are fitted to: the alignment panel that is asked for, and the others beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from models.claims.registry import Hypothesis

PANEL = Path(__file__).parents[1] / "data" / "panels" / "alignment.parquet"


def path_of(name: str, alignment: Path) -> Path:
    """File of a panel: the alignment panel itself, or the file of that name in its folder."""
    return alignment if name == "alignment" else alignment.with_name(f"{name}.parquet")


def asked_for(alignment: Path) -> Path:
    """The alignment panel that was asked for; ValueError where there is no such file."""
    if not alignment.is_file():
        raise ValueError(f"panel {alignment}: no such file; build it with 'make data' or name another")
    return alignment


def files_of(name: str, alignment: Path) -> tuple[Path, ...]:
    """Files that a panel is made from: its own, or those that a derived one follows from."""
    from data.codebook.panels import DERIVED

    if name == "placebo":
        return alignment, path_of("state", alignment)
    if name == "siding":
        return (path_of("joining", alignment),)
    return (path_of("state" if name in DERIVED else name, alignment),)


def lacking(hypothesis: Hypothesis, alignment: Path) -> Path | None:
    """The panel that a claim needs and that is not there; None when it is."""
    return next((path for path in files_of(hypothesis.panel, alignment) if not path.is_file()), None)


@cache
def read(name: str, alignment: Path) -> pd.DataFrame:
    """A validated panel, read or derived once in a process; not to be changed."""
    from data import schema
    from data.build import siding, transition
    from data.codebook.panels import DERIVED

    if name == "placebo":
        return transition.placebo(read("alignment", alignment), read("state", alignment))
    if name == "siding":
        return siding.siding(read("joining", alignment))
    if name in DERIVED:
        return transition.derived(name, read("state", alignment))
    return schema.read(path_of(name, alignment), name)
