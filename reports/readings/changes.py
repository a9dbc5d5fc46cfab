"""How each verdict came about: what the first version of the project said, what each revision since made of it.

The numbers of earlier versions are those that their reports printed. They cannot be computed from the present panel,
so they stand in a table beside this module. The present ones are those of the report's own claims.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from inference import panels
from reports.readings.values import Change, Changes, Stage, Step

if TYPE_CHECKING:
    from reports.numbers.types import Claim, Estimate

EARLIER = Path(__file__).with_name("earlier_verdicts.csv")
FIRST, NOW = "first", "graph"
STEPS = (
    Step(FIRST, "2026-11-27", "First version", "Panel and claims of revision 1, logits fitted apart, rows as if they "
         "were independent; verdicts by the sign alone."),
    Step("panel", "2026-11-28", "Panel", "The panel of revision 2: whose decision an alignment is, what counts once, "
         "which classes count, years to 2015, capacity only where it is measured."),
    Step("dependence", "2026-11-28", "Dependence", "Both outcomes in one model, with effects of states, aggressors "
         "and years, and the time since the last treaty and dispute."),
    Step("size", "2026-11-28", "Size", "A verdict asks for a size beside the sign, says when an effect is practically "
         "nil, and when the data said little."),
    Step(NOW, "2026-11-29", "Graph", "The causal graph knows how rows come to be at risk, income and democracy, and "
         "the power of either side; what is adjusted for is as of before the window of the exposure; claims that "
         "could not be tested as registered are revised."),
)  # fmt: skip
# Version of the table -> the steps whose posterior it is, each with the column of its label.
LABELS = {
    "first": {FIRST: "verdict_by_sign"},
    "panel": {"panel": "verdict_by_sign"},
    "joint": {"dependence": "verdict_by_sign", "size": "verdict"},
}
Key = tuple[str, str]


def lacking(alignment: Path) -> str | None:
    """Why there are no changes to tell of a panel; None for the registered one."""
    if alignment.resolve() == panels.PANEL.resolve():
        return None
    return f"it tells how verdicts on {panels.PANEL.name} came about, and not those on {alignment.name}"


def earlier() -> dict[Key, dict[str, Stage]]:
    """What earlier versions said, by claim and estimand, and by step."""
    out: dict[Key, dict[str, Stage]] = {}
    with EARLIER.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            stages = out.setdefault((row["claim"], row["estimand"]), {})
            for step, label in LABELS[row["version"]].items():
                stages[step] = Stage(float(row["p_sign"]), float(row["p_sign_mcse"]), row[label])
    return out


def turned(labels: Mapping[str, str]) -> tuple[str, ...]:
    """The steps at which the label became another, in their order, of the labels by step."""
    known = [step.key for step in STEPS if step.key in labels]
    return tuple(after for before, after in pairwise(known) if labels[before] != labels[after])


def _change(estimate: Estimate, before: Mapping[str, Stage]) -> Change:
    labels = {step: stage.verdict for step, stage in before.items()} | {NOW: estimate.verdict}
    return Change(before, turned(labels))


def collect(claims: Iterable[Claim], alignment: Path) -> Changes | None:
    """The changes of every estimand of the claims; None for another panel than the registered one."""
    if lacking(alignment):
        return None
    known, estimates = earlier(), [e for claim in claims for e in claim.estimands]
    rows: dict[str, dict[str, Change]] = {}
    for e in estimates:
        change = _change(e, known.get((e.hypothesis, e.estimand), {}))
        rows.setdefault(e.hypothesis, {})[e.estimand] = change
    steps = [step for of in rows.values() for change in of.values() for step in change.turned]
    first = {key: stages[FIRST].verdict for key, stages in known.items() if FIRST in stages}
    unlike = [e.verdict != first[key] for e in estimates if (key := (e.hypothesis, e.estimand)) in first]
    return Changes(STEPS, rows, {step.key: steps.count(step.key) for step in STEPS[1:]}, len(unlike), sum(unlike))
