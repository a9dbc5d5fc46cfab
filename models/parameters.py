"""Which parameters a model has, as data, and draws from their priors without a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.priors import HalfNormal, Normal, Prior

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Parameter:
    """A named parameter, its prior and its dims.

    ``scales`` names the learnt scales that multiply the prior's standard deviation, and says of which elements
    (True: of all). A scale has the first dims of the parameter.
    """

    name: str
    prior: Prior
    dims: tuple[str, ...] = ()
    scales: Mapping[str, bool | NDArray[np.bool_]] = field(default_factory=dict[str, bool | NDArray[np.bool_]])


class Parametric(Protocol):
    """A design: it lists its parameters, each after the scales that multiply it, and the coordinates of their dims."""

    @property
    def parameters(self) -> tuple[Parameter, ...]: ...  # noqa: D102

    @property
    def coords(self) -> Mapping[str, list[str]]: ...  # noqa: D102


def is_auxiliary(name: str) -> bool:
    """Whether a variable of the PyMC model is one that parameters are made from: standardised, or a halved scale."""
    return name.rpartition("::")[2].startswith(("z_", "half_rho_"))


def varying_effect(name: str, sigma: str, prior: HalfNormal, dims: tuple[str, ...]) -> tuple[Parameter, Parameter]:
    """A scale under ``prior`` for all ``dims`` but the last, and normal effects over ``dims`` that it multiplies."""
    return Parameter(sigma, prior, dims[:-1]), Parameter(name, Normal(0, 1), dims, {sigma: True})


def draw(design: Parametric, draws: int, rng: np.random.Generator) -> dict[str, Float]:
    """Independent draws of every parameter of ``design`` from its prior, by name, of shape (draw, *dims).

    A test holds those of a logit equal in distribution to ``pm.sample_prior_predictive`` of ``models.logit.build``.
    """
    out: dict[str, Float] = {}
    for parameter in design.parameters:
        size = (draws, *(len(design.coords[dim]) for dim in parameter.dims))
        scale: float | Float = 1.0
        for name, elements in parameter.scales.items():
            sigma = out[name].reshape(*out[name].shape, *[1] * (len(size) - out[name].ndim))
            scale = scale * np.where(elements, sigma, 1.0)
        out[parameter.name] = parameter.prior.draw(rng, size, scale)
    return out
