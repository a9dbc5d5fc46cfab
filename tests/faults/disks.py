"""Disks that are full, cannot be written to or vanish, workers that are lost, and a clock that was moved."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from tests.faults import commands, world
from tests.faults.tally import Campaign
from tests.faults.world import Command

FULL, READ_ONLY, VANISHING, LOST, MOVED = 20, 4, 4, 6, 3  # of each command
NEVER, LATER = 0.0, 4e9  # the first second of 1970, and one in 2096
YEAR = 365 * 86400


def mounted(place: Path, kilobytes: int) -> str | None:
    """Mount an empty disk in memory at a place; why not, where that is not permitted."""
    place.mkdir(parents=True)
    order = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "faults", str(place)]
    done = subprocess.run(order, capture_output=True, text=True, check=False)
    return done.stderr.strip() or "mount failed" if done.returncode else None


def disturbed(campaign: Campaign, made: Mapping[str, Command]) -> None:
    """Run commands onto small disks in memory, with workers killed, and with files of other times."""
    try:
        reason = mounted(campaign.folder("disks") / "probe", 100)
    except OSError as error:
        reason = str(error)
    if reason:
        campaign.tally.skip("disks full, read-only or vanishing", reason)
    else:
        subprocess.run(["umount", str(campaign.root / "disks/probe")], check=True)
    for name, command in made.items():
        if not reason:
            _disks(campaign, command)
        if name in {"fit", "robustness", "report"}:
            for number in range(campaign.count(LOST)):
                _worker_lost(campaign, command, number)
        if name in {"fit", "robustness", "counterfactual"}:
            for number in range(campaign.count(MOVED)):
                _clock(campaign, command, number)


def _disks(campaign: Campaign, command: Command) -> None:
    for number in range(campaign.count(FULL)):
        rng = campaign.rng(f"full {command.name}", number)
        whole = sum(path.stat().st_size for path in _paths(command.undisturbed)) // 1024
        _on_disk(campaign, command, f"{command.name}, disk full", number, int(whole * rng.uniform(0.02, 0.9)) + 8, None)
    for number in range(campaign.count(READ_ONLY)):
        _on_disk(campaign, command, f"{command.name}, disk read-only", number, 200_000, _read_only)
    for number in range(campaign.count(VANISHING)):
        _on_disk(campaign, command, f"{command.name}, disk vanishing", number, 200_000, _vanish)


def _paths(place: Path) -> list[Path]:
    return [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]


def _on_disk(
    campaign: Campaign, command: Command, kind: str, number: int, kilobytes: int, later: Callable[[Path], None] | None
) -> None:
    """Run a command onto a disk of its own; ``later`` happens to the disk at a random time of the work."""
    disk = campaign.root / "disks" / f"{kind.replace(', ', '-').replace(' ', '-')}-{number}"
    mounted(disk, kilobytes)
    temporary = disk.with_name(f"{disk.name}-tmp")
    try:
        place = disk / command.undisturbed.name
        try:
            command.prepare(place)
        except OSError:  # it does not even hold what the command starts from
            campaign.tally.add(kind, [])
            return
        before = {} if not place.exists() else world.files(disk)
        at = campaign.rng(kind, number).uniform(0.3, command.seconds)
        happen = (lambda _process: later(disk)) if later else (lambda _process: None)
        ended = commands.disturbed(command.arguments(place), temporary, lambda elapsed: elapsed >= at, happen)
        found = ended.faults(0, 1, 2)
        if ended.code and not any(line.startswith("error: ") for line in ended.err.splitlines()):
            found.append(f"exit code {ended.code} without a sentence: {ended.err[-200:]!r}")
        if later is not _vanish:
            found += command.unfinished(place, command.undisturbed) if before or ended.code else []
            found += [f"left behind: {path.name}" for path in disk.rglob("*.partial")][:1]
        campaign.tally.add(kind, [f"number {number}, {kilobytes} kB: {fault}" for fault in found])
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False, capture_output=True)
        shutil.rmtree(temporary, ignore_errors=True)


def _read_only(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=False, capture_output=True)


def _vanish(disk: Path) -> None:
    subprocess.run(["umount", "-l", str(disk)], check=False, capture_output=True)


def _worker_lost(campaign: Campaign, command: Command, number: int) -> None:
    """Kill a process that a command has started: another does its work, or the command fails in a sentence."""
    folder = campaign.folder(f"workers/{command.name}-{number}")
    place = folder / command.undisturbed.name
    command.prepare(place)
    rng = campaign.rng(f"workers {command.name}", number)
    at = rng.uniform(0.3, command.seconds)
    lost: list[int] = []

    def kill(process: int) -> None:
        own = commands.children(process)
        lost.extend(own[int(rng.integers(len(own))) :][:1] if own else [])
        with suppress(ProcessLookupError):
            for child in lost:
                os.kill(child, signal.SIGKILL)

    ended = commands.disturbed(command.arguments(place), folder / "tmp", lambda elapsed: elapsed >= at, kill)
    found = ended.faults(0, 1, 2) + command.unfinished(place, command.undisturbed)
    if ended.code:
        again = commands.run(command.arguments(place), folder / "tmp")
        found += again.faults(0)
    found += command.finished(place, command.undisturbed)
    campaign.tally.add(
        f"{command.name}, a worker lost", [f"number {number}, after {at:.1f} s: {fault}" for fault in found]
    )


def _clock(campaign: Campaign, command: Command, number: int) -> None:
    """Files of a year ago, of 1970 or of 2096, temporary ones of processes long gone among them, then the command."""
    folder = campaign.folder(f"clock/{command.name}-{number}")
    place = folder / command.undisturbed.name
    shutil.copytree(command.undisturbed, place)
    victim = sorted(path for path in place.rglob("*") if path.suffix in {".nc", ".csv"})[0]
    (place / f"{victim.name}.1.partial").write_bytes(b"half")
    when = (NEVER, LATER, time.time() - YEAR)[number % 3]
    for path in (*place.rglob("*"), place):
        os.utime(path, (when, when))
    victim.unlink()
    ended = commands.run(command.arguments(place), folder / "tmp")
    found = ended.faults(0) + command.finished(place, command.undisturbed)
    campaign.tally.add(f"{command.name}, clock moved (by the times of files)", found)
