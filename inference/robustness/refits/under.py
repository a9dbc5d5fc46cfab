"""A claim under another coding: its panel and the design of one of its logits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from inference.robustness import recoding
from inference.robustness.specifications import Specification
from models.claims.registry import REGISTRY, Hypothesis
from models.design import Design

if TYPE_CHECKING:
    import pandas as pd


def weighted(design: Design, frame: pd.DataFrame, specification: Specification) -> Design:
    """The design, with every dyad-year or every treaty counted once where the specification says so."""
    event = dict(specification.changes).get("event")
    if event == "dyad":
        return replace(design, weight=None)
    if event == "treaty":
        events = frame.iloc[design.rows].assign(**{design.outcome: design.y})
        return replace(design, weight=recoding.treaty_weights(events, design.outcome))
    return design


class Under(NamedTuple):
    """A claim under a specification: its panel, one of its logits, and what its terms are called as registered."""

    claim: Hypothesis
    frame: pd.DataFrame
    design: Design
    names: dict[str, str]


def under_specification(hypothesis: str, outcome: str, coding: Specification, panel: str) -> Under:
    """A logit of a claim under a specification; ValueError where no model follows from its panel."""
    claim, frame = of_claim(coding, hypothesis, panel)
    registered = REGISTRY[hypothesis]
    # A claim as it was may have had another outcome, and other terms.
    design = claim.design(frame, claim.outcomes[registered.outcomes.index(outcome)])
    names = {was.term: now.term for was, now in zip(claim.estimands, registered.estimands, strict=True)}
    return Under(claim, frame, weighted(design, frame, coding), names)


def of_claim(coding: Specification, hypothesis: str, panel: str) -> tuple[Hypothesis, pd.DataFrame]:
    """A claim under a specification, and the panel that it is fitted to."""
    return recoding.reclassified(REGISTRY[hypothesis], coding), recoding.recoded(coding, Path(panel))
