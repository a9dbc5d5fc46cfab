"""Plain values in a file with a hash of them: what changed on disk since it was written is not read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from data.files import atomic

SEAL = "sha256"


def write(path: Path, values: dict[str, Any]) -> None:
    """Write values and their hash, as a whole or not at all; ValueError for a number that is not finite."""
    atomic.write_json(path, values | {SEAL: _hash(values)})


def read(path: Path) -> dict[str, Any] | None:
    """The values that `write` put there; None where there is no such file, or one that is not as it was written."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):  # no file, or not JSON, or not even text
        return None
    return values if isinstance(values, dict) and values.pop(SEAL, None) == _hash(values) else None


def _hash(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
