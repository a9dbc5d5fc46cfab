r"""A second estimator beside the logits: what duress does to alignment, doubly robust, on simulated panels.

The estimand is the same: the mean over dyad-years of the probability of an alignment under duress less that in calm,
all else as it is. The augmented inverse-probability weighted estimate (Robins, Rotnitzky and Zhao 1994)

.. math::  \hat\tau = \frac1n \sum_r \hat m_1(x_r) - \hat m_0(x_r) + \frac{d_r (y_r - \hat m_1(x_r))}{\hat e(x_r)}
           - \frac{(1 - d_r)(y_r - \hat m_0(x_r))}{1 - \hat e(x_r)}

is right where either the probability of an alignment :math:`m_d` or that of duress :math:`e` is. Both are plain
logits here, without priors, regional slopes or effects of actors, and its error is that of states as clusters. With
``m`` a constant it still has to be right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from inference.calibration.worlds import effect_recovery, simulated_world
from inference.calibration.worlds.effect_recovery import CHAINS, DRAWS, TUNE
from inference.calibration.worlds.simulated_world import World
from inference.calibration.worlds.truths import Truth
from inference.counterfactual.simulation import chain
from inference.engine import sample
from inference.engine.density.layout import level_index
from models.claims.links import ALIGNMENT
from models.claims.registry import OUTCOMES
from models.design import Design
from models.structure import CELLS
from models.terms import variables

Float = NDArray[np.float64]
DURESS = "duress"
LEAST = 0.02  # probability of duress or of calm that weights are bounded by
ERRORS, AGREE = 2.0, 0.9  # standard errors within which both are to be, and in what share of worlds
RIDGE = 1e-3  # on the coefficients of the plain logits, so that they exist
OURS, DOUBLE, BY_WEIGHTS = "this project's logits", "doubly robust", "doubly robust, outcome model a constant"


@dataclass(frozen=True)
class Estimated:
    """An estimate per 1,000 dyad-years with its standard error, beside the truth of one world."""

    world: int
    outcome: str
    by: str
    truth: float
    value: float
    error: float


def without_error(what: Truth) -> Truth:
    """The truth with capacity measured exactly: the second estimator knows of no error of measurement."""
    return replace(what, error_sd=0.0)


def logit(x: Float, y: Float) -> Float:
    """Coefficients of a logit by penalised maximum likelihood."""

    def loss(b: Float) -> tuple[float, Float]:
        eta = x @ b
        value = -(y * log_expit(eta) + (1 - y) * log_expit(-eta)).sum() + RIDGE * b @ b
        return value, x.T @ (expit(eta) - y) + 2 * RIDGE * b

    return minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 2000}).x


def _predictors(design: Design, duress: float) -> Float:
    """Predictors (obs, predictor) with all rows under duress (1) or in calm (0)."""
    x, at = design.x.copy(), design.terms.index(DURESS)
    x[:, at] = (duress - design.scaling[DURESS].centre) / design.scaling[DURESS].scale
    for k in _products(design):
        x[:, k] = x[:, [design.terms.index(name) for name in variables(design.terms[k])]].prod(axis=1)
    return x


def _products(design: Design) -> list[int]:
    """Positions of the products of duress."""
    return [k for k, term in enumerate(design.terms) if DURESS in variables(term) and term != DURESS]


def _with_groups(design: Design, x: Float) -> Float:
    """Predictors, and region and era as indicators (obs, column)."""
    return np.column_stack([x, *(design.groups[name].indicators for name in CELLS)])


def doubly_robust(design: Design, states: NDArray[np.intp], *, constant: bool = False) -> tuple[float, float]:
    """The doubly robust estimate per 1,000 rows and its standard error, over states as clusters.

    ``states`` (obs,) are the clusters; with ``constant`` the outcome model is the mean under duress and in calm.
    """
    y, scaling = design.y.astype(float), design.scaling[DURESS]
    d = design.x[:, design.terms.index(DURESS)] * scaling.scale + scaling.centre
    if constant:
        m1, m0 = np.full_like(y, y[d == 1].mean()), np.full_like(y, y[d == 0].mean())
    else:
        under, calm = (_with_groups(design, _predictors(design, value)) for value in (1.0, 0.0))
        b = logit(np.where(d[:, None] == 1, under, calm), y)
        m1, m0 = expit(under @ b), expit(calm @ b)
    causes = _with_groups(design, np.delete(design.x, [design.terms.index(DURESS), *_products(design)], axis=1))
    e = np.clip(expit(causes @ logit(causes, d)), LEAST, 1 - LEAST)
    each = 1000 * (m1 - m0 + d * (y - m1) / e - (1 - d) * (y - m0) / (1 - e))
    total = np.bincount(np.unique(states, return_inverse=True)[1], weights=each - each.mean())
    return float(each.mean()), float(np.sqrt((total**2).sum()) / y.size * np.sqrt(total.size / (total.size - 1)))


def ours(design: Design, seed: int) -> Float:
    """Draws of the same contrast per 1,000 rows from the posterior of the link (draw,)."""
    tree = sample(design, chains=CHAINS, draws=DRAWS, tune=TUNE, seed=seed, cores=1)
    link = chain.logit(design, tree["posterior"].to_dataset())
    region, era = (design.groups[name].index for name in ("region", "era"))
    base = link.intercept[region, era]
    for group in level_index(design):
        base = base + link.level[group]
    under, calm = (
        expit(base + np.einsum("ok,okd->od", _predictors(design, value), link.slope[region])).mean(axis=0)
        for value in (1.0, 0.0)
    )
    return 1000 * (under - calm)


def truth_of(w: World, outcome: str, design: Design) -> float:
    """The true contrast per 1,000 rows of a world."""
    frame, observed = w.alignment.iloc[design.rows], {name: values[:, None] for name, values in w.histories.items()}
    forced = [observed | {DURESS: np.full_like(observed[DURESS], value)} for value in (1.0, 0.0)]
    p = [simulated_world.probability(w.truth, outcome, frame, histories, w.columns) for histories in forced]
    return 1000 * float((p[0] - p[1]).mean())


def replicate(seed: int) -> list[Estimated]:
    """One world: the contrast of each outcome by this project's logits and by the second estimator, and the truth."""
    w, out = simulated_world.world(seed, without_error), []
    for outcome in OUTCOMES:
        design = effect_recovery.logit_design(w, ALIGNMENT, outcome)
        states = w.alignment["state"].to_numpy()[design.rows]
        draws = ours(design, seed)
        found = {OURS: (float(draws.mean()), float(draws.std()))}
        found |= {DOUBLE: doubly_robust(design, states), BY_WEIGHTS: doubly_robust(design, states, constant=True)}
        true = truth_of(w, outcome, design)
        out += [Estimated(seed, outcome, by, true, *estimate) for by, estimate in found.items()]
    return out
