"""What a refit of one logit is, and how its posterior is made.

A refit is a nested Laplace approximation that begins at that of the registered logit. Where its corrections are not
small (`FAR`), where it is not found, or where it is asked for, the posterior is drawn: by chains that are shorter than
those of a fit, with a gate that is scaled to them; what fails it is drawn again with shorter steps, one of four draws
kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.engine import sample, stream
from inference.engine.laplace.approximation import Approximation, Start, approximate
from inference.evidence.holdout import Scores
from inference.sampling.converge import Run, first_to_converge, judged
from inference.sampling.settings import Settings, seed_of
from models.claims.registry import Hypothesis
from models.design import Design

Float = NDArray[np.float64]

SETTINGS = Settings(chains=2, draws=400)
# How a refit is made: approximated where that is good, by short chains, or by chains as long as those of a fit.
APPROXIMATE, SHORT, FULL = "approximate", "short", "full"
LENGTHS = {SHORT: SETTINGS, FULL: Settings()}
TUNE = 120
CARE = ((0.85, 1), (0.95, 4), (0.99, 4))  # target acceptance and thinning of the attempts, until one passes its gate
DRAWS = 4000  # of a fit, whose gate on effective sample sizes is scaled to the draws of a refit
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


def moved(found: Approximation, terms: tuple[str, ...]) -> float:
    """How far the approximation was corrected, of the term that was moved farthest."""
    return float(found.moved[[found.design.terms.index(term) for term in terms]].max(initial=0.0))


def posterior_of(
    design: Design, terms: tuple[str, ...], made: str, seed: int, near: Callable[[], Start] | None = None
) -> Posterior:
    """The posterior of a logit ``made`` in one way: drawn, or approximated where that is good for ``terms``.

    ``near`` gives an approximation like this one, where it may begin; it is not asked where draws are wanted.
    """
    far = None
    if made == APPROXIMATE:
        found = approximate(design, near() if near else None)
        far = moved(found, terms)
        if found.converged and far <= FAR:
            return Posterior(made, found, None, (), seed, far)
    made = SHORT if made == APPROXIMATE else made
    drawn, failed = draw(design, seed, LENGTHS[made])
    return Posterior(made, None, drawn, failed, seed, far)


def refitted(
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
