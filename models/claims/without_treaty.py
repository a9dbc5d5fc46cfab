"""Carter's four claims (2022) about alignment without a treaty, 1976-2015: registered on 2026-11-28, before any fit.

Each has the exposures, adjustment set and expected signs of its original, so that slopes can be compared. Nothing in
the informal panel is balancing, so the estimand of carter-2 that compares the two has no counterpart.
"""

from __future__ import annotations

from models.claims import carter
from models.claims.claim import Hypothesis
from models.claims.estimand import Estimand, outcomes_of

PANEL = "informal"
SOURCE = "this project, after Carter (2022)"
NOTE = "alignment without a treaty: military support begun in a conflict, defence agreements signed (1980-2010)"
# A conflict is a part of duress and what support is given in.
PARTLY_DEFINED = "support needs a conflict, which duress is measured by: read its slope on agreements first"
NOTES = {"carter-3": f"; {PARTLY_DEFINED}"}


def _without_a_treaty(original: Hypothesis) -> Hypothesis:
    expected = [e for e in original.estimands if e.outcome == "bandwagon"]
    return Hypothesis(
        id=original.id.replace("carter", PANEL),
        claim=f"Without a treaty: {original.claim[0].lower()}{original.claim[1:]}",
        source=SOURCE,
        exposures=original.exposures,
        estimands=tuple(Estimand(e.term, outcome, e.expectation) for outcome in outcomes_of(PANEL) for e in expected),
        panel=PANEL,
        note=NOTE + NOTES.get(original.id, ""),
    )


CLAIMS = tuple(_without_a_treaty(original) for original in carter.CLAIMS)
