"""From numbers to judgements: words for likelihoods, one judgement for each claim, and how firm it is."""

from __future__ import annotations

from collections.abc import Sequence

from inference.evidence.sensitivity import SENSITIVE
from inference.evidence.verdicts import SUPPORTED
from inference.robustness.summary import SIDES
from reports.numbers.collect import NOT_IDENTIFIED
from reports.numbers.limits import bands
from reports.numbers.report import Band, Judgement, Numbers

# Lower bounds and words, in the manner of ICD 203; the bounds of the verdicts are among them.
LIKELIHOOD = (
    (SUPPORTED, "almost certain"), (0.80, "very likely"), (0.55, "likely"), (0.45, "roughly even"), (0.20, "unlikely"),
    (0.05, "very unlikely"), (0.0, "almost no chance"),
)  # fmt: skip
ADVERBS = {"almost certain": "almost certainly"}
AGREEMENT = 0.8  # share of codings on the same side below which a judgement is less firm
# Judgements from most for a claim to most against it.
JUDGEMENTS = (
    "supported", "leaning for", "partly supported", "partly leaning for", "practically nil", "not informed",
    "undecided", "divided", "partly leaning against", "partly contradicted", "leaning against", "contradicted",
)  # fmt: skip
# Doubts that refits gave cause for.
SHAKEN = ("codings disagree", "turned over by one part left out")
ONE_CODING = "other codings not run"
CONFIDENCE = ("high", "moderate", "low")  # with no, one, and more reasons for doubt


def likelihood(probability: float) -> str:
    """The word for a probability; ValueError outside 0-1 or for NaN."""
    if not 0 <= probability <= 1:
        raise ValueError(f"a probability must lie between 0 and 1, not {probability}")
    if probability > SUPPORTED:
        return LIKELIHOOD[0][1]
    return next(word for bound, word in LIKELIHOOD[1:] if probability >= bound)


def scale() -> tuple[Band, ...]:
    """The likelihood words with the bounds of each."""
    return bands(LIKELIHOOD)


def direction(p_more: float) -> tuple[str, int]:
    """An adverb of likelihood and +1 for more, -1 for fewer; ("", 0) where neither is likelier."""
    for probability, sign in ((p_more, 1), (1 - p_more, -1)):
        word = likelihood(probability)
        if word in {"almost certain", "very likely", "likely"}:
            return ADVERBS.get(word, word), sign
    return "", 0


def capped(adverb: str, reasons: Sequence[str]) -> str:
    """The adverb, no stronger than the refits allow: nothing that another coding turns over is almost certain."""
    return "very likely" if set(reasons) & set(SHAKEN) and adverb == ADVERBS["almost certain"] else adverb


def judgement(verdicts: Sequence[str]) -> str:
    """One judgement from the verdicts on all estimands of a claim.

    Supported or contradicted only where every estimand is; partly so where some are and the others have no side
    (undecided, practically nil, not informed), and partly leaning where none of those with a side is more than that;
    undecided where none has one and they differ; divided where some are on either side.
    """
    if len(set(verdicts)) == 1:
        return verdicts[0]
    sides = {SIDES.get(verdict, "undecided") for verdict in verdicts}
    if sides >= {"for", "against"}:
        return "divided"
    if sides == {"undecided"}:
        return "undecided"
    if "undecided" in sides:
        side, called = ("for", "supported") if "for" in sides else ("against", "contradicted")
        return f"partly {called}" if called in verdicts else f"partly leaning {side}"
    return "leaning for" if sides == {"for"} else "leaning against"


def doubts(claim: Numbers) -> tuple[str, ...]:
    """Reasons why a judgement is less than firm, however likely it is; ``claim`` as in numbers.json."""
    estimands = claim["estimands"]
    shares = [(e["codings"] or {}).get("share") for e in estimands]
    agreeing = [share for share in shares if share is not None]
    reasons = {
        NOT_IDENTIFIED: claim["causal"] and not claim["identified"],
        "measured through a stand-in": claim["status"] == "proxy",
        ONE_CODING: len(agreeing) < len(estimands),
        SHAKEN[0]: any(share < AGREEMENT for share in agreeing),
        SHAKEN[1]: any(e["turned"].get("left out") for e in estimands),
        "moves with the prior": any((e["prior_sensitivity"] or 0) > SENSITIVE for e in estimands),
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def of_claim(claim: Numbers) -> Judgement:
    """The judgement on a claim in numbers.json that has a posterior."""
    reasons = doubts(claim)
    verdicts = [estimand["verdict"] for estimand in claim["estimands"]]
    return Judgement(judgement(verdicts), CONFIDENCE[min(len(reasons), 2)], reasons)
