"""What a model costs as its rows grow, beside the machine's own limit, and as its actors grow."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks import limit
from benchmarks.cases import PREDICTORS, Model, simulated, size
from benchmarks.systems import FULL, Length

ROWS = (10_000, 30_000, 100_000, 200_000, 500_000, 1_000_000)
SECONDS = 0.6  # of timed calls for each number


def timed(function: Callable[[], Any]) -> tuple[float, float]:
    """Best and median seconds of a call."""
    function()
    seconds, begin = [], time.perf_counter()
    while len(seconds) < 5 or time.perf_counter() - begin < SECONDS:
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return min(seconds), float(np.median(seconds))


def point(model: Model) -> dict[str, Any]:
    """The row kernel, and the whole log density with transport and priors; seconds to find the transport."""
    from inference.engine.density import assemble, posterior
    from inference.engine.rows import kernel

    begin = time.perf_counter()
    target, sigma = assemble.posterior(model, "float32")
    assembling = time.perf_counter() - begin
    position = assemble.origin(target, sigma)
    gradient = np.zeros_like(position)
    density = timed(lambda: posterior.log_density(target, position, gradient))
    arguments = (target.data.rows, target.data.columns, target.effects, target.sums)
    row = timed(lambda: kernel.log_likelihood_sums(*arguments))
    rows = size(model)
    scale = 1e9 / rows
    return {
        "rows": rows,
        "effects": target.units.shift.size,
        "assembling_s": assembling,
        "kernel_ns": row[0] * scale,
        "kernel_median_ns": row[1] * scale,
        "density_ns": density[0] * scale,
        "density_median_ns": density[1] * scale,
    }


def growth(system: str, models: list[Model], begin: float) -> Iterator[dict[str, Any]]:  # noqa: ARG001 (all tasks)
    """A record after each number of rows, of all so far; the limit before and after them."""
    points, before = [], limit.measure(PREDICTORS)
    for rows in ROWS:
        points.append(point(simulated(rows)))
        yield before | {"predictors": PREDICTORS, "points": points}
    after = limit.measure(PREDICTORS)
    best = {name: min(before[name], after[name]) for name in before}
    yield best | {"predictors": PREDICTORS, "points": points}


def levels(system: str, models: list[Model], begin: float, length: Length = FULL) -> Iterator[dict[str, Any]]:
    """The density of a model with many levels, and one posterior of it."""
    from benchmarks.measure import posterior

    cost = point(models[0])
    for record in posterior(system, models, begin, length):
        yield cost | record
