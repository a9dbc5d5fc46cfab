"""Refits of one logit under another coding.

Under the coding in which outcomes exclude each other both are refitted as one model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from inference.engine import stream
from inference.engine.laplace.approximation import approximate
from inference.robustness.refits import multinomial
from inference.robustness.refits.refit import APPROXIMATE, FAR, FEW, SETTINGS, Refit, Slope, moved, refitted, scale
from inference.robustness.refits.registered import Registered
from inference.robustness.refits.under import of_claim, under_specification, weighted
from inference.robustness.specifications import Specification
from inference.sampling.settings import seed_of
from models.claims.registry import REGISTRY
from models.joint import Joint, admissible, together, view

Float = NDArray[np.float64]


def recoded(hypothesis: str, outcome: str, specification: str, panel: str, made: str = APPROXIMATE) -> Refit:
    """Refit a logit under a specification, given as its text form, ``made`` in one way."""
    coding = Specification.parse(specification, REGISTRY[hypothesis].panel)
    if coding.exclusive:
        return exclusive(hypothesis, coding, panel, made)[outcome]
    try:
        under = under_specification(hypothesis, outcome, coding, panel)
    except ValueError as error:
        return Refit(0, 0, impossible=str(error))
    facts = Refit(int(under.design.y.size), int(under.design.y.sum()))
    if facts.events < FEW:
        return replace(facts, impossible=f"{facts.events} events")
    registered = Registered(hypothesis, outcome, panel)
    _, found = refitted(under.design, facts, under.claim, specification, made, lambda: registered.start)
    return replace(found, slopes={under.names.get(term, term): slope for term, slope in found.slopes.items()})


@cache  # the refits of both outcomes ask for it
def exclusive(hypothesis: str, coding: Specification, panel: str, made: str = APPROXIMATE) -> dict[str, Refit]:
    """Refit all outcomes of a claim as one multinomial logit, by outcome, ``made`` in one way."""
    claim, frame = of_claim(coding, hypothesis, panel)
    try:
        designs = [weighted(claim.design(frame, outcome), frame, coding) for outcome in claim.outcomes]
        joint, both = admissible(together(designs, f"{hypothesis}.{coding}"))
    except ValueError as error:
        return dict.fromkeys(claim.outcomes, Refit(0, 0, impossible=str(error)))
    facts = {d.outcome: Refit(int(d.y.size), int(d.y.sum()), both=both) for d in joint.designs}
    if few := [f"{fact.events} events of {outcome}" for outcome, fact in facts.items() if fact.events < FEW]:
        return {outcome: replace(fact, impossible=", ".join(few)) for outcome, fact in facts.items()}
    terms = {outcome: claim.equation(outcome).exposures for outcome in claim.outcomes}
    if made == APPROXIMATE and (
        found := _exclusive_approximated(joint, facts, terms, seed_of(SETTINGS, joint.name, "multinomial"))
    ):
        return found
    drawn = multinomial.draw(joint, SETTINGS, scale(SETTINGS))
    return {
        outcome: replace(fact, slopes=_slopes(joint, drawn, outcome, terms[outcome]), failed=drawn.failed)
        for outcome, fact in facts.items()
    }


def _exclusive_approximated(
    joint: Joint, facts: Mapping[str, Refit], terms: Mapping[str, tuple[str, ...]], seed: int
) -> dict[str, Refit] | None:
    """The refits of a multinomial logit from approximations of its two logits; None where these are not good.

    Weights turn draws of the approximations into such of the multinomial logit. What they change is added to moments
    of the approximations: the noise of the draws, which is in both, goes out.
    """
    parts = {design.outcome: approximate(design) for design in joint.designs}
    far = {o: moved(part, terms[o]) for o, part in parts.items()}
    if max(far.values()) > FAR or not all(part.converged for part in parts.values()):
        return None
    drawn = multinomial.approximated(joint, list(parts.values()), SETTINGS.chains * SETTINGS.draws, seed)
    if drawn.failed:
        return None
    out = dict[str, Refit]()
    for outcome, part in parts.items():
        slopes = _slopes(joint, drawn, outcome, terms[outcome])
        for term in terms[outcome]:
            before = Slope.of(_slope_draws(joint, drawn, outcome, term))
            slopes[term] = Slope(*part.slope(term)).changed(before, slopes[term])
        out[outcome] = replace(facts[outcome], slopes=slopes, made=APPROXIMATE, moved=far[outcome])
    return out


def _slope_draws(joint: Joint, drawn: multinomial.Weighted, outcome: str, term: str) -> Float:
    return view(drawn.posterior, joint, outcome)["beta"].sel(predictor=term).to_numpy()


def _slopes(joint: Joint, drawn: multinomial.Weighted, outcome: str, terms: tuple[str, ...]) -> dict[str, Slope]:
    """Slopes of the exposures of one outcome of a multinomial logit, or its log rate, by weighted draws."""
    draws = {term: _slope_draws(joint, drawn, outcome, term) for term in terms}
    if not terms:
        draws["rate"] = np.log(stream.multinomial_mean_probability(joint, drawn.posterior)[outcome].to_numpy())
    return {term: Slope.of(values, drawn.weights.weight) for term, values in draws.items()}
