"""Every kind of file that is read back, with bits flipped, cut short or replaced: refused, or as it was."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data import schema
from data.files import hashes, shipped
from inference.archives import archive, sealed
from inference.archives.archive import ArchiveError
from inference.robustness import sealed_tables
from reports.numbers import refits
from tests.faults.tally import Campaign
from tests.faults.writers import tree

FLIPS, CUTS, OTHERS = 1000, 200, 60
REFUSED = (ValueError, ArchiveError)
NAME = "claim.outcome"


@dataclass(frozen=True)
class Kind:
    """A kind of file: the one that is damaged, and what a reader says of it, as text (None: it is made anew)."""

    name: str
    file: str
    write: Callable[[Path], object]
    read: Callable[[Path], str | None]


def _table(folder: Path) -> None:
    shares = np.random.default_rng(3).random(40)
    sealed_tables.write(folder / "specification.csv", pd.DataFrame({"hypothesis": "carter-1", "mean": shares}))


def _archive(folder: Path) -> None:
    archive.write(tree(1), NAME, passed=True, folder=folder)


def _panel(folder: Path, panel: pd.DataFrame) -> None:
    schema.write(panel, folder / "panel.parquet")


def _shipped(folder: Path) -> None:
    for name in ("case_2015.csv", hashes.MANIFEST):
        shutil.copyfile(shipped.FOLDER / name, folder / name)


def _refits(folder: Path) -> str | None:
    table = refits.read(folder).get("specification")
    return None if table is None else table.to_csv()


def kinds(panel: pd.DataFrame) -> tuple[Kind, ...]:
    """All kinds of files that are read back."""
    return (
        Kind("archive", f"{NAME}.nc", _archive, lambda f: repr(archive.read(NAME, f)["posterior"].to_dict())),
        Kind("manifest of archives", hashes.MANIFEST, _archive, lambda f: str(archive.verify(NAME, f).name)),
        Kind("sealed result", "task.json", lambda f: sealed.write(f / "task.json", {"mean": 0.0648, "rows": 3000}),
             lambda f: None if (it := sealed.read(f / "task.json")) is None else repr(it)),
        Kind("panel", "panel.parquet", lambda f: _panel(f, panel),
             lambda f: str(pd.util.hash_pandas_object(schema.read(f / "panel.parquet")).sum())),
        Kind("shipped table", "case_2015.csv", _shipped,
             lambda f: shipped.verified(f / "case_2015.csv").read_bytes().hex()),
        Kind("manifest of shipped files", hashes.MANIFEST, _shipped,
             lambda f: shipped.verified(f / "case_2015.csv").read_bytes().hex()),
        Kind("table of refits", "specification.csv", _table,
             _refits),
        Kind("manifest of refits", hashes.MANIFEST, _table,
             _refits),
    )  # fmt: skip


def flipped(content: bytes, rng: np.random.Generator) -> bytes:
    """One bit changed."""
    changed = bytearray(content)
    changed[int(rng.integers(len(content)))] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def cut(content: bytes, rng: np.random.Generator) -> bytes:
    """The end is missing."""
    return content[: int(rng.integers(len(content)))]


def other(content: bytes, rng: np.random.Generator) -> bytes:
    """Something else altogether, or what was there with something of its own inside."""
    at = int(rng.integers(len(content)))
    return [
        b"", b"null", b"[]", b"7", b"{}", b"[" * 100_000, content.decode("latin-1").encode("utf-16"), rng.bytes(1000),
        content[:at] + rng.bytes(64) + content[at + 64 :], content[:at] + content[: len(content) - at], content * 2,
    ][int(rng.integers(11))]  # fmt: skip


DAMAGES = {"bits flipped": (flipped, FLIPS), "cut short": (cut, CUTS), "replaced": (other, OTHERS)}


def damaged(campaign: Campaign, panel: pd.DataFrame) -> None:
    """Damage files of every kind in every way, and read them."""
    every = kinds(panel)
    for kind in every:
        folder = campaign.folder(f"damage/{kind.name}")
        kind.write(folder)
        path, right = folder / kind.file, kind.read(folder)
        content = path.read_bytes()
        for how, (damage, full) in DAMAGES.items():
            for number in range(campaign.count(full // len(every))):
                path.write_bytes(damage(content, campaign.rng(f"{kind.name}, {how}", number)))
                campaign.tally.add(
                    f"{kind.name}, {how}", [f"number {number}: {fault}" for fault in _read(kind, folder, right)]
                )
        path.unlink()
        path.mkdir()
        campaign.tally.add(f"{kind.name}, a folder of its name", _read(kind, folder, right))


def _read(kind: Kind, folder: Path, right: str | None) -> list[str]:
    try:
        found = kind.read(folder)
    except REFUSED as error:
        return ["more than a sentence"] * (len(str(error)) > 600 or "\n" in str(error))
    except OSError as error:  # which commands turn into a sentence that names the file
        return [] if error.filename else [f"no file is named: {error}"]
    except Exception as error:  # whatever else is a traceback to who runs a command, and is counted
        return [f"{type(error).__name__}: {error}"]
    return [] if found in (None, right) else ["other values are read"]
