"""What a panel must satisfy, and the sentence that says what is wrong with one that does not."""
# pandera and pyarrow leave most types unknown:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownLambdaType=false

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.codebook import panels
from data.codebook.variable import Variable
from data.faults import Fault, faults, required, stored_alike
from data.files import atomic, shipped

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema


FINITE = float(np.finfo(np.float32).max)
ALIGNMENT = "alignment"
MEASURED = frozenset({"binary", "count", "continuous"})  # kinds of columns that a panel of one's own may lack values of


class PanelError(ValueError):
    """A panel that breaks the schema; the message names column, row and value."""


@cache
def schema(name: str = ALIGNMENT, *, whole: bool = True) -> DataFrameSchema:
    """The pandera schema of a panel, written from its codebook; ValueError for a name that is none.

    It says nothing of columns that are not there. Of a panel that is not ``whole`` every measure may be missing.
    """
    import pandera.pandas as pa

    integer = pa.Check(lambda values: values == values.round(), error="a whole number")

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
        checks = [check, integer] if variable.kind in {"key", "count", "rows"} else [check]
        nullable = variable.nullable or (not whole and variable.kind in MEASURED)
        return pa.Column(checks=checks, nullable=nullable, required=False)

    return pa.DataFrameSchema({v.name: column(v) for v in panels.panel(name).variables}, strict=True)


def found(panel: pd.DataFrame, name: str = ALIGNMENT, *, whole: bool = True) -> Iterator[Fault]:
    """Every fault of a table as a panel (see ``data.faults``).

    Of a panel that is not ``whole`` only keys, groups and outcomes are needed, and every measure may be missing.
    """
    book = panels.panel(name)
    return faults(panel, book, schema(name, whole=whole), tuple(book.columns) if whole else required(book))


def validate(panel: pd.DataFrame, name: str = ALIGNMENT, *, leverage: bool = True) -> pd.DataFrame:
    """The panel, its groups as categories in the codebook's order; PanelError names what is wrong.

    Rows are known by their position: an index of the file is dropped. Columns of numbers are alike however they are
    stored: as objects, with missing values of any kind, or without any value.

    ``name`` is that of a panel in ``data.codebook.panels.PANELS``; ValueError for any other. Without ``leverage`` a
    value may decide its column's slope alone.
    """
    for fault in found(panel, name):
        if leverage or not fault.of_leverage:
            raise PanelError(str(fault))
    return typed(panel, name)


def typed(panel: pd.DataFrame, name: str = ALIGNMENT) -> pd.DataFrame:
    """A panel without a fault: rows counted from 0, numbers as NumPy stores them, groups as categories in order."""
    book = panels.panel(name)
    panel = stored_alike(panel, book)
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
    panel = table(path)
    try:
        return validate(panel, name)
    except PanelError as error:
        raise PanelError(f"{path}: {error}") from error


def table(path: Path) -> pd.DataFrame:
    """What a parquet file holds, verified as far as it can be; ValueError as for `read`."""
    import pyarrow as pa

    if not path.is_file():
        raise PanelError(f"{path}: no such file; build it with 'make data' or give another (PANEL=<file>)")
    shipped.verified(path)
    try:
        return pd.read_parquet(path, page_checksum_verification=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise PanelError(f"{path}: not a readable parquet file ({reason}); rebuild it with 'make data'") from error


def write(panel: pd.DataFrame, path: Path, name: str = ALIGNMENT) -> None:
    """Validate and write a panel, in one step that leaves either the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    valid = validate(panel, name)
    with atomic.replacing(path) as partial:
        valid.to_parquet(partial, index=False, compression="zstd", write_page_checksum=True)
    shipped.record(path)
