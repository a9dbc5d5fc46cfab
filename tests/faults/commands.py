"""Commands run as people run them, and stopped at a moment of their work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = 600  # seconds after which a command hangs
GRACE = 15  # seconds in which processes follow the one that started them


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code (minus the signal, if one ended it), output, errors, seconds, processes left."""

    code: int
    out: str
    err: str
    seconds: float
    left: bool

    def faults(self, *codes: int) -> list[str]:
        """What no end may show: a traceback, another exit code than those named, a process that is left."""
        found = ["a traceback: " + self.err.strip().splitlines()[-1]] if "Traceback" in self.err + self.out else []
        if self.code not in codes:
            found.append(f"exit code {self.code}: {self.err.strip()[-200:]}")
        return found + ["processes are left"] * self.left


def start(arguments: tuple[object, ...], temporary: Path) -> subprocess.Popen[str]:
    """A command in a session of its own, with a temporary folder of its own."""
    temporary.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(temporary), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, arguments)], cwd=ROOT, env=environment, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def finish(process: subprocess.Popen[str], began: float) -> Ended:
    """Wait for the end of a command and of whatever it started."""
    try:
        out, err = process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        err += f"\nhung for {LONGEST} s"
    seconds = time.monotonic() - began
    return Ended(process.returncode, out, err, seconds, _left(process.pid))


def run(arguments: tuple[object, ...], temporary: Path) -> Ended:
    """A command that nothing disturbs."""
    return finish(start(arguments, temporary), time.monotonic())


def disturbed(
    arguments: tuple[object, ...], temporary: Path, when: Callable[[float], bool], what: Callable[[int], None]
) -> Ended:
    """A command to whose process id ``what`` is done once ``when``, asked with the seconds since the start, says so."""
    began = time.monotonic()
    process = start(arguments, temporary)
    while process.poll() is None and time.monotonic() - began < LONGEST:
        if when(time.monotonic() - began):
            what(process.pid)
            break
        time.sleep(0.002)
    return finish(process, began)


def children(process: int) -> list[int]:
    """Processes that a process has started, and those that they have."""
    try:
        own = [int(child) for task in Path(f"/proc/{process}/task").iterdir()
               for child in (task / "children").read_text().split()]  # fmt: skip
    except OSError:  # it has ended meanwhile
        return []
    return [*own, *(one for child in own for one in children(child))]


def _left(group: int) -> bool:
    """Whether processes of a session are still there after a while, which are ended then."""
    deadline = time.monotonic() + GRACE
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    os.killpg(group, signal.SIGKILL)
    return True
