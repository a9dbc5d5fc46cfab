"""Hashes of files, and manifests of them by name."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"


class Damaged(ValueError):
    """A manifest that is not as any process of this project writes one."""


def sha256(path: Path) -> str:
    """Hexadecimal sha256 of a file's bytes."""
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
