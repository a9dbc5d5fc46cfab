"""One progress bar for a run of many tasks; plain lines where there is no terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self


class Tally:
    """Tasks done, tasks failed and the time left in one line: redrawn on a terminal, else printed now and then.

    Used as a context; ``kept`` of the ``total`` tasks were done before it begins, and ``add`` counts one more.
    """

    EVERY = 30.0  # seconds between lines where there is no terminal

    def __init__(self, total: int, kept: int = 0, label: str = "tasks") -> None:
        self.total, self.kept, self.label = total, kept, label
        self.finished, self.failed = kept, 0
        self.began = self.printed = time.monotonic()
        self.bar = None
        if sys.stdout.isatty() and kept < total:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            failed = TextColumn("{task.fields[failed]} failed")
            self.bar = Progress(
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), failed, TimeRemainingColumn()
            )
            self.task = self.bar.add_task(label, total=total, completed=kept, failed=0)

    def __enter__(self) -> Self:
        if self.kept:
            print(f"{self.kept} of {self.total} {self.label} are already there, from the same inputs", flush=True)
        if self.bar:
            self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar:
            self.bar.stop()
        elif self.finished > self.kept:
            self._print(f"{time.monotonic() - self.began:.0f} s")

    def add(self, *, failed: bool) -> None:
        """Count a task that ended, well or not."""
        self.finished += 1
        self.failed += failed
        if self.bar:
            self.bar.update(self.task, completed=self.finished, failed=self.failed)
        elif (now := time.monotonic()) - self.printed > self.EVERY and self.finished < self.total:
            self.printed = now
            each = (now - self.began) / (self.finished - self.kept)
            self._print(f"about {each * (self.total - self.finished):.0f} s left")

    def _print(self, clock: str) -> None:
        print(f"[{self.finished}/{self.total}] {self.label}, {self.failed} failed  ({clock})", flush=True)
