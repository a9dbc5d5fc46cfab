"""The environment of the peers: benchmarks/.venv, made from requirements.txt when it is first needed."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent
FOLDER, REQUIREMENTS = HERE / ".venv", HERE / "requirements.txt"
PYTHON = FOLDER / "bin" / "python"
STAMP = FOLDER / "installed.json"


def requirements() -> dict[str, str]:
    """Pinned requirements by package."""
    lines = [line.strip() for line in REQUIREMENTS.read_text().splitlines()]
    return {line.split("==")[0]: line for line in lines if line and not line.startswith("#")}


def ready() -> dict[str, str]:
    """Packages that could not be installed, with the reason; makes the environment if it is missing or outdated."""
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if STAMP.exists():
        state = json.loads(STAMP.read_text())
        if state["requirements"] == wanted:
            return state["failed"]
    print(f"environment of the peers: {FOLDER}", file=sys.stderr)
    venv.create(FOLDER, with_pip=True, clear=True)
    failed = {}
    if _install(list(requirements().values())):
        installed = []  # one by one: a peer that cannot be had must not cost the others
        for name, line in requirements().items():
            reason = _install([*installed, line])
            if reason:
                failed[name] = reason
            else:
                installed.append(line)
    STAMP.write_text(json.dumps({"requirements": wanted, "failed": failed}))
    return failed


def _install(lines: list[str]) -> str:
    """Install ``lines``; returns the reason of a failure."""
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *lines]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode == 0:
        return ""
    errors = [line for line in result.stderr.splitlines() if line.startswith("ERROR")]
    return (errors or result.stderr.splitlines() or ["pip failed"])[0]
