"""Many replicates of one case on all cores, and what their ranks say."""

from __future__ import annotations

import hashlib
import json
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from inference.archives import provenance
from inference.calibration import ranks, study
from inference.calibration.bugs import BUGS
from inference.calibration.study import HEALTHY, Replicate

BINS = 100  # points of the ECDF, one more
LEVEL = 0.99
FAULTS = {fault.name: fault for fault in (HEALTHY, *BUGS)}


@dataclass(frozen=True)
class Case:
    """Ranks (replicate,) by quantity under one fault, and the seconds that they took."""

    name: str
    ranks: dict[str, ranks.Int]
    divergences: int
    seconds: float

    @property
    def p_values(self) -> dict[str, float]:
        """How far each quantity's ECDF is from uniform; below 0.01 it leaves its simultaneous 99 % band."""
        return {name: ranks.p_value(value, study.DRAWS, BINS) for name, value in self.ranks.items()}

    def outside(self, level: float = LEVEL) -> list[str]:
        """Quantities whose ECDF leaves the simultaneous band of ``level``."""
        return [name for name, p in self.p_values.items() if p <= 1.0 - level]

    @property
    def family_level(self) -> float:
        """Level of each quantity's band at which all bands together hold with `LEVEL` (Bonferroni)."""
        return 1.0 - (1.0 - LEVEL) / len(self.ranks)

    @property
    def noticed(self) -> list[str]:
        """Quantities outside their bands at `family_level`: with any, the case is not calibrated."""
        return self.outside(self.family_level)


def _replicate(name: str, seed: int, number: int) -> Replicate:
    fault = FAULTS[name]
    return study.replicate(study.study(), fault, (seed, list(FAULTS).index(name), number))


def run(name: str, replicates: int, seed: int, cores: int = 2) -> Case:
    """Ranks of ``replicates`` truths under the fault of that ``name``; the same whatever ``cores``."""
    began = time.monotonic()
    one = partial(_replicate, name, seed)
    if cores == 1:
        results = list(map(one, range(replicates)))
    else:  # processes: the engine lets threads run side by side, what surrounds it does not
        with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
            results = list(pool.map(one, range(replicates), chunksize=5))
    return Case(
        name,
        {quantity: np.array([result.ranks[quantity] for result in results]) for quantity in results[0].ranks},
        sum(result.divergences for result in results),
        time.monotonic() - began,
    )


def _key(name: str, replicates: int, seed: int) -> str:
    made_of = [name, replicates, seed, provenance.code_sha256(__name__)]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()


def kept(name: str, replicates: int, seed: int, folder: Path) -> Case:
    """The case as `run` gives it, read from ``folder`` if the same code has already written it there."""
    path, key = folder / f"{name.replace(' ', '_')}.json", _key(name, replicates, seed)
    if path.is_file() and (stored := json.loads(path.read_text(encoding="utf-8")))["key"] == key:
        values = {quantity: np.array(value) for quantity, value in stored["ranks"].items()}
        return Case(name, values, stored["divergences"], stored["seconds"])
    case = run(name, replicates, seed)
    values = {quantity: value.tolist() for quantity, value in case.ranks.items()}
    stored = {"key": key, "divergences": case.divergences, "seconds": round(case.seconds, 1), "ranks": values}
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(stored), encoding="utf-8")
    return case


def summary(case: Case) -> dict[str, object]:
    """A case in words and numbers, for `results.json`."""
    return {
        "fault": FAULTS[case.name].words,
        "replicates": len(next(iter(case.ranks.values()))),
        "divergences": case.divergences,
        "seconds": round(case.seconds, 1),
        "p_values": {name: float(f"{p:.3g}") for name, p in case.p_values.items()},
        "outside_99": case.outside(),
        "outside_99_of_all_quantities": case.noticed,
    }


def write(cases: list[Case], seed: int, folder: Path) -> Path:
    """Write what all ``cases`` say to ``results.json`` in ``folder``."""
    results = {
        "panel": {"rows": study.ROWS, "regions": study.REGIONS, "eras": study.ERAS, "terms": study.TERMS},
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
