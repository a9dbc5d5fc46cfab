"""Gates: prior predictive bands before a fit, convergence after it, and posterior predictive checks.

The bands and thresholds are fixed; none was chosen by looking at a posterior.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.sampling import diagnostics as statistics_of

Float = NDArray[np.float64]

RATE_BAND = {
    "bandwagon": (0.0002, 0.08),
    "balance": (0.001, 0.20),
    "military_support": (0.0002, 0.08),
    "defence_agreement": (0.0002, 0.08),
    "dissolved": (0.002, 0.30),
    "joined": (0.0002, 0.08),
    "with_stronger": (0.05, 0.95),
    "onset": (0.005, 0.40),
    "continued": (0.05, 0.95),
}
CELL_LIMIT = {
    "bandwagon": 0.25,
    "balance": 0.50,
    "military_support": 0.25,
    "defence_agreement": 0.25,
    "dissolved": 0.60,
    "joined": 0.25,
    "with_stronger": 0.99,
    "onset": 0.80,
    "continued": 0.99,
}
SHARE_BAND = (0.02, 0.60)
ODDS_BAND = (0.25, 4.0)
RATE_INSIDE, CELL_OUTSIDE, SHARE_INSIDE, ODDS_INSIDE = 0.90, 0.15, 0.75, 0.94

RHAT, ESS, BFMI = 1.01, 400.0, 0.3
BULK = "smallest bulk ESS"  # name of a check of the gate


@dataclass(frozen=True)
class CheckResult:
    """One check: what was found, what was asked, and whether it holds."""

    name: str
    value: float
    limit: str
    passed: bool

    def __str__(self) -> str:
        return f"{self.name}: {self.value:.3g} ({self.limit})"


def at_least(name: str, value: float, limit: float) -> CheckResult:
    """The check that a value is not below its limit."""
    return CheckResult(name, float(value), f"at least {limit:g}", bool(value >= limit))


def at_most(name: str, value: float, limit: float) -> CheckResult:
    """The check that a value is not above its limit."""
    return CheckResult(name, float(value), f"at most {limit:g}", bool(value <= limit))


def failures(results: list[CheckResult]) -> list[str]:
    """The failed checks in words."""
    return [str(result) for result in results if not result.passed]


def prior_predictive(
    outcome: str, cells: Float, weights: Float, odds_ratios: Float, rates: Mapping[str, Float]
) -> list[CheckResult]:
    """The prior predictive gate of one logit.

    Parameters
    ----------
    cells : (draw, cell)
        Mean probability in each region-era cell with rows.
    weights : (cell,)
        Rows of each cell.
    odds_ratios : (draw, binary predictor)
        Prior odds ratios of the binary predictors; may have no column.
    rates : outcome -> (draw,)
        Mean yearly rates of all outcomes of the claim, for bandwagoning's share of alignments.
    """
    rate = cells @ (weights / weights.sum())
    low, high = RATE_BAND[outcome]
    results = [
        at_least(f"prior mean rate within {low:g}-{high:g}", ((rate >= low) & (rate <= high)).mean(), RATE_INSIDE),
        at_most(
            f"prior cell above {CELL_LIMIT[outcome]:g}", (cells.max(axis=1) > CELL_LIMIT[outcome]).mean(), CELL_OUTSIDE
        ),
    ]
    if "bandwagon" in rates:
        share = rates["bandwagon"] / (rates["bandwagon"] + rates["balance"])
        inside = ((share >= SHARE_BAND[0]) & (share <= SHARE_BAND[1])).mean()
        name = f"prior bandwagoning share within {SHARE_BAND[0]:g}-{SHARE_BAND[1]:g}"
        results.append(at_least(name, inside, SHARE_INSIDE))
    if odds_ratios.size:
        inside = ((odds_ratios >= ODDS_BAND[0]) & (odds_ratios <= ODDS_BAND[1])).mean()
        results.append(at_least("prior odds ratio of a binary predictor within 1/4-4", inside, ODDS_INSIDE))
    return results


def convergence(
    posterior: xr.Dataset,
    estimands: xr.Dataset,
    statistics: xr.Dataset,
    *,
    chains: int,
    draws: int,
    scale: float = 1.0,
    rhat: float = RHAT,
) -> list[CheckResult]:
    """The convergence gate over every parameter and every reported estimand.

    All values finite, every standard deviation above 0, every chain and draw present, rank-normalised
    R-hat (Vehtari et al. 2021) at most 1.01, bulk and tail effective sample size at least 400, no divergence,
    E-BFMI at least 0.3, no saturated tree.

    Parameters
    ----------
    posterior, estimands : Dataset
        Draws of the parameters and of what is reported, all with (chain, draw) and any other dims.
    statistics : Dataset
        The sampler's ``diverging``, ``energy`` and, of samplers that grow trees, ``reached_max_treedepth``.
    chains, draws : int
        How many there should be.
    scale, rhat : float
        For deliberately shorter runs: the share of 400 effective draws that is asked for, and the bound of R-hat.
    """
    values = np.concatenate([statistics_of.stacked(each) for each in (posterior, estimands) if each.data_vars])
    complete = values.shape[1:] == (chains, draws)
    finite = bool(np.isfinite(values).all())
    results = [
        CheckResult(
            "chains and draws present", float(values.shape[1] * values.shape[2]), f"{chains} x {draws}", complete
        ),
        CheckResult("share of finite values", float(np.isfinite(values).mean()), "all", finite),
    ]
    if not (complete and finite):  # what follows would be undefined
        return results
    moving = values.std(axis=(1, 2)) > 0
    results.append(CheckResult("quantities with sd above 0", float(moving.mean()), "all", bool(moving.all())))
    found = statistics_of.convergence(values[moving])
    results += [
        at_most("largest R-hat", found.rhat.max(), rhat),
        at_least(BULK, found.bulk_ess.min(), ESS * scale),
        at_least("smallest tail ESS", found.tail_ess.min(), ESS * scale),
        at_most("divergences", float(statistics["diverging"].sum()), 0),
        at_least("smallest E-BFMI", statistics_of.worst_bfmi(statistics["energy"]), BFMI),
    ]
    if "reached_max_treedepth" in statistics:
        results.append(at_most("saturated trees", float(statistics["reached_max_treedepth"].sum()), 0))
    return results


def posterior_predictive(counts: xr.Dataset, observed: xr.Dataset) -> xr.Dataset:
    """Tail probabilities of the observed event counts under the posterior predictive distribution.

    ``counts`` (chain, draw, ...) and ``observed`` (...) share variables: events in all, by region, by era.
    Returns ``p_<name>``: Pr(simulated < observed) + Pr(equal) / 2; near 0 or 1 the model misses the count.
    """
    return xr.Dataset(
        {
            f"p_{name}": (
                (counts[name] < observed[name]).mean(("chain", "draw"))
                + (counts[name] == observed[name]).mean(("chain", "draw")) / 2
            )
            for name in observed.data_vars
        }
    )


def calibration(probability: Float, y: Float, bins: int = 10) -> xr.Dataset:
    """Predicted against observed event rates in bins of equal expected events, lowest probability first.

    Bins of equal numbers of rows would put nearly all events of a rare outcome into the last one. Returns
    ``predicted``, ``observed``, ``rows`` and the 95 % Wilson bounds ``low`` and ``high`` of the observed rate.
    """
    order = np.argsort(probability)
    share = np.cumsum(probability[order]) / probability.sum()
    which = np.minimum((share * bins).astype(int), bins - 1)
    rows = np.bincount(which, minlength=bins)
    events = np.bincount(which, weights=y[order], minlength=bins)
    expected = np.bincount(which, weights=probability[order], minlength=bins)
    rate, z = events / rows, 1.959964
    centre = (rate + z**2 / (2 * rows)) / (1 + z**2 / rows)
    half = z * np.sqrt(rate * (1 - rate) / rows + z**2 / (4 * rows**2)) / (1 + z**2 / rows)
    values = {"predicted": expected / rows, "observed": rate, "rows": rows, "low": centre - half, "high": centre + half}
    return xr.Dataset({name: ("bin", value) for name, value in values.items()})
