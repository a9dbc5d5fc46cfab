"""Planted bugs: small corruptions such as a sampler or a model can have, each of which must be noticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inference.calibration.study import SCALES, Fault, Parameters
from models.design import Design, Group

Float = NDArray[np.float64]
Generator = np.random.Generator


def _threat(change: Callable[[Float], Float]) -> Callable[[Design, Generator], Design]:
    """A fault that changes the predictor of threat."""

    def fitted(design: Design, _: Generator) -> Design:
        x, j = design.x.copy(), design.terms.index("threat")
        x[:, j] = change(x[:, j])
        return replace(design, x=x)

    return fitted


def _index(design: Design, name: str, index: NDArray[np.intp]) -> Design:
    """``design`` with another index of one group."""
    return replace(design, groups={**design.groups, name: Group(index, design.groups[name].levels)})


def _wrong_region(design: Design, rng: Generator) -> Design:
    region = design.groups["region"]
    wrong = rng.random(design.y.size) < 0.2
    return _index(design, "region", np.where(wrong, (region.index + 1) % len(region.levels), region.index))


def _no_era(design: Design, _: Generator) -> Design:
    return _index(design, "era", np.zeros_like(design.groups["era"].index))


def _sd_for_variance(design: Design, _: Generator) -> Design:
    p = design.priors
    kinds = ("continuous", "binary", "product")
    squared = {kind: replace(getattr(p, kind), sd=getattr(p, kind).sd ** 2) for kind in kinds}
    return replace(design, priors=replace(p, **squared))


def _alpha_mean(design: Design, _: Generator) -> Design:
    right = design.priors.alpha[design.outcome]
    wrong = replace(right, mean=right.mean + 2.0)
    return replace(design, priors=replace(design.priors, alpha={design.outcome: wrong}))


def _last_block(design: Design, _: Generator) -> Design:
    return design.subset(np.arange(design.y.size) < design.y.size // 512 * 512)


def _lost_events(design: Design, rng: Generator) -> Design:
    return replace(design, y=np.where(rng.random(design.y.size) < 0.15, 0, design.y).astype(np.int8))


def _no_jacobian(parameters: Parameters, rng: Generator) -> Parameters:
    log = sum(np.log(parameters[name].reshape(len(parameters["alpha"]), -1)).sum(axis=1) for name in SCALES)
    weight = np.exp(np.min(log) - log)  # the product of 1 / sigma
    pick = rng.choice(weight.size, weight.size, p=weight / weight.sum())
    return {name: value[pick] for name, value in parameters.items()}


def _swapped_exposures(parameters: Parameters, _: Generator) -> Parameters:
    return parameters | {"gamma": parameters["gamma"][:, ::-1]}


def _too_narrow(parameters: Parameters, _: Generator) -> Parameters:
    mean = parameters["beta"].mean(axis=0)
    return parameters | {"beta": mean + 0.7 * (parameters["beta"] - mean)}


BUGS = (
    Fault("wrong region", "one row in five has the index of the next region", fitted=_wrong_region),
    Fault("dropped group", "the likelihood has no era effects but one", fitted=_no_era),
    Fault("no Jacobian", "the log scales are sampled without their Jacobian, by reweighting", drawn=_no_jacobian),
    Fault("sd for variance", "the variances of the slopes' priors are taken for sds", fitted=_sd_for_variance),
    Fault("wrong intercept", "the prior mean of alpha is off by 2", fitted=_alpha_mean),
    Fault("swapped sign", "the predictor of threat has the other sign", fitted=_threat(np.negative)),
    Fault("shifted column", "the predictor of threat is off by a row", fitted=_threat(lambda x: np.roll(x, 1))),
    Fault("wrong scale", "threat is divided by twice its standard deviation", fitted=_threat(lambda x: 0.5 * x)),
    Fault("lost block", "rows after the last full block of 512 are left out", fitted=_last_block),
    Fault("lost events", "one event in seven is coded as none", fitted=_lost_events),
    Fault("swapped exposures", "regional slopes carry each other's names", drawn=_swapped_exposures),
    Fault("too narrow", "slopes vary by 70 % of what they should", drawn=_too_narrow),
)
