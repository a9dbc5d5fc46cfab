"""Evidence per hypothesis: sign probabilities and verdicts, practical equivalence, Bayes factors, densities."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from inference.archives import archive
from inference.evidence import sensitivity
from inference.evidence.quantities import CI_BOUNDS
from inference.sampling.diagnostics import mcse_mean, mcse_share
from models.claims.registry import RATIO, Estimand, Hypothesis

Float = NDArray[np.float64]

# Lower bounds of the probability of the expected sign, and their labels; fixed beforehand.
SUPPORTED = 0.95  # above it
VERDICTS = ((0.80, "leaning for"), (0.20, "undecided"), (0.05, "leaning against"), (0.0, "contradicted"))
ROPE = 0.1  # log-odds per standard deviation: smaller slopes are practically none


def verdict(probability: float) -> str:
    """The label of a probability of the expected sign; ValueError outside 0-1 or for NaN."""
    if not 0 <= probability <= 1:
        raise ValueError(f"a probability must lie between 0 and 1, not {probability}")
    if probability > SUPPORTED:
        return "supported"
    return next(label for bound, label in VERDICTS if probability >= bound)


def slope(tree: xr.DataTree, term: str, group: str = "posterior") -> Float:
    """Draws (chain, draw) of the average slope of a term from an archive's posterior or prior."""
    return archive.group(tree, group)["beta"].sel(predictor=term).transpose("chain", "draw").to_numpy()


def estimand(trees: Mapping[str, xr.DataTree], which: Estimand, group: str = "posterior") -> Float:
    """Draws (chain, draw) of an estimand; ``delta`` and ``ratio`` pair the draws of two independent posteriors."""
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
    """
    from scipy.stats import gaussian_kde, norm

    if np.isnan(prior_sd):
        return None, False
    density = float(gaussian_kde(draws.ravel())(0.0)[0])
    resolved = 1 / (draws.size * draws.std())
    return float(norm.pdf(0, 0, prior_sd)) / max(density, resolved), density < resolved


def prior_sd(trees: Mapping[str, xr.DataTree], which: Estimand) -> float:
    """Prior standard deviation of an estimand, NaN under a learnt common scale and for a ratio."""
    if which.outcome == RATIO:
        return float("nan")
    outcomes = ("bandwagon", "balance") if which.outcome == "delta" else (which.outcome,)
    sds = [
        float(archive.group(trees[o], "constant_data")["slope_prior_sd"].sel(predictor=which.term)) for o in outcomes
    ]
    return float(np.hypot.reduce(sds))


def summarise(draws: Float, prior: Float, sign: int) -> dict[str, float | str]:
    """What is reported of one estimand: location, interval, sign probability beside its prior, ROPE.

    Monte Carlo errors stand beside mean and probability; where all draws agree on the sign, the error is
    bounded by one draw.
    """
    low, high = np.quantile(draws, CI_BOUNDS)
    expected = draws * sign > 0
    probability = float(expected.mean())
    return {
        "mean": float(draws.mean()),
        "mcse": mcse_mean(draws),
        "sd": float(draws.std(ddof=1)),
        "low": float(low),
        "high": float(high),
        "p_sign": probability,
        "p_sign_mcse": mcse_share(expected),
        "p_sign_prior": float((prior * sign > 0).mean()),
        "in_rope": float((np.abs(draws) < ROPE).mean()),
        "verdict": verdict(probability),
    }


def quantity(draws: xr.DataArray, scale: float = 1.0) -> dict[str, float]:
    """Mean, Monte Carlo error of the mean and interval of draws (chain, draw); no error of what does not vary."""
    values = scale * draws.transpose("chain", "draw").to_numpy().astype(float)
    low, high = np.quantile(values, CI_BOUNDS)
    error = mcse_mean(values) if values.std() > 0 else 0.0
    return {"value": float(values.mean()), "mcse": error, "low": float(low), "high": float(high)}


def quadrants(balance: Float, bandwagon: Float) -> dict[str, float]:
    """Posterior mass of the four quadrants of (b_bal, b_bw)."""
    up, towards = balance > 0, bandwagon > 0
    return {
        "balancing (+,-)": float((up & ~towards).mean()),
        "bandwagoning (-,+)": float((~up & towards).mean()),
        "alignment of either kind (+,+)": float((up & towards).mean()),
        "hiding (-,-)": float((~up & ~towards).mean()),
    }


def compare(hypothesis: Hypothesis, trees: Mapping[str, xr.DataTree]) -> pd.DataFrame:
    """One row per registered estimand of a hypothesis, from its archives by outcome."""
    rows = []
    for which in hypothesis.estimands:
        row: dict[str, object] = {"hypothesis": hypothesis.id, "estimand": str(which), "outcome": which.outcome}
        draws, sd = estimand(trees, which), prior_sd(trees, which)
        row |= summarise(draws, estimand(trees, which, "prior"), which.expectation.sign)
        row["bayes_factor"], row["bayes_factor_is_bound"] = bayes_factor(draws, sd)
        row["bayes_factor_by_width"] = sensitivity.bayes_factors(draws, sd)
        if which.outcome in trees:
            row |= _of_one_logit(trees[which.outcome], which)
        else:
            row |= {name: min(int(tree.attrs[name]) for tree in trees.values()) for name in ("rows", "events")}
        rows.append(row)
    return pd.DataFrame(rows)


def _of_one_logit(tree: xr.DataTree, which: Estimand) -> dict[str, object]:
    """Risk difference, change in predictive density and power-scaling of a slope of one logit."""
    difference = 1000 * archive.group(tree, "contrasts")["risk_difference"].sel(term=which.term)
    low, high = difference.quantile(CI_BOUNDS).to_numpy()
    out: dict[str, object] = {"rd": float(difference.mean()), "rd_low": float(low), "rd_high": float(high)}
    out["rd_mcse"] = mcse_mean(difference.transpose("chain", "draw").to_numpy())
    out |= {name: tree.attrs[name] for name in ("rows", "events", "elpd_diff", "elpd_diff_se", "bad_k", "refitted")}
    scaled = archive.group(tree, "power_scaling").sel(term=which.term)
    return out | {name: float(scaled[name]) for name in ("prior_sensitivity", "likelihood_sensitivity")}
