"""The folder that a report is written to: made beside it, put in its place when whole, and only over a report.

A folder with anything else in it is somebody's, and is refused before any work is done.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.files.atomic import partial_of

MARKER = ".report"  # in every folder that a report was written to
WORDS = "A report of bandwagon. The next one that is written here replaces the whole folder.\n"
OURS = Path(__file__).parent / "build"  # nobody else's, marked or not


class Refused(ValueError):
    """A folder that no report can or may be written to."""


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """A folder to make the report in; it takes the place of ``out`` when the block ends without an error.

    Raises `Refused` when ``out`` is a file, has files in it that no report wrote, or cannot be made.
    """
    _check(out)
    partial = partial_of(out)
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        raise Refused(f"{out} cannot be made ({error.strerror}): name another folder with --out") from error
    try:
        yield partial
        (partial / MARKER).write_text(WORDS)
        _swap(partial, out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _check(out: Path) -> None:
    if out.is_dir():
        if out != OURS and any(out.iterdir()) and not (out / MARKER).is_file():
            raise Refused(
                f"{out} has files in it that no report wrote, and would be replaced as a whole: name a new or empty"
                " folder with --out, or empty this one"
            )
    elif out.exists():
        raise Refused(f"{out} is a file: name a folder with --out")


def _swap(partial: Path, out: Path) -> None:
    """Put the new report in its place; the old one is removed only once that has happened."""
    old = out.with_name(f"{out.name}.{os.getpid()}.old")
    if out.is_dir():
        out.replace(old)
    try:
        partial.replace(out)
    except OSError:
        if old.is_dir() and not out.exists():
            old.replace(out)
        raise
    shutil.rmtree(old, ignore_errors=True)
