r"""Leave-one-out predictive densities, smoothed only where they need to be.

With the likelihood :math:`L_{ns} = p_{ns}` of an event and :math:`1 - p_{ns}` otherwise, under draw s, the raw
leave-one-out weight of row n is :math:`1 / L_{ns}`. Where the log weights of a row differ by less than 0.2 they have no
tail to smooth, and importance sampling is plain,

.. math::  \text{elpd}_n = -\log \frac1S \sum_s \frac{1}{L_{ns}} .

Elsewhere ArviZ smooths the weights [1]_. (At 30,000 rows the two differ by 0.002 in the sum over the rows left
unsmoothed. Pareto k, computed all the same, is below 0.5 for nearly all of them, and says little of weights that differ
by a fifth at most.) Monte Carlo errors are those of a ratio of
sums, :math:`\sum_s w_s^2 (L_s - \hat L)^2 / (\sum_s w_s)^2 / \hat L^2`, over the relative efficiency of the draws.

.. [1] Vehtari, Simpson, Gelman, Yao and Gabry (2024), Journal of Machine Learning Research 25(72).
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from inference.engine.stream.draws import Float, draws_of, linear_predictors
from inference.engine.stream.summaries import row_sums
from inference.sampling.diagnostics import relative_efficiency
from models.design import Design

NO_TAIL = 0.2  # range of log weights below which nothing is smoothed


def loo(design: Design, posterior: xr.Dataset, dtype: str = "float32") -> xr.Dataset:
    """Leave-one-out predictive densities by Pareto-smoothed importance sampling.

    Returns ``elpd``, ``lppd``, ``p_loo``, ``mcse`` (of ``elpd``) and ``pareto_k`` by row (obs,); ``pareto_k`` is 0
    where nothing is smoothed. The sums over rows are those of ``az.loo``. Of a row that weighs w the likelihood is
    raised to the power w, so that a decision that counts in m rows is one observation in their sum.
    """
    draws, efficiency = draws_of(design, posterior), relative_efficiency(posterior)
    samples = len(draws.slope)
    sums = row_sums(design, draws, np.where(design.y == 1, 1.0, -1.0), dtype)
    variance = np.maximum(sums.inverse_square * samples / sums.inverse**2 - 1.0, 0.0) / samples
    out = {
        "elpd": -np.log(sums.inverse / samples),
        "mcse": np.sqrt(variance / efficiency),
        "pareto_k": np.zeros(design.y.size),
    }
    out["lppd"] = np.log(sums.probability / samples)
    weight = design.row_weight
    spread = np.logaddexp(0.0, -sums.low) - np.logaddexp(0.0, -sums.high)
    for rows, eta in linear_predictors(design, draws, np.flatnonzero((spread >= NO_TAIL) | (weight != 1.0))):
        signed = np.where(design.y[rows, None] == 1, -eta, eta)
        log_likelihood = -weight[rows, None] * np.logaddexp(0.0, signed)
        for name, values in zip(("elpd", "mcse", "pareto_k"), _smoothed(log_likelihood, efficiency), strict=True):
            out[name][rows] = values
        parts = weight[rows] != 1.0
        out["lppd"][rows[parts]] = np.log(np.exp(log_likelihood[parts]).mean(axis=1))
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
