"""Ten decisions looked up one by one, and treaties with much weight: the words of ``looked_up.toml``, as values."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_suffix(".toml")
LIMIT = 0.08  # share of the weight of an outcome from which a treaty is named with the reason
VERDICTS = ("right", "in part", "wrong")


class Reading(NamedTuple):
    """A decision of ``state`` under an ATOP ``treaty`` in words, and a verdict on what the ``rule`` gives."""

    outcome: str
    state: int
    year: int
    treaty: int
    title: str
    words: str
    rule: str
    verdict: str


_TEXT = tomllib.loads(FILE.read_text(encoding="utf-8"))
LOOKED_UP = tuple(Reading(**decision) for decision in _TEXT["decision"])
HEAVY: dict[int, str] = {treaty["treaty"]: treaty["reason"] for treaty in _TEXT["heavy"]}
