"""Draws of each registered estimand, and what is reported of them beside a verdict."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.archives import archive
from models.claims.registry import RATIO, Estimand

Float = NDArray[np.float64]


def slope(tree: xr.DataTree, term: str, group: str = "posterior") -> Float:
    """Draws (chain, draw) of the average slope of a term from an archive's posterior or prior."""
    return archive.group(tree, group)["beta"].sel(predictor=term).transpose("chain", "draw").to_numpy()


def estimand(trees: Mapping[str, xr.DataTree], which: Estimand, group: str = "posterior") -> Float:
    """Draws (chain, draw) of an estimand; ``delta`` and ``ratio`` are of the paired draws of one joint posterior."""
    if which.outcome == "delta":
        return slope(trees["bandwagon"], which.term, group) - slope(trees["balance"], which.term, group)
    if which.outcome == RATIO:
        balance, bandwagon = (_rate(trees[o], group) for o in ("balance", "bandwagon"))
        return np.log(balance / bandwagon)
    return slope(trees[which.outcome], which.term, group)


def _rate(tree: xr.DataTree, group: str) -> Float:
    """Draws (chain, draw) of the mean probability over the rows."""
    where = "contrasts" if group == "posterior" else "prior_predictive"
    return archive.group(tree, where)["rate"].transpose("chain", "draw").to_numpy()


def bayes_factor(draws: Float, prior_sd: float) -> tuple[float | None, bool]:
    """Savage-Dickey ratio in favour of an effect, and whether it is only a lower bound (Dickey 1971).

    The prior N(0, ``prior_sd``) is exact at 0, the posterior density there a Gaussian kernel estimate. Below
    one draw per standard deviation it says nothing, so that value bounds the ratio from below. Under a learnt
    common scale (``prior_sd`` NaN) the prior density is infinite at 0 and the ratio is not defined (None).
    It compares with a model without the slope, so it is not for slopes that vary by region (see `varies`).
    """
    from scipy.stats import gaussian_kde, norm

    if np.isnan(prior_sd):
        return None, False
    density = float(gaussian_kde(draws.ravel())(0.0)[0])
    resolved = 1 / (draws.size * draws.std())
    return float(norm.pdf(0, 0, prior_sd) / max(density, resolved)), bool(density < resolved)


def sources(which: Estimand, trees: Mapping[str, xr.DataTree]) -> dict[str, xr.DataTree]:
    """The archives by outcome that an estimand is computed from: that of its logit, or both."""
    return {name: tree for name, tree in trees.items() if which.outcome == name or which.outcome not in trees}


def varies(trees: Mapping[str, xr.DataTree], which: Estimand) -> bool:
    """Whether a slope of the estimand varies by region: then regions would keep theirs where the common one is 0."""
    posteriors = (archive.group(tree, "posterior") for tree in sources(which, trees).values())
    return any("gamma" in found and which.term in found["exposure"].to_numpy() for found in posteriors)


def prior_sd(trees: Mapping[str, xr.DataTree], which: Estimand) -> float:
    """Prior standard deviation of an estimand, NaN under a learnt common scale and for a ratio."""
    if which.outcome == RATIO:
        return float("nan")
    outcomes = ("bandwagon", "balance") if which.outcome == "delta" else (which.outcome,)
    sds = [
        float(archive.group(trees[o], "constant_data")["slope_prior_sd"].sel(predictor=which.term)) for o in outcomes
    ]
    return float(np.hypot.reduce(sds))


def quadrants(balance: Float, bandwagon: Float) -> dict[str, float]:
    """Posterior mass of the four quadrants of (b_bal, b_bw)."""
    up, towards = balance > 0, bandwagon > 0
    return {
        "balancing (+,-)": float((up & ~towards).mean()),
        "bandwagoning (-,+)": float((~up & towards).mean()),
        "alignment of either kind (+,+)": float((up & towards).mean()),
        "hiding (-,-)": float((~up & ~towards).mean()),
    }
