"""Worlds of a study, each kept as soon as it is done: a study that was stopped goes on where it was."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference.archives.provenance import code_sha256
from inference.calibration.worlds import (
    doubly_robust,
    effect_recovery,
    hidden_cause,
    path_recovery,
    timing_recovery,
)
from inference.fleet import fleet
from inference.plain import plain

if TYPE_CHECKING:
    import pandas as pd

# What one world of a study says: from its seed, after the truth planted in it where a study has several, to rows.
REPLICATES: Mapping[str, Callable[..., list[Any]]] = {
    "chain": effect_recovery.replicate,
    "paths": path_recovery.replicate,
    "timing": timing_recovery.replicate,
    "hidden": hidden_cause.replicate,
    "oracle": doubly_robust.replicate,
}


def world(study: str, planted: str | None, seed: int) -> dict[str, Any]:
    """The ``rows`` of one world as plain values; none, and why it is ``left_out``, where nothing can be simulated."""
    try:
        rows = REPLICATES[study](*((planted,) if planted else ()), seed)
    except ValueError as error:  # a link has no rows of an era
        return {"rows": [], "left_out": str(error)}
    return {"rows": [plain(row) for row in rows], "left_out": None}


def worlds(
    study: str, count: int, seed: int, folder: Path, planted: str | None = None, workers: int = 2
) -> pd.DataFrame:
    """The rows of so many worlds of a study, the first of ``seed``, in ``folder/worlds`` one by one.

    The same whatever ``workers``. A world that is left out is named. RuntimeError for one that failed.
    """
    import pandas as pd

    name = f"{study}.{planted.replace(' ', '-').replace(',', '')}" if planted else study
    tasks = [
        fleet.Task(f"{name}.{seed + k}", {"study": study, "planted": planted, "seed": seed + k}) for k in range(count)
    ]
    outcome = fleet.run(
        tasks, world, folder=folder / "worlds", stamp=code_sha256(REPLICATES[study].__module__), workers=workers,
        label=f"worlds of {name}",
    )  # fmt: skip
    if outcome.failures:
        key, error = next(iter(outcome.failures.items()))
        raise RuntimeError(f"{len(outcome.failures)} of {count} worlds failed, first {key}: {error}")
    for task in tasks:
        if reason := outcome.results[task.key]["left_out"]:
            print(f"world {task.arguments['seed']} is left out: {reason}", file=sys.stderr)
    return pd.DataFrame([row for result in outcome.results.values() for row in result["rows"]])
