"""The explorer's page: words and a script around the grids, in one file that asks for nothing else."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from data.codebook.panels import panel
from data.groups import ERAS, REGIONS
from inference.evidence.datagrid import REACH
from models.claims.registry import OUTCOMES
from reports import page
from reports.explorer import contents, grid, neighbours
from reports.numbers.logits import PER
from reports.style import COLOURS, EVENTS, NAMES


def write(collected: dict[str, Any], found: list[dict[str, Any]], folder: Path) -> None:
    """Write ``explorer.html`` of the models ``found``, and put beside the numbers which grids it holds.

    Nothing is written without a model to move.
    """
    collected["explorer"] = _trace(found)
    if found:
        (folder / "explorer.html").write_text(render(collected, found), encoding="utf-8")


def _trace(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where the page's numbers come from: posterior and sha256 of each grid, and the observed rate of all rows."""
    out = []
    for model in found:
        for outcome, part in model["outcomes"].items():
            _, _, rows, events, _ = part["places"][0]
            digest = sha256(part["grid"].encode()).hexdigest()
            facts = {"fit_key": part["fit_key"], "mcse": part["mcse"], "rows": rows, "events": events}
            out.append({"model": model["id"], "outcome": outcome, "grid_sha256": digest, **facts})
    return out


def programme(counterfactual: dict[str, Any] | None) -> dict[str, Any] | None:
    """Ratios of rates by size of the programme, early and late, of the headline scenario; None without one."""
    shipped = (counterfactual or {}).get("shipped", [])
    for scenario in shipped:
        if scenario["id"] == counterfactual["headline"] and scenario.get("dose"):  # pyright: ignore[reportOptionalSubscript] - shipped is then empty
            kept = {name: scenario[name] for name in ("title", "words", "rung", "fit_key", "flags")}
            return kept | scenario["dose"]
    return None


def data(collected: dict[str, Any], found: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything that the page's script reads."""
    bands = {name: {"bounds": list(bounds), "words": list(words)} for name, (bounds, words) in neighbours.BANDS.items()}
    scales = {
        name: panel("alignment").columns[name].unit for name in ("threat", "support")
    }  # the others are shown in km, and as yes or no
    return {
        "regions": list(REGIONS),
        "eras": list(ERAS),
        "outcomes": {name: {"name": NAMES[name], "events": EVENTS[name]} for name in OUTCOMES},
        "steps": contents.STEPS,
        "drivers": {
            name: {"label": panel("alignment").columns[name].label, "unit": scales.get(name, ""), **bands[name]}
            for name in grid.CONTROLS
        },
        "few": {"rows": neighbours.FEW_ROWS, "events": neighbours.FEW_EVENTS},
        "models": found,
        "programme": programme(collected.get("counterfactual")),
    }


def render(collected: dict[str, Any], found: list[dict[str, Any]]) -> str:
    """The page as HTML: its policy lets this script and this style run, and nothing load."""
    from jinja2.utils import htmlsafe_json_dumps

    script, style = (page.inline(f"explorer.{kind}") for kind in ("js", "css"))
    for name in OUTCOMES:
        style = style.replace(f"COLOUR_{name}", COLOURS[name])
    known = data(collected, found)
    entries = {entry["id"]: entry for entry in collected["hypotheses"]}
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
            models=[model | {"entries": [entries[claim] for claim in model["claims"]]} for model in found],
            outcomes={name: NAMES[name] for name in OUTCOMES},
            programme=known["programme"],
            interval=collected["interval"],
            draft=collected.get("draft"),
            draws=grid.DRAWS,
            reach=REACH[1] - REACH[0],
        )
    )
