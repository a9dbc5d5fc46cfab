"""Measurements in processes of their own: one that fails or takes too long does not cost the others."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from benchmarks import environment
from benchmarks.cases import ROOT
from benchmarks.systems import FULL, Length

HOME = {"engine", "numpy"}  # systems of the project's own environment

STOPPED = "stopped"


def measure(
    task: str, system: str, models: Path | None, seconds: float, length: Length = FULL, **environ: str
) -> dict[str, Any]:
    """The last record of ``task`` for ``system``, with its ``status``: ok, or what went wrong."""
    python = sys.executable if system in HOME else str(environment.PYTHON)
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        command = [python, "-m", "benchmarks.measure", task, "--system", system, "--begin", repr(time.time())]
        command += ["--models", str(models)] if models else []
        command += ["--chains", str(length.chains), "--draws", str(length.draws)]
        child = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=errors, start_new_session=True, env=os.environ | environ
        )
        try:
            code = child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            _end(child)
        record = _last_record(out)
        if code == 0 and record:
            return record
        status = f"{STOPPED} after {seconds:.0f} s" if code is None else f"failed: {_last_line(errors)}"
        return record | {"status": status}


def _end(child: subprocess.Popen) -> None:
    """End the child and the processes it started."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _last_record(file: IO[str]) -> dict[str, Any]:
    file.seek(0)
    lines = [line for line in file if line.startswith("{") and line.endswith("}\n")]
    return json.loads(lines[-1]) if lines else {}


def _last_line(file: IO[str]) -> str:
    file.seek(0)
    lines = [line.strip() for line in file if line.strip()]
    return lines[-1][:200] if lines else "nothing was printed"
