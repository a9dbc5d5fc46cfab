r"""Diagnostics of draws (quantity, chain, draw) for many quantities at once, by the formulas of Vehtari et al. (2021).

ArviZ computes the same numbers for one quantity at a time, 6 ms each; a model has a thousand, and several are judged
in every fit. Here a block of quantities is transformed together, and tests hold each diagnostic to ArviZ's. Chains are
split in halves. Of the autocovariances :math:`c_t`, averaged over half chains of n draws, with the variance
:math:`B` of their means,

.. math::  \rho_t = 1 - \frac{c_0 \, n / (n - 1) - c_t}{c_0 + B}, \quad
           \tau = -1 + 2 \sum_{k < K} P_k + \rho_{2K}, \quad \text{ESS} = S / \tau,

over S draws; :math:`P_k = \rho_{2k} + \rho_{2k+1}` are taken up to the first that is not positive, K, and none is
larger than the one before (Geyer 1992, Statistical Science 7, 473).

Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), Bayesian Analysis 16, 667.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xarray as xr

Float = NDArray[np.float64]
TAIL = (0.05, 0.95)  # quantiles of the tail ESS (Vehtari et al. 2021)
BLOCK = 32  # quantities that are transformed together: their draws stay in the cache


class Convergence(NamedTuple):
    """How well draws have converged, each by quantity (quantity,)."""

    rhat: Float  # rank-normalised: the larger of that of the draws and of their distances from the median
    bulk_ess: Float  # of the normal scores of the draws
    tail_ess: Float  # the smaller of those of the 5 and of the 95 % quantile


def convergence(draws: Float) -> Convergence:
    """R-hat and effective sample sizes of quantities (quantity, chain, draw)."""
    return Convergence(*_in_blocks(_convergence, draws))


def _convergence(draws: Float) -> Float:
    """R-hat, bulk and tail ESS (3, quantity)."""
    halves = _halves(draws)
    scores = _normal_scores(halves)
    away = _normal_scores(np.abs(halves - np.median(halves, axis=(1, 2), keepdims=True)))
    bounds = np.quantile(draws.reshape(len(draws), -1), TAIL, axis=1)
    below = [_ess(_halves((draws <= bound[:, None, None]).astype(float))) for bound in bounds]
    larger = np.fmax(_rhat(scores), _rhat(away))  # of draws with two values, all are as far away and have no R-hat
    return np.stack([larger, _ess(scores), np.minimum(*below)])


def relative_efficiency(posterior: xr.Dataset) -> float:
    """Mean effective sample size of the means of all parameters, over the number of draws; 1 for one chain."""
    chains, draws = posterior.sizes["chain"], posterior.sizes["draw"]
    if chains == 1:
        return 1.0
    return float(mean_ess(stacked(posterior)).mean() / (chains * draws))


def stacked(dataset: xr.Dataset) -> Float:
    """All variables of draws side by side (quantity, chain, draw)."""
    arrays = [values.transpose("chain", "draw", ...).to_numpy() for values in dataset.data_vars.values()]
    every = np.concatenate([a.reshape(*a.shape[:2], -1).astype(float) for a in arrays], axis=2)
    return np.moveaxis(every, 2, 0)


def mean_ess(draws: Float) -> Float:
    """Effective sample size of the mean of quantities (quantity, chain, draw), by quantity."""
    return _in_blocks(lambda block: _ess(_halves(block)), draws)


def _in_blocks(of: Callable[[Float], Float], draws: Float) -> Float:
    """What ``of`` makes of blocks of the quantities, side by side."""
    return np.concatenate([of(draws[at : at + BLOCK]) for at in range(0, len(draws), BLOCK)], axis=-1)


def _halves(draws: Float) -> Float:
    """The first and the last half of each chain (quantity, 2 chain, draw // 2), less the middle draw of odd ones."""
    half = draws.shape[2] // 2
    return np.concatenate([draws[:, :, :half], draws[:, :, -half:]], axis=1)


def _normal_scores(draws: Float) -> Float:
    """Normal quantiles of the ranks of the draws of each quantity, with Blom's offset of 3/8."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    flat = draws.reshape(len(draws), -1)
    return ndtri((rankdata(flat, axis=1) - 0.375) / (flat.shape[1] + 0.25)).reshape(draws.shape)


def _rhat(draws: Float) -> Float:
    """Potential scale reduction (quantity,)."""
    n = draws.shape[2]
    between, within = draws.mean(axis=2).var(axis=1, ddof=1), draws.var(axis=2, ddof=1).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):  # where every half chain is constant
        return np.sqrt(between / within + (n - 1) / n)


def _ess(draws: Float) -> Float:
    """Effective sample size of draws (quantity, chain, draw), as many as there are draws where all are equal."""
    size, chains, n = draws.shape
    means = draws.mean(axis=2)
    covariance = _autocovariance(draws - means[:, :, None])
    total = covariance[:, 0] + (means.var(axis=1, ddof=1) if chains > 1 else 0.0)
    constant = np.ptp(draws, axis=(1, 2)) < np.finfo(float).resolution
    rho = 1.0 - (covariance[:, :1] * n / (n - 1) - covariance) / np.where(constant, 1.0, total)[:, None]
    rho[:, 0] = 1.0
    pairs = rho[:, : n - n % 2].reshape(size, -1, 2).sum(axis=2)
    last = max(0, -(-(n - 4) // 2))  # the pair at which the lags end
    positive = np.hstack([pairs[:, :last] > 0, np.zeros((size, 1), np.bool_)])
    k, each = positive.argmin(axis=1), np.arange(size)
    summed = np.cumsum(np.pad(np.minimum.accumulate(pairs, axis=1), ((0, 0), (1, 0))), axis=1)[each, k]
    ahead = rho[each, 2 * k]
    ahead = np.where((ahead > 0) | (pairs[each, k] >= 0), ahead, 0.0)
    tau = np.maximum(-1.0 + 2.0 * summed + ahead, 1.0 / np.log10(chains * n))
    return chains * n / np.where(constant, 1.0, tau)


def _autocovariance(centred: Float) -> Float:
    """Autocovariance of each lag (quantity, lag), averaged over the chains of ``centred`` (quantity, chain, draw)."""
    from scipy.fft import next_fast_len

    n = centred.shape[2]
    length = next_fast_len(2 * n, real=True)
    power = np.abs(np.fft.rfft(centred, length, axis=2)) ** 2
    return np.fft.irfft(power.mean(axis=1), length, axis=1)[:, :n] / n


def _arviz() -> Any:  # noqa: ANN401 (its parameters are annotated with the types of their defaults)
    from arviz_stats.base import array_stats

    return array_stats


def worst_bfmi(energy: xr.DataArray) -> float:
    """Smallest E-BFMI of the chains of ``energy`` (chain, draw)."""
    return float(np.min(_arviz().bfmi(energy.transpose("chain", "draw").to_numpy(), chain_axis=0, draw_axis=1)))


def mcse_mean(draws: Float) -> float:
    """Monte Carlo standard error of the mean of draws (chain, draw)."""
    return float(draws.std(ddof=1) / np.sqrt(mean_ess(draws[None])[0]))


def mcse_share(holds: NDArray[np.bool_]) -> float:
    """Monte Carlo standard error of a share of draws (chain, draw), bounded by one draw where all agree."""
    return mcse_mean(holds.astype(float)) if 0 < holds.mean() < 1 else 1 / holds.size
