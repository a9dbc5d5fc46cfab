"""Natural frequencies: events per 1,000 dyad-years at two values of an exposure that a reader can picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xarray as xr
from scipy.special import expit, logit

from inference.archives.archive import group
from inference.evidence.quantities import Quantity, Share
from models.claims.registry import OUTCOMES
from reports.numbers.collect import DURESS
from reports.numbers.limits import PER
from reports.numbers.report import Choice, Commoner, Contrast, Fewer, Frequency, Sides, Values

if TYPE_CHECKING:
    from reports.numbers.archived import Pair, Trees

OF = 100  # alignments that a share of them is given for
NEAR_KM = 1000.0


class Situation(NamedTuple):
    """Two values of an exposure, the second the one that is said to attract, in the model of ``claim``."""

    claim: str
    without: float
    present: float


SITUATIONS = {
    "proximity": Situation("carter-2", -float(np.log1p(NEAR_KM / 100)), 0.0),  # so many km away, next door
    "threat": Situation("carter-1", 0.0, 1.0),  # neither dispute nor rivalry, a rivalry
    "threat_other": Situation("carter-1", 0.0, 1.0),
    "duress": Situation("carter-3", 0.0, 1.0),
    "support": Situation("carter-4", 0.5, 0.0),  # allies who bring as much as the aggressor has, no ally
}
CONTEST = Situation("bal-1", 0.0, 1.0)  # of threat, whose effects on both outcomes Walt contests


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


def _sides(without: xr.DataArray, present: xr.DataArray, scale: float) -> Sides:
    return Sides(
        without=Quantity.of(without, scale),
        present=Quantity.of(present, scale),
        difference=Quantity.of(present - without, scale),
        p_more=Share.of(present > without),
    )


def _frequency(tree: xr.DataTree, exposure: str, situation: Situation) -> Frequency | None:
    """Events per 1,000 dyad-years at both values; None where the sample does not reach them."""
    without, present = (rate_at(tree, exposure, value) for value in (situation.without, situation.present))
    if without is None or present is None:
        return None
    return Frequency(**vars(_sides(without, present, PER)), fit_key=tree.attrs["fit_key"])


def contrasts(trees: Trees) -> dict[str, Contrast]:
    """The natural frequencies of every exposure whose claim has a posterior, where the sample reaches both values."""
    out: dict[str, Contrast] = {}
    for exposure, situation in SITUATIONS.items():
        if situation.claim not in trees:
            continue
        bandwagon, balance = (_frequency(trees[situation.claim][o], exposure, situation) for o in OUTCOMES)
        if bandwagon and balance:
            out[exposure] = Contrast(situation.claim, Values(*situation[1:]), bandwagon, balance)
    return out


def contest(trees: Trees) -> Choice | None:
    """How many of 100 alignments are with the aggressor, with and without a threat from it."""
    if CONTEST.claim not in trees:
        return None
    pair, shares = trees[CONTEST.claim], []
    for value in (CONTEST.without, CONTEST.present):
        bandwagon, balance = (rate_at(pair[outcome], "threat", value) for outcome in ("bandwagon", "balance"))
        if bandwagon is None or balance is None:
            return None
        shares.append(bandwagon / (bandwagon + balance))
    sides, mostly = _sides(shares[0], shares[1], OF), Share.of(shares[1] > 0.5)
    return Choice(**vars(sides), claim=CONTEST.claim, fit_keys=_keys(pair), p_mostly_bandwagoning=mostly)


def duress_removed(trees: Trees) -> dict[str, Fewer] | None:
    """Probability that each outcome is rarer among states under duress with duress set to none."""
    if DURESS not in trees:
        return None
    out: dict[str, Fewer] = {}
    for outcome, tree in trees[DURESS].items():
        draws = group(tree, "contrasts")
        fewer = Share.of(draws["duress_removed"] < draws["duress_rate"])
        out[outcome] = Fewer(fewer, tree.attrs["fit_key"])
    return out


def balancing_commoner(pair: Pair) -> Commoner:
    """Probability that balancing is more common than bandwagoning over the rows of a model."""
    bandwagon, balance = (group(pair[outcome], "contrasts")["rate"] for outcome in ("bandwagon", "balance"))
    return Commoner(**vars(Share.of(balance > bandwagon)), fit_keys=_keys(pair))


def years(trees: Trees) -> tuple[int, int] | None:
    """First and last year of the rows of the alignment panel that any model was fitted to."""
    every = [group(tree, "constant_data")["obs_year"] for pair in trees.values() for name, tree in pair.items()
             if name in OUTCOMES]  # fmt: skip
    return (min(int(y.min()) for y in every), max(int(y.max()) for y in every)) if every else None


def _keys(pair: Pair) -> dict[str, str]:
    return {outcome: tree.attrs["fit_key"] for outcome, tree in pair.items()}
