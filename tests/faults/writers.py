"""Two to four writers at once, of one name in one folder: what is there then is what one of them wrote."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from data.files import atomic
from inference.archives import archive, sealed
from inference.archives.archive import ArchiveError
from tests.faults import commands
from tests.faults.tally import Campaign
from tests.faults.world import Command

DOUBLES, OF_COMMANDS = 30, {"data": 12, "fit": 4, "robustness": 2, "report": 2}  # 50 in all
WRITES = 8  # of each writer in a double run of files
SIZE = 20_000


def tree(who: int) -> xr.DataTree:
    """An archive that says on every line who wrote it."""
    values = np.full((1, SIZE), float(who))
    return xr.DataTree.from_dict(
        {
            "/": xr.Dataset(attrs={"fit_key": str(who)}),
            "/posterior": xr.Dataset({"beta": (("chain", "draw"), values)}),
        }
    )


def write(folder: Path, who: int, times: int) -> None:
    """Write one archive, one sealed result and one table of the same names as all other writers, again and again."""
    mine = tree(who)
    for _ in range(times):
        archive.write(mine, "claim.outcome", passed=True, folder=folder)
        sealed.write(folder / "task.json", {"result": [who] * 1000})
        atomic.write_csv(folder / "table.csv", pd.DataFrame({"who": [who] * 1000}))


def faults(folder: Path) -> list[str]:
    """What is there and is not as one writer wrote it; an archive between two hashes is refused, which is right."""
    found = []
    try:
        values = archive.group(archive.read("claim.outcome", folder), "posterior")["beta"].to_numpy()
        if np.unique(values).size != 1:
            found.append("an archive of two writers")
    except ArchiveError as error:
        if "no posterior" not in str(error) and "not finished" not in str(error) and "corrupted" not in str(error):
            found.append(str(error))
    result = sealed.read(folder / "task.json")
    if (folder / "task.json").exists() and (result is None or len(set(result["result"])) != 1):
        found.append("a sealed result of two writers")
    table = folder / "table.csv"
    if table.exists() and pd.read_csv(table)["who"].value_counts().to_list() != [1000]:
        found.append("a table of two writers")
    return found


def doubled(campaign: Campaign) -> None:
    """Writers of the same files, read while they write and after."""
    context = multiprocessing.get_context("spawn")
    for number in range(campaign.count(DOUBLES)):
        folder = campaign.folder(f"writers/{number}")
        writers = [
            context.Process(target=write, args=(folder, who, WRITES))
            for who in range(1, 1 + int(campaign.rng("writers", number).integers(2, 5)))
        ]
        for process in writers:
            process.start()
        found: list[str] = []
        while any(process.is_alive() for process in writers):
            found += faults(folder)
            time.sleep(0.02)
        found += faults(folder) + [f"a writer ended with {p.exitcode}" for p in writers if p.exitcode]
        if archive.key_of("claim.outcome", folder) is None:
            found.append("no archive is left")
        campaign.tally.add("files, two to four writers at once", sorted(set(found)))


def commands_doubled(campaign: Campaign, made: Mapping[str, Command]) -> None:
    """The same command two to four times at once on one place: each ends well, as if it were alone."""
    for name, full in OF_COMMANDS.items():
        if name not in made:
            continue
        command = made[name]
        for number in range(campaign.count(full)):
            folder = campaign.folder(f"commands/{name}-{number}")
            place = folder / command.undisturbed.name
            command.prepare(place)
            several = range(2 if name != "data" else int(campaign.rng(name, number).integers(2, 5)))
            with ThreadPoolExecutor(len(several)) as pool:
                ends = list(pool.map(lambda i: commands.run(command.arguments(place), folder / f"tmp-{i}"), several))  # noqa: B023 (ends in this turn)
            found = [fault for end in ends for fault in end.faults(0)]
            campaign.tally.add(f"{name}, several at once", found + command.finished(place, command.undisturbed))
