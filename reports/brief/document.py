"""The brief as sections of blocks, which both templates print: neither has words of its own."""

from __future__ import annotations

from typing import Any

from models.claims.carter import SOURCE as CARTER
from models.claims.walt import SOURCE as WALT
from reports.brief import caveats, programme, sentences
from reports.brief.printed import Place, Sentence, joined, say
from reports.figures.glance import drivers
from reports.formats import DASH

Block = dict[str, Any]
TITLE = "When do weak states ally with the state that threatens them?"
# Source of a claim -> what of it was read.
WORKS = {
    WALT: ", The Origins of Alliances, Cornell University Press",
    CARTER: ", abstract and introduction, all that is public",
}


def lead(items: list[Sentence]) -> Block:
    """Sentences in a frame."""
    return {"kind": "lead", "items": items}


def paragraph(text: Sentence) -> Block:
    """Running text."""
    return {"kind": "paragraph", "text": text}


def note(text: Sentence) -> Block:
    """Small print."""
    return {"kind": "note", "text": text}


def bullets(items: list[Sentence]) -> Block:
    """A list without order."""
    return {"kind": "bullets", "items": items}


def facts(items: list[tuple[Sentence, Sentence]]) -> Block:
    """Heads with their texts."""
    return {"kind": "facts", "items": [{"head": head, "text": text} for head, text in items]}


def table(caption: str, head: list[str], rows: list[list[Sentence]], widths: list[int]) -> Block:
    """A table; ``widths`` are shares of the line, first the column that names the rows."""
    return {"kind": "table", "caption": caption, "head": head, "rows": rows, "widths": widths}


def figure(name: str, alt: Sentence, caption: Sentence, width: int = 100) -> Block:
    """A figure of the report's folder, in print as wide as this percentage of the line."""
    return {"kind": "figure", "file": f"{name}.svg", "alt": alt, "caption": caption, "width": width}


def _section(identifier: str, heading: str, *blocks: Block) -> Block:
    return {"id": identifier, "heading": heading, "blocks": list(blocks)}


def _bottom_line(numbers: Place) -> Block:
    share = numbers["brief"]["contest"]
    items = [
        sentences.carter(numbers),
        sentences.contest(share if share.value else None),
        programme.early_aid(numbers),
    ]
    return _section("bottom-line", "Bottom line", lead(items))


def _question(numbers: Place, base: Place | None) -> Block:
    asked = say(
        "When a state is threatened, it can ally against the source of the threat (balance) or with it (bandwagon); "
        "asked is what makes weak states do the latter."
    )
    how = [paragraph(sentences.method(numbers, base))] if base else []
    return _section("question", "What was asked, and how", paragraph(asked), *how)


def _findings(numbers: Place, base: Place | None) -> Block:
    brief = numbers["brief"]
    items = [sentences.baseline(base["fits"], brief)] if base else []
    for exposure in brief["contrasts"].value:
        items.append(sentences.finding(exposure, brief["contrasts"][exposure], brief))
    if not items:
        return _section("findings", "Key findings", paragraph(say("No claim on alignment was tested here.")))
    text = say(
        "In brackets: intervals of {probability}. A rate is what the model expects with every dyad-year of the sample "
        "put in the situation named, other things as they were; only situations that the data cover are shown. "
        "Under a threat means that the aggressor is a strategic rival.",
        probability=numbers["interval"]["probability"].printed("percent"),
    )
    return _section("findings", "Key findings", facts(items), note(text))


def _aid(numbers: Place) -> Block:
    heading, scenario = "Aid to build the state, early and late", programme.headline(numbers)
    if scenario is None:
        words = "No aid programme was simulated for this report, so nothing is said on whether it helps, early or late."
        return _section("aid", heading, paragraph(say(words)), *_duress(numbers))
    head = ["programme", "rate without", "rate with", "difference", "Pr(fewer)", "in a hundred states and decade"]
    caption = "Bandwagoning in a thousand dyad-years, with and without the programme"
    return _section(
        "aid",
        heading,
        paragraph(programme.setting(scenario)),
        table(caption, head, programme.table(scenario), [5, 2, 2, 4, 3, 4]),
        bullets([*programme.timing(scenario, numbers["brief"]["per"]), *programme.averted(scenario)]),
        *_pictures(numbers, scenario),
        *[note(say("{flag}", flag=flag.printed("text"))) for flag in scenario["flags"]],
    )


def _pictures(numbers: Place, scenario: Place) -> list[Block]:
    names = {name: f"{name}-{scenario['id'].value}" for name in ("fan", "timing")}
    return [
        figure(file, programme.alt(scenario, name), programme.caption(name, numbers), width=70)
        for name, file in names.items()
        if file in numbers["figures"].value
    ]


def _duress(numbers: Place) -> list[Block]:
    """In place of a programme: what the model expects without duress."""
    if "duress_removed" not in numbers["figures"].value:
        return []
    caption = say(
        "What can be said instead: rates among states under internal duress, as observed and with duress set to none; "
        "an intervention on a population, valid only if no unobserved cause drives both duress and alignment."
    )
    return [figure("duress_removed", sentences.without_duress(numbers), caption, width=80)]


def _glance(numbers: Place) -> Block:
    contest, claims = dict(drivers(numbers)), caveats.tested(numbers)
    text = sentences.answers(contest)
    if not contest and not claims:
        return _section("glance", "At a glance", paragraph(text))
    panels = [
        *(["Dots: probability that what Carter expects holds; ticks: before the data; shades: words for likelihood."]
          if claims else []),
        *(["Bars: how the posterior divides over the answers to each driver (hiding: less of either)."]
          if contest else []),
    ]  # fmt: skip
    alt = joined([*sentences.held(claims), text], " ")
    return _section("glance", "At a glance", figure("glance", alt, say(" ".join(panels))), paragraph(text))


def _likelihood(numbers: Place) -> Block:
    scale, words, bounds = numbers["brief"]["scale"], ["word"], [say("probability")]
    for step in scale:
        low, high = step["low"].printed("bound"), step["high"].printed("bound")
        words.append(step["label"].value)
        bounds.append(say(f"{{low}}{DASH}{{high}}", low=low, high=high))
    blocks = [table("Words for likelihood", words, [bounds], [3] * len(words))]
    if rows := caveats.probabilities(numbers):
        head = ["cause", "expected", "before", "after the data", "likelihood", "verdict"]
        doubts = ["cause", "judgement", "confidence", "reasons for doubt"]
        rule = (
            "A judgement says supported or contradicted only where all that is expected of a cause is; confidence is "
            "high without a reason for doubt, moderate with one, low with more. A probability is that of an effect "
            "averaged over regions, while a rate counts every dyad-year once, so that the two need not agree."
        )
        blocks += [
            table("Probability of what Carter expects", head, rows, [4, 7, 2, 3, 3, 3]),
            table("Confidence, apart from likelihood", doubts, caveats.confidence(numbers), [4, 4, 3, 9]),
            note(say(rule)),
        ]
    return _section("likelihood", "Likelihood, and confidence apart from it", *blocks)


def _uncertainty(numbers: Place) -> Block:
    items = [(say("Posterior"), caveats.posterior(numbers))]
    if caveats.tested(numbers):
        items += [(say("Coding"), caveats.coding(numbers)), (say("Causal"), caveats.causal(numbers))]
    return _section("uncertainty", "Three kinds of uncertainty, kept apart", facts(items))


def _sources(numbers: Place) -> Block:
    cited = [say("{source}", source=source.printed("text")) for source in numbers["brief"]["sources"]]
    foreign = say("a panel that this project does not ship; its maker knows the sources")
    read = joined(cited, " · ") if numbers["provenance"]["shipped"].value else foreign
    sources = {entry["source"].value: entry["source"].printed("text") for entry in numbers["hypotheses"]}
    claims = [say(f"{{source}}{WORKS.get(name, '')}", source=source) for name, source in sources.items()]
    origin = numbers["provenance"]
    panels = [say(f"{name} {{hash}}", hash=origin["panels"][name].printed("hash")) for name in origin["panels"].value]
    text = say(
        "Claims: {claims}. Data: {read}. Panels: {panels}; code {code}. Every number stands in numbers.json beside the "
        "hash of its posterior.",
        claims=joined(claims, "; "),
        read=read,
        panels=joined(panels, ", "),
        code=origin["code_sha256"].printed("hash"),
    )
    return _section("sources", "Sources", note(text))


def sections(numbers: Place) -> list[Block]:
    """The brief in its order; a part that the numbers lack says so or is left out."""
    claim = numbers["brief"]["baseline"].value
    base = next((entry for entry in numbers["hypotheses"] if claim and entry["id"].value == claim), None)
    return [
        _bottom_line(numbers),
        _question(numbers, base),
        _findings(numbers, base),
        _aid(numbers),
        _glance(numbers),
        _likelihood(numbers),
        _uncertainty(numbers),
        _section("changes", "What would change the judgement", bullets(caveats.would_change(numbers))),
        _section("not-claimed", "What is not claimed", bullets(caveats.not_claimed(numbers))),
        _sources(numbers),
    ]
