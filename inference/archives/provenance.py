"""What a result was made from: hashes of panel, code and lock, and the versions of the libraries."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Everything that decides a posterior and what is derived from it; reports and calibration are not part of it.
CODE = (
    "data/schema.py",
    "data/codebook",
    "data/measures",
    "data/build",
    "data/groups.py",
    "data/period.py",
    "models",
    "inference",
)
APART = ("inference/calibration", "inference/robustness", "inference/fleet")
LIBRARIES = ("arviz-stats", "numba", "numpy", "nutpie", "pymc", "scipy", "xarray")


@dataclass(frozen=True)
class Provenance:
    """Hashes of what a posterior depends on, beside its settings."""

    panel: str
    code: str
    lock: str
    revision: str


def sha256(path: Path) -> str:
    """Hexadecimal sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def code_sha256(*entries: str) -> str:
    """Hash over names and contents of source files: of ``entries``, or of all that decide a posterior."""
    digest = hashlib.sha256()
    for entry in entries or CODE:
        path = ROOT / entry
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            name = file.relative_to(ROOT).as_posix()
            if entries or not name.startswith(APART):
                digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _revision() -> str:
    """The commit of the code, with ``+`` after it when files differ from it; ``unknown`` outside a checkout."""
    try:
        out = subprocess.run(
            ["git", "describe", "--always", "--abbrev=12", "--dirty=+"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return out.stdout.strip()


def provenance(*files: Path) -> Provenance:
    """The provenance of results from the files of a panel under the present code and lock."""
    lock = ROOT / "requirements.lock"
    digests = [sha256(file) for file in files]
    panel = digests[0] if len(files) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
    return Provenance(panel, code_sha256(), sha256(lock) if lock.is_file() else "none", _revision())


def versions() -> str:
    """Versions of Python and the libraries that compute, as one line."""
    out = [f"python {sys.version.split()[0]}"]
    for library in LIBRARIES:
        try:
            out.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            continue
    return ", ".join(out)
