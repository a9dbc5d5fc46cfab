"""Claims whose definition has changed since revision 1: what changed, on what grounds, when, and what they were.

A change is argued from the claim and from what a row of the panel can show, never from a posterior. What a claim was
stays a coding of its specification curve (``claim=revision-1``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.claims.claim import Hypothesis
from models.claims.estimand import POSITIVE, Estimand
from models.claims.registry import REGISTRY


@dataclass(frozen=True)
class Revision:
    """A claim as it was before a ``date``, what ``changed`` then, and the ``grounds``."""

    was: Hypothesis
    changed: str
    grounds: str
    date: str


REVISIONS = {
    revision.was.id: revision
    for revision in (
        Revision(
            replace(
                REGISTRY["bal-6"],
                exposures=("enemy_defeated", "enemy_defeated:wartime"),
                estimands=(Estimand("enemy_defeated:wartime", "dissolved", POSITIVE),),
                revision=1,
            ),
            "The enemy's defeat counts in the year of the victory and the year after it, no longer in the two years "
            "after it.",
            "A treaty that victory fulfils ends with it: of 26 obligations of wartime members that are dissolved in "
            "the year of a victory or the two after it, 24 are in the year itself, which the coding left out.",
            "2026-11-28",
        ),
        Revision(
            replace(
                REGISTRY["cond-5"],
                panel="joining",
                exposures=("side_share",),
                estimands=(Estimand("side_share", "joined", POSITIVE),),
                revision=1,
                note="a side's share of capabilities stands for its nearness to victory; few states join wars",
            ),
            "One row for each state that joins a war, which side it chose; no longer one for each side and year.",
            "A state chooses one side: its two rows were one choice counted twice, and years without a choice say who "
            "joins, not with whom.",
            "2026-11-28",
        ),
    )
}


def as_it_was(claim: Hypothesis) -> Hypothesis:
    """The claim by its definition of revision 1; the claim itself where that has not changed."""
    return REVISIONS[claim.id].was if claim.id in REVISIONS else claim
