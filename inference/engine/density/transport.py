r"""The transport: coordinates in which the posterior is nearly standard normal, whatever the scales.

Latents are either fixed, :math:`\theta_f` with a normal prior, or effects, :math:`\theta_e`, whose prior has a
precision :math:`P(\sigma, \rho)` made of learnt scales and correlations: diagonal, or in blocks of two where the same
level has an effect on two outcomes. At a reference point (`reference`) the posterior is nearly normal with precision
:math:`K + P`. There

.. math::  \theta_f = c - R (\theta_e - \hat\theta_e) + L_f z_f, \qquad
           u = W(\sigma, \rho) \, L_e z_e + A(\sigma, \rho)^{-1} h, \quad \theta_e = m_e + u,

with :math:`R = (K_{ff} + P_f)^{-1} K_{fe}` the regression of fixed latents on effects, and :math:`L_e L_e'` the
correlation matrix of the effects given no fixed latent, at the reference's scales. What depends on the scales is one
effect, or one pair of effects, at a time: with the information :math:`k` that the data have about each,

.. math::  A = \operatorname{diag}(k) + P(\sigma, \rho), \quad A^{-1} = W W', \quad W \text{ upper triangular},

so an effect without data is drawn from its prior, one with many data keeps its place, and a pair without data has
the prior's correlation. The sampler moves :math:`(\tau, z)`, where the scales are functions of :math:`\tau`, under

.. math::  \log p(y \mid \theta) + \log p(\theta \mid \sigma, \rho) + \log p(\sigma, \rho)
           + \log \det W + \log \det \frac{d(\sigma, \rho)}{d\tau} .

This is an exact change of variables for any :math:`c, R, L, h, k`; good ones make :math:`z` nearly :math:`N(0, I)`.
Fixed latents are conditioned on the effects, not the other way round, because that regression does not depend on the
scales (Papaspiliopoulos, Stumpf-Fetsch and Zanella 2023, Biometrika 110, 953, give the reason for crossed effects).

The half-normal scales :math:`\sigma_k`, of prior sd :math:`\varsigma_k`, and the correlations become

.. math::  \sigma_k = \varsigma_k \big(\tau_k \Phi(\tau_k) + \phi(\tau_k)\big), \quad
           \frac{d\sigma_k}{d\tau_k} = \varsigma_k \Phi(\tau_k), \qquad \rho_g = \tanh \tau_g

with the normal distribution function and density: linear where a scale is large, and with a normal tail
towards zero, where its logarithm would have a long one and the scale itself a wall. `units` has W and its gradient.
"""

from __future__ import annotations

from math import erfc, exp, log, pi, sqrt, tanh
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from inference.engine.density.units import Float, Int, place, pull
from inference.engine.options import INNER, INNER_FAST


class Prior(NamedTuple):
    """Normal priors of the latents, half-normal ones of the scales, and those of the correlations."""

    mean: Float  # (latent,)
    fixed_sd: Float  # (fixed,)
    sigma_sd: Float  # (scale,)
    eta: Float  # (correlation,): density proportional to (1 - rho^2)^(eta - 1)
    constant: float  # of the log density


class Map(NamedTuple):
    """The linear parts of the transport; fixed latents and effects of outcome o lie between the bounds o and o + 1."""

    fixed: Int  # (fixed,): position among the latents
    effect: Int  # (effect,)
    fixed_bound: Int  # (outcome + 1,)
    effect_bound: Int  # (outcome + 1,)
    dense: Int  # (outcome,): so many first effects of an outcome have a row in `root`
    centre: Float  # (fixed,): c
    regression: Float  # (outcome, fixed, effect): R
    fixed_root: Float  # (outcome, fixed, fixed): L_f, lower triangular
    root: NDArray[np.float32]  # (outcome, effect, effect): L_e, lower triangular
    log_det: float  # of L_f and L_e


class Transport(NamedTuple):
    """Scales and latents at the last position, and scratch."""

    sigma: Float  # (scale,)
    slope: Float  # (scale,): d sigma / d tau
    rho: Float  # (correlation,)
    theta: Float  # (latent,)
    gradient: Float  # (latent,)
    y: Float  # (effect,): L_e z_e
    u: Float  # (effect,): theta_e less its prior mean
    back: Float  # (effect,): gradient in u, then in y
    weight: Float  # (2 x effect,): W, as `units` keeps it
    pair_precision: Float  # (pair group, 3)
    pair_gradient: Float  # (pair group, 3)
    gradient_sigma: Float  # (scale,)
    gradient_rho: Float  # (correlation,)


def transport(latents: int, effects: int, scales: int, correlations: int) -> Transport:
    """Room for a transport."""
    vector = [np.zeros(size) for size in (scales, scales, correlations, latents, latents, effects, effects, effects)]
    groups = [np.zeros((correlations, 3)), np.zeros((correlations, 3))]
    return Transport._make([*vector, np.zeros(2 * effects), *groups, np.zeros(scales), np.zeros(correlations)])


@njit(**INNER)
def set_scales(prior, tau, t):
    """Fill ``t.sigma``, ``t.slope`` = d sigma / d tau and ``t.rho``."""
    scales = t.sigma.size
    for k in range(scales):
        below = 0.5 * erfc(-tau[k] / sqrt(2.0))
        density = exp(-0.5 * tau[k] ** 2) / sqrt(2.0 * pi)
        t.sigma[k] = prior.sigma_sd[k] * (tau[k] * below + density)
        t.slope[k] = prior.sigma_sd[k] * below
    for g in range(t.rho.size):
        t.rho[g] = tanh(tau[scales + g])


def scales_inverse(sigma: Float) -> Float:
    """Return tau of scales ``sigma`` in units of their prior sd, by bisection."""
    below, above = np.full(sigma.shape, -30.0), np.maximum(sigma, 1.0)
    phi = np.vectorize(lambda x: exp(-0.5 * x * x) / sqrt(2.0 * pi), otypes=[float])
    under = np.vectorize(lambda x: 0.5 * erfc(-x / sqrt(2.0)), otypes=[float])
    for _ in range(60):
        middle = 0.5 * (below + above)
        high = middle * under(middle) + phi(middle) > sigma
        below, above = np.where(high, below, middle), np.where(high, middle, above)
    return below


@njit(**INNER)
def move(where, units, prior, z, t):
    """Fill ``t.theta``, the latents at ``t.sigma``, ``t.rho`` and z; returns log det of the change of variables.

    z is first that of the effects, then that of the fixed latents.
    """
    fixed, effect, fixed_bound, effect_bound, dense, centre, regression, fixed_root, root, log_det = where
    theta, y, u, mean = t.theta, t.y, t.u, prior.mean
    effects = effect.size
    for o in range(dense.size):
        begin, end = effect_bound[o], effect_bound[o + 1]
        mine = z[begin:end]
        for i in range(dense[o]):
            y[begin + i] = _dot(root[o, i], mine, i + 1)
        for e in range(begin + dense[o], end):
            y[e] = z[e]
    log_det += place(units, t)
    for e in range(effects):
        theta[effect[e]] = mean[effect[e]] + u[e]
    for o in range(dense.size):
        begin, first = effect_bound[o], fixed_bound[o]
        for i in range(fixed_bound[o + 1] - first):
            value = centre[first + i] - _dot(regression[o, i], u[begin:], effect_bound[o + 1] - begin)
            theta[fixed[first + i]] = value + _dot(fixed_root[o, i], z[effects + first :], i + 1)
    return log_det


@njit(**INNER_FAST)
def _dot(row, x, n):
    """Sum of the products of the first ``n`` elements."""
    out = 0.0
    for j in range(n):
        out += row[j] * x[j]
    return out


@njit(**INNER_FAST)
def _add(row, factor, out, n):
    """``out += factor * row`` for the first ``n`` elements."""
    for j in range(n):
        out[j] += factor * row[j]


@njit(**INNER)
def log_prior(where, prior, t):
    """Log density of the fixed latents, the scales and the correlations; adds its gradient to ``t.gradient``.

    That of the effects is in `pull_back`.
    """
    out = prior.constant
    for i in range(where.fixed.size):
        d = where.fixed[i]
        residual = (t.theta[d] - prior.mean[d]) / prior.fixed_sd[i]
        out -= 0.5 * residual * residual
        t.gradient[d] -= residual / prior.fixed_sd[i]
    for k in range(t.sigma.size):
        out -= 0.5 * (t.sigma[k] / prior.sigma_sd[k]) ** 2
    for g in range(t.rho.size):
        out += (prior.eta[g] - 1.0) * log(1.0 - t.rho[g] ** 2)
    return out


@njit(**INNER)
def pull_back(where, units, prior, tau, t, gradient_tau, gradient_z):
    """Gradient in (tau, z) from that in theta, ``t.gradient``.

    Returns the log density of the effects and log det of d (sigma, rho) / d tau.
    """
    fixed, effect, fixed_bound, effect_bound, dense, _, regression, fixed_root, root, _ = where
    gradient, back = t.gradient, t.back
    effects, scales = effect.size, t.sigma.size
    for e in range(effects):
        back[e] = gradient[effect[e]]
        gradient_z[e] = 0.0
    for o in range(dense.size):
        begin, first = effect_bound[o], fixed_bound[o]
        count = fixed_bound[o + 1] - first
        for j in range(count):
            gradient_z[effects + first + j] = 0.0
        for i in range(count):
            g = gradient[fixed[first + i]]
            _add(regression[o, i], -g, back[begin:], effect_bound[o + 1] - begin)
            _add(fixed_root[o, i], g, gradient_z[effects + first :], i + 1)
    out = pull(units, t)
    for o in range(dense.size):
        begin, end = effect_bound[o], effect_bound[o + 1]
        mine = gradient_z[begin:end]
        for i in range(dense[o]):
            _add(root[o, i], back[begin + i], mine, i + 1)
        for e in range(begin + dense[o], end):
            gradient_z[e] = back[e]
    for k in range(scales):
        curve = exp(-0.5 * tau[k] ** 2) / sqrt(2.0 * pi) * prior.sigma_sd[k]  # of sigma in tau
        gradient_sigma = t.gradient_sigma[k] - t.sigma[k] / prior.sigma_sd[k] ** 2
        gradient_tau[k] = gradient_sigma * t.slope[k] + curve / t.slope[k]
        out += log(t.slope[k])
    for g in range(t.rho.size):
        slope = 1.0 - t.rho[g] ** 2
        gradient_tau[scales + g] = t.gradient_rho[g] * slope - 2.0 * prior.eta[g] * t.rho[g]
        out += log(slope)
    return out
