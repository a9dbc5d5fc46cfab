"""Tables of refits, with a manifest of their hashes beside them: one that changed since it was written is not read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.files import atomic, hashes

if TYPE_CHECKING:
    import pandas as pd


FOLDER = Path(__file__).parent / "results"  # of tables and, beneath it, of the refits that they are of


def write(path: Path, table: pd.DataFrame) -> None:
    """Write a table as CSV and put its hash into the manifest; a process killed in between leaves it without one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = _known(path.parent)
    entries.pop(path.name, None)
    manifest = path.parent / hashes.MANIFEST
    atomic.write_json(manifest, entries, sort_keys=True)
    atomic.write_csv(path, table)
    atomic.write_json(manifest, entries | {path.name: hashes.sha256(path)}, sort_keys=True)


def read(path: Path, **how: Any) -> pd.DataFrame | None:  # noqa: ANN401 (arguments of pandas.read_csv)
    """A table as it was written, or one that is in no manifest; None where there is none, or one without a line.

    ValueError for a table that is not as it was written.
    """
    import pandas as pd

    entries = _known(path.parent)
    if not path.is_file():
        return None
    hashes.verified(path, entries, "run 'make robustness' again, which keeps the refits that it has")
    return pd.read_csv(path, **how) if path.stat().st_size > 1 else None


def _known(folder: Path) -> dict[str, str]:
    return hashes.known(folder, "remove it and run 'make robustness' again, which keeps the refits")
