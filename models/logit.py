r"""The one statement of the logit, in PyMC.

.. math::

    \operatorname{logit} p_n = \alpha + x_n'\beta + \sum_g \alpha_g[g_n] + \sum_k \gamma_k[r_n] x_{nk},

with :math:`g` over the groups (region, era, ...), :math:`r` the region and :math:`k` over the exposures.
Group effects are non-centred: :math:`\alpha_g = \sigma_g z_g`, :math:`z_g \sim N(0, 1)`.

A predictor whose true value is normal around the recorded one, with variance :math:`v_n`, enters through its
expectation: for a rare event :math:`\log E e^{x\beta} = \bar x_n \beta + \tfrac12 v_n \beta^2` (Prentice 1982,
Biometrika 69, 331). The published capacity scores are posterior means with posterior standard deviations, so
their error is of this kind.
"""

# PyTensor's types say that any operation may return a list, that shared data cannot be indexed, and leave most open.
# pyright: reportReturnType=false, reportOperatorIssue=false, reportIndexIssue=false, reportMissingTypeStubs=false
# pyright: reportMissingTypeArgument=false, reportPrivateImportUsage=false, reportUnknownVariableType=false
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from models.design import Design
from models.priors import HalfNormal


def _varying_effect(name: str, sigma_name: str, scale: HalfNormal, dims: tuple[str, ...]) -> pt.TensorVariable:
    """A non-centred effect over ``dims`` whose scale varies along all of them but the last."""
    sigma = scale.variable(sigma_name, dims[:-1] or None)
    z = pm.Normal(f"z_{name}", 0, 1, dims=dims)
    return pm.Deterministic(name, z * pt.expand_dims(sigma, -1), dims=dims)


def _slopes(design: Design) -> pt.TensorVariable:
    """Slopes with fixed priors, and those that share a learnt scale."""
    shared = design.shared_scales
    if not shared:
        return pm.Normal("beta", design.slope_mean, design.slope_sd, dims="predictor")
    scale = pt.as_tensor_variable(design.slope_sd)
    for name, (prior, slopes) in shared.items():
        scale *= pt.where(slopes, prior.variable(name), 1.0)
    z = pm.Normal("z_beta", 0, 1, dims="predictor")
    return pm.Deterministic("beta", design.slope_mean + z * scale, dims="predictor")


def build(design: Design) -> pm.Model:
    """The PyMC model of ``design``; parameters and dims are named as in every archive."""
    with pm.Model(coords=design.coords) as model:
        x = pm.Data("x", design.x, dims=("obs", "predictor"))
        scale = design.priors.group_scale
        beta = _slopes(design)
        eta = design.priors.alpha[design.outcome].variable("alpha") + x @ beta
        for name, variance in design.error.items():
            eta += 0.5 * pm.Data(f"{name}_error", variance, dims="obs") * beta[design.terms.index(name)] ** 2
        for name, group in design.groups.items():
            index = pm.Data(f"{name}_index", group.index, dims="obs")
            eta += _varying_effect(f"alpha_{name}", f"sigma_{name}", scale, (name,))[index]
        if design.varying:
            gamma = _varying_effect("gamma", "sigma_gamma", scale, ("exposure", "region"))
            exposure = x[:, design.varying_columns]
            eta += (exposure * gamma[:, model["region_index"]].T).sum(axis=1)
        y = design.y.astype(np.int64)
        if design.weight is None:
            pm.Bernoulli("y", logit_p=eta, observed=y, dims="obs")
        else:
            pm.Potential("y", design.weight * pm.logp(pm.Bernoulli.dist(logit_p=eta), y), dims="obs")
    return model
