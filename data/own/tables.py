"""A table from a file in the formats that people keep panels in: parquet, CSV, Stata, R and Excel."""
# pandas and pyreadr leave some types unknown:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from data.schema import PanelError, table

Options = Mapping[str, str]
# What a file may ask for in the table ``file`` of its mapping, and what it is without.
OPTIONS = {
    "separator": "character between the columns of a CSV (default: what is commonest in its first line of , ; and tab)",
    "decimal": "decimal mark of a CSV (default: the point)",
    "encoding": "of a CSV (default: utf-8)",
    "sheet": "sheet of an Excel file (default: the first)",
    "object": "data frame of an R file (default: the only one)",
}


def read(path: Path, options: Options) -> pd.DataFrame:
    """The table in a file, by the ending of its name; PanelError for an ending or a content that cannot be read.

    Values are as they are stored: of Stata's labelled values and of R's factors the numbers and the levels.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise PanelError(f"{path}: the ending {path.suffix!r} is of no known format: choose from {', '.join(READERS)}")
    if not path.is_file():
        raise PanelError(f"{path}: no such file; give another (PANEL=<file>)")
    try:
        found = reader(path, options)
    except PanelError:
        raise
    except Exception as error:  # each library has errors of its own for a file that is not in its format
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise PanelError(f"{path}: not readable as {path.suffix.lower()} ({reason[0]})") from error
    return found.set_axis([str(name).strip() for name in found.columns], axis=1)


def _parquet(path: Path, _: Options) -> pd.DataFrame:
    return table(path)


def _csv(path: Path, options: Options) -> pd.DataFrame:
    encoding = options.get("encoding", "utf-8-sig")  # with or without a byte order mark
    with path.open(encoding=encoding) as file:
        first = file.readline()
    separator = options.get("separator", max(",;\t", key=first.count))
    return pd.read_csv(
        path,
        sep=separator,
        decimal=options.get("decimal", "."),
        encoding=encoding,
        skipinitialspace=True,
        low_memory=False,
    )


def _stata(path: Path, _: Options) -> pd.DataFrame:
    return pd.read_stata(path, convert_categoricals=False)


def _r(path: Path, options: Options) -> pd.DataFrame:
    import pyreadr

    frames = {str(name): frame for name, frame in pyreadr.read_r(str(path)).items()}
    wanted = options.get("object", next(iter(frames)) if len(frames) == 1 else None)
    if wanted not in frames:
        which = f"no object {wanted!r}" if wanted else "more than one data frame"
        raise PanelError(f"{path}: {which}: name one of {', '.join(frames)} as object in the table file of the mapping")
    return frames[wanted]


def _excel(path: Path, options: Options) -> pd.DataFrame:
    return pd.read_excel(path, sheet_name=options.get("sheet", 0))


READERS: dict[str, Callable[[Path, Options], pd.DataFrame]] = {
    ".parquet": _parquet,
    **dict.fromkeys((".csv", ".tsv", ".txt"), _csv),
    ".dta": _stata,
    **dict.fromkeys((".rds", ".rda", ".rdata"), _r),
    ".xlsx": _excel,
}
