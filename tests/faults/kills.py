"""Commands killed at random times: nothing half done passes for whole, and the next run goes on exactly."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np

from data.command_line import INTERRUPTED
from tests.faults import commands
from tests.faults.tally import Campaign
from tests.faults.world import Command

KILLS, IN_A_ROW = 100, 10  # of each command; in one place, before a run is let finish
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
AT_ONCE = 2
FIRST = 0.3  # seconds in which an interpreter starts, before any line of ours


def killed(campaign: Campaign, made: Mapping[str, Command]) -> None:
    """Kill each command many times; then let it finish, which must give what an undisturbed run gives."""
    kills = campaign.count(KILLS)
    chains = [
        (command, first, min(IN_A_ROW, kills - first))
        for command in made.values() for first in range(0, kills, IN_A_ROW)
    ]  # fmt: skip
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(_chain, campaign, *chain) for chain in chains]:
            done.result()


def _chain(campaign: Campaign, command: Command, first: int, kills: int) -> None:
    """Kill a command in one place several times in a row, then let it finish."""
    folder = campaign.folder(f"kills/{command.name}-{first}")
    place = folder / command.undisturbed.name
    command.prepare(place)
    for number in range(first, first + kills):
        rng = campaign.rng(command.name, number)
        by = SIGNALS[number % len(SIGNALS)]
        before, temporary = partials(folder), folder / f"tmp-{number}"
        ended = commands.disturbed(
            command.arguments(place), temporary, _moment(rng, command.seconds, folder), _sender(by)
        )
        left = [path.name for path in [*(partials(folder) - before), *temporary.iterdir()]]
        faults = _of_end(ended, by, left) + command.unfinished(place, command.undisturbed)
        told = f"number {number}, {by.name} after {ended.seconds:.2f} s"
        campaign.tally.add(f"{command.name}, killed", [f"{told}: {fault}" for fault in faults])
    ended = commands.run(command.arguments(place), folder / "tmp")
    faults = ended.faults(0) + command.finished(place, command.undisturbed)
    campaign.tally.add(f"{command.name}, finished after kills, bit for bit", faults)
    if not faults:
        shutil.rmtree(folder)


def _moment(rng: np.random.Generator, seconds: float, folder: Path) -> Callable[[float], bool]:
    """When to kill: at a uniform time, or, one time in four, shortly after a file has begun to be written."""
    at, writing, delay = rng.uniform(FIRST, seconds), rng.random() < 0.25, rng.exponential(0.02)
    before, seen = partials(folder), list[float]()

    def now(elapsed: float) -> bool:
        if not writing:
            return elapsed >= at
        if not seen and partials(folder) - before:
            seen.append(elapsed)
        return bool(seen) and elapsed >= seen[0] + delay

    return now


def _sender(by: signal.Signals) -> Callable[[int], None]:
    def send(process: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(process, by)

    return send


def partials(folder: Path) -> set[Path]:
    """Temporary files and folders that are being written in a folder, or in one in it."""
    return {*folder.glob("*.partial"), *folder.glob("*/*.partial")}


def _of_end(ended: commands.Ended, by: signal.Signals, left: list[str]) -> list[str]:
    """Faults of how a killed command ended; it may have finished before. Only SIGKILL may leave temporary files."""
    if by == signal.SIGKILL:
        return ended.faults(-by, 0)
    faults = ended.faults(INTERRUPTED, 0, -by)  # before the command is loaded, a signal ends the interpreter
    if ended.code == INTERRUPTED and ended.err.count("interrupted:") != 1:
        faults.append(f"no single line on what is kept: {ended.err[-200:]!r}")
    return faults + ([f"left behind: {', '.join(left[:3])}"] if left and ended.code != -by else [])
