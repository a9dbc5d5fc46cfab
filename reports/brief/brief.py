"""The policy brief: one document of ready sentences, written as HTML and as PDF."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.world.sources import sources
from models.claims.registry import OUTCOMES
from reports import page, style
from reports.brief import document, frequencies, judgement
from reports.brief.document import Block
from reports.brief.printed import Place, plain
from reports.brief.sentences import CARTER
from reports.figures import glance
from reports.page import TEMPLATES

if TYPE_CHECKING:
    from reports.numbers.posteriors import Trees

QUANTITY = {"value", "mcse", "low", "high"}


def numbers(collected: dict[str, Any], trees: Trees) -> dict[str, Any]:
    """What the brief needs beyond ``collected``; belongs there under ``brief``, after ``counterfactual``."""
    claims = {e["id"]: e for e in collected["hypotheses"] if e["id"] in CARTER and e["estimands"]}
    out: dict[str, Any] = {
        "per": frequencies.PER,
        "near_km": frequencies.NEAR_KM,
        "years": frequencies.years(trees),
        "baseline": _baseline(collected["hypotheses"]),
        "contrasts": frequencies.contrasts(trees),
        "contest": frequencies.contest(trees),
        "duress_removed": frequencies.duress_removed(trees),
        "judgements": {claim: judgement.of_claim(entry) for claim, entry in claims.items()},
        "likelihoods": {
            claim: [judgement.likelihood(e["p_sign"]) for e in entry["estimands"]] for claim, entry in claims.items()
        },
        "scale": judgement.scale(),
        "sources": sorted({source.citation for source in sources().values()}),
    }
    base = out["baseline"]
    out["p_balancing_commoner"] = frequencies.balancing_commoner(trees[base]) if base else None
    rates = [out["contrasts"], collected["duress_removed"], collected.get("counterfactual")]
    rates += [fit["rate"] for entry in collected["hypotheses"] for fit in entry["fits"].values()]
    return out | {"largest_mcse": max(_errors(rates), default=0.0)}


def _baseline(entries: list[dict[str, Any]]) -> str | None:
    """The claim with the most rows among those on both outcomes: its rates are the baseline."""
    known = [entry for entry in entries if set(entry["fits"]) == set(OUTCOMES)]
    return max(known, key=lambda entry: entry["fits"]["bandwagon"]["rows"])["id"] if known else None


def _errors(part: object) -> Iterator[float]:
    """Monte Carlo errors of all quantities in a part of the numbers."""
    if isinstance(part, Mapping):
        if set(part) >= QUANTITY and part["mcse"] is not None:
            yield part["mcse"]
        for value in part.values():
            yield from _errors(value)
    elif isinstance(part, list):
        for value in part:
            yield from _errors(value)


def html(sections: list[Block], draft: str = "") -> str:
    """The brief as a page; every number carries its place in numbers.json."""
    environment, style = page.environment(), page.inline("brief.css")
    environment.filters["plain"] = plain
    words = {"draft": draft, "title": document.TITLE, "style": style, "policy": page.policy(style)}
    return environment.get_template("brief.html.j2").render(sections=sections, **words)


def _texts(part: Any) -> Any:  # noqa: ANN401 (any part of a document)
    """The document with every sentence as plain text."""
    if isinstance(part, tuple):
        return plain(part)
    if isinstance(part, dict):
        return {key: _texts(value) for key, value in part.items()}
    return [_texts(value) for value in part] if isinstance(part, list) else part


def pdf(sections: list[Block], folder: Path, draft: str = "") -> bytes:
    """The brief as A4 pages, with the figures of ``folder``; text reaches typst as data, never as markup."""
    import matplotlib as mpl
    import typst

    data = {"sections": _texts(sections), "draft": draft, "title": document.TITLE}
    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"  # those of the figures; no font of the system is asked
    return typst.compile(
        (TEMPLATES / "brief.typ").read_bytes(),
        root=folder,  # pyright: ignore[reportArgumentType] (a path is taken beside bytes, whatever the annotations say)
        font_paths=[fonts],  # pyright: ignore[reportArgumentType]
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"brief": json.dumps(data)},
    )


def write(collected: dict[str, Any], folder: Path, draft: str = "") -> None:
    """Write ``brief.html``, ``brief.pdf`` and their figure beside the other figures of ``folder``.

    ``collected`` is what becomes numbers.json, with ``numbers`` under ``brief``; ``draft`` is a watermark.
    """
    with style.applied():
        if figure := glance.glance(collected):
            style.save(figure, "glance", folder, draft=bool(draft))
    sections = document.sections(Place(collected))
    (folder / "brief.html").write_text(html(sections, draft), encoding="utf-8")
    (folder / "brief.pdf").write_bytes(pdf(sections, folder, draft))
