"""Priors as values, each with its reason, and draws from them without a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from models.design import Design


@dataclass(frozen=True)
class Prior:
    """A normal prior (or, for a scale, a half-normal one with ``mean`` 0)."""

    mean: float
    sd: float
    reason: str

    def words(self, family: str = "Normal") -> str:
        numbers = f"{self.sd:g}" if family == "HalfNormal" else f"{self.mean:g}, {self.sd:g}"
        return f"{family}({numbers}): {self.reason}"


@dataclass(frozen=True)
class Priors:
    """The priors of one logit, on the log-odds scale.

    ``shrinkage`` replaces the fixed standard deviation of every slope by one common scale with a
    half-normal prior of that standard deviation; interactions and squares get half of the common scale.
    """

    alpha: Mapping[str, Prior] = field(
        default_factory=lambda: {
            "bandwagon": Prior(-5.0, 1.0, "one to sixteen alignments with the aggressor per 1,000 dyad-years"),
            "balance": Prior(-4.0, 1.0, "one to five alignments against the aggressor per 100 dyad-years"),
        }
    )
    continuous: Prior = Prior(0.0, 0.5, "per standard deviation; odds rarely more than 2.7-fold")
    binary: Prior = Prior(0.0, 0.7, "present against absent; odds ratio within 1/4-4 in 95 % of draws")
    product: Prior = Prior(0.0, 0.25, "interactions and squares are smaller than main effects")
    group_scale: Prior = Prior(0.0, 0.5, "regions and eras differ by less than a factor of e, mostly")
    shrinkage: Prior | None = None

    def slope(self, kind: str) -> Prior:
        """Prior of a slope whose predictor is of ``kind`` continuous, binary or product."""
        return {"continuous": self.continuous, "binary": self.binary, "product": self.product}[kind]

    def words(self, outcome: str) -> dict[str, str]:
        """Every prior that applies to ``outcome``, by parameter, for the attributes of an archive."""
        words = {"alpha": self.alpha[outcome].words(), "sigma_*": self.group_scale.words("HalfNormal")}
        if self.shrinkage:
            return words | {"beta": f"Normal(0, sigma_beta), sigma_beta ~ {self.shrinkage.words('HalfNormal')}"}
        return words | {f"beta[{kind}]": self.slope(kind).words() for kind in ("continuous", "binary", "product")}


DEFAULT = Priors()
SHRINKAGE = Priors(
    shrinkage=Prior(0.0, 0.25, "many predictors at once: their common scale is learnt, so that the sum stays plausible")
)


def draw(design: Design, draws: int, rng: np.random.Generator) -> dict[str, NDArray[np.float64]]:
    """Independent draws of every parameter of ``design`` from its prior.

    Returns arrays with the draw first: ``alpha`` (draw,), ``beta`` (draw, predictor), for each group g
    ``sigma_g`` (draw,) and ``alpha_g`` (draw, level), and ``sigma_gamma`` (draw, exposure),
    ``gamma`` (draw, exposure, region); ``sigma_beta`` (draw,) under shrinkage. A test holds them
    equal in distribution to ``pm.sample_prior_predictive`` of ``models.logit.build``.
    """
    prior, out = design.priors, {}
    alpha = prior.alpha[design.outcome]
    out["alpha"] = rng.normal(alpha.mean, alpha.sd, draws)
    scale = np.broadcast_to(design.slope_sd, (draws, design.slope_sd.size))
    if prior.shrinkage:
        out["sigma_beta"] = np.abs(rng.normal(0, prior.shrinkage.sd, draws))
        scale = scale * out["sigma_beta"][:, None]
    out["beta"] = rng.normal(design.slope_mean, scale)
    for name, group in design.groups.items():
        out[f"sigma_{name}"] = np.abs(rng.normal(0, prior.group_scale.sd, draws))
        out[f"alpha_{name}"] = rng.normal(0, out[f"sigma_{name}"][:, None], (draws, len(group.levels)))
    if design.varying:
        shape = (draws, len(design.varying), len(design.groups["region"].levels))
        out["sigma_gamma"] = np.abs(rng.normal(0, prior.group_scale.sd, shape[:2]))
        out["gamma"] = rng.normal(0, out["sigma_gamma"][:, :, None], shape)
    return out
