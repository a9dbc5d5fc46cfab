"""The tasks of a campaign: panels under every coding, then every refit, through the fleet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inference import panels
from inference.fleet.fleet import Task
from inference.robustness import recoding, refit, specifications
from models.claims.registry import REGISTRY, Hypothesis, archive_of

if TYPE_CHECKING:
    import pandas as pd

GROUPS = ("region", "era")


def models(chosen: list[Hypothesis], alignment: Path) -> list[Hypothesis]:
    """The claims of ``chosen`` that have a posterior, each model once."""
    testable = [h for h in chosen if h.testable and not panels.lacking(h, alignment)]
    return [REGISTRY[name] for name in dict.fromkeys(map(archive_of, testable))]


def _spoken(hypothesis: Hypothesis, outcome: str, *, full: bool) -> list[specifications.Specification]:
    """The different specifications that concern a logit."""
    every = specifications.specifications(hypothesis.panel, full=full)
    spoken = [specifications.spoken(s, outcome) for s in every]
    return [s for k, s in enumerate(spoken) if s not in spoken[:k]]


def recodings(chosen: list[Hypothesis], alignment: Path, *, full: bool) -> list[Task]:
    """Refits under every coding, those on the same panel next to each other."""
    out = [
        (specifications.slug(recoding.risk_of(s)) if h.panel == "alignment" else h.panel, h, o, s)
        for h in chosen
        for o in h.outcomes
        for s in _spoken(h, o, full=full)
    ]
    out.sort(key=lambda item: item[0])
    return [
        Task(
            f"{h.id}.{o}.{specifications.slug(s)}",
            {"hypothesis": h.id, "outcome": o, "specification": s, "panel": str(alignment.resolve())},
        )
        for _, h, o, s in out
    ]


def left_outs(chosen: list[Hypothesis], alignment: Path) -> list[Task]:
    """Refits without each region, era and leading aggressor."""
    return [
        Task(
            f"{h.id}.{o}.without.{group}={level.replace(' ', '-').replace(',', '')}",
            {"hypothesis": h.id, "outcome": o, "group": group, "level": level, "panel": str(alignment.resolve())},
        )
        for h in chosen
        for o in h.outcomes
        for group, levels in _levels(panels.read(h.panel, alignment)).items()
        for level in levels
    ]


def _levels(panel: pd.DataFrame) -> dict[str, list[str]]:
    """What is left out in turn: every region and era, and the aggressors with the most events of either kind."""
    out = {group: [str(level) for level in panel[group].cat.categories] for group in GROUPS}
    if "aggressor" in panel:
        out["aggressor"] = [str(code) for code in refit.aggressors(panel)]
    return out


def builds(wanted: list[specifications.Specification], raw: Path | None) -> list[Task]:
    """The alignment panels that specifications need and that are not there yet."""
    risks = {specifications.slug(risk): risk for risk in map(recoding.risk_of, wanted)}
    folder = str(raw.resolve()) if raw else None
    return [
        Task(f"panel.{name}", {"risk": risk, "raw": folder})
        for name, risk in risks.items()
        if not recoding.path_of(risk).is_file()
    ]
