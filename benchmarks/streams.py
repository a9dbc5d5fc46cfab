"""What follows from rows and draws: the engine's streamed sums beside numpy on whole matrices."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import memory
from benchmarks.cases import Model, thinned
from models.design import Design
from models.joint import as_joint, view

if TYPE_CHECKING:
    import xarray as xr

Float = NDArray[np.float64]
Record = dict[str, Any]
BLOCK = 1024  # rows of the plain computation at a time


def log_odds(design: Design, posterior: xr.Dataset, x: Float, rows: slice) -> Float:
    """Log odds (obs, sample) of ``rows`` with predictors ``x``, by plain algebra."""

    def flat(name: str) -> Float:
        values = posterior[name].to_numpy()
        return values.reshape(values.shape[0] * values.shape[1], *values.shape[2:])

    beta = flat("beta")
    eta = x[rows] @ beta.T + flat("alpha")
    for name, variance in design.error.items():
        eta += 0.5 * np.outer(variance[rows], beta[:, design.terms.index(name)] ** 2)
    for name, group in design.groups.items():
        eta += flat(f"alpha_{name}").T[group.index[rows]]
    if design.varying:
        gamma, region = flat("gamma"), design.groups["region"].index[rows]
        for k, column in enumerate(design.varying_columns):
            eta += x[rows, column, None] * gamma[:, k].T[region]
    return eta


def _blocks(design: Design) -> Iterator[slice]:
    for start in range(0, design.y.size, BLOCK):
        yield slice(start, min(start + BLOCK, design.y.size))


def plain_average(design: Design, posterior: xr.Dataset) -> Float:
    """Mean probability over all rows (sample,), less that with the first predictor one lower, in blocks of rows."""
    out = np.zeros(posterior.sizes["chain"] * posterior.sizes["draw"])
    for rows in _blocks(design):
        for sign, x in signed(design):
            out += sign * (1.0 / (1.0 + np.exp(-log_odds(design, posterior, x, rows)))).sum(axis=0)
    return out / design.y.size


def streamed_average(design: Design, posterior: xr.Dataset) -> Float:
    """The same by the engine."""
    from inference.engine import stream

    signs, predictors = zip(*signed(design), strict=True)
    return np.tensordot(signs, stream.mean_probabilities(design, posterior, list(predictors)), 1).ravel()


def signed(design: Design) -> list[tuple[float, Float]]:
    """The predictors, and the same with the first one lowered by one."""
    lower = design.x.copy()
    lower[:, 0] -= 1.0
    return [(1.0, design.x), (-1.0, lower)]


def costs(model: Model, function: Callable[[Design, xr.Dataset], Any]) -> tuple[list[Any], Record]:
    """What ``function`` gives for each outcome on draws of the posterior; seconds, and memory beyond the draws.

    ``function`` is first called on a few rows, so that its code is loaded.
    """
    from inference.engine import sample

    joint, draws = as_joint(model), sample(model, seed=1)["posterior"]
    posteriors = [view(draws.to_dataset(), joint, outcome) for outcome in joint.outcomes]
    pairs = list(zip(joint.designs, posteriors, strict=True))
    for design, posterior in pairs:
        function(thinned(design, 100), posterior.isel(draw=slice(0, 200)))
    before, start = memory.restart_peak(), time.perf_counter()
    results = [function(design, posterior) for design, posterior in pairs]
    seconds, peak = time.perf_counter() - start, memory.peak()
    size = {"draws": draws.sizes["chain"] * draws.sizes["draw"], "rows": sum(d.y.size for d in joint.designs)}
    return results, {"seconds": seconds, "peak_mb": peak, "added_mb": peak - before, **size}


def average(system: str, models: list[Model], begin: float) -> Iterator[Record]:  # noqa: ARG001
    """An average contrast over all rows and draws, summed over outcomes: what it costs, mean and sd."""
    results, cost = costs(models[0], {"engine": streamed_average, "numpy": plain_average}[system])
    contrast = np.sum(results, axis=0)
    yield cost | {"mean": float(contrast.mean()), "sd": float(contrast.std())}
