"""Early against late at equal exposure: the group ``since_start`` of a scenario's archive, and its table."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from inference.counterfactual import results
from inference.counterfactual.effects import SHAPE, THOUSAND
from inference.counterfactual.simulation.equal_exposure import WHEN, SinceStart
from inference.counterfactual.simulation.programme import AHEAD, ARROWS, LEAD, SOURCES
from inference.evidence.quantities import Quantity
from models.claims.registry import OUTCOMES

if TYPE_CHECKING:
    from inference.counterfactual.simulation.chain import Chain

GROUP = "since_start"
HUNDRED, BILLION = 100.0, 1000.0  # programmes; millions of dollars
PRICED = tuple(SOURCES.values())  # arrows that say what a dollar does


def dataset(since: SinceStart, chain: Chain) -> dict[str, xr.Dataset]:
    """The group ``since_start``; none where no horizon fits into the years simulated.

    ``averted`` (arrow, when, years, outcome, chain, draw) are expected events without a programme less those with it,
    within some ``years`` of its start, ``dyad_years`` (when, years, outcome, chain, draw) the rows at risk then,
    ``programmes`` (years, chain, draw) the histories that both programmes are given to, and ``person_years`` (when,
    years, chain, draw) millions of people times years of the programme.
    """
    if not since.horizons:
        return {}

    def shaped(values: np.ndarray) -> np.ndarray:
        return values.reshape(*values.shape[:-1], *chain.shape).astype(np.float32)

    def by_outcome(values: dict[str, np.ndarray]) -> np.ndarray:
        return shaped(np.stack([values[outcome] for outcome in OUTCOMES], axis=-2))

    averted, dyad_years = by_outcome(since.averted), by_outcome(since.dyad_years)
    values = xr.Dataset(
        {
            "averted": (("arrow", "when", "years", "outcome", *SHAPE), averted),
            "dyad_years": (("when", "years", "outcome", *SHAPE), dyad_years),
            "programmes": (("years", *SHAPE), shaped(since.programmes)),
            "person_years": (("when", "years", *SHAPE), shaped(since.person_years)),
        },
        {
            "arrow": list(ARROWS), "when": list(WHEN), "years": list(since.horizons), "outcome": list(OUTCOMES),
            "chain": np.arange(chain.shape[0]), "draw": np.arange(chain.shape[1]),
        },
    )  # fmt: skip
    return {GROUP: values}


def equal_exposure(groups: xr.Dataset, dollars: float) -> list[results.EqualExposure]:
    """What it is worth to start years before duress rather than after its onset, all else equal.

    ``dollars`` are those of a programme per head and year. An arrow that does nothing at all has no row. Draws in which
    no history has an onset that leaves enough years count as no difference.
    """
    out = []
    for arrow, outcome, years in product(ARROWS, OUTCOMES, map(int, groups["years"])):
        here = groups.sel(outcome=outcome, years=years)
        averted = here["averted"].sel(arrow=arrow)
        if not averted.any():
            continue
        change = -THOUSAND * averted / np.maximum(here["dyad_years"], 1)
        each = HUNDRED * averted / np.maximum(here["programmes"], 1)
        cost = dollars * here["person_years"]
        per_dollar = BILLION * averted / xr.where(cost > 0, cost, np.inf)
        out.append(
            results.EqualExposure(
                arrow, outcome, years, LEAD,
                programmes=Quantity.of(here["programmes"]),
                ahead=Quantity.of(change.sel(when=AHEAD)),
                late=Quantity.of(change.sel(when="late")),
                difference=Quantity.of(_ahead_less_late(change)),
                per_hundred=Quantity.of(_ahead_less_late(each)),
                per_billion=Quantity.of(_ahead_less_late(per_dollar)) if arrow in PRICED else None,
            )
        )  # fmt: skip
    return out


def _ahead_less_late(values: xr.DataArray) -> xr.DataArray:
    return values.sel(when=AHEAD, drop=True) - values.sel(when="late", drop=True)
