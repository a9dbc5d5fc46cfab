"""What a campaign of faults has tried, what came out right, and the table of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

MOST_WORDS = 300  # of one fault in the table


@dataclass
class Tally:
    """Tries by kind, in the order in which kinds came up; several threads may add to it."""

    tried: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, faults: list[str], tries: int = 1) -> None:
        """Count tries of a kind, which are one wrong if there is any fault to tell of and right otherwise."""
        with self._lock:
            self.tried[kind] = self.tried.get(kind, 0) + tries
            self.wrong.setdefault(kind, []).extend(["; ".join(faults)] if faults else [])
            if faults:
                print(f"WRONG {kind}: {'; '.join(faults)}", flush=True)

    def skip(self, kind: str, reason: str) -> None:
        """Say why a kind could not be tried."""
        with self._lock:
            self.left_out[kind] = reason

    def faults(self) -> list[str]:
        """Every fault with its kind."""
        return [f"{kind}: {fault}" for kind, faults in self.wrong.items() for fault in faults]


@dataclass(frozen=True)
class Campaign:
    """A campaign: where it works, its seed, and the share of the full number of tries that it makes."""

    root: Path
    seed: int
    share: float
    tally: Tally = field(default_factory=Tally)

    def count(self, full: int) -> int:
        """How many tries to make of a kind that the full campaign tries ``full`` times: one at least."""
        return max(1, round(full * self.share))

    def rng(self, kind: str, number: int = 0) -> np.random.Generator:
        """Random numbers of one try, the same whatever else is tried and in whatever order."""
        return np.random.default_rng([self.seed, number, *kind.encode()])

    def folder(self, name: str) -> Path:
        """A new folder, or the one that is there."""
        path = self.root / name
        path.mkdir(parents=True, exist_ok=True)
        return path


def table(campaign: Campaign, seconds: float, revision: str) -> str:
    """The table of a campaign in Markdown, with every fault below it."""
    tally = campaign.tally
    lines = [
        "# Faults tried on purpose",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, commit {revision}, seed {campaign.seed}, {campaign.share:.0%} of the full "
        f"campaign, {seconds / 60:.0f} minutes. `make faults` makes this file anew; `tests/faults/` says what is done,",
        "and what is right: nothing lost, no wrong file that passes, no traceback, no process or temporary file left.",
        "",
        "| kind | tried | right | wrong |",
        "|---|---:|---:|---:|",
    ]
    for kind, tried in tally.tried.items():
        wrong = len(tally.wrong[kind])
        lines.append(f"| {kind} | {tried:,} | {tried - wrong:,} | {wrong:,} |")
    lines += [f"| {kind} | not tried: {reason} | | |" for kind, reason in tally.left_out.items()]
    if faults := tally.faults():
        lines += ["", "What was wrong:", "", *(f"- {_cell(fault)}" for fault in faults)]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """One line of text for Markdown."""
    return " ".join(text.split())[:MOST_WORDS].replace("|", "\\|")
