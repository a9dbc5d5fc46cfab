"""Diagnostics of draws (chain, draw), by arviz_stats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xarray as xr

Float = NDArray[np.float64]
TAIL = (0.05, 0.95)  # quantiles of the tail ESS (Vehtari et al. 2021)


def _arviz() -> Any:  # noqa: ANN401 (its parameters are annotated with the types of their defaults)
    from arviz_stats.base import array_stats

    return array_stats


def worst_rhat(draws: Float) -> float:
    """Largest rank-normalised R-hat of quantities (quantity, chain, draw)."""
    return float(np.max(_arviz().rhat(draws, chain_axis=1, draw_axis=2)))


def worst_ess(draws: Float, kind: str) -> float:
    """Smallest effective sample size, ``bulk`` or ``tail``, of quantities (quantity, chain, draw)."""
    extra = {"prob": TAIL} if kind == "tail" else {}
    return float(np.min(_arviz().ess(draws, method=kind, chain_axis=1, draw_axis=2, **extra)))


def mean_ess(draws: Float) -> float:
    """Effective sample size of the mean of draws (chain, draw)."""
    return float(_arviz().ess(draws, method="mean", chain_axis=0, draw_axis=1))


def worst_bfmi(energy: xr.DataArray) -> float:
    """Smallest E-BFMI of the chains of ``energy`` (chain, draw)."""
    return float(np.min(_arviz().bfmi(energy.transpose("chain", "draw").to_numpy(), chain_axis=0, draw_axis=1)))


def mcse_mean(draws: Float) -> float:
    """Monte Carlo standard error of the mean of draws (chain, draw)."""
    return float(_arviz().mcse(draws, method="mean", chain_axis=0, draw_axis=1))


def mcse_share(holds: NDArray[np.bool_]) -> float:
    """Monte Carlo standard error of a share of draws (chain, draw), bounded by one draw where all agree."""
    return mcse_mean(holds.astype(float)) if 0 < holds.mean() < 1 else 1 / holds.size
