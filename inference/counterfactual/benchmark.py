r"""How strong an unobserved cause would have to be, beside the causes that are measured.

To leave a measured cause Z out of a linear model turns the slope of an exposure X by exactly :math:`\beta_Z
\delta_Z`, with :math:`\delta_Z` the slope of X in the regression of Z on X and all else that is adjusted for; in a
logit of rare events, by nearly that (Cinelli and Hazlett 2020, J. R. Stat. Soc. B 82, 39), as far as the effects of
states do not take up what Z told of them. An unobserved cause as strong as Z would turn it as much. The bias at which a
programme's effect vanishes, in these units, says how many times as strong it would have to be.
"""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.counterfactual import results
from inference.counterfactual.effects import SHAPE
from inference.counterfactual.simulation.programme import SLOPES, sd_of_capacity
from inference.evidence.quantities import Quantity
from models.claims.registry import OUTCOMES
from models.structure import CELLS
from models.terms import variables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inference.counterfactual.simulation.chain import Chain, Logit
    from models.design import Design

Float = NDArray[np.float64]
GROUP = "benchmark"


def causes(design: Design) -> list[str]:
    """What the link adjusts for: its terms without exposures, moderators and durations, which enter in products."""
    multiplied = {name for term in design.terms if len(variables(term)) > 1 for name in variables(term)}
    return [t for t in design.terms if len(variables(t)) == 1 and t not in {*SLOPES, *multiplied} and "@" not in t]


def departures(design: Design) -> Float:
    """Slope of each predictor (second index) in the least-squares regression of each other one (first) on all the rest.

    Region and era are among the rest. Per standard deviation of a continuous predictor, and from 0 to 1 of a binary
    one, as the slopes of the design. Of the regression of column z on all others, the slope of x is minus the element
    (z, x) of the inverse of the cross products over its element (z, z).
    """
    groups = np.column_stack([design.groups[name].indicators for name in CELLS])
    slopes, *_ = np.linalg.lstsq(groups, design.x, rcond=None)
    within = design.x - groups @ slopes
    inverse = np.linalg.inv(within.T @ within)
    return -inverse / np.diag(inverse)[:, None]


def bias(logit: Logit, slopes: Float, exposure: str, cause: str, sd: float) -> Float:
    """What leaving a measured cause out would add to the slope of an exposure (draw,).

    That of capacity is per ``sd``, in which biases are tried. ``slopes`` are the `departures` of the design.
    """
    unit = sd / logit.design.scaling["capacity"].scale if exposure == "capacity" else 1.0
    at = logit.design.terms.index
    return unit * slopes[at(cause), at(exposure)] * logit.term(cause)[0]


def dataset(chain: Chain) -> dict[str, xr.Dataset]:
    """The group ``benchmark``: ``bias`` (outcome, slope, cause, chain, draw) of every measured cause."""
    names, sd = causes(chain.outcomes[OUTCOMES[0]].design), sd_of_capacity(chain)
    links = [(chain.outcomes[o], departures(chain.outcomes[o].design)) for o in OUTCOMES]
    values = [[[bias(link, slopes, s, c, sd) for c in names] for s in SLOPES] for link, slopes in links]
    shaped = np.array(values).reshape(len(OUTCOMES), len(SLOPES), len(names), *chain.shape).astype(np.float32)
    coords = {
        "outcome": list(OUTCOMES), "slope": list(SLOPES), "cause": names,
        "chain": np.arange(chain.shape[0]), "draw": np.arange(chain.shape[1]),
    }  # fmt: skip
    return {GROUP: xr.Dataset({"bias": (("outcome", "slope", "cause", *SHAPE), shaped)}, coords)}


def vanishing(points: Sequence[results.TippingPoint]) -> float | None:
    """The bias nearest to none at which the mean effect is nil, interpolated; None where no bias tried undoes it."""
    found: list[float] = []
    for one, two in pairwise(points):
        low, high = one.difference.value, two.difference.value
        if low * high <= 0 and low != high:
            found.append(one.bias + (two.bias - one.bias) * low / (low - high))
    return min(found, key=abs, default=None)


def table(groups: xr.Dataset, tipping: dict[str, dict[str, list[results.TippingPoint]]]) -> list[results.Benchmark]:
    """What each measured cause would do if it were not adjusted for, beside what it takes to undo the effect."""
    out = []
    for slope, outcome in product(SLOPES, OUTCOMES):
        zero = vanishing(tipping[slope][outcome])
        for cause in map(str, groups["cause"].to_numpy()):
            own = Quantity.of(groups["bias"].sel(outcome=outcome, slope=slope, cause=cause))
            times = None if zero is None or own.low <= 0 <= own.high else zero / own.value
            out.append(results.Benchmark(slope, outcome, cause, own, zero, times))
    return out
