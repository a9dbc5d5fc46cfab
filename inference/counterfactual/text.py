"""A scenario's archive as a table of text: intervals of 90 %, Monte Carlo errors after each mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inference.counterfactual import table

if TYPE_CHECKING:
    import xarray as xr

    from inference.counterfactual.results import ScenarioResult, UnitResult
    from inference.evidence.quantities import Quantity


def _change(q: Quantity, digits: int = 2) -> str:
    error, interval = f"{q.mcse:.{digits + 1}f}", f"[{q.low:+.{digits}f}, {q.high:+.{digits}f}]"
    return f"{q.value:+.{digits}f} \N{PLUS-MINUS SIGN} {error} {interval}"


def _of_population(result: ScenarioResult) -> list[str]:
    effects = [
        f"{e.outcome:<10} {e.arrow:<18} {e.timing:<8} {e.horizon:>2} years  base {e.baseline.value:5.2f}  "
        f"{_change(e.difference)}  ({e.confounded.low:+.2f}, {e.confounded.high:+.2f})  Pr(fewer) {e.p_fewer:.2f}"
        for e in result.effects
    ]
    thresholds = [
        f"{t.outcome:<10} {t.timing:<8} a cut by {100 * t.cut:.0f} % needs "
        f"{'out of reach' if t.size is None else f'{t.size:.2f} sd'}; {100 * t.share:.0f} % of draws reach it"
        for t in result.threshold
    ]
    equal = [
        f"{e.outcome:<10} {e.arrow:<18} {e.lead} years ahead of duress less after its onset, within {e.years} years of "
        f"the start  {_change(e.difference)}"
        for e in result.equal_exposure
    ]
    return [
        result.title, result.words, f"{result.states} states; {result.rung}", "",
        "change in events per 1,000 dyad-years, mean, Monte Carlo error, 90 % interval (and with a confounder)",
        *effects, *equal, *thresholds, *result.flags,
    ]  # fmt: skip


def _of_state(result: UnitResult) -> list[str]:
    changes = [
        f"{c.outcome:<10} {c.arm:<26} observed {c.observed}, change {_change(c.change, 3)}" for c in result.changes
    ]
    return [result.title, result.words, result.rung, "", *changes, *result.flags]


def of_archive(tree: xr.DataTree) -> str:
    """The table of a population scenario or of a named state."""
    named = "unit" in tree.children
    return "\n".join(_of_state(table.collect_unit(tree)) if named else _of_population(table.collect(tree)))
