"""Many replicates of one case on all cores, and what their ranks say."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from inference.archives import provenance, sealed
from inference.calibration import ranks, reduced_panel, study
from inference.calibration.bugs import BUGS, HARMLESS
from inference.calibration.study import HEALTHY, Replicate

BINS = 100  # points of the ECDF, one more
LEVEL = 0.99
FAULTS = {fault.name: fault for fault in (HEALTHY, *BUGS, *HARMLESS)}


@dataclass(frozen=True)
class Case:
    """Ranks (replicate,) by quantity under one fault, and the seconds that they took.

    ``looks`` says how often at most it was looked whether the fault was noticed, to stop then.
    """

    name: str
    ranks: dict[str, ranks.Int]
    divergences: int
    seconds: float
    looks: int = 1

    @property
    def p_values(self) -> dict[str, float]:
        """How far each quantity's ECDF is from uniform; below 0.01 it leaves its simultaneous 99 % band."""
        return {name: ranks.p_value(value, study.DRAWS, BINS) for name, value in self.ranks.items()}

    def outside(self, level: float = LEVEL) -> list[str]:
        """Quantities whose ECDF leaves the simultaneous band of ``level``."""
        return [name for name, p in self.p_values.items() if p <= 1.0 - level]

    @property
    def family_level(self) -> float:
        """Level of each quantity's band at which all bands hold together, in all looks, with `LEVEL` (Bonferroni)."""
        return 1.0 - (1.0 - LEVEL) / (len(self.ranks) * self.looks)

    @property
    def noticed(self) -> list[str]:
        """Quantities outside their bands at `family_level`: with any, the case is not calibrated."""
        return self.outside(self.family_level)

    @property
    def replicates(self) -> int:
        """How many truths were ranked."""
        return len(next(iter(self.ranks.values())))


def _replicate(name: str, seed: int, number: int) -> Replicate:
    fault = FAULTS[name]
    return study.replicate(reduced_panel.study(), fault, (seed, list(FAULTS).index(name), number))


def _case(name: str, results: Sequence[Replicate], began: float, looks: int) -> Case:
    """The case of all replicates of a fault that began at a time."""
    found = {quantity: np.array([result.ranks[quantity] for result in results]) for quantity in results[0].ranks}
    return Case(name, found, sum(result.divergences for result in results), time.monotonic() - began, looks)


def run(name: str, replicates: int, seed: int, looks: int = 1, cores: int = 2) -> Case:
    """Ranks of ``replicates`` truths under the fault of that ``name``; the same whatever ``cores``.

    With more ``looks`` than one, replicates come in as many equal parts, and end with the part that notices the fault.
    """
    began, one, results = time.monotonic(), partial(_replicate, name, seed), list[Replicate]()
    # Processes: the engine lets threads run side by side, what surrounds it does not.
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) if cores > 1 else nullcontext() as pool:
        for part in np.array_split(np.arange(replicates), looks):
            numbers = part.tolist()
            results += pool.map(one, numbers, chunksize=5) if pool else map(one, numbers)
            if looks > 1 and _case(name, results, began, looks).noticed:
                break
    return _case(name, results, began, looks)


def _key(*made_of: object) -> str:
    return hashlib.sha256(json.dumps([*made_of, provenance.code_sha256(__name__)]).encode()).hexdigest()


def kept(name: str, replicates: int, seed: int, folder: Path, looks: int = 1) -> Case:
    """The case as `run` gives it, read from ``folder`` if the same code has already written it there."""
    path, key = folder / f"{name.replace(' ', '_')}.json", _key(name, replicates, seed, looks)
    if (stored := sealed.read(path)) and stored["key"] == key:
        values = {quantity: np.array(value) for quantity, value in stored["ranks"].items()}
        return Case(name, values, stored["divergences"], stored["seconds"], looks)
    case = run(name, replicates, seed, looks)
    values = {quantity: value.tolist() for quantity, value in case.ranks.items()}
    folder.mkdir(parents=True, exist_ok=True)
    found = {"key": key, "divergences": case.divergences, "seconds": round(case.seconds, 1), "ranks": values}
    sealed.write(path, found)
    return case


def summary(case: Case) -> dict[str, object]:
    """A case in words and numbers, for `results.json`."""
    return {
        "fault": FAULTS[case.name].words,
        "replicates": case.replicates,
        "looks": case.looks,
        "divergences": case.divergences,
        "seconds": round(case.seconds, 1),
        "p_values": {name: float(f"{p:.3g}") for name, p in case.p_values.items()},
        "outside_99": case.outside(),
        "outside_99_of_all": case.noticed,
    }


def panel_of_study() -> dict[str, object]:
    """Size of the reduced panel and terms of its outcomes, for `results.json`."""
    joint = reduced_panel.study().joint
    levels = {name: len(group.levels) for name, group in joint.designs[0].groups.items()}
    return {"rows": reduced_panel.ROWS, "levels": levels, "terms": {d.outcome: d.terms for d in joint.designs}}


def write(cases: list[Case], seed: int, folder: Path) -> Path:
    """Write what all ``cases`` say to ``results.json`` in ``folder``."""
    results = {
        "panel": panel_of_study(),
        "chain": {"draws": study.DRAWS, "thin": study.THIN, "tune": study.TUNE},
        "seed": seed,
        "points": BINS - 1,
        "level": LEVEL,
        "level_of_each_quantity": cases[0].family_level,
        "code_sha256": provenance.code_sha256(__name__),
        "versions": provenance.versions(),
        "cases": {case.name: summary(case) for case in cases},
    }
    path = folder / "results.json"
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return path
