"""What raw files exist: edition, checksum, citation, where the bytes are public, how to read one."""
# pooch and pyreadr leave most types unknown:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

if TYPE_CHECKING:
    import pandas as pd

PUBLIC = "https://raw.githubusercontent.com/{repository}/{commit}/{path}"


class SourceError(ValueError):
    """A raw file that is missing, unreadable or not the published one."""


@dataclass(frozen=True)
class Source:
    """One published file: ``sha256`` of its bytes, and the repository and commit that hold them.

    ``codes``: the code system of its states; ``year``: what its year means; ``known``: what of it is known at the
    end of that year, and what its authors smoothed over later ones; ``columns``: those of the panels that it feeds;
    ``traps``: what surprised its readers.
    """

    file: str
    sha256: str
    bytes: int
    repository: str
    commit: str
    path: str
    citation: str
    unit: str
    codes: str
    year: str
    known: str
    columns: Sequence[str]
    traps: str

    @property
    def url(self) -> str:
        """Public address of exactly these bytes."""
        return PUBLIC.format(repository=self.repository, commit=self.commit, path=quote(self.path))


@cache
def sources() -> Mapping[str, Source]:
    """Every raw file by name, from ``data/world/sources.toml``."""
    table = tomllib.loads(Path(__file__).with_name("sources.toml").read_text(encoding="utf-8"))
    return MappingProxyType({file: Source(file, **entry) for file, entry in table.items()})


def locate(file: str, folder: Path | None) -> Path:
    """Path of a verified raw file: in ``folder``, or fetched from its public address when that is None.

    Raises SourceError naming file, expected and found.
    """
    source = sources()[file]
    if folder is None:
        return _fetch(source)
    path = folder / file
    if not path.is_file():
        raise SourceError(
            f"{file}: not found in {folder}; expected the {source.bytes:,} bytes with sha256 {source.sha256} "
            f"({source.citation}); give the folder that holds it (RAW=<folder>) or fetch it from {source.url}"
        )
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != source.sha256:
        raise SourceError(
            f"{file}: sha256 in {folder} is {found}, expected {source.sha256}; "
            "the file is not the edition that this project was built on"
        )
    return path


def at_hand(folder: Path | None) -> bool:
    """Whether every raw file is in ``folder``, or (None) was fetched before: whether reading them needs no network."""
    place = folder or _fetched()
    return all((place / file).is_file() for file in sources())


def _fetched() -> Path:
    """The folder of the raw files that were fetched."""
    import pooch

    return Path(pooch.os_cache("bandwagon"))


def _fetch(source: Source) -> Path:
    import pooch
    import requests

    try:
        return Path(pooch.retrieve(source.url, f"sha256:{source.sha256}", fname=source.file, path=_fetched()))
    except requests.RequestException as error:
        raise SourceError(
            f"{source.file}: could not be fetched from {source.url} ({type(error).__name__}); expected sha256 "
            f"{source.sha256}, found nothing; without a network, give a folder that holds it: RAW=<folder>"
        ) from error
    except ValueError as error:
        raise SourceError(f"{source.file}: fetched from {source.url}, but {error}") from error


class Reader(Protocol):
    """Whatever gives the table of a raw file."""

    def read(self, file: str) -> pd.DataFrame:
        """The table of a raw file as published."""
        ...


@dataclass(frozen=True)
class Raw:
    """Reader of verified raw files, from a folder or (``folder=None``) from their public addresses."""

    folder: Path | None

    def read(self, file: str) -> pd.DataFrame:
        """The table of a raw file as published; codes and years that are whole become integers."""
        path = locate(file, self.folder)
        try:
            table = _read(path)
        except Exception as error:  # whatever the format's own reader raises
            raise SourceError(f"{file}: has the right bytes but cannot be read ({error})") from error
        whole = [name for name in table.columns if name.lower() in WHOLE and table[name].notna().all()]
        return table.astype(dict.fromkeys(whole, int))


@dataclass(frozen=True)
class Kept:
    """Reader that reads each file once and gives copies of it, which share memory until they are written to."""

    raw: Reader
    tables: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    def read(self, file: str) -> pd.DataFrame:
        """The table of a raw file, as the reader gives it."""
        if file not in self.tables:
            self.tables[file] = self.raw.read(file)
        return self.tables[file].copy(deep=False)


# Text files that are not UTF-8.
LATIN_1 = ("atop5_1m.csv", "atop5_1a.csv", "IdealpointestimatesAll_Apr2020.csv")
WHOLE = frozenset({"ccode", "ccode1", "ccode2", "year", "styear", "endyear", "gwcode", "member", "yrent", "yrexit"})


def _read(path: Path) -> pd.DataFrame:
    import pandas as pd

    if path.suffix in {".rda", ".rds"}:
        import pyreadr

        return next(iter(pyreadr.read_r(str(path)).values()))
    if path.suffix == ".dta":
        return pd.read_stata(path, convert_categoricals=False)
    if path.suffix == ".xlsx":
        return pd.read_excel(path)
    return pd.read_csv(path, encoding="latin-1" if path.name in LATIN_1 else "utf-8-sig", low_memory=False)
