"""Measure the engine and its peers: ``python -m benchmarks --help``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import environment, files, plan, processes
from benchmarks.systems import FULL, SYSTEMS, Length

RESULTS = Path(__file__).parent / "results.json"
HOUSE = ("numba", "numpy", "arviz")
QUICK = {"engine", "nutpie"}
FINAL = ("ok", "not covered")  # beginnings of what a measurement comes to that is not to be repeated


def arguments() -> argparse.Namespace:
    """What is measured, and for how long."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="The engine beside its peers.")
    parser.add_argument("--only", nargs="+", choices=SYSTEMS, metavar="SYSTEM", help=f"of {', '.join(SYSTEMS)}")
    parser.add_argument("--rows", nargs="+", type=int, choices=plan.ROWS, help="simulated cases of these sizes only")
    parser.add_argument("--cases", nargs="+", metavar="CASE", help="as the table names them, as: '30,000 rows'")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="engine and nutpie on 30,000 rows, the engine on 100 actors and two outcomes",
    )
    parser.add_argument(
        "--chains",
        type=int,
        default=FULL.chains,
        help="of each posterior, two at a time: half of them take a slow system half the time and leave the effective "
        f"draws per sampling second as they are (default {FULL.chains})",
    )
    parser.add_argument(
        "--draws",
        type=int,
        default=FULL.draws,
        help="of each chain: fewer of them count the warm-up, which stays as it is, against a system "
        f"(default {FULL.draws})",
    )
    parser.add_argument("--limit", type=float, default=900, help="seconds for one measurement (default 900)")
    parser.add_argument("--minutes", type=float, default=600, help="for all; what is left is not run (default 600)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where to, figures beside it")
    parser.add_argument("--resume", action="store_true", help="keep what the results hold already, run what is missing")
    parser.add_argument("--again", action="store_true", help="keep what the results hold of others, run these anew")
    return parser.parse_args()


def selected(item: plan.Measurement, chosen: argparse.Namespace) -> bool:
    """Whether ``item`` is to be run."""
    if chosen.quick:
        known = {"posterior": plan.title(plan.ROWS[0], 0), "levels": plan.actors(plan.ACTORS[0])}
        simple = item.case == known.get(item.task, item.case) and item.peer in QUICK
        own = item.peer == "engine" and (item.task, item.case) == ("posterior", plan.JOINT)
        return own or (simple and (item.task != "together" or item.peer == "engine"))
    if chosen.cases and item.case not in chosen.cases:
        return False
    return item.peer in (chosen.only or SYSTEMS) and (not chosen.rows or item.rows in (None, *chosen.rows))


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),  # tells what was measured side by side
        "cpu": (names or [platform.processor()])[0],
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "load_at_start": round(os.getloadavg()[0], 1),  # what else the machine does: figures of a busy one are rough
        "python": platform.python_version(),
        "versions": {package: version(package) for package in HOUSE} | pinned(),
    }


def pinned() -> dict[str, str]:
    """Versions of the peers."""
    return {name: line.split("==")[1] for name, line in environment.requirements().items()}


def run(item: plan.Measurement, folder: Path, seconds: float, length: Length = FULL) -> dict[str, Any]:
    """The record of ``item``."""
    path = None
    if item.models:
        path = folder / f"{item.task}.{item.case}.models"
        if not path.exists():
            files.write(item.models(), path)
    if item.system == plan.COMPILING:
        with tempfile.TemporaryDirectory() as cache:
            return processes.measure(item.task, "engine", path, seconds, length, NUMBA_CACHE_DIR=cache)
    return processes.measure(item.task, item.system, path, seconds, length)


def identity(record: dict[str, Any]) -> tuple[str, str, str]:
    """What tells a record from the others."""
    return record["task"], record["case"], record["system"]


def run_all(wanted: list[plan.Measurement], results: dict[str, Any], chosen: argparse.Namespace) -> None:
    """Fill the records of ``wanted``; the results are written after each."""
    end = time.monotonic() + chosen.minutes * 60
    peers = {item.peer for item in wanted} - {"engine"}
    failed = environment.ready() if peers else {}
    records = {identity(record): record for record in results["measurements"]}
    with tempfile.TemporaryDirectory() as folder:
        for count, item in enumerate(wanted, 1):
            start = time.monotonic()
            left = end - start
            if left <= 0:
                break
            if item.system in failed:
                record = {"status": f"not installed: {failed[item.system]}"}
            else:
                record = run(item, Path(folder), min(chosen.limit, left), Length(chosen.chains, chosen.draws))
            if left < chosen.limit and record["status"].startswith(processes.STOPPED):
                break  # by the end of the run, not by its own limit
            records[item.key].update(record, date=results["machine"]["date"])
            took = time.monotonic() - start
            print(f"{count}/{len(wanted)} {item}: {record['status']}, {took:.0f} s", file=sys.stderr, flush=True)
            chosen.results.write_text(json.dumps(results, indent=1) + "\n")


def main() -> None:
    """Run what is selected, print the tables and draw the figure."""
    from benchmarks import figure, table

    chosen, items = arguments(), plan.measurements()
    blank = [{"task": item.task, "case": item.case, "system": item.system, "status": table.NOT_RUN} for item in items]
    results = {"machine": machine(), "measurements": blank}
    wanted = [item for item in items if selected(item, chosen)]
    if (chosen.resume or chosen.again) and chosen.results.exists():
        before = {identity(record): record for record in json.loads(chosen.results.read_text())["measurements"]}
        done = {key for key, record in before.items() if record["status"].startswith(FINAL)}
        wanted = [item for item in wanted if chosen.again or item.key not in done]
        again = {item.key for item in wanted}
        kept = {key: record for key, record in before.items() if key not in again}
        results["measurements"] = [kept.get(identity(record), record) for record in blank]
    chosen.results.parent.mkdir(parents=True, exist_ok=True)
    run_all(wanted, results, chosen)
    chosen.results.write_text(json.dumps(results, indent=1) + "\n")
    print(table.markdown(results))
    figure.draw(results, chosen.results.parent, chosen.results.stem)


if __name__ == "__main__":
    main()
