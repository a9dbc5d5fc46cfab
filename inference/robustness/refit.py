"""One refit of one logit: under another coding, or without a region, an era, an aggressor or a treaty.

A refit is a nested Laplace approximation that begins at that of the registered logit. Where its corrections are not
small (`FAR`), where it is not found, or where it is asked for, the posterior is drawn: by chains that are shorter than
those of a fit, with a gate that is scaled to them; what fails it is drawn again with shorter steps, one of four draws
kept. Under the coding in which outcomes exclude each other both are refitted as one model, always by draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference import panels
from inference.engine import sample, stream
from inference.engine.laplace.approximation import Approximation, Start, approximate
from inference.evidence.holdout import Scores, score
from inference.robustness import multinomial, recoding
from inference.robustness.specifications import Specification
from inference.sampling.converge import Run, first_to_converge, judged
from inference.sampling.settings import Settings, seed_of
from models.claims.registry import OUTCOMES, REGISTRY, Hypothesis
from models.design import Design
from models.joint import Joint, admissible, together, view

if TYPE_CHECKING:
    import pandas as pd

Float = NDArray[np.float64]

SETTINGS = Settings(chains=2, draws=400)
# How a refit is made: approximated where that is good, by short chains, or by chains as long as those of a fit.
APPROXIMATE, SHORT, FULL = "approximate", "short", "full"
LENGTHS = {SHORT: SETTINGS, FULL: Settings()}
TUNE = 120
CARE = ((0.85, 1), (0.95, 4), (0.99, 4))  # target acceptance and thinning of the attempts, until one passes its gate
DRAWS = 4000  # of a fit, whose gate on effective sample sizes is scaled to the draws of a refit
AGGRESSORS = 15  # with the most events, each left out in turn
FEW = 5  # events below which nothing is refitted
FAR = 0.3  # posterior sds: what is left out of the approximation is of the order of the square, a tenth


@dataclass(frozen=True)
class Slope:
    """Posterior mean, standard deviation and probability above 0 of a slope, or of the log rate."""

    mean: float
    sd: float
    positive: float

    @classmethod
    def of(cls, draws: Float, weight: Float | None = None) -> Self:
        """Those of draws (chain, draw), each counted by its ``weight`` if they have some."""
        mean = np.average(draws, weights=weight)
        sd = np.sqrt(np.average((draws - mean) ** 2, weights=weight))
        return cls(float(mean), float(sd), float(np.average(draws > 0, weights=weight)))

    def changed(self, before: Slope, after: Slope) -> Slope:
        """The slope changed by what the slope ``after`` has more than that ``before``."""
        positive = min(max(self.positive + after.positive - before.positive, 0.0), 1.0)
        return Slope(self.mean + after.mean - before.mean, self.sd * after.sd / before.sd, positive)


@dataclass(frozen=True)
class Refit:
    """A refit of one logit: rows and events, slopes by exposure, and the checks that failed at the last attempt.

    ``impossible`` says why there is no refit. Where rows were left out, ``group`` and ``level`` name them, ``rows`` and
    ``events`` count them, and ``scores`` are of the predictions for them. Where outcomes exclude each other, ``both``
    counts the rows that were left out because both happened. ``made`` is a way of making it, ``moved`` how far
    the approximation was corrected, in posterior sds of the exposure that was moved farthest.
    """

    rows: int
    events: int
    slopes: Mapping[str, Slope] = field(default_factory=dict)
    failed: tuple[str, ...] = ()
    impossible: str | None = None
    group: str | None = None
    level: str | None = None
    scores: Scores | None = None
    both: int = 0
    made: str = SHORT
    moved: float | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """The refit that plain values, as the fleet keeps them, stand for."""
        slopes = {term: Slope(**slope) for term, slope in values["slopes"].items()}
        scores = values["scores"] and Scores(**values["scores"])
        return cls(**{**values, "slopes": slopes, "scores": scores, "failed": tuple(values["failed"])})


def scale(settings: Settings) -> float:
    """How many draws there are for each of a fit: what the gate on effective sample sizes is scaled by."""
    return settings.chains * settings.draws / DRAWS


def draw(design: Design, seed: int, settings: Settings = SETTINGS) -> tuple[xr.Dataset, tuple[str, ...]]:
    """Posterior draws, and the checks that failed at the last attempt."""
    chains, draws = settings.chains, settings.draws

    def attempt(care: int) -> Run:
        accept, thin = CARE[care]
        tree = sample(design, chains=chains, draws=draws, tune=TUNE, seed=seed, target_accept=accept, thin=thin)
        return judged(tree, chains, draws, scale=scale(settings))

    run = first_to_converge(attempt, len(CARE))
    return run.posterior, tuple(run.failed)


@lru_cache(maxsize=2)  # the parts of one logit are left out one after another
def _registered(hypothesis: str, outcome: str, panel: str) -> tuple[pd.DataFrame, Design]:
    """The panel of a claim and the design of one of its logits."""
    claim = REGISTRY[hypothesis]
    frame = panels.read(claim.panel, Path(panel))
    return frame, claim.design(frame, outcome)


@cache
def _registered_start(hypothesis: str, outcome: str, panel: str) -> Start:
    """The approximate posterior of a logit as registered, where approximations of its refits begin."""
    return approximate(_registered(hypothesis, outcome, panel)[1]).start


class Posterior(NamedTuple):
    """What stands for the posterior of a refit: an approximation, or draws and the checks that they failed."""

    made: str
    approximation: Approximation | None
    drawn: xr.Dataset | None
    failed: tuple[str, ...]
    seed: int
    moved: float | None

    def draws(self, count: int = SETTINGS.chains * SETTINGS.draws) -> xr.Dataset:
        """Draws of all latents and scales; ``count`` of an approximation, at the scales about which it was made."""
        if self.drawn is not None:
            return self.drawn
        assert self.approximation is not None
        return self.approximation.draws(count, self.seed)

    def slope(self, term: str) -> Slope:
        """Moments of the slope of a term."""
        if self.approximation is not None:
            return Slope(*self.approximation.slope(term))
        return Slope.of(self.draws()["beta"].sel(predictor=term).to_numpy())


def _moved(found: Approximation, terms: tuple[str, ...]) -> float:
    """How far the approximation was corrected, of the term that was moved farthest."""
    return float(found.moved[[found.design.terms.index(term) for term in terms]].max(initial=0.0))


def posterior_of(
    design: Design, terms: tuple[str, ...], made: str, seed: int, near: Callable[[], Start] | None = None
) -> Posterior:
    """The posterior of a logit ``made`` in one way: drawn, or approximated where that is good for ``terms``.

    ``near`` gives an approximation like this one, where it may begin; it is not asked where draws are wanted.
    """
    moved = None
    if made == APPROXIMATE:
        found = approximate(design, near() if near else None)
        moved = _moved(found, terms)
        if found.converged and moved <= FAR:
            return Posterior(made, found, None, (), seed, moved)
    made = SHORT if made == APPROXIMATE else made
    drawn, failed = draw(design, seed, LENGTHS[made])
    return Posterior(made, None, drawn, failed, seed, moved)


def _refitted(
    design: Design, facts: Refit, claim: Hypothesis, change: str, made: str, near: Callable[[], Start]
) -> tuple[Posterior, Refit]:
    """The posterior of a design, and ``facts`` with the slopes of its exposures; ``change`` is part of the seed."""
    terms = claim.equation(design.outcome).exposures
    seed = seed_of(SETTINGS, f"{claim.id}.{design.outcome}", change)
    posterior = posterior_of(design, terms, made, seed, near)
    slopes = {term: posterior.slope(term) for term in terms}
    if not terms:
        slopes["rate"] = Slope.of(np.log(stream.mean_probability(design, posterior.draws(), design.x)))
    return posterior, replace(facts, slopes=slopes, failed=posterior.failed, made=posterior.made, moved=posterior.moved)


def weighted(design: Design, frame: pd.DataFrame, specification: Specification) -> Design:
    """The design, with every dyad-year or every treaty counted once where the specification says so."""
    event = dict(specification.changes).get("event")
    if event == "dyad":
        return replace(design, weight=None)
    if event == "treaty":
        events = frame.iloc[design.rows].assign(**{design.outcome: design.y})
        return replace(design, weight=recoding.treaty_weights(events, design.outcome))
    return design


def aggressors(panel: pd.DataFrame, outcomes: tuple[str, ...] = OUTCOMES) -> list[int]:
    """The aggressors with the most events of any of the outcomes, each left out in turn."""
    events = panel[list(outcomes)].sum(axis=1).groupby(panel["aggressor"]).sum()
    return [int(code) for code in events.nlargest(AGGRESSORS).index]


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
    near = partial(_registered_start, hypothesis, outcome, panel)
    found = _refitted(under.design, facts, under.claim, specification, made, near)[1]
    return replace(found, slopes={under.names.get(term, term): slope for term, slope in found.slopes.items()})


class Under(NamedTuple):
    """A claim under a specification: its panel, one of its logits, and what its terms are called as registered."""

    claim: Hypothesis
    frame: pd.DataFrame
    design: Design
    names: dict[str, str]


def under_specification(hypothesis: str, outcome: str, coding: Specification, panel: str) -> Under:
    """A logit of a claim under a specification; ValueError where no model follows from its panel."""
    claim, frame = _under(coding, hypothesis, panel)
    registered = REGISTRY[hypothesis]
    # A claim as it was may have had another outcome, and other terms.
    design = claim.design(frame, claim.outcomes[registered.outcomes.index(outcome)])
    names = {was.term: now.term for was, now in zip(claim.estimands, registered.estimands, strict=True)}
    return Under(claim, frame, weighted(design, frame, coding), names)


def _under(coding: Specification, hypothesis: str, panel: str) -> tuple[Hypothesis, pd.DataFrame]:
    """A claim under a specification, and the panel that it is fitted to."""
    return recoding.reclassified(REGISTRY[hypothesis], coding), recoding.recoded(coding, Path(panel))


@cache  # the refits of both outcomes ask for it
def exclusive(hypothesis: str, coding: Specification, panel: str, made: str = APPROXIMATE) -> dict[str, Refit]:
    """Refit all outcomes of a claim as one multinomial logit, by outcome, ``made`` in one way."""
    claim, frame = _under(coding, hypothesis, panel)
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
    moved = {o: _moved(part, terms[o]) for o, part in parts.items()}
    if max(moved.values()) > FAR or not all(part.converged for part in parts.values()):
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
        out[outcome] = replace(facts[outcome], slopes=slopes, made=APPROXIMATE, moved=moved[outcome])
    return out


def _slope_draws(joint: Joint, drawn: multinomial.Weighted, outcome: str, term: str) -> Float:
    return view(drawn.posterior, joint, outcome)["beta"].sel(predictor=term).to_numpy()


def _slopes(joint: Joint, drawn: multinomial.Weighted, outcome: str, terms: tuple[str, ...]) -> dict[str, Slope]:
    """Slopes of the exposures of one outcome of a multinomial logit, or its log rate, by weighted draws."""
    draws = {term: _slope_draws(joint, drawn, outcome, term) for term in terms}
    if not terms:
        draws["rate"] = np.log(stream.multinomial_mean_probability(joint, drawn.posterior)[outcome].to_numpy())
    return {term: Slope.of(values, drawn.weights.weight) for term, values in draws.items()}


def left_out(hypothesis: str, outcome: str, group: str, level: str, panel: str, made: str = APPROXIMATE) -> Refit:
    """Refit a logit without the rows of a region, an era, an aggressor or a treaty, and score it on them.

    A level without rows keeps an effect drawn from its prior, so the prediction for it is that for a new one. A treaty
    is the rows in which it was signed: what they would have been without it is not known, so they have no score.
    """
    claim, (frame, design) = REGISTRY[hypothesis], _registered(hypothesis, outcome, panel)
    held = rows_of(frame, group, level)[design.rows]
    rest, away = design.subset(~held), design.subset(held)
    facts = Refit(int(away.y.size), int(away.y.sum()), group=group, level=level)
    if not held.any() or rest.y.sum() < FEW:
        return replace(facts, impossible=f"{facts.rows} rows to leave out, {int(rest.y.sum())} events left")
    near = partial(_registered_start, hypothesis, outcome, panel)
    posterior, found = _refitted(rest, facts, claim, f"without {group}={level}", made, near)
    if group == "treaty":
        return found
    probability = stream.row_probability(away, posterior.draws())
    return replace(found, scores=score(away, probability, float(rest.decisions.mean())))


def rows_of(frame: pd.DataFrame, group: str, level: str) -> NDArray[np.bool_]:
    """Which rows of a panel are of a level of a group (row,); of a treaty, those that it made an event."""
    if group != "treaty":
        return (frame[group].astype(str) == level).to_numpy()
    signed = [frame[column].astype(str) == level for column in recoding.TREATIES.values() if column in frame]
    return np.any(signed, axis=0)
