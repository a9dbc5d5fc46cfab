r"""Leave-one-out predictive densities, smoothed only where they need to be.

With the likelihood :math:`L_{ns} = p_{ns}` of an event and :math:`1 - p_{ns}` otherwise, under draw s, the raw
leave-one-out weight of row n is :math:`1 / L_{ns}`. Where the log weights of a row differ by less than 0.2 they have no
tail to smooth, and importance sampling is plain,

.. math::  \text{elpd}_n = -\log \frac1S \sum_s \frac{1}{L_{ns}} .

Elsewhere ArviZ smooths the weights [1]_. (At 30,000 rows the two differ by 0.002 in the sum over the rows left
unsmoothed, whose Pareto k, computed all the same, are below 0.5.) Monte Carlo errors are those of a ratio of
sums, :math:`\sum_s w_s^2 (L_s - \hat L)^2 / (\sum_s w_s)^2 / \hat L^2`, over the relative efficiency of the draws.

.. [1] Vehtari, Simpson, Gelman, Yao and Gabry (2024), Journal of Machine Learning Research 25(72).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.engine.density import assemble
from inference.engine.stream.draws import Draws, Float, draws_of
from inference.engine.stream.summaries import row_sums
from models.design import Design

NO_TAIL = 0.2  # range of log weights below which nothing is smoothed
BLOCK = 256  # rows smoothed at a time


def loo(design: Design, posterior: xr.Dataset, dtype: str = "float32") -> xr.Dataset:
    """Leave-one-out predictive densities by Pareto-smoothed importance sampling.

    Returns ``elpd``, ``lppd``, ``p_loo``, ``mcse`` (of ``elpd``) and ``pareto_k`` by row (obs,); ``pareto_k`` is 0
    where nothing is smoothed. The sums over rows are those of ``az.loo``.
    """
    if design.weight is not None:
        raise NotImplementedError(f"{design.name}: leave-one-out densities of weighted rows are not defined here")
    draws, efficiency = draws_of(design, posterior), _relative_efficiency(posterior)
    samples = len(draws.slope)
    sums = row_sums(design, draws, np.where(design.y == 1, 1.0, -1.0), dtype)
    variance = np.maximum(sums.inverse_square * samples / sums.inverse**2 - 1.0, 0.0) / samples
    out = {
        "elpd": -np.log(sums.inverse / samples),
        "mcse": np.sqrt(variance / efficiency),
        "pareto_k": np.zeros(design.y.size),
    }
    spread = np.logaddexp(0.0, -sums.low) - np.logaddexp(0.0, -sums.high)
    for rows, log_likelihood in _blocks(design, draws, np.flatnonzero(spread >= NO_TAIL)):
        for name, values in zip(out, _smoothed(log_likelihood, efficiency), strict=True):
            out[name][rows] = values
    out["lppd"] = np.log(sums.probability / samples)
    out["p_loo"] = out["lppd"] - out["elpd"]
    return xr.Dataset({name: ("obs", values) for name, values in out.items()})


def _smoothed(log_likelihood: Float, efficiency: float) -> tuple[Float, Float, Float]:
    """elpd, its Monte Carlo error and Pareto k of rows of ``log_likelihood`` (row, sample)."""
    from arviz_stats.base import array_stats

    log_weight, pareto_k = array_stats.psislw(log_likelihood, r_eff=efficiency)  # pyright: ignore[reportArgumentType] - any number
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    density = np.exp(log_likelihood)
    mean = (weight * density).sum(axis=1)
    variance = (weight**2 * (density - mean[:, None]) ** 2).sum(axis=1)
    return np.log(mean), np.sqrt(variance / efficiency) / mean, pareto_k


def _relative_efficiency(posterior: xr.Dataset) -> float:
    """Mean effective sample size of all parameters over the number of draws, as in ArviZ; 1 for one chain."""
    from arviz_stats.base import array_stats

    if posterior.sizes["chain"] == 1:
        return 1.0
    ess = []
    for values in posterior.data_vars.values():
        flat = values.transpose("chain", "draw", ...).to_numpy()
        flat = flat.reshape(*flat.shape[:2], -1)
        ess.append(np.ravel(array_stats.ess(flat, method="mean", chain_axis=0, draw_axis=1)))
    return float(np.concatenate(ess).mean() / (posterior.sizes["chain"] * posterior.sizes["draw"]))


def _blocks(design: Design, draws: Draws, rows: NDArray[np.intp]) -> Iterator[tuple[NDArray[np.intp], Float]]:
    """Blocks of ``rows``, each of one cell, and their log likelihood (row, sample)."""
    (region, _, levels), cell = assemble.indices(design), assemble.cell_index(design)
    x, order = assemble.columns(design), rows[np.argsort(cell[rows], kind="stable")]
    for of_cell in np.split(order, np.flatnonzero(np.diff(cell[order])) + 1):
        for start in range(0, of_cell.size, BLOCK):
            block = of_cell[start : start + BLOCK]
            eta = x[block] @ draws.slope[:, region[block[0]]].T + draws.intercept[:, cell[block[0]]]
            for group in levels:
                eta += draws.extra[:, group[block]].T
            yield block, -np.logaddexp(0.0, np.where(design.y[block, None] == 1, -eta, eta))
