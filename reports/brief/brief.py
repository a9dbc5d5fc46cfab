"""The policy brief: one document of ready sentences, written as HTML and as PDF."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.world.sources import sources
from inference.evidence.quantities import Quantity
from inference.plain import plain
from models.claims.registry import OUTCOMES
from reports import page, style
from reports.brief import document, frequencies, judgement
from reports.brief.document import Block
from reports.brief.printed import Place, text_of
from reports.brief.sentences import CARTER
from reports.figures import glance
from reports.numbers.limits import PER
from reports.numbers.report import Brief, Numbers
from reports.page import TEMPLATES

if TYPE_CHECKING:
    from reports.numbers.archived import Trees

QUANTITY = {field.name for field in fields(Quantity)}


def numbers(evidence: Numbers, trees: Trees) -> Brief:
    """What the brief needs beyond the evidence, as JSON, that was collected from ``trees``."""
    claims = {e["id"]: e for e in evidence["hypotheses"] if e["id"] in CARTER and e["estimands"]}
    baseline, contrasts = _baseline(evidence["hypotheses"]), frequencies.contrasts(trees)
    rates = [plain(contrasts), evidence["duress_removed"], evidence["counterfactual"]]
    rates += [fit["rate"] for entry in evidence["hypotheses"] for fit in entry["fits"].values()]
    return Brief(
        per=PER,
        near_km=frequencies.NEAR_KM,
        years=frequencies.years(trees),
        baseline=baseline,
        contrasts=contrasts,
        contest=frequencies.contest(trees),
        duress_removed=frequencies.duress_removed(trees),
        judgements={claim: judgement.of_claim(entry) for claim, entry in claims.items()},
        likelihoods={
            claim: tuple(judgement.likelihood(e["p_sign"]) for e in entry["estimands"])
            for claim, entry in claims.items()
        },
        scale=judgement.scale(),
        sources=tuple(sorted({source.citation for source in sources().values()})),
        p_balancing_commoner=frequencies.balancing_commoner(trees[baseline]) if baseline else None,
        largest_mcse=max(_errors(rates), default=0.0),
    )


def _baseline(entries: Sequence[Numbers]) -> str | None:
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
    environment.filters["plain"] = text_of
    words = {"draft": draft, "title": document.TITLE, "style": style, "policy": page.policy(style)}
    return environment.get_template("brief.html.j2").render(sections=sections, **words)


def _texts(part: Any) -> Any:  # noqa: ANN401 (any part of a document)
    """The document with every sentence as plain text."""
    if isinstance(part, tuple):
        return text_of(part)
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


def write(collected: Numbers, folder: Path, draft: str = "") -> None:
    """Write ``brief.html``, ``brief.pdf`` and their figure beside the other figures of ``folder``.

    ``collected`` is all of numbers.json; ``draft`` is a watermark.
    """
    with style.applied():
        if figure := glance.glance(collected):
            style.save(figure, "glance", folder, draft=bool(draft))
    sections = document.sections(Place(collected))
    (folder / "brief.html").write_text(html(sections, draft), encoding="utf-8")
    (folder / "brief.pdf").write_bytes(pdf(sections, folder, draft))
