"""What an undisturbed run makes: a small simulated panel, and what each command makes of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import xarray as xr

from data import schema, synthetic
from data.files.hashes import sha256
from inference.archives import archive
from inference.archives.archive import ArchiveError
from inference.archives.compare import of_folders
from inference.counterfactual.simulation.chain import ARCHIVES
from tests.faults import commands
from tests.faults.tally import Campaign
from tests.fixtures.small_system import SMALL

CLAIM = "carter-2"
DRAWN = ("--chains", 2, "--draws", 1000)
SCENARIO = "fragile-1992"
Faults = Callable[[Path, Path], list[str]]


@dataclass(frozen=True)
class Command:
    """A command, what it makes when nothing disturbs it, and how what it left elsewhere is judged.

    Parameters
    ----------
    name : str
    arguments : callable
        The command line for a place, a path that does not exist before.
    prepare : callable
        Puts into a place what the command finds there.
    unfinished : callable
        Faults of a place in which the command was killed, beside that of an undisturbed run.
    finished : callable
        Faults of a place in which it has ended.
    undisturbed : Path
    seconds : float
        How long the undisturbed run took.
    """

    name: str
    arguments: Callable[[Path], tuple[object, ...]]
    prepare: Callable[[Path], None]
    unfinished: Faults
    finished: Faults
    undisturbed: Path
    seconds: float


def panel(folder: Path) -> Path:
    """A simulated panel of few states, whose models are drawn soon."""
    path = folder / "panel.parquet"
    if not path.exists():
        schema.write(synthetic.panel(1000, seed=4, system=SMALL), path)
    return path


def files(folder: Path) -> dict[str, str]:
    """The hash of every file below a folder, locks and logs of ours aside."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith(".lock"))
    return {str(path.relative_to(folder)): sha256(path) for path in paths}


def no_wrong_archive(place: Path, _undisturbed: Path) -> list[str]:
    """Archives that verify and cannot be opened; manifests that are none."""
    faults = []
    for path in place.glob("*.nc"):
        name = path.name.removesuffix(".nc")
        try:
            archive.verify(name, place)
        except ArchiveError as error:
            if "not finished" not in str(error):
                faults.append(str(error))
            continue
        try:
            xr.open_datatree(path, engine="netcdf4").close()
        except OSError as error:
            faults.append(f"{name} verifies and cannot be opened ({error})")
    return faults


def same_archives(place: Path, undisturbed: Path) -> list[str]:
    """What differs between the archives of two folders, bit for bit."""
    count, differences = of_folders(undisturbed, place)
    return [*differences, *([] if count else ["no archives"]), *no_wrong_archive(place, undisturbed)]


def same_tables(place: Path, undisturbed: Path) -> list[str]:
    """Tables of refits that are not byte for byte those of the undisturbed run."""
    names = [path.name for path in undisturbed.glob("*.csv")]
    return [f"{name} differs" for name in names
            if not (place / name).is_file() or sha256(place / name) != sha256(undisturbed / name)]  # fmt: skip


def whole_or_none(place: Path, undisturbed: Path) -> list[str]:
    """A file, or a folder, that is there and is not that of the undisturbed run."""
    return same_report(place, undisturbed) if place.exists() else []


def same_report(place: Path, undisturbed: Path) -> list[str]:
    """Files that differ, one by one, between two folders or two files."""
    if undisturbed.is_file():
        same = place.is_file() and sha256(place) == sha256(undisturbed)
        return [] if same else [f"{place.name} is not what an undisturbed run writes"]
    here, there = files(place), files(undisturbed)
    return [f"{name} differs" for name in sorted(here.keys() | there.keys()) if here.get(name) != there.get(name)]


def old_or_new(place: Path, undisturbed: Path) -> list[str]:
    """A report that is neither the old nor the new one as a whole; both are the same, so that one judge does."""
    return same_report(place, undisturbed)


def nothing(_place: Path, _undisturbed: Path | None = None) -> list[str]:
    """No fault: what is there is judged when the work is finished."""
    return []


def copied(origin: Path) -> Callable[[Path], None]:
    """Puts a copy of a folder in a place."""
    return lambda place: shutil.copytree(origin, place) and None


def empty(_place: Path) -> None:
    """Puts nothing in a place."""


def chain(folder: Path) -> str | None:
    """Why the links of the counterfactual in a folder cannot be used, or None when they can."""
    try:
        for name in ARCHIVES:
            archive.verify(name, folder)
    except ArchiveError as error:
        return str(error)
    return None


def links(posteriors: Path, place: Path) -> None:
    """Copy the links of the counterfactual, and their entries of the manifest, to a place."""
    place.mkdir(parents=True)
    entries = archive.manifest(posteriors)
    for name in ARCHIVES:
        shutil.copyfile(archive.path_of(name, posteriors), archive.path_of(name, place))
    kept = {f"{name}.nc": entries[f"{name}.nc"] for name in ARCHIVES}
    archive.atomic.write_json(place / archive.MANIFEST, kept, sort_keys=True)


def made(campaign: Campaign, names: tuple[str, ...], posteriors: Path) -> dict[str, Command]:
    """The commands of these names, each run once undisturbed; ValueError where one does not end well.

    The counterfactual is left out, and the tally says why, where ``posteriors`` has no links of it that can be used.
    """
    if "counterfactual" in names and (reason := chain(posteriors)):
        campaign.tally.skip("counterfactual", reason)
        names = tuple(name for name in names if name != "counterfactual")
    root = campaign.folder("world")
    small, out = panel(root), root / "undisturbed"
    common = ("--panel", small, "--hypotheses", CLAIM)
    fit = out / "fit"
    known: dict[str, tuple[Callable[[Path], tuple[object, ...]], Callable[[Path], None], Faults, Faults]] = {
        "data": (
            lambda place: ("data", "--simulate", 3000, "--seed", 1, "--out", place),
            empty, whole_or_none, same_report,
        ),
        "fit": (
            lambda place: ("inference", *common, *DRAWN, "--workers", 1, "--folder", place),
            empty, no_wrong_archive, same_archives,
        ),
        "robustness": (
            lambda place: ("inference.robustness", *common, "--part", "left-out", "--folder", place),
            empty, nothing, same_tables,
        ),
        "report": (
            lambda place: ("reports", *common, "--folder", fit, "--refits", out / "none", "--out", place),
            lambda place: None if place == out / "report" else copied(out / "report")(place), old_or_new, same_report,
        ),
        "counterfactual": (
            lambda place: ("inference.counterfactual", "--scenario", SCENARIO, "--folder", place),
            lambda place: links(posteriors, place), no_wrong_archive, same_archives,
        ),
    }  # fmt: skip
    wanted = [name for name in known if name in names or (name == "fit" and "report" in names)]
    every = {name: _undisturbed(name, *known[name], out / name) for name in wanted}
    return {name: every[name] for name in names}


def _undisturbed(
    name: str,
    arguments: Callable[[Path], tuple[object, ...]],
    prepare: Callable[[Path], None],
    unfinished: Faults,
    finished: Faults,
    place: Path,
) -> Command:
    place.parent.mkdir(parents=True, exist_ok=True)
    if name == "data":
        place = place.with_suffix(".parquet")
    prepare(place)
    ended = commands.run(arguments(place), place.parent / f"{name}.tmp")
    if faults := ended.faults(0):
        raise ValueError(f"{name} does not work even where nothing disturbs it: {faults}")
    return Command(name, arguments, prepare, unfinished, finished, place, ended.seconds)
