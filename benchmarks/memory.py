"""Resident memory of this process, from the kernel's own account."""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from pathlib import Path

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def _status(field: str) -> float | None:
    if not STATUS.exists():
        return None
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1024


def peak() -> float:
    """Largest resident memory so far, in MB (2^20 bytes).

    On Linux the high-water mark of the program itself: ``ru_maxrss`` may be that of the process which started it.
    """
    mark = _status("VmHWM")
    if mark is not None:
        return mark
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def restart_peak() -> float:
    """Forget the largest resident memory where the system can; returns what is resident now, in MB."""
    now = _status("VmRSS")
    if now is None:
        return peak()
    with suppress(OSError):  # a container may forbid it: the old peak then counts
        RESET.write_text("5")
    return now
