"""The panels and tables that the project ships are as they were built: a manifest of their hashes beside them.

``data/panels/manifest.json`` holds the sha256 of each file that was written there. A file that is not in a manifest,
as a panel of one's own, is not compared with anything; its pages carry checksums if it was written by this project.
"""

from __future__ import annotations

from pathlib import Path

from data.files import atomic, hashes
from data.files.hashes import MANIFEST, sha256

FOLDER = Path(__file__).parents[1] / "panels"


def record(path: Path) -> None:
    """Put a file that was just written into the manifest, if it is one of those that are shipped."""
    if path.resolve().parent == FOLDER:
        entries = known(FOLDER) | {path.name: sha256(path)}
        atomic.write_json(FOLDER / MANIFEST, entries, sort_keys=True)


def verified(path: Path) -> Path:
    """The path of a file that is as the manifest beside it says, or that is in none; ValueError for another."""
    return hashes.verified(path, known(path.parent), "rebuild it with 'make data'")


def ours(path: Path) -> bool:
    """Whether a file is one of those that are shipped, just as it was written; ValueError if it has changed since."""
    return verified(path).resolve().parent == FOLDER and path.name in known(FOLDER)


def known(folder: Path) -> dict[str, str]:
    """The hashes of the manifest in a folder, none where there is none; ValueError for a damaged one."""
    return hashes.known(folder, "restore it, or remove it and run 'make data'")
