"""One measurement in this process, printed as lines of JSON; the last line counts.

``python -m benchmarks.measure <task> --system <system> --models <file> --begin <seconds since the epoch>``, and
``--chains`` and ``--draws`` where posteriors are to be of another length than that of `Length`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import files, memory
from benchmarks.cases import Model
from benchmarks.systems import FULL, Length

if TYPE_CHECKING:
    from benchmarks.systems import Run

SEED = 1
ELSEWHERE = {"average": "streams", "growth": "growth", "levels": "growth"}
OF_A_LENGTH = {"posterior", "together", "levels"}  # tasks that sample as much as they are told to
Record = dict[str, Any]


def flat(run: Run) -> np.ndarray:
    """All quantities of ``run`` (quantity, chain, draw)."""
    columns = [np.asarray(values).reshape(*np.shape(values)[:2], -1) for values in run.draws.values()]
    return np.moveaxis(np.concatenate(columns, axis=2), 2, 0).astype(float)


def quality(run: Run) -> Record:
    """What the draws of ``run`` are worth."""
    from inference.sampling.diagnostics import convergence

    draws = flat(run)
    found = convergence(draws)
    return {
        "quantities": len(draws),
        "chains": draws.shape[1],
        "draws": draws.shape[2],
        "bulk_ess": float(found.bulk_ess.min()),
        "tail_ess": float(found.tail_ess.min()),
        "worst_rhat": float(found.rhat.max()),
        "divergences": run.divergences,
        "warmup": run.warmup,
        "sampling_s": run.sampling,
        "mean_sd": {  # of the scalars, to see that all systems fit the same model
            name: (float(values.mean()), float(values.std())) for name, values in run.draws.items() if values.ndim == 2
        },
    }


def posterior(system: str, models: list[Model], begin: float, length: Length = FULL) -> Iterator[Record]:
    """One posterior, from the start of the process to the draws."""
    run = importlib.import_module(f"benchmarks.systems.with_{system}").sample(models[0], SEED, length)
    cost = {"wall_s": time.time() - begin, "peak_mb": memory.peak()}
    yield cost | quality(run)


def together(system: str, models: list[Model], begin: float, length: Length = FULL) -> Iterator[Record]:
    """Several posteriors, one after the other; a record after each, of all so far."""
    module, more = importlib.import_module(f"benchmarks.systems.with_{system}"), {}
    if system == "engine":
        from inference.engine import pack
        from models.joint import as_joint

        more = {"packed": pack(*(design for model in models for design in as_joint(model).designs))}
    judging, done = 0.0, []
    for model in models:
        run = module.sample(model, SEED, length, **more)
        now = time.time()
        done.append(quality(run))
        judged = time.time()
        yield {
            "models": len(done),
            "planned": len(models),
            "chains": length.chains,
            "draws": length.draws,
            "wall_s": now - begin - judging,
            "sampling_s": sum(record["sampling_s"] for record in done),
            "bulk_ess": sum(record["bulk_ess"] for record in done),
            "tail_ess": sum(record["tail_ess"] for record in done),
            "worst_rhat": max(record["worst_rhat"] for record in done),
            "divergences": sum(record["divergences"] for record in done),
            "peak_mb": memory.peak(),
        }
        judging += judged - now


def task(name: str, length: Length = FULL) -> Callable[[str, list[Model], float], Iterator[Record]]:
    """The task called ``name``, its module imported only now, its posteriors of a ``length``."""
    if name in ELSEWHERE:
        found = getattr(importlib.import_module(f"benchmarks.{ELSEWHERE[name]}"), name)
    else:
        found = {"posterior": posterior, "together": together}[name]
    return partial(found, length=length) if name in OF_A_LENGTH else found


def main() -> None:
    """Measure, and print nothing else to the standard output than the records."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task")
    parser.add_argument("--system", default="engine")
    parser.add_argument("--models", type=Path)
    parser.add_argument("--begin", type=float, default=time.time())
    parser.add_argument("--chains", type=int, default=FULL.chains)
    parser.add_argument("--draws", type=int, default=FULL.draws)
    arguments = parser.parse_args()
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever the systems print
    models = files.read(arguments.models) if arguments.models else []
    try:
        measured = task(arguments.task, Length(arguments.chains, arguments.draws))
        for record in measured(arguments.system, models, arguments.begin):
            print(json.dumps({"status": "ok"} | record), file=out, flush=True)
    except NotImplementedError as reason:
        print(json.dumps({"status": f"not covered: {reason}"}), file=out, flush=True)


if __name__ == "__main__":
    main()
