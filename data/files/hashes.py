"""Hashes of files, and manifests of them by name."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
SETTLED = 100_000_000  # ns since a change after which a further one has another time stamp


class Damaged(ValueError):
    """A manifest that is not as any process of this project writes one."""


def sha256(path: Path) -> str:
    """Hexadecimal sha256 of a file's bytes; computed once in a process while the file stays the same."""
    state = path.stat()
    if time.time_ns() - state.st_ctime_ns < SETTLED:
        return _digest(path)
    return _of_state(path, state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


@lru_cache(maxsize=4096)
def _of_state(path: Path, *_: int) -> str:
    """The hash of a file in a state: device, inode, size and times, which change with its bytes."""
    return _digest(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def manifest(folder: Path) -> dict[str, str]:
    """The sha256 of each file that the manifest in a folder names, none where there is none; `Damaged` for another."""
    path = folder / MANIFEST
    if not path.exists():
        return {}
    try:
        entries: dict[str, Any] = {**json.loads(path.read_text(encoding="utf-8"))}
        if not all(isinstance(digest, str) for digest in entries.values()):
            raise TypeError("it holds no hashes by name")
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise Damaged(f"{path} is damaged ({error})") from error
    return entries


def known(folder: Path, remedy: str) -> dict[str, str]:
    """The `manifest` in a folder; ValueError for a damaged one, which ends with what to do about it."""
    try:
        return manifest(folder)
    except Damaged as error:
        raise ValueError(f"{error}: {remedy}") from error


def verified(path: Path, entries: Mapping[str, str], remedy: str) -> Path:
    """The path of a file that is as the ``entries`` of the manifest beside it say, or that is not among them.

    ValueError for a file that is another, which ends with the ``remedy``: what to do about it.
    """
    expected = entries.get(path.name)
    if expected is not None and expected != sha256(path):
        raise ValueError(f"{path}: not as it was written (its sha256 is not that in {MANIFEST} beside it); {remedy}")
    return path
