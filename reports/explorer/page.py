"""The explorer's page: words and a script around the grids, in one file that asks for nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from data.codebook.panels import panel
from data.groups import ERAS, REGIONS
from inference.evidence.datagrid import REACH
from inference.plain import plain
from models.claims.registry import OUTCOMES
from reports import page
from reports.explorer import explored, grid, neighbours
from reports.explorer.explored import Model, Part
from reports.numbers.limits import PER
from reports.numbers.report import Numbers, Traced
from reports.style import COLOURS, EVENTS, NAMES


def write(numbers: Numbers, models: Sequence[Model], folder: Path) -> None:
    """Write ``explorer.html`` of the models; nothing is written without a model to move."""
    if models:
        (folder / "explorer.html").write_text(render(numbers, models), encoding="utf-8")


def trace(models: Sequence[Model]) -> tuple[Traced, ...]:
    """Where the page's numbers come from: posterior and sha256 of each grid, and the observed rate of all rows."""
    return tuple(_traced(model.id, outcome, part) for model in models for outcome, part in model.outcomes.items())


def _traced(model: str, outcome: str, part: Part) -> Traced:
    _, _, rows, events, _ = part.places[0]
    return Traced(model, outcome, sha256(part.grid.encode()).hexdigest(), part.fit_key, part.mcse, rows, events)


def programme(counterfactual: Numbers | None) -> dict[str, Any] | None:
    """Ratios of rates by size of the programme, early and late, of the headline scenario; None without one."""
    if counterfactual is None:
        return None
    for scenario in counterfactual["shipped"]:
        if scenario["id"] == counterfactual["headline"] and scenario.get("dose"):
            kept = {name: scenario[name] for name in ("title", "words", "rung", "fit_key", "flags")}
            return kept | scenario["dose"]
    return None


def data(numbers: Numbers, models: Sequence[Model]) -> dict[str, Any]:
    """Everything that the page's script reads."""
    bands = {name: {"bounds": list(bounds), "words": list(words)} for name, (bounds, words) in neighbours.BANDS.items()}
    scales = {
        name: panel("alignment").columns[name].unit for name in ("threat", "support")
    }  # the others are shown in km, and as yes or no
    return {
        "regions": list(REGIONS),
        "eras": list(ERAS),
        "outcomes": {name: {"name": NAMES[name], "events": EVENTS[name]} for name in OUTCOMES},
        "steps": explored.STEPS,
        "drivers": {
            name: {"label": panel("alignment").columns[name].label, "unit": scales.get(name, ""), **bands[name]}
            for name in grid.CONTROLS
        },
        "few": {"rows": neighbours.FEW_ROWS, "events": neighbours.FEW_EVENTS},
        "models": plain(models),
        "programme": programme(numbers.get("counterfactual")),
    }


def render(numbers: Numbers, models: Sequence[Model]) -> str:
    """The page as HTML: its policy lets this script and this style run, and nothing load."""
    from jinja2.utils import htmlsafe_json_dumps

    script, style = (page.inline(f"explorer.{kind}") for kind in ("js", "css"))
    for name in OUTCOMES:
        style = style.replace(f"COLOUR_{name}", COLOURS[name])
    known = data(numbers, models)
    entries = {entry["id"]: entry for entry in numbers["hypotheses"]}
    return (
        page.environment()
        .get_template("explorer.html.j2")
        .render(
            data=known,
            per=PER,
            grids=htmlsafe_json_dumps(known, sort_keys=False, separators=(",", ":")),  # drivers stay in their order
            policy=page.policy(style, script),
            script=script,
            style=style,
            models=[model | {"entries": [entries[claim] for claim in model["claims"]]} for model in known["models"]],
            outcomes={name: NAMES[name] for name in OUTCOMES},
            programme=known["programme"],
            interval=numbers["interval"],
            draft=numbers.get("draft"),
            draws=grid.DRAWS,
            reach=REACH[1] - REACH[0],
        )
    )
