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
    expected = known(path.parent).get(path.name)
    if expected is not None and expected != sha256(path):
        raise ValueError(
            f"{path}: not as it was written (its sha256 is not that in {MANIFEST} beside it); "
            "rebuild it with 'make data'"
        )
    return path


def known(folder: Path) -> dict[str, str]:
    """The hashes of the manifest in a folder, none where there is none; ValueError for a damaged one."""
    try:
        return hashes.manifest(folder)
    except hashes.Damaged as error:
        raise ValueError(f"{error}: restore it, or remove it and run 'make data'") from error
