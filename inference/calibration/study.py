"""One replicate: a truth from the prior, data from the truth, a fit, and the truth's rank among the draws.

The panel is a reduced one: 800 simulated dyad-years in 5 regions and 4 eras. The model has every kind of term
that registered ones have: a binary and a continuous exposure whose slopes vary by region, their product, and
two shrunk slopes of an adjustment set. Only the intercept is higher than registered, so that 800 rows have some
hundred events. Of each chain every fourth draw is kept: these are as good as independent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from data import synthetic
from inference.calibration.ranks import rank
from inference.engine import sample
from inference.evidence import datagrid
from models.design import Design, build
from models.parameters import draw
from models.priors import Normal, Priors

Float = NDArray[np.float64]
Parameters = dict[str, Float]  # by name, the draw first, as in `models.parameters.draw`

ROWS, REGIONS, ERAS = 800, 5, 4
PANEL_SEED = 1
TERMS = ("duress", "threat", "duress:threat", "power", "support")
PRIORS = Priors(alpha={"bandwagon": Normal(-2.0, 0.7, "events in one row of seven or so: the panel is small")})
DRAWS, THIN, TUNE = 199, 4, 300  # kept draws, one of how many, and warm-up draws
SCALES = ("sigma_region", "sigma_era", "sigma_gamma", "sigma_beta")


@dataclass(frozen=True)
class Study:
    """What all replicates share: the design but for its outcome, and predictors under a contrast."""

    design: Design
    raised: Float  # (obs, predictor): with duress everywhere
    lowered: Float  # (obs, predictor): with duress nowhere


def _same(design: Design, _: np.random.Generator) -> Design:
    return design


def _as_drawn(parameters: Parameters, _: np.random.Generator) -> Parameters:
    return parameters


@dataclass(frozen=True)
class Fault:
    """A corruption of what the engine is given, or of the draws that it returns; by default none."""

    name: str
    words: str
    fitted: Callable[[Design, np.random.Generator], Design] = _same
    drawn: Callable[[Parameters, np.random.Generator], Parameters] = _as_drawn


HEALTHY = Fault("engine", "the engine as it is")


@dataclass(frozen=True)
class Replicate:
    """Rank of the truth among `DRAWS` draws by quantity, and divergences of the chain."""

    ranks: dict[str, int]
    divergences: int


@cache
def study() -> Study:
    """The reduced panel's design."""
    frame = synthetic.covariates(40 * ROWS, np.random.default_rng(PANEL_SEED))
    regions, eras = (frame[name].value_counts().index[:n] for name, n in (("region", REGIONS), ("era", ERAS)))
    frame = frame[frame["region"].isin(regions) & frame["era"].isin(eras)].sample(ROWS, random_state=PANEL_SEED)
    frame = frame.assign(bandwagon=(np.arange(ROWS) % 2).astype(np.int8))  # replaced in every replicate
    design = build(
        frame, "bandwagon", TERMS, name="calibration", varying=TERMS[:2], priors=PRIORS, shrunk=TERMS[3:]
    )  # fmt: skip
    (_, raised), (_, lowered) = datagrid.risk_difference(design, frame, "duress")
    return Study(design, raised, lowered)


def linear_predictor(design: Design, x: Float, parameters: Parameters) -> Float:
    """Log odds (draw, obs) of the rows of ``design`` with predictors ``x`` (obs, predictor)."""
    eta = parameters["alpha"][:, None] + parameters["beta"] @ x.T
    for name, group in design.groups.items():
        eta += parameters[f"alpha_{name}"][:, group.index]
    for k, column in enumerate(design.varying_columns):
        eta += parameters["gamma"][:, k, design.groups["region"].index] * x[:, column]
    return eta


def simulate(design: Design, truth: Parameters, rng: np.random.Generator) -> Design:
    """``design`` with an outcome drawn from the one draw ``truth``."""
    probability = expit(linear_predictor(design, design.x, truth)[0])
    return replace(design, y=(rng.random(design.y.size) < probability).astype(np.int8), weight=None)


def quantities(shared: Study, design: Design, parameters: Parameters) -> dict[str, Float]:
    """What is ranked (draw,): intercept, slopes, scales, an average risk difference and the log likelihood.

    The log likelihood depends on the data: it notices a posterior that learns nothing or not enough from them,
    for which the ranks of parameters are uniform all the same (Modrak et al. 2023).
    """
    eta = linear_predictor(design, design.x, parameters)
    contrast = [expit(linear_predictor(design, x, parameters)).mean(axis=1) for x in (shared.raised, shared.lowered)]
    out = {"alpha": parameters["alpha"]}
    out |= {f"beta[{term}]": value for term, value in zip(design.terms, parameters["beta"].T, strict=True)}
    out |= {name: parameters[name] for name in SCALES if parameters[name].ndim == 1}
    out |= {
        f"sigma_gamma[{term}]": value for term, value in zip(design.varying, parameters["sigma_gamma"].T, strict=True)
    }
    out["risk difference of duress"] = contrast[0] - contrast[1]
    out["log likelihood"] = (design.y * eta - np.logaddexp(0.0, eta)).sum(axis=1)
    return out


def replicate(shared: Study, fault: Fault, seed: tuple[int, ...]) -> Replicate:
    """Ranks of one truth among the draws from its posterior, under ``fault``; all randomness from ``seed``."""
    rng = np.random.default_rng(seed)
    truth = draw(shared.design, 1, rng)
    design = simulate(shared.design, truth, rng)
    tree = sample(
        fault.fitted(design, rng), chains=1, draws=DRAWS * THIN, tune=TUNE, seed=int(rng.integers(2**32)), cores=1
    )
    posterior, statistics = tree["posterior"].to_dataset(), tree["sample_stats"].to_dataset()
    drawn = fault.drawn({name: posterior[name].to_numpy()[0] for name in truth}, rng)
    thinned = {name: value[THIN - 1 :: THIN] for name, value in drawn.items()}
    true, found = (quantities(shared, design, parameters) for parameters in (truth, thinned))
    ranks = {name: int(rank(found[name], true[name][0])) for name in true}
    return Replicate(ranks, int(statistics["diverging"].sum()))
