"""How a posterior is drawn, and the one rule by which every seed follows from the seed of a run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """How a posterior is drawn."""

    chains: int = 4
    draws: int = 1000
    seed: int = 2022
    engine: str = "kernel"


@dataclass(frozen=True)
class Session:
    """What all work of one command shares: the alignment panel, the settings, and the folder of its archives."""

    panel: Path
    settings: Settings
    folder: Path


def seed_of(settings: Settings, name: str, purpose: str) -> int:
    """A seed of its own for each fit and purpose, from the run's seed."""
    return hashed_seed(f"{settings.seed}/{name}/{purpose}")


def prior_seed(name: str) -> int:
    """The seed of the prior draws of a fit, whatever that of the run: a model passes its prior gate for all or none."""
    return seed_of(Settings(), name, "prior")


def hashed_seed(text: str) -> int:
    """The seed of 32 bits that a text stands for, the same on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "little")
