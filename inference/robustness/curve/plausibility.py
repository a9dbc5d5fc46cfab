"""How plausible each choice of a coding is, by two rules that look at no estimate (2026-11-30).

Curves of earlier definitions had been seen when they were written down; the rules leave nothing to pick claim by claim.
What a later definition or edition replaced (every choice of revision 1 that was changed since) has a tenth of the
weight of its dimension: it is kept to show what the change did, not because it is as good. Of the rest the registered
choice has one half, since it is argued for in ``data.codings``, and the other choices share the other half evenly.
Dimensions are independent: a coding is as plausible as the product of its choices.
"""

from __future__ import annotations

from data.codings import NO_ALIGNMENT, REGISTERED, REVISION_1
from inference.robustness.specifications import ADJUSTMENTS, CLAIMS, DIMENSIONS, Specification

REPLACED_SHARE, REGISTERED_SHARE = 0.1, 0.5
REPLACED: dict[str, object] = {
    "adjustment": ADJUSTMENTS[1],
    "claim": CLAIMS[1],
    **dict.fromkeys(NO_ALIGNMENT, "in"),
    **{
        name: getattr(REVISION_1, name)
        for name in DIMENSIONS["alignment"]
        if hasattr(REVISION_1, name) and getattr(REVISION_1, name) != getattr(REGISTERED, name)
    },
}


def plausibility(panel: str, dimension: str) -> dict[object, float]:
    """Weight of each choice of a dimension; they add up to 1."""
    registered, *others = DIMENSIONS[panel][dimension]
    replaced = [choice for choice in others if REPLACED.get(dimension) == choice]
    open_ = [choice for choice in others if choice not in replaced]
    left = 1.0 - REPLACED_SHARE * len(replaced)
    out: dict[object, float] = {registered: left * (REGISTERED_SHARE if open_ else 1.0)}
    out |= {choice: left * (1.0 - REGISTERED_SHARE) / len(open_) for choice in open_}
    return out | dict.fromkeys(replaced, REPLACED_SHARE)


def relative(specification: Specification) -> float:
    """How plausible a specification is beside the registered one, whose value is 1."""
    out = 1.0
    for dimension, choice in specification.changes:
        weights = plausibility(specification.panel, dimension)
        out *= weights[choice] / weights[DIMENSIONS[specification.panel][dimension][0]]
    return out
