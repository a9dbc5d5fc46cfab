"""The registered claims: adding one is adding one value.

The 36 claims come from Walt (1987), in ``models.claims.walt``, and Carter (2022), in ``models.claims.carter``;
``all-in`` is a description beside them, without an effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from models.claims import carter, walt
from models.claims.claim import OUTCOMES, PANELS, RATIO, Equation, Estimand, Hypothesis
from models.priors import ALL_IN

__all__ = [
    "FAMILIES",
    "OUTCOMES",
    "PANELS",
    "RATIO",
    "REGISTRY",
    "Equation",
    "Estimand",
    "Hypothesis",
    "archive_of",
    "get",
]

EVERYTHING = Hypothesis(
    id="all-in",
    claim="All measured drivers at once: a description, whose slopes are not effects.",
    source="this project",
    exposures=("threat", "proximity", "support", "duress", "duress:threat"),
    adjust_for=(
        "threat_other",
        "power",
        "past_alliance",
        "colonial_tie",
        "own_revisionism",
        "capacity",
        "similarity",
        "offence",
        "aggression",
    ),
    estimands=(
        Estimand("threat", "bandwagon", 1),
        Estimand("proximity", "bandwagon", 1),
        Estimand("support", "bandwagon", -1),
        Estimand("duress", "bandwagon", 1),
        Estimand("duress:threat", "bandwagon", 1),
    ),
    priors=ALL_IN,
    note="each slope holds the other drivers constant, mediators included",
)
FAMILIES: dict[str, tuple[Hypothesis, ...]] = {"Carter": carter.CLAIMS, **walt.FAMILIES}
REGISTRY: dict[str, Hypothesis] = {claim.id: claim for claim in (*chain(*FAMILIES.values()), EVERYTHING)}


def archive_of(hypothesis: Hypothesis) -> str:
    """The id that the posterior is kept under: that of the first claim with the same model."""
    return next((known.id for known in REGISTRY.values() if known.model == hypothesis.model), hypothesis.id)


def get(ids: str | None, known: Mapping[str, Hypothesis] | None = None) -> list[Hypothesis]:
    """The hypotheses of a comma- or space-separated list of ids; all of them for None or ''.

    ``known`` are the ones to choose from, by default the claims. Raises ValueError naming the unknown id and the
    choices.
    """
    known = REGISTRY if known is None else known
    if not ids:
        return list(known.values())
    wanted = ids.replace(",", " ").split()
    for name in wanted:
        if name not in known:
            raise ValueError(f"unknown hypothesis {name!r}: choose from {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(wanted)]
