"""The tasks of the fleet: panels under every coding, every refit, and the counterfactual under every change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.codings import UNCHANGED
from inference import panels
from inference.fleet.fleet import Task
from inference.plain import plain
from inference.robustness import accuracy, aid, recoding
from inference.robustness.curve import permuted
from inference.robustness.refits.left_out import aggressors
from inference.robustness.refits.refit import APPROXIMATE
from inference.robustness.specifications import Specification, recoded_key, without_key
from models.claims.registry import REGISTRY, Hypothesis, archive_of

if TYPE_CHECKING:
    import pandas as pd

GROUPS = ("region", "era")
BEFORE = (("inference.engine.precompile:approximation", "inference.engine.precompile:summaries"),)  # compiled once
KINDS = {
    "panel": recoding.build,
    "aid": aid.effects_under,
    "compared": accuracy.compared,
    "permuted": permuted.permuted,
    **accuracy.KINDS,
}


def work(kind: str, **arguments: Any) -> Any:  # noqa: ANN401 (those of the function, and its result)
    """Do a piece of work of a kind in `KINDS`; returns its result as plain values."""
    return plain(KINDS[kind](**arguments))


def made_by(tasks: list[Task]) -> str:
    """The module that does tasks of one kind; without a task, that of the first kind."""
    kind = tasks[0].arguments["kind"] if tasks else next(iter(KINDS))
    return KINDS[kind].__module__


def models(chosen: list[Hypothesis], alignment: Path) -> list[Hypothesis]:
    """The claims of ``chosen`` that have a posterior, each model once."""
    testable = [h for h in chosen if h.testable and not panels.lacking(h, alignment)]
    return [REGISTRY[name] for name in dict.fromkeys(map(archive_of, testable))]


def recodings(
    chosen: list[Hypothesis],
    alignment: Path,
    every: Callable[[str], list[Specification]],
    made: str = APPROXIMATE,
) -> list[Task]:
    """Refits under ``every`` specification of a panel, those on the same panel next to each other."""
    out = {
        recoded_key(h.id, o, s): (h, o, s.concerning(o))
        for h in chosen
        for o in h.outcomes
        for s in every(h.panel)
        if s.applies_to(h.id)
    }

    def panel(item: tuple[str, tuple[Hypothesis, str, Specification]]) -> str:
        _, (h, _, s) = item
        return str(recoding.risk_of(s)) if h.panel == "alignment" else h.panel

    common = {"kind": "recoded", "panel": str(alignment.resolve()), "made": made}
    return [
        Task(key, {"hypothesis": h.id, "outcome": o, "specification": str(s)} | common)
        for key, (h, o, s) in sorted(out.items(), key=panel)
    ]


def left_outs(chosen: list[Hypothesis], alignment: Path, made: str = APPROXIMATE) -> list[Task]:
    """Refits without each region, era, leading aggressor and treaty."""
    common = {"kind": "left_out", "panel": str(alignment.resolve()), "made": made}
    return [
        Task(
            f"{without_key(h.id, o)}{group}={level.replace(' ', '-').replace(',', '')}",
            {"hypothesis": h.id, "outcome": o, "group": group, "level": level} | common,
        )
        for h in chosen
        for o in h.outcomes
        for group, levels in _levels(panels.read(h.panel, alignment), h.outcomes, o).items()
        for level in levels
    ]


def _levels(panel: pd.DataFrame, outcomes: tuple[str, ...], outcome: str) -> dict[str, list[str]]:
    """What is left out of the logit of an outcome in turn.

    Every region and era, the aggressors with the most events of all outcomes, and every treaty behind an event.
    """
    out = {group: [str(level) for level in panel[group].cat.categories] for group in GROUPS}
    if "aggressor" in panel:
        out["aggressor"] = [str(code) for code in aggressors(panel, outcomes)]
    if (column := recoding.TREATIES.get(outcome)) in panel:
        out["treaty"] = [str(code) for code in sorted(panel.loc[panel[outcome] == 1, column].dropna().unique())]
    return out


def risk_of(task: Task) -> Specification | None:
    """The risk set whose panel, built from the raw files, a refit or a counterfactual reads; None where it is another.

    Refits of parts left out, of claims about other panels, and of the counterfactual as registered need none.
    """
    if "specification" not in task.arguments:
        return None
    text, claim = task.arguments["specification"], task.arguments.get("hypothesis")
    needed = text != UNCHANGED if claim is None else REGISTRY[claim].panel == "alignment"
    return recoding.risk_of(Specification.parse(text, "alignment")) if needed else None


def builds(refits: list[Task], raw: Path | None) -> list[Task]:
    """The alignment panels that refits and counterfactuals need and that are not there yet."""
    risks = dict.fromkeys(risk for risk in map(risk_of, refits) if risk is not None)
    common = {"kind": "panel", "raw": str(raw.resolve()) if raw else None}
    return [
        Task(f"panel.{risk}", {"risk": str(risk)} | common) for risk in risks if not recoding.path_of(risk).is_file()
    ]
