"""Draws from the priors of a design, without a model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.design import Design


def draw(design: Design, draws: int, rng: np.random.Generator) -> dict[str, NDArray[np.float64]]:
    """Independent draws of every parameter of ``design`` from its prior.

    Returns arrays with the draw first: ``alpha`` (draw,), ``beta`` (draw, predictor), for each group g
    ``sigma_g`` (draw,) and ``alpha_g`` (draw, level), and ``sigma_gamma`` (draw, exposure),
    ``gamma`` (draw, exposure, region); each of ``design.shared_scales`` (draw,). A test holds them
    equal in distribution to ``pm.sample_prior_predictive`` of ``models.logit.build``.
    """
    prior, out = design.priors, {}
    alpha = prior.alpha[design.outcome]
    out["alpha"] = rng.normal(alpha.mean, alpha.sd, draws)
    scale = np.tile(design.slope_sd, (draws, 1))
    for name, (sd, mine) in design.shared_scales.items():
        out[name] = np.abs(rng.normal(0, sd, draws))
        scale[:, mine] *= out[name][:, None]
    out["beta"] = rng.normal(design.slope_mean, scale)
    for name, group in design.groups.items():
        out[f"sigma_{name}"] = np.abs(rng.normal(0, prior.group_scale.sd, draws))
        out[f"alpha_{name}"] = rng.normal(0, out[f"sigma_{name}"][:, None], (draws, len(group.levels)))
    if design.varying:
        shape = (draws, len(design.varying), len(design.groups["region"].levels))
        out["sigma_gamma"] = np.abs(rng.normal(0, prior.group_scale.sd, shape[:2]))
        out["gamma"] = rng.normal(0, out["sigma_gamma"][:, :, None], shape)
    return out
