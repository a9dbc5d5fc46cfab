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
    if "pystan" not in failed and (reason := _rebuild_stan_services()):
        failed["pystan"] = reason
    STAMP.write_text(json.dumps({"requirements": wanted, "failed": failed}))
    return failed


def _rebuild_stan_services() -> str:
    """Compile the part of PyStan that its wheel brings compiled for Python 3.10, whatever the interpreter.

    Returns the reason of a failure.
    """
    asked = [
        str(PYTHON),
        "-c",
        "import sysconfig, httpstan; print(sysconfig.get_paths()['include'], httpstan.__path__[0])",
    ]
    headers, package = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    flags = ["-O3", "-std=c++17", "-fPIC", "-w", "-DSTAN_THREADS", "-D_REENTRANT", "-D_GLIBCXX_USE_CXX11_ABI=0"]
    flags += [
        "-DBOOST_DISABLE_ASSERTS",
        "-DBOOST_PHOENIX_NO_VARIADIC_EXPRESSION",
        f"-I{package}/include",
        f"-I{headers}",
    ]
    command = ["g++", *flags, "-c", f"{package}/stan_services.cpp", "-o", f"{package}/stan_services.o"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        return f"a C++ compiler is needed: {error}"
    return "" if result.returncode == 0 else (result.stderr.splitlines() or ["g++ failed"])[0]


def _install(lines: list[str]) -> str:
    """Install ``lines``; returns the reason of a failure."""
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *lines]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode == 0:
        return ""
    errors = [line for line in result.stderr.splitlines() if line.startswith("ERROR")]
    return (errors or result.stderr.splitlines() or ["pip failed"])[0]
