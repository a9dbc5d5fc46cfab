"""Planted bugs: small corruptions such as a sampler or a model can have, each of which must be noticed.

`HARMLESS` are changes that must not be noticed, because the posterior is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import override

import numpy as np
from numpy.typing import NDArray

from inference.calibration.study import Fault, Parameters
from inference.calibration.wrong_transport import by_another_sampler, with_parts_of_the_other, with_wrong_log_det
from models.design import Design, Group
from models.joint import Joint
from models.priors import HalfNormal, Priors

Float = NDArray[np.float64]
Index = NDArray[np.intp]
Generator = np.random.Generator
FittedModel = Callable[[Joint, Generator], Joint]
OutcomeDesign = Callable[[Design, Generator], Design]

WITHOUT_JACOBIAN = ("sigma_state", "sigma_year")
TWICE = "aggressor"  # the grouping that is counted twice


def _both(change: OutcomeDesign) -> FittedModel:
    """A fault of the designs of both outcomes."""
    return lambda joint, rng: replace(joint, designs=tuple(change(design, rng) for design in joint.designs))


def _only(outcome: str, change: OutcomeDesign) -> FittedModel:
    """A fault of the design of one outcome."""
    return _both(lambda design, rng: change(design, rng) if design.outcome == outcome else design)


def _threat(change: Callable[[Float], Float]) -> FittedModel:
    """A fault that changes the predictor of threat, in both outcomes: the engine refuses one that differs."""

    def fitted(design: Design, _: Generator) -> Design:
        x, j = design.x.copy(), design.terms.index("threat")
        x[:, j] = change(x[:, j])
        return replace(design, x=x)

    return _both(fitted)


def _index(name: str, change: Callable[[Index, int, Generator], Index]) -> FittedModel:
    """A fault of the index (obs,) of a grouping, changed with its number of levels."""

    def fitted(design: Design, rng: Generator) -> Design:
        group = design.groups[name]
        index = change(group.index, len(group.levels), rng)
        return replace(design, groups={**design.groups, name: Group(index, group.levels)})

    return _both(fitted)


def _priors(change: Callable[[Priors], Priors]) -> FittedModel:
    """A fault of the priors."""
    return _both(lambda design, _: replace(design, priors=change(design.priors)))


def _one_in_five(index: Index, levels: int, rng: Generator) -> Index:
    return np.where(rng.random(index.size) < 0.2, (index + 1) % levels, index)


def _none(index: Index, *_: object) -> Index:
    return np.zeros_like(index)


def _next(index: Index, levels: int, _: Generator) -> Index:
    return (index + 1) % levels


def _sd_for_variance(p: Priors) -> Priors:
    kinds = ("continuous", "binary", "product")
    return replace(p, **{kind: replace(getattr(p, kind), sd=getattr(p, kind).sd ** 2) for kind in kinds})


def _alpha_mean(p: Priors) -> Priors:
    right = p.alpha["bandwagon"]
    return replace(p, alpha={**p.alpha, "bandwagon": replace(right, mean=right.mean + 2.0)})


def _no_jacobian_of_rho(p: Priors) -> Priors:
    # Without log(1 - rho^2), the Jacobian of tanh, the density is that of a prior whose eta is less by one.
    return replace(p, correlation=replace(p.correlation, eta=p.correlation.eta - 1.0))


def _last_block(design: Design, _: Generator) -> Design:
    return design.subset(np.arange(design.y.size) < design.y.size // 512 * 512)


def _lost_events(design: Design, rng: Generator) -> Design:
    return replace(design, y=np.where(rng.random(design.y.size) < 0.15, 0, design.y).astype(np.int8))


def _no_weights(design: Design, _: Generator) -> Design:
    return replace(design, weight=None)


class _WiderScale(Priors):
    """Priors under which the scale of the grouping `TWICE` is twice as large."""

    @override
    def scale_of(self, group: str) -> HalfNormal:
        right = super().scale_of(group)
        return replace(right, sd=2.0 * right.sd) if group == TWICE else right


def _doubled(p: Priors) -> Priors:
    # That an effect u enters twice is the same as that 2u enters once, whose scale is twice as large; `_halved` has u.
    return _WiderScale(**vars(p))


def _drawn(outcome: str, change: Callable[[dict[str, Float]], dict[str, Float]]) -> Callable[..., Parameters]:
    """A fault of some draws of one outcome, which ``change`` returns."""
    return lambda parameters, _: parameters | {outcome: parameters[outcome] | change(parameters[outcome])}


def _halved(parameters: Parameters, _: Generator) -> Parameters:
    names = (f"alpha_{TWICE}", f"sigma_{TWICE}")
    return {o: mine | {name: 0.5 * mine[name] for name in names} for o, mine in parameters.items()}


def _no_jacobian(parameters: Parameters, rng: Generator) -> Parameters:
    log = np.sum([np.log(mine[name]) for mine in parameters.values() for name in WITHOUT_JACOBIAN], axis=0)
    weight = np.exp(np.min(log) - log)  # the product of 1 / sigma
    pick = rng.choice(weight.size, weight.size, p=weight / weight.sum())
    return {outcome: {name: value[pick] for name, value in mine.items()} for outcome, mine in parameters.items()}


def _swapped_exposures(mine: dict[str, Float]) -> dict[str, Float]:
    return {"gamma": mine["gamma"][:, ::-1]}


def _too_narrow(mine: dict[str, Float]) -> dict[str, Float]:
    mean = mine["beta"].mean(axis=0)
    return {"beta": mean + 0.7 * (mine["beta"] - mean)}


def _flipped(parameters: Parameters, _: Generator) -> Parameters:
    return {
        outcome: {name: -value if name.startswith("rho_") else value for name, value in mine.items()}
        for outcome, mine in parameters.items()
    }


def _swapped_scales(parameters: Parameters, _: Generator) -> Parameters:
    (one, mine), (two, its) = parameters.items()
    names = [name.replace("rho_", "sigma_") for name in mine if name.startswith("rho_")]
    return {one: mine | {name: its[name] for name in names}, two: its | {name: mine[name] for name in names}}


def _unpaired(parameters: Parameters, rng: Generator) -> Parameters:
    (one, mine), (two, its) = parameters.items()
    order = rng.permutation(len(its["alpha"]))
    return {one: mine, two: {name: value[order] for name, value in its.items()}}


BUGS = (
    Fault("wrong region", "one row in five has the index of the next region", fitted=_index("region", _one_in_five)),
    Fault("dropped group", "the likelihood has no era effects but one", fitted=_index("era", _none)),
    Fault("no Jacobian", "log scales are sampled without their Jacobian, by reweighting", drawn=_no_jacobian),
    Fault("sd for variance", "the variances of the slopes' priors are taken for sds", fitted=_priors(_sd_for_variance)),
    Fault("wrong intercept", "the prior mean of alpha is off by 2", fitted=_priors(_alpha_mean)),
    Fault("swapped sign", "the predictor of threat has the other sign", fitted=_threat(np.negative)),
    Fault("shifted column", "the predictor of threat is off by a row", fitted=_threat(lambda x: np.roll(x, 1))),
    Fault("wrong scale", "threat is divided by twice its standard deviation", fitted=_threat(lambda x: 0.5 * x)),
    Fault("lost block", "rows after the last full block of 512 are left out", fitted=_both(_last_block)),
    Fault("lost events", "one event in seven is coded as none", fitted=_only("bandwagon", _lost_events)),
    Fault("swapped exposures", "regional slopes have swapped names", drawn=_drawn("bandwagon", _swapped_exposures)),
    Fault("too narrow", "slopes vary by 70 % of what they should", drawn=_drawn("bandwagon", _too_narrow)),
    Fault("flipped correlation", "correlations of the two outcomes have the other sign", drawn=_flipped),
    Fault("no Jacobian of rho", "tanh enters without its derivative", fitted=_priors(_no_jacobian_of_rho)),
    Fault("dropped years", "the likelihood has no year effects but one", fitted=_index("year", _none)),
    Fault("shifted states", "each state has the index of the next", fitted=_index("state", _next)),
    Fault("counted twice", "the effect of an aggressor enters twice", fitted=_priors(_doubled), drawn=_halved),
    Fault("swapped scales", "scales of the groupings have the other outcome's name", drawn=_swapped_scales),
    Fault("unpaired draws", "delta is of draws of two outcomes that were not drawn together", drawn=_unpaired),
    Fault("weights lost", "each row of a decision counts as a decision", fitted=_only("balance", _no_weights)),
    Fault("wrong Jacobian", "the log det of pairs of effects leaves out their correlation", sampler=with_wrong_log_det),
)
HARMLESS = (
    Fault("wrong K", "the transport has parts of the other outcome's", sampler=with_parts_of_the_other),
    # The control of the wrong Jacobian, which this sampler draws too.
    Fault("another sampler", "nutpie draws from the engine's density", sampler=by_another_sampler),
)
