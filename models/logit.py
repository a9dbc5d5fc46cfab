r"""The one statement of the logit, in PyMC.

.. math::

    \operatorname{logit} p_n = \alpha + x_n'\beta + \sum_g \alpha_g[g_n] + \sum_k \gamma_k[r_n] x_{nk},

with :math:`g` over the groups (region, era, ...), :math:`r` the region and :math:`k` over the exposures.
Group effects are non-centred: :math:`\alpha_g = \sigma_g z_g`, :math:`z_g \sim N(0, 1)`.
"""

# PyTensor's types say that any operation may return a list, and that shared data cannot be indexed.
# pyright: reportReturnType=false, reportOperatorIssue=false, reportIndexIssue=false

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from models.design import Design


def _varying_effect(name: str, sigma_name: str, scale: float, dims: tuple[str, ...]) -> pt.TensorVariable:
    """A non-centred effect over ``dims`` whose scale varies along all of them but the last."""
    sigma = pm.HalfNormal(sigma_name, scale, dims=dims[:-1] or None)
    z = pm.Normal(f"z_{name}", 0, 1, dims=dims)
    return pm.Deterministic(name, z * pt.expand_dims(sigma, -1), dims=dims)


def _slopes(design: Design) -> pt.TensorVariable:
    """Slopes with fixed priors, and those that share a learnt scale."""
    shrinkage = design.priors.shrinkage
    if shrinkage is None or not design.shrunk.any():
        return pm.Normal("beta", design.slope_mean, design.slope_sd, dims="predictor")
    sigma = pm.HalfNormal("sigma_beta", shrinkage.sd)
    z = pm.Normal("z_beta", 0, 1, dims="predictor")
    scale = design.slope_sd * pt.where(design.shrunk, sigma, 1.0)
    return pm.Deterministic("beta", design.slope_mean + z * scale, dims="predictor")


def build(design: Design) -> pm.Model:
    """The PyMC model of ``design``; parameters and dims are named as in every archive."""
    with pm.Model(coords=design.coords) as model:
        x = pm.Data("x", design.x, dims=("obs", "predictor"))
        intercept = design.priors.alpha[design.outcome]
        scale = design.priors.group_scale.sd
        eta = pm.Normal("alpha", intercept.mean, intercept.sd) + x @ _slopes(design)
        for name, group in design.groups.items():
            index = pm.Data(f"{name}_index", group.index, dims="obs")
            eta += _varying_effect(f"alpha_{name}", f"sigma_{name}", scale, (name,))[index]
        if design.varying:
            gamma = _varying_effect("gamma", "sigma_gamma", scale, ("exposure", "region"))
            exposure = x[:, design.varying_columns]
            eta += (exposure * gamma[:, model["region_index"]].T).sum(axis=1)
        pm.Bernoulli("y", logit_p=eta, observed=design.y.astype(np.int64), dims="obs")
    return model
