"""The panels that claims are fitted to: the alignment panel that is asked for, and the others beside it.

The alignment panel may be one of ours or one that somebody brings, in any format, with some of the columns
(``data.own``). A claim that it cannot speak of is left out, for a reason in words.
"""

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
    from data.own import brought

    if name == "alignment":
        return brought.files(alignment)
    if name == "placebo":
        return (*brought.files(alignment), path_of("state", alignment))
    if name == "siding":
        return (path_of("joining", alignment),)
    return (path_of("state" if name in DERIVED else name, alignment),)


def lacking(hypothesis: Hypothesis, alignment: Path) -> str | None:
    """Why a claim cannot be fitted to the panels that are there, in words; None when it can.

    A panel is not there, or lacks columns; or, of a panel that is not the shipped one, no model follows from what it
    holds: a predictor is the same in all rows, or an outcome.
    """
    absent = next((path for path in files_of(hypothesis.panel, alignment) if not path.is_file()), None)
    if absent:
        return f"there is no {absent.name} beside {alignment.name}"
    if alignment.resolve() == PANEL or hypothesis.panel != "alignment":
        return None
    panel = read(hypothesis.panel, alignment)
    if missing := [name for name in hypothesis.columns if name not in panel]:
        return f"{alignment.name} has no column {', '.join(missing)}"
    try:
        hypothesis.joint(panel)
    except ValueError as error:
        return str(error)
    return None


@cache
def read(name: str, alignment: Path) -> pd.DataFrame:
    """A validated panel, read or derived once in a process; not to be changed.

    One that the project ships was validated when it was written, and its hash says that it is the same.
    """
    from data import schema
    from data.build import siding, transition
    from data.codebook.panels import DERIVED
    from data.files import shipped
    from data.own import brought

    path = path_of(name, alignment)
    if path.is_file() and brought.files(path) == (path,) and shipped.ours(path):
        return schema.typed(schema.table(path), name)
    if name == "alignment":
        return brought.read(alignment)
    if name == "placebo":
        return transition.placebo(read("alignment", alignment), read("state", alignment))
    if name == "siding":
        return siding.siding(read("joining", alignment))
    if name in DERIVED:
        return transition.derived(name, read("state", alignment))
    return schema.read(path, name)
