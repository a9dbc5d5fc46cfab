"""The registered claims: adding one is adding one value.

The 36 claims are those of Walt (1987), in ``models.claims.walt``, and of Carter (2022), in ``models.claims.carter``.
Beside them stand Carter's claims about alignment without a treaty, in ``models.claims.without_treaty``, and ``all-in``:
a description of all drivers, whose slopes are not effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from models.claims import carter, without_treaty
from models.claims.claim import Hypothesis
from models.claims.estimand import NEGATIVE, OUTCOMES, POSITIVE, RATIO, Estimand
from models.claims.walt import threats, ties
from models.priors import ALL_IN

__all__ = ["FAMILIES", "OUTCOMES", "RATIO", "REGISTRY", "Estimand", "Hypothesis", "archive_of", "get"]

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
        Estimand("threat", "bandwagon", POSITIVE),
        Estimand("proximity", "bandwagon", POSITIVE),
        Estimand("support", "bandwagon", NEGATIVE),
        Estimand("duress", "bandwagon", POSITIVE),
        Estimand("duress:threat", "bandwagon", POSITIVE),
    ),
    priors=ALL_IN,
    note="each slope holds the other drivers constant, mediators included",
)
FAMILIES: dict[str, tuple[Hypothesis, ...]] = {"Carter": carter.CLAIMS, **threats.FAMILIES, **ties.FAMILIES}
REGISTRY: dict[str, Hypothesis] = {
    claim.id: claim for claim in (*chain(*FAMILIES.values()), *without_treaty.CLAIMS, EVERYTHING)
}


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
