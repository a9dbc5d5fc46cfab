"""How sure a brief is and of what: kinds of uncertainty apart, what would change it, what it does not claim."""

from __future__ import annotations

from collections.abc import Iterable

from models.claims.registry import REGISTRY
from reports.brief import programme
from reports.brief.printed import Place, Sentence, joined, listed, say
from reports.brief.sentences import CARTER, capital, expected

FEW = 3  # names of a list that are printed; the rest are said to be there
NOT_RUN = say("not run")
UNSURE = frozenset({"undecided", "divided", "not informed"})  # judgements that more data could change
CODED = "Who is weak, who is an aggressor and what counts as alignment could be coded otherwise"


def tested(numbers: Place) -> dict[str, Place]:
    """Carter's claims that have a posterior, by id."""
    every = {entry["id"].value: entry for entry in numbers["hypotheses"] if entry["estimands"].value}
    return {claim: every[claim] for claim in CARTER if claim in every}


def probabilities(numbers: Place) -> list[list[Sentence]]:
    """One row for each estimand of Carter's claims: what is expected, its probability before and after, in words."""
    rows = []
    for claim, entry in tested(numbers).items():
        for k, which in enumerate(REGISTRY[claim].estimands):
            row = entry["estimands"][k]
            p, error = row["p_sign"].printed("probability"), row["p_sign_mcse"].printed("error")
            rows.append(
                [
                    capital(say(CARTER[claim])),
                    say(expected(which)),
                    say("{p}", p=row["p_sign_prior"].printed("probability")),
                    say("{p} ± {error}", p=p, error=error),
                    say("{word}", word=numbers["brief"]["likelihoods"][claim][k].printed("text")),
                    say("{verdict}", verdict=row["verdict"].printed("text")),
                ]
            )
    return rows


def confidence(numbers: Place) -> list[list[Sentence]]:
    """One row for each of Carter's claims: the judgement on it, how firm that is, and why no firmer."""
    rows = []
    for claim in tested(numbers):
        judged = numbers["brief"]["judgements"][claim]
        doubts = joined([say("{doubt}", doubt=doubt.printed("text")) for doubt in judged["doubts"]], "; ")
        words = [say("{word}", word=judged[name].printed("text")) for name in ("judgement", "confidence")]
        rows.append([capital(say(CARTER[claim])), *words, doubts or say("no reason for doubt was found")])
    return rows


def few(places: Iterable[Place]) -> Sentence:
    """The first names of a list, and whether there are others."""
    names = list({place.value: say("{name}", name=place.printed("text")) for place in places}.values())
    return listed([*names[:FEW], *([say("others")] if len(names) > FEW else [])])


def _turned_over(claim: str, entry: Place) -> Sentence:
    """What turns the verdict on a claim over; empty when nothing does."""
    parts = []
    for what, words in {"coding": "with another coding ({names})", "left out": "without {names}"}.items():
        rows = [row["turned"] for row in entry["estimands"] if what in row["turned"].value]
        if names := few(name for row in rows for name in row[what]):
            parts.append(say(words, names=names))
    words = "{cause}: another verdict {parts}."
    return capital(say(words, cause=CARTER[claim], parts=joined(parts, "; "))) if parts else ()


def _agreement(entry: Place) -> Sentence:
    """The least share of codings that agree with the registered one, over the estimands of a claim."""
    rows = list(entry["estimands"])
    if any(row["stale"].value for row in rows):
        return say("refits are of another panel")
    known = [row["codings"] for row in rows if (row["codings"].value or {}).get("share") is not None]
    if not known:
        return NOT_RUN
    least = min(known, key=lambda codings: codings["share"].value)
    words = "{share} of {count} agree" if len(known) == 1 else "at least {share} of {count} agree"
    return say(words, share=least["share"].printed("percent"), count=least["codings"].printed("count"))


def posterior(numbers: Place) -> Sentence:
    """What the data leave open when model and coding are taken as right."""
    return say(
        "Intervals are {kind} and hold {probability} of the posterior; they say what the data leave open if coding and "
        "causal graph are right. The Monte Carlo error of the rates printed here is at most {error} in {per}.",
        kind=numbers["interval"]["kind"].printed("text"),
        probability=numbers["interval"]["probability"].printed("percent"),
        error=numbers["brief"]["largest_mcse"].printed("error"),
        per=numbers["brief"]["per"].printed("count"),
    )


def coding(numbers: Place) -> Sentence:
    """How far the judgements hang on who counts as weak, as an aggressor, and what as alignment."""
    agreeing = {claim: _agreement(entry) for claim, entry in tested(numbers).items()}
    if set(agreeing.values()) == {NOT_RUN}:
        return say(f"{CODED}; no other coding was run.")
    clauses = [say("{cause}: {share}", cause=CARTER[claim], share=share) for claim, share in agreeing.items()]
    words = f"{CODED}. Codings whose verdict is on the side of the registered one: {{clauses}}."
    return say(words, clauses=joined(clauses, "; "))


def _causes(claims: Iterable[str]) -> Sentence:
    return listed([say(CARTER[claim]) for claim in claims])


def causal(numbers: Place) -> Sentence:
    """Which effects the causal graph identifies, and what an unobserved cause would do."""
    known = {claim: bool(entry["identified"].value) for claim, entry in tested(numbers).items()}
    parts = []
    if good := _causes(claim for claim, identified in known.items() if identified):
        parts.append(say("The causal graph, if it is right, identifies the effect of {causes}.", causes=good))
    if doubtful := _causes(claim for claim, identified in known.items() if not identified):
        words = "Not identified without the assumption that no unobserved cause, such as the orientation of leaders, "
        parts.append(say(words + "drives it together with alignment: {causes}.", causes=doubtful))
    scenario = programme.headline(numbers)
    if scenario is None:
        parts.append(say("How strong such a cause would have to be was not simulated here."))
    else:
        parts.append(programme.confounded(scenario))
    return joined([part for part in parts if part], " ")


def would_change(numbers: Place) -> list[Sentence]:
    """What would turn a judgement over: codings, parts of the data, the size of a programme, better measures."""
    claims = tested(numbers)
    out = [change for claim, entry in claims.items() if (change := _turned_over(claim, entry))]
    if not any(row["codings"].value for entry in claims.values() for row in entry["estimands"]):
        out.append(say("Other codings, and the data without single aggressors, eras and regions: neither was run."))
    elif not out:
        out.append(say("No single change of the coding, and nothing left out in turn, turns a verdict over."))
    if numbers["changes"].value:
        unlike, compared = (numbers["changes"][name].printed("whole") for name in ("unlike", "compared"))
        words = "Better definitions: of {compared} verdicts in the first version of this project, {unlike} have turned."
        out.append(say(words, compared=compared, unlike=unlike))
    scenario = programme.headline(numbers)
    out += programme.thresholds(scenario) if scenario is not None else []
    if doubtful := _causes(claim for claim, entry in claims.items() if not entry["identified"].value):
        words = (
            "A measure of the orientation of leaders, or a shock to {causes} that reaches alignment in no other way."
        )
        out.append(say(words, causes=doubtful))
    judgements = {claim: numbers["brief"]["judgements"][claim]["judgement"].value for claim in claims}
    if unsure := _causes(claim for claim, judgement in judgements.items() if judgement in UNSURE):
        out.append(say("More events, or a record of alignments without a treaty: on {causes}.", causes=unsure))
    return out


def not_claimed(numbers: Place) -> list[Sentence]:
    """What a reader might take this for, and it is not."""
    out = [
        say("This is no replication of Carter's numbers: her design, measures and coefficients are not public."),
        say("A treaty is not an alignment: states align without one, and a treaty of many members is one decision."),
        say("A revisionist is one who raised an issue in a dispute; that is no grand strategy."),
    ]
    if numbers["brief"]["years"].value:
        words = "Her lead case left no new treaty and lies after {last}, the last year covered."
        out.insert(1, say(words, last=numbers["brief"]["years"][1].printed("whole")))
    if programme.headline(numbers) is None:
        return [*out, say("Nothing is claimed on what an aid programme would do: none was simulated.")]
    return [
        *out,
        say("The effect of aid on capacity is in part elicited from the literature, not estimated."),
        say("Interventions on a population are no histories of named states."),
    ]
