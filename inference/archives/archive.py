"""What a posterior file is: how one is written, verified and read.

``<folder>/<hypothesis>.<outcome>.nc`` is plain NetCDF that ``arviz.from_netcdf`` opens. Numeric variables
carry fletcher32 checksums and ``manifest.json`` the sha256 of each file. A file is written under a temporary
name, and its manifest entry is taken out before the rename and put in after it, so that a process killed at
any moment leaves either a file that verifies or one that is refused and made anew. Which groups and attributes
each kind of archive has is said in ``inference.archives.contents``.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.files import atomic, hashes
from data.files.hashes import MANIFEST, sha256
from inference.archives.provenance import code_sha256, lock_sha256, panel_sha256

if TYPE_CHECKING:
    import xarray as xr

FOLDER = Path(__file__).parents[1] / "posteriors"
PASSED, FAILED = ".nc", ".failed.nc"
# One value for each row of the panel.
BY_ROW = ("fitted", "observed_data")
ROW = "obs"  # dim of rows, and their labels where they have some
COMPRESSED = {"zlib": True, "complevel": 1, "shuffle": True, "fletcher32": True}
# Rounded to 7 bits, that is by 0.4 % at most, the sum of elpd moves by 0.01 and the file is a third of its size.
ROUNDED = {"/log_likelihood": {"quantize_mode": "BitRound", "significant_digits": 7}}


class ArchiveError(Exception):
    """A posterior that is missing, failed its gate, stale or corrupted; the message says which."""


def path_of(name: str, folder: Path = FOLDER) -> Path:
    """Path of the archive of ``<hypothesis>.<outcome>``."""
    return folder / f"{name}{PASSED}"


def thinned_name(name: str) -> str:
    """Name of the archive of few draws of a logit, from the name of that of all (see `inference.fitting.thinned`)."""
    return f"{name}.thinned"


def manifest(folder: Path) -> dict[str, str]:
    """The sha256 of each archive; ArchiveError for a manifest that is not one."""
    try:
        return hashes.manifest(folder)
    except hashes.Damaged as error:
        raise ArchiveError(
            f"{error}: which posteriors beside it are whole cannot be told without it; remove it, and 'make fit' makes "
            "them anew"
        ) from error


def _record(folder: Path, file: str, digest: str | None) -> None:
    """Set or (None) drop the manifest entry of a file, atomically."""
    with _locked(folder):
        entries = manifest(folder) | ({file: digest} if digest else {})
        if digest is None:
            entries.pop(file, None)
        atomic.write_json(folder / MANIFEST, entries, sort_keys=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time: fits that run side by side share the manifest."""
    with (folder / f"{MANIFEST}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write(tree: xr.DataTree, name: str, *, passed: bool, folder: Path = FOLDER) -> Path:
    """Write an archive; one that failed its gate is kept under ``<name>.failed.nc`` and is never read.

    Returns the path written. An archive of the same name from an earlier run is replaced only by one that
    passed; a pass removes the failed one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    final = folder / f"{name}{PASSED if passed else FAILED}"
    with _recorded(final) as partial:
        _write(tree, partial)
    if passed:
        _record(folder, f"{name}{FAILED}", None)
        (folder / f"{name}{FAILED}").unlink(missing_ok=True)
    return final


def add_group(name: str, group: str, values: xr.Dataset, folder: Path = FOLDER) -> Path:
    """Put a group into a verified archive, in place of one of that name; all else stays as it is.

    Returns the path of the archive. Raises ArchiveError where there is none to add to.
    """
    import xarray as xr

    path = verify(name, folder)
    with _recorded(path) as partial:
        if group in groups(name, folder):  # NetCDF cannot take a group out of a file
            tree = read(name, folder)
            tree[group] = xr.DataTree(values)
            _write(tree, partial)
        else:
            shutil.copyfile(path, partial)
            values.to_netcdf(partial, "a", group=group, engine="netcdf4", encoding=_encoding(f"/{group}", values))
    return path


@contextmanager
def _recorded(final: Path) -> Iterator[Path]:
    """A temporary path that takes the place of ``final``, with its hash in the manifest."""
    with atomic.replacing(final) as partial:
        yield partial
        _read_back(partial)
        digest = sha256(partial)
        _record(final.parent, final.name, None)
    _record(final.parent, final.name, digest)


def _read_back(path: Path) -> None:
    """Open what was written, every group and variable of it, before its hash says that it is whole."""
    import netCDF4

    with netCDF4.Dataset(path) as file:
        for group in file.groups.values():
            for variable in group.variables.values():
                variable.shape  # noqa: B018 (that it can be asked for is what is checked)


def _write(tree: xr.DataTree, path: Path) -> None:
    encoding = {node.path: _encoding(node.path, node.to_dataset()) for node in tree.subtree}
    tree.to_netcdf(path, engine="netcdf4", encoding=encoding)


def _encoding(group: str, values: xr.Dataset) -> dict[str, dict[str, Any]]:
    """How the variables of a group are compressed; single numbers are not, nor text but for the labels of rows."""
    numbers = {
        str(name): COMPRESSED | (ROUNDED.get(group, {}) if variable.dtype.kind == "f" else {})
        for name, variable in values.variables.items()
        if variable.dtype.kind in "iufb" and variable.ndim and variable.size
    }
    return numbers | ({ROW: COMPRESSED | {"dtype": "S1"}} if ROW in values.variables else {})


def verify(name: str, folder: Path = FOLDER) -> Path:
    """Path of an archive whose bytes are those that were written; ArchiveError otherwise."""
    path = path_of(name, folder)
    if not path.is_file():
        hypothesis = name.partition(".")[0]
        if (folder / f"{name}{FAILED}").is_file():
            raise ArchiveError(f"{name}: its fit failed the gate and is kept aside as {name}{FAILED}; see 'make fit'")
        raise ArchiveError(f"{name}: no posterior in {folder}; run 'make fit HYPOTHESES={hypothesis}'")
    expected, found = manifest(folder).get(path.name), sha256(path)
    if expected is None:
        raise ArchiveError(f"{name}: {path.name} was not finished (no entry in {MANIFEST}); run 'make fit' again")
    if found != expected:
        raise ArchiveError(
            f"{name}: {path.name} is corrupted (sha256 {found[:12]}..., expected {expected[:12]}...); "
            "delete it and run 'make fit' again"
        )
    return path


def read(name: str, folder: Path = FOLDER, *, rows: bool = True) -> xr.DataTree:
    """A verified archive, loaded into memory; without ``rows``, less what has a value for each row of the panel."""
    import xarray as xr

    path = verify(name, folder)
    with xr.open_datatree(path, engine="netcdf4") as file:
        tree = file.drop_nodes([] if rows else [group for group in BY_ROW if group in file.children])
        for node in tree.subtree:  # `DataTree.load` leaves a variable out that has the name of a group
            for variable in node.variables.values():
                variable.load()
        return tree


def group(tree: xr.DataTree, name: str) -> xr.Dataset:
    """One group of an archive as a dataset; KeyError when it is not there."""
    return tree.children[name].to_dataset()


def outdated(attributes: Mapping[Any, object]) -> str | None:
    """Why what these attributes describe is of other code than the present, or None when it is not."""
    made_by, made_from = str(attributes.get("made_by")), attributes.get("code_sha256")
    try:
        now = code_sha256(made_by)
    except ModuleNotFoundError:
        return f"fitted on another code (there is no module {made_by!r})"
    return None if made_from == now else _another("code", made_from, now)


def staleness(attributes: Mapping[Any, object], *files: Path) -> str | None:
    """Why an archive of these attributes is stale for a panel of these files, or None when it is not."""
    panel, lock = attributes.get("panel_sha256"), attributes.get("lock_sha256")
    if panel != (now := panel_sha256(*files)):
        return _another("panel", panel, now)
    if reason := outdated(attributes):
        return reason
    return None if lock == (now := lock_sha256()) else _another("lock", lock, now)


def _another(what: str, then: object, now: str) -> str:
    return f"fitted on another {what} (sha256 {str(then)[:12]}..., now {now[:12]}...)"


def groups(name: str, folder: Path = FOLDER) -> tuple[str, ...]:
    """Names of the groups of a verified archive, without loading it."""
    import netCDF4

    with netCDF4.Dataset(verify(name, folder)) as file:
        return tuple(file.groups)


def attributes(name: str, folder: Path = FOLDER, group: str = "/") -> dict[str, object]:
    """The attributes of a verified archive, or of a group in it, without loading it; none of a group not there."""
    path = verify(name, folder)
    return dict(_attributes(path, sha256(path), group))


@lru_cache(maxsize=4096)
def _attributes(path: Path, _: str, group: str) -> dict[str, object]:
    """The attributes of a group of a file whose hash is known."""
    import netCDF4

    with netCDF4.Dataset(path) as file:
        holder = file if group == "/" else file.groups.get(group)
        return {key: holder.getncattr(key) for key in holder.ncattrs()} if holder else {}


def key_of(name: str, folder: Path = FOLDER) -> str | None:
    """The fit key of a verified archive without loading it, or None when there is none."""
    try:
        return str(attributes(name, folder)["fit_key"])
    except (ArchiveError, KeyError, OSError):
        return None
