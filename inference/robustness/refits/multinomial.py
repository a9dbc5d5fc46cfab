"""Draws of a multinomial logit: those of the joint model, or of approximations of its logits, with weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.engine import stream
from inference.engine.laplace.approximation import Approximation, draws_of
from inference.evidence.left_out import importance
from inference.sampling import checks, diagnostics
from inference.sampling.converge import draw_until_converged
from inference.sampling.settings import Settings
from models.joint import Joint

Float = NDArray[np.float64]


class Weights(NamedTuple):
    """Smoothed weights of draws (chain, draw), which add up to one, and the Pareto k of the raw ones."""

    weight: Float
    pareto_k: float

    @property
    def share(self) -> float:
        """Draws of equal weight that estimate a mean as well, as a share of the draws."""
        return float(1.0 / (self.weight.size * (self.weight**2).sum()))


class Weighted(NamedTuple):
    """Draws of the joint model, their weights, and the failed checks of both in words."""

    posterior: xr.Dataset
    weights: Weights
    failed: tuple[str, ...]


def smoothed(log_ratio: Float) -> Weights:
    """Pareto-smoothed weights of draws, from the logarithms of what they are weighed by (chain, draw)."""
    raw = np.exp(log_ratio - log_ratio.max())
    efficiency = float(diagnostics.mean_ess(raw[None])[0]) / raw.size
    log_weight, pareto_k = importance.smoothed(log_ratio.ravel(), efficiency)
    return Weights(np.exp(log_weight).reshape(log_ratio.shape), float(pareto_k))


def draw(joint: Joint, settings: Settings, scale: float) -> Weighted:
    """Weighted draws of the multinomial logit whose rows are those of ``joint`` (`models.joint.admissible`).

    ``scale`` is that of a shorter run. What is weighed by is judged with the parameters; Pareto's k is to be at most
    0.7, and effective draws, as far as the weights leave them, as many as without weights.
    """

    def log_ratio(posterior: xr.Dataset) -> xr.Dataset:
        return xr.Dataset({"log_ratio": stream.multinomial_log_ratio(joint, posterior)})

    run = draw_until_converged(joint, settings, log_ratio, scale)
    weights = smoothed(run.estimands["log_ratio"].to_numpy())
    failed = checks.failures([*run.gate, *judged(weights, run.gate, scale)])
    return Weighted(run.posterior, weights, tuple(failed))


def approximated(joint: Joint, parts: Sequence[Approximation], draws: int, seed: int) -> Weighted:
    """As `draw`, of outcomes whose logits were approximated apart: what fails is Pareto's k only."""
    posterior = draws_of(joint, parts, draws, seed)
    weights = smoothed(stream.multinomial_log_ratio(joint, posterior).to_numpy())
    return Weighted(posterior, weights, tuple(checks.failures([_tail(weights)])))


def _tail(weights: Weights) -> checks.CheckResult:
    return checks.at_most("Pareto k of the multinomial's weights", weights.pareto_k, importance.BAD_K)


def judged(weights: Weights, gate: list[checks.CheckResult], scale: float) -> list[checks.CheckResult]:
    """The checks of the weights of draws that have passed, or failed, ``gate``."""
    effective = weights.share * next((c.value for c in gate if c.name == checks.BULK), 0.0)
    return [
        _tail(weights),
        checks.at_least("smallest bulk ESS under the multinomial's weights", effective, checks.ESS * scale),
    ]
