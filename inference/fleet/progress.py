"""One overall progress bar for a run of many fits; plain lines where there is no terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Progress:
    """What is being fitted, how many fits remain and the time left, as a bar or as lines.

    Used as a context; ``start`` names the fit that begins, ``sampling`` moves the bar inside it (it has the
    signature that engines call), ``done`` ends it with a line of text that stays.
    """

    def __init__(self, fits: int) -> None:
        self.fits = fits
        self.finished = 0
        self.span = (0.0, 1.0)
        self.began = time.monotonic()
        self.bar = None
        if sys.stdout.isatty():
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[left]} left"))
            self.bar = Progress(*columns, TimeRemainingColumn())
            self.task = self.bar.add_task("starting", total=fits, left=fits)

    def __enter__(self) -> Self:
        if self.bar:
            self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar:
            self.bar.stop()

    def start(self, name: str, span: tuple[float, float] = (0.0, 0.5)) -> None:
        """Begin a fit, or a part of one whose sampling takes the bar from and to these shares of the fit."""
        self.span = span
        if self.bar:
            self.bar.update(self.task, description=name, left=self.fits - self.finished)

    def sampling(self, done: NDArray, total: int) -> None:
        """Draws done by each chain (chain,), of ``total`` for each."""
        if self.bar:
            share = float(done.sum()) / (total * len(done))
            first, last = self.span
            self.bar.update(self.task, completed=self.finished + first + (last - first) * share)

    def done(self, text: str) -> None:
        """End the fit with a line that stays."""
        self.finished += 1
        if self.bar:
            self.bar.update(self.task, completed=self.finished, left=self.fits - self.finished)
            self.bar.console.print(text, highlight=False, markup=False)
            return
        spent = time.monotonic() - self.began
        remaining = spent / self.finished * (self.fits - self.finished)
        print(f"[{self.finished}/{self.fits}] {text}  (about {remaining:.0f} s left)", flush=True)


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
