"""Files that are there as a whole or not at all, whenever a process is killed."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

DAY = 86400  # seconds after which a temporary file is of no process that still runs


def partial_of(path: Path) -> Path:
    """A temporary path of this process beside ``path``; those that processes left that were killed are removed."""
    for left in path.parent.glob(f"{path.name}.*.partial"):
        if time.time() - left.stat().st_mtime > DAY:
            shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
    return path.with_name(f"{path.name}.{os.getpid()}.partial")


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """A temporary path of this process, to be written to in the block; after it the file takes the place of ``path``.

    The bytes are on disk before the name changes. An error in the block leaves ``path`` as it was.
    """
    partial = partial_of(path)
    try:
        yield partial
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_json(path: Path, value: object, *, sort_keys: bool = False) -> None:
    """Write plain values as JSON; ValueError for a number that is not finite."""
    with replacing(path) as partial:
        partial.write_text(json.dumps(value, indent=1, sort_keys=sort_keys, allow_nan=False), encoding="utf-8")


def write_csv(path: Path, table: pd.DataFrame) -> Path:
    """Write a table without its index, in a folder that is made where it is not there; returns ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as partial:
        table.to_csv(partial, index=False)
    return path
