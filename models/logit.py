r"""The one statement of the logit, of one outcome or of two together, in PyMC.

.. math::

    \operatorname{logit} p_n = \alpha + x_n'\beta + \sum_g \alpha_g[g_n] + \sum_k \gamma_k[r_n] x_{nk},

with :math:`g` over the groups (region, era, ...), :math:`r` the region and :math:`k` over the exposures.
Group effects are non-centred: :math:`\alpha_g = \sigma_g z_g`, :math:`z_g \sim N(0, 1)`.

A predictor whose true value is normal around the recorded one, with variance :math:`v_n`, enters through its
expectation: for a rare event :math:`\log E e^{x\beta} = \bar x_n \beta + \tfrac12 v_n \beta^2` (Prentice 1982,
Biometrika 69, 331). The published capacity scores are posterior means with posterior standard deviations, so
their error is of this kind.

Of two outcomes together (`models.joint`) each has a logit of its own, named ``<outcome>::<parameter>``, and the
effects of a group on the second are :math:`\sigma_2 (\rho z_{g1} + \sqrt{1 - \rho^2} z_{g2})`. Where the two exclude
each other, `models.multinomial` has the same linear predictors in another likelihood.
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
from models.joint import Joint, as_joint
from models.priors import HalfNormal

Effects = dict[str, pt.TensorVariable]


def _varying_effect(
    name: str, sigma_name: str, scale: HalfNormal, dims: tuple[str, ...], prefix: str = ""
) -> pt.TensorVariable:
    """A non-centred effect over ``dims`` whose scale varies along all of them but the last."""
    sigma = scale.variable(prefix + sigma_name, dims[:-1] or None)
    z = pm.Normal(f"{prefix}z_{name}", 0, 1, dims=dims)
    return pm.Deterministic(prefix + name, z * pt.expand_dims(sigma, -1), dims=dims)


def _slopes(design: Design, prefix: str) -> pt.TensorVariable:
    """Slopes with fixed priors, and those that share a learnt scale."""
    shared, dims = design.shared_scales, f"{prefix}predictor"
    if not shared:
        return pm.Normal(f"{prefix}beta", design.slope_mean, design.slope_sd, dims=dims)
    scale = pt.as_tensor_variable(design.slope_sd)
    for name, (prior, slopes) in shared.items():
        scale *= pt.where(slopes, prior.variable(prefix + name), 1.0)
    z = pm.Normal(f"{prefix}z_beta", 0, 1, dims=dims)
    return pm.Deterministic(f"{prefix}beta", design.slope_mean + z * scale, dims=dims)


def _own_effects(design: Design) -> Effects:
    """Effects of the groups of a single outcome, by group."""
    priors = design.priors
    return {
        name: _varying_effect(f"alpha_{name}", f"sigma_{name}", priors.scale_of(name), (name,))
        for name in design.groups
    }


def _correlated_effects(joint: Joint) -> list[Effects]:
    """Effects of the groups, by group, of each of two outcomes."""
    one, other = joint.outcomes
    priors, out = joint.designs[0].priors, [Effects(), Effects()]
    for name in joint.groups:
        rho = priors.correlation.variable(f"rho_{name}")
        first, second = (priors.scale_of(name).variable(f"{outcome}::sigma_{name}") for outcome in (one, other))
        z1, z2 = (pm.Normal(f"{outcome}::z_alpha_{name}", 0, 1, dims=(name,)) for outcome in (one, other))
        effects = first * z1, second * (rho * z1 + pt.sqrt(1 - rho**2) * z2)
        for outcome, mine, effect in zip(joint.outcomes, out, effects, strict=True):
            mine[name] = pm.Deterministic(f"{outcome}::alpha_{name}", effect, dims=(name,))  # pyright: ignore[reportArgumentType]
    return out


def _linear_predictor(design: Design, effects: Effects, prefix: str) -> pt.TensorVariable:
    """The log odds of one outcome (obs,), given the effects of its groups."""
    obs = f"{prefix}obs"
    x = pm.Data(f"{prefix}x", design.x, dims=(obs, f"{prefix}predictor"))
    beta = _slopes(design, prefix)
    eta = design.priors.alpha[design.outcome].variable(f"{prefix}alpha") + x @ beta
    for name, variance in design.error.items():
        eta += 0.5 * pm.Data(f"{prefix}{name}_error", variance, dims=obs) * beta[design.terms.index(name)] ** 2
    for name, group in design.groups.items():
        eta += effects[name][pm.Data(f"{prefix}{name}_index", group.index, dims=obs)]
    if design.varying:
        dims = (f"{prefix}exposure", "region")
        gamma = _varying_effect("gamma", "sigma_gamma", design.priors.slope_scale, dims, prefix)
        exposure = x[:, design.varying_columns]
        eta += (exposure * gamma[:, design.groups["region"].index].T).sum(axis=1)
    return eta


def linear_predictors(joint: Joint) -> list[pt.TensorVariable]:
    """The log odds of each outcome (obs,), stated with all their parameters in the PyMC model at hand."""
    alone = len(joint.designs) == 1
    every = [_own_effects(joint.designs[0])] if alone else _correlated_effects(joint)
    return [
        _linear_predictor(design, effects, joint.prefix(design.outcome))
        for design, effects in zip(joint.designs, every, strict=True)
    ]


def _likelihood(design: Design, eta: pt.TensorVariable, prefix: str) -> None:
    """The outcome of each row, given its log odds."""
    obs, y = f"{prefix}obs", design.y.astype(np.int64)
    if design.weight is None:
        pm.Bernoulli(f"{prefix}y", logit_p=eta, observed=y, dims=obs)
    else:
        pm.Potential(f"{prefix}y", design.weight * pm.logp(pm.Bernoulli.dist(logit_p=eta), y), dims=obs)


def build(model: Design | Joint) -> pm.Model:
    """The PyMC model of one outcome, or of two together; parameters and dims are named as in every archive."""
    joint = as_joint(model)
    with pm.Model(coords=joint.coords) as out:
        for design, eta in zip(joint.designs, linear_predictors(joint), strict=True):
            _likelihood(design, eta, joint.prefix(design.outcome))
    return out
