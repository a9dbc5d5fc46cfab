r"""One replicate: a truth from the prior, data from the truth, a fit, and the truth's rank among the draws.

Ranked are all parameters but for most levels of the groupings, all estimands, and functions of parameters and data
that notice what single parameters do not (Modrak et al. 2023): the log likelihood of each outcome, for a posterior that
learns nothing or not enough; the log density of the effects of a grouping given their scales and correlation, for
outcomes that are put together wrongly; and the log prior density of all correlations.

Of each chain some draws are left out between those that are kept: these are as good as independent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import expit

from inference.calibration.ranks import rank
from inference.calibration.reduced_panel import EXPOSURES, Study
from inference.engine import sample
from models.design import Design
from models.joint import Joint, draw_prior, view

Float = NDArray[np.float64]
Generator = np.random.Generator
Parameters = dict[str, dict[str, Float]]  # by outcome and name, the draw first, as in `models.joint.draw_prior`

DRAWS, THIN, TUNE = 199, 6, 300  # kept draws, one of how many, and warm-up draws
LEVELS = 2  # of each grouping whose effects are ranked: that with the most rows, and that with the fewest


def _same(joint: Joint, _: Generator) -> Joint:
    return joint


def _as_drawn(parameters: Parameters, _: Generator) -> Parameters:
    return parameters


def _by_engine(joint: Joint, seed: int) -> xr.DataTree:
    """One chain of the engine, thinned."""
    return sample(joint, chains=1, draws=DRAWS, thin=THIN, tune=TUNE, seed=seed, cores=1)


@dataclass(frozen=True)
class Fault:
    """A corruption of the model that is fitted, of its sampler, or of the draws; by default none."""

    name: str
    words: str
    fitted: Callable[[Joint, Generator], Joint] = _same
    sampler: Callable[[Joint, int], xr.DataTree] = _by_engine
    drawn: Callable[[Parameters, Generator], Parameters] = _as_drawn


HEALTHY = Fault("engine", "the engine as it is")


@dataclass(frozen=True)
class Replicate:
    """Rank of the truth among `DRAWS` draws by quantity, and divergences of the chain."""

    ranks: dict[str, int]
    divergences: int


def linear_predictor(design: Design, x: Float, parameters: dict[str, Float]) -> Float:
    """Log odds (draw, obs) of the rows of ``design`` with predictors ``x`` (obs, predictor)."""
    eta = parameters["alpha"][:, None] + parameters["beta"] @ x.T
    for name, variance in design.error.items():
        eta += 0.5 * variance * parameters["beta"][:, design.terms.index(name), None] ** 2
    for name, group in design.groups.items():
        eta += parameters[f"alpha_{name}"][:, group.index]
    for k, column in enumerate(design.varying_columns):
        eta += parameters["gamma"][:, k, design.groups["region"].index] * x[:, column]
    return eta


def simulate(shared: Study, truth: Parameters, rng: Generator) -> Joint:
    """The model of ``shared`` with outcomes drawn from the one draw ``truth``: one for all rows of a decision."""
    designs = []
    for design in shared.joint.designs:
        probability = expit(linear_predictor(design, design.x, truth[design.outcome])[0])
        decision = shared.decisions[design.outcome]
        happened = rng.random(decision.max() + 1)[decision] < probability
        designs.append(replace(design, y=happened.astype(np.int8)))
    return replace(shared.joint, designs=tuple(designs))


def quantities(shared: Study, joint: Joint, parameters: Parameters) -> dict[str, Float]:
    """What is ranked (draw,), by name: parameters, estimands, and log densities."""
    out, rates = dict[str, Float](), []
    for design in joint.designs:
        mine = parameters[design.outcome]
        eta = linear_predictor(design, design.x, mine)
        rates.append(expit(eta).mean(axis=1))
        own = _of_outcome(design, mine)
        for term, signed in shared.contrasts[design.outcome].items():
            means = [sign * expit(linear_predictor(design, x, mine)).mean(axis=1) for sign, x in signed]
            own[f"risk difference[{term}]"] = np.sum(means, axis=0)
        own["log likelihood"] = (design.row_weight * (design.y * eta - np.logaddexp(0.0, eta))).sum(axis=1)
        out |= {f"{design.outcome} {name}": value for name, value in own.items()}
    one, two = (parameters[outcome] for outcome in joint.outcomes)
    out |= {name: one[name] for name in joint.correlations}
    for term in EXPOSURES:
        slopes = [parameters[d.outcome]["beta"][:, d.terms.index(term)] for d in joint.designs]
        out[f"delta[{term}]"] = slopes[0] - slopes[1]
    out["log ratio of rates"] = np.log(rates[1] / rates[0])
    out["log prior of rho"] = np.sum([prior.logp(one[name]) for name, prior in joint.correlations.items()], axis=0)
    densities = {f"log density of {name}": log_density_of_effects(one, two, name) for name in joint.groups}
    return out | densities | {"log density of effects": np.sum(list(densities.values()), axis=0)}


def _of_outcome(design: Design, mine: dict[str, Float]) -> dict[str, Float]:
    """Parameters of one outcome (draw,): of each grouping, and of slopes that vary, a few levels only."""
    out = {"alpha": mine["alpha"]}
    out |= {f"beta[{term}]": mine["beta"][:, k] for k, term in enumerate(design.terms)}
    out |= {name: value for name, value in mine.items() if name.startswith("sigma_") and value.ndim == 1}
    region = design.groups["region"].levels
    for k, term in enumerate(design.varying):
        out[f"sigma_gamma[{term}]"] = mine["sigma_gamma"][:, k]
        out[f"gamma[{term}, {region[0]}]"] = mine["gamma"][:, k, 0]
    for name, group in design.groups.items():
        by_rows = np.argsort(-np.bincount(group.index, minlength=len(group.levels)), kind="stable")
        for level in by_rows[[*range(LEVELS - 1), -1]]:
            out[f"{name}[{group.levels[level]}]"] = mine[f"alpha_{name}"][:, level]
    return out


def log_density_of_effects(one: dict[str, Float], two: dict[str, Float], name: str) -> Float:
    """Log density (draw,) of the effects of a grouping on two outcomes, given their scales and correlation."""
    rho = one[f"rho_{name}"]
    a, b = (own[f"alpha_{name}"] / own[f"sigma_{name}"][:, None] for own in (one, two))
    rest = 1.0 - rho**2
    square = ((a**2 + b**2).sum(axis=1) - 2.0 * rho * (a * b).sum(axis=1)) / rest
    return -0.5 * square - a.shape[1] * (np.log(one[f"sigma_{name}"] * two[f"sigma_{name}"]) + 0.5 * np.log(rest))


def by_outcome(posterior: xr.Dataset, joint: Joint) -> Parameters:
    """The draws of the first chain by outcome and name; correlations stand with each outcome."""
    views = {outcome: view(posterior, joint, outcome) for outcome in joint.outcomes}
    return {o: {str(name): mine[name].to_numpy()[0] for name in mine.data_vars} for o, mine in views.items()}


def replicate(shared: Study, fault: Fault, seed: tuple[int, ...]) -> Replicate:
    """Ranks of one truth among the draws from its posterior, under ``fault``; all randomness from ``seed``."""
    rng = np.random.default_rng(seed)
    truth = draw_prior(shared.joint, 1, rng)
    joint = simulate(shared, truth, rng)
    tree = fault.sampler(fault.fitted(joint, rng), int(rng.integers(2**32)))
    drawn = fault.drawn(by_outcome(tree["posterior"].to_dataset(), joint), rng)
    true, found = (quantities(shared, joint, parameters) for parameters in (truth, drawn))
    ranks = {name: int(rank(found[name], true[name][0])) for name in true}
    return Replicate(ranks, int(tree["sample_stats"].to_dataset()["diverging"].sum()))
