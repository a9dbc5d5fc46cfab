"""A scenario's archive as a table of text: intervals of 90 %, Monte Carlo errors after each mean."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from inference.archives import archive
from inference.counterfactual import table
from inference.counterfactual.simulation.population import HELD
from inference.counterfactual.simulation.programme import DRAWN, REPORTED, Arm
from inference.evidence.quantities import CI_BOUNDS, Quantity
from models.claims.registry import OUTCOMES

if TYPE_CHECKING:
    import xarray as xr

    from inference.counterfactual.results import UnitResult


def _change(q: Quantity, digits: int = 2) -> str:
    error, interval = f"{q.mcse:.{digits + 1}f}", f"[{q.low:+.{digits}f}, {q.high:+.{digits}f}]"
    return f"{q.value:+.{digits}f} \N{PLUS-MINUS SIGN} {error} {interval}"


def _effect(groups: xr.Dataset, arm: Arm, outcome: str, horizon: int) -> str:
    """A row of effects, as ``table.effect`` has it, of which only what is printed is worked out."""
    base, treated = table.drawn(groups, arm, outcome, horizon)
    without, confounded = table.drawn(groups, arm, outcome, horizon, DRAWN)
    low, high = np.quantile((confounded - without).to_numpy(), CI_BOUNDS)
    change, fewer = _change(Quantity.of(treated - base)), float((treated < base).mean())
    return f"base {float(base.mean()):5.2f}  {change}  ({low:+.2f}, {high:+.2f})  Pr(fewer) {fewer:.2f}"


def _of_population(tree: xr.DataTree) -> list[str]:
    """Only what is printed is worked out: an archive holds several times as much."""
    groups, scenario = archive.group(tree, "events"), json.loads(tree.attrs["scenario"])
    horizons = [int(horizon) for horizon in groups["horizon"]]
    effects = [
        f"{outcome:<10} {arm.arrow:<18} {arm.timing:<8} {horizon:>2} years  {_effect(groups, arm, outcome, horizon)}"
        for arm in REPORTED
        for outcome in OUTCOMES
        for horizon in horizons
    ]
    thresholds = [
        f"{t.outcome:<10} {t.timing:<8} a cut by {100 * t.cut:.0f} % needs "
        f"{'out of reach' if t.size is None else f'{t.size:.2f} sd'}; {100 * t.share:.0f} % of draws reach it"
        for t in table.thresholds(groups)
    ]
    equal = [
        f"{e.outcome:<10} {e.arrow:<18} {e.lead} years ahead of duress less after its onset, within {e.years} years of "
        f"the start  {_change(e.difference)}"
        for e in table.equal_exposure(tree, scenario["dollars"])
    ]
    attributes = tree.attrs
    return [
        attributes["title"], attributes["words"], f"{attributes['states']} states; {attributes['rung']}", "",
        "change in events per 1,000 dyad-years, mean, Monte Carlo error, 90 % interval (and with a confounder)",
        *effects, *equal, *thresholds, *json.loads(attributes["flags"]),
        "left as observed:", *(f"  {what}: {why}" for what, why in HELD.items()),
    ]  # fmt: skip


def _of_state(result: UnitResult) -> list[str]:
    changes = [
        f"{c.outcome:<10} {c.arm:<26} observed {c.observed}, change {_change(c.change, 3)}" for c in result.changes
    ]
    return [result.title, result.words, result.rung, "", *changes, *result.flags]


def of_archive(tree: xr.DataTree) -> str:
    """The table of a population scenario or of a named state."""
    named = "unit" in tree.children
    return "\n".join(_of_state(table.collect_unit(tree)) if named else _of_population(tree))
