"""Natural frequencies: events per 1,000 dyad-years at two values of an exposure that a reader can picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from scipy.special import expit, logit

from inference.archives.archive import group
from inference.evidence.verdicts import quantity
from inference.sampling.diagnostics import mcse_share
from models.claims.registry import OUTCOMES

if TYPE_CHECKING:
    from reports.numbers.posteriors import Pair, Trees

PER, OF = 1000, 100
NEAR_KM = 1000.0


@dataclass(frozen=True)
class Contrast:
    """Two values of an exposure, the second the one that is said to attract, in the model of ``claim``."""

    claim: str
    without: float
    present: float


CONTRASTS = {
    "proximity": Contrast("carter-2", -float(np.log1p(NEAR_KM / 100)), 0.0),  # so many km away, next door
    "threat": Contrast("carter-1", 0.0, 1.0),  # neither dispute nor rivalry, a rivalry
    "threat_other": Contrast("carter-1", 0.0, 1.0),
    "duress": Contrast("carter-3", 0.0, 1.0),
    "support": Contrast("carter-4", 0.5, 0.0),  # allies who bring as much as the aggressor has, no ally
}
CONTEST = Contrast("bal-1", 0.0, 1.0)  # of threat, whose effects on both outcomes Walt contests


def rate_at(tree: xr.DataTree, exposure: str, value: float) -> xr.DataArray | None:
    """Draws (chain, draw) of the mean probability with an exposure set to a value in all rows.

    Interpolated on the logit scale between the points of the archive's curve; None outside the curve, that is
    where the inner 98 % of the sample have no such value.
    """
    curve = group(tree, "curves")[exposure].transpose(f"{exposure}_value", "sample")
    points = curve[f"{exposure}_value"].to_numpy()
    if not points[0] <= value <= points[-1]:
        return None
    k = int(np.clip(np.searchsorted(points, value), 1, points.size - 1))
    weight = (value - points[k - 1]) / (points[k] - points[k - 1])
    below, above = logit(curve.to_numpy()[k - 1 : k + 1])
    chains = group(tree, "posterior").sizes["chain"]  # samples are evenly spaced draws, chain after chain
    return xr.DataArray(expit((1 - weight) * below + weight * above).reshape(chains, -1), dims=("chain", "draw"))


def probability(holds: xr.DataArray) -> dict[str, float]:
    """Share of the draws (chain, draw) for which something holds, and its Monte Carlo error."""
    draws = holds.transpose("chain", "draw").to_numpy()
    return {"value": float(draws.mean()), "mcse": mcse_share(draws)}


def _sides(without: xr.DataArray, present: xr.DataArray, scale: float) -> dict[str, Any]:
    return {
        "without": quantity(without, scale),
        "present": quantity(present, scale),
        "difference": quantity(present - without, scale),
        "p_more": probability(present > without),
    }


def contrast(pair: Pair, exposure: str, which: Contrast) -> dict[str, Any] | None:
    """Events per 1,000 dyad-years of each outcome at both values; None where the sample does not reach them."""
    out: dict[str, Any] = {"claim": which.claim, "values": {"without": which.without, "present": which.present}}
    for outcome in OUTCOMES:
        rates = [rate_at(pair[outcome], exposure, value) for value in (which.without, which.present)]
        if rates[0] is None or rates[1] is None:
            return None
        out[outcome] = _sides(rates[0], rates[1], PER) | {"fit_key": pair[outcome].attrs["fit_key"]}
    return out


def contrasts(trees: Trees) -> dict[str, Any]:
    """The natural frequencies of every exposure whose claim has a posterior."""
    known = {exposure: which for exposure, which in CONTRASTS.items() if which.claim in trees}
    found = {exposure: contrast(trees[which.claim], exposure, which) for exposure, which in known.items()}
    return {exposure: numbers for exposure, numbers in found.items() if numbers}


def contest(trees: Trees) -> dict[str, Any] | None:
    """How many of 100 alignments are with the aggressor, with and without a threat from it."""
    if CONTEST.claim not in trees:
        return None
    pair, shares = trees[CONTEST.claim], []
    for value in (CONTEST.without, CONTEST.present):
        bandwagon, balance = (rate_at(pair[outcome], "threat", value) for outcome in ("bandwagon", "balance"))
        if bandwagon is None or balance is None:
            return None
        shares.append(bandwagon / (bandwagon + balance))
    more = {"p_mostly_bandwagoning": probability(shares[1] > 0.5)}
    return {"claim": CONTEST.claim, "fit_keys": _keys(pair)} | _sides(shares[0], shares[1], OF) | more


def duress_removed(trees: Trees) -> dict[str, Any] | None:
    """Probability that each outcome is rarer among states under duress with duress set to none."""
    if "carter-3" not in trees:
        return None
    out = {}
    for outcome, tree in trees["carter-3"].items():
        draws = group(tree, "contrasts")
        fewer = probability(draws["duress_removed"] < draws["duress_rate"])
        out[outcome] = {"p_fewer": fewer, "fit_key": tree.attrs["fit_key"]}
    return out


def balancing_commoner(pair: Pair) -> dict[str, Any]:
    """Probability that balancing is more common than bandwagoning over the rows of a model."""
    bandwagon, balance = (group(pair[outcome], "contrasts")["rate"] for outcome in ("bandwagon", "balance"))
    return probability(balance > bandwagon) | {"fit_keys": _keys(pair)}


def years(trees: Trees) -> list[int] | None:
    """First and last year of the rows of the alignment panel that any model was fitted to."""
    every = [group(tree, "constant_data")["year"] for pair in trees.values() for name, tree in pair.items()
             if name in OUTCOMES]  # fmt: skip
    return [min(int(y.min()) for y in every), max(int(y.max()) for y in every)] if every else None


def _keys(pair: Pair) -> dict[str, str]:
    return {outcome: tree.attrs["fit_key"] for outcome, tree in pair.items()}
