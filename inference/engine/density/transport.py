r"""The transport: coordinates in which the posterior is nearly standard normal, whatever the group scales.

The latents :math:`\theta` (all intercepts, slopes and effects) have priors
:math:`\theta_d \sim N(m_d, c_d^2 \sigma_{k(d)}^2)`, with a group scale :math:`\sigma_k` or without one. Let
:math:`K` and :math:`h` be the precision and the shift of a quadratic approximation
:math:`-\tfrac12 \theta'K\theta + h'\theta` of the log likelihood, and :math:`q_d = 1 / (c_d \sigma_{k(d)})^2`. With

.. math::  Q = K + \operatorname{diag}(q), \quad Q^{-1} = V V' \; (V \text{ upper triangular}), \quad
           \mu = V V'(h + q m), \quad \theta = \mu + V z,

the sampler moves :math:`(\tau, z)`, where :math:`\sigma = \sigma(\tau)` (`scales`), under the log density

.. math::  \log p(y \mid \theta) + \log p(\theta \mid \sigma) + \log p(\tau) + \log \det V .

This is an exact change of variables for any :math:`K` and :math:`h`; good ones make :math:`z` nearly
:math:`N(0, I)`: as much centred, effect by effect and scale by scale, as the data demand.

Gradient, with :math:`g` that of the first two terms in :math:`\theta`, :math:`a = V'g`, :math:`v = Va` and
:math:`c` the row :math:`d` of :math:`V`: :math:`a` in :math:`z`, and in :math:`\log \sigma_k` the sum over its
latents of

.. math::  q_d (\theta_d - m_d)^2 - 1 + 2 q_d \Big( v_d (\mu_d - m_d)
           + \sum_i z_i c_i \big(\sum_{j<i} c_j a_j + \tfrac12 c_i a_i\big) + \tfrac12 c'c \Big),

where the sum over i is :math:`z'\Phi(cc')a`, :math:`\Phi` the lower triangle with halved diagonal, which
is what the derivative of a Cholesky factor brings.

The half-normal scales :math:`\sigma_k`, of prior sd :math:`\varsigma_k`, become

.. math::  \sigma_k = \varsigma_k \big(\tau_k \Phi(\tau_k) + \phi(\tau_k)\big), \quad
           \frac{d\sigma_k}{d\tau_k} = \varsigma_k \Phi(\tau_k)

with the normal distribution function and density: linear where a scale is large, and with a normal tail
towards zero, where its logarithm would have a long one and the scale itself a wall.

`arrowhead` computes V and its products.
"""

from __future__ import annotations

from math import erfc, exp, log, pi, sqrt
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from inference.engine.density.arrowhead import Arrow, Float, arrow, set_root, times, times_transposed
from inference.engine.options import INNER_FAST


class Prior(NamedTuple):
    """Normal priors of the latents and half-normal priors of the group scales."""

    mean: Float  # (latent,)
    sd: Float  # (latent,): without the group scale
    scale: NDArray[np.int64]  # (latent,): which group scale multiplies it, or -1
    sigma_sd: Float  # (scale,)
    constant: float  # of the log density


class Transport(NamedTuple):
    """Root V and vectors at the last position, and scratch."""

    root: Arrow
    theta: Float  # (latent,)
    mu: Float
    precision: Float  # q
    white: Float  # V'(h + q m), then a = V'g
    back: Float  # V a
    gradient: Float  # g
    bend: Float  # z'Phi(cc')a + c'c / 2
    before: Float
    sigma: Float  # (scale,)
    slope: Float  # (scale,): d sigma / d tau


def transport(regions: int, own: int, shared: int, extra: int, scales: int) -> Transport:
    """Room for a transport."""
    latents = regions * own + shared + extra
    vectors = [np.zeros(size) for size in [latents] * 8 + [scales] * 2]
    return Transport._make([arrow(regions, own, shared, extra), *vectors])


@njit(**INNER_FAST)
def scales(prior, tau, t):
    """Fill ``t.sigma`` and ``t.slope`` = d sigma / d tau."""
    for k in range(tau.size):
        below = 0.5 * erfc(-tau[k] / sqrt(2.0))
        density = exp(-0.5 * tau[k] ** 2) / sqrt(2.0 * pi)
        t.sigma[k] = prior.sigma_sd[k] * (tau[k] * below + density)
        t.slope[k] = prior.sigma_sd[k] * below


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


def origin(prior: Prior, sigma: Float) -> Float:
    """The position (scale + latent,) of group scales ``sigma`` and z = 0."""
    return np.concatenate([scales_inverse(sigma / prior.sigma_sd), np.zeros(prior.mean.size)])


@njit(**INNER_FAST)
def move(k, h, prior, z, t):
    """Fill ``t.theta``, the latents at ``t.sigma`` and z; returns log det V."""
    mean, sd, scale_of = prior.mean, prior.sd, prior.scale  # locals: see `kernel.log_likelihood_sums`
    theta, mu, precision, back, sigma = t.theta, t.mu, t.precision, t.back, t.sigma
    for d in range(h.size):
        scale = sigma[scale_of[d]] if scale_of[d] >= 0 else 1.0
        precision[d] = 1.0 / (sd[d] * scale) ** 2
        back[d] = h[d] + precision[d] * mean[d]
    log_det = set_root(k, precision, t.root)
    times_transposed(t.root, back, t.white)
    times(t.root, t.white, mu)
    times(t.root, z, theta)
    for d in range(h.size):
        theta[d] += mu[d]
    return log_det


@njit(**INNER_FAST)
def log_prior(prior, t):
    """Return log p(theta | sigma) + log p(sigma); adds its gradient in theta to ``t.gradient``."""
    mean, sigma_sd, out = prior.mean, prior.sigma_sd, prior.constant
    theta, precision, gradient, sigma = t.theta, t.precision, t.gradient, t.sigma
    for d in range(theta.size):
        residual = theta[d] - mean[d]
        out += 0.5 * (log(precision[d]) - residual * residual * precision[d])
        gradient[d] -= residual * precision[d]
    for k in range(sigma.size):
        out -= 0.5 * (sigma[k] / sigma_sd[k]) ** 2
    return out


@njit(**INNER_FAST)
def pull_back(prior, tau, z, t, gradient_tau, gradient_z):
    """Gradient in (tau, z) from that in theta, ``t.gradient``; returns log det of d sigma / d tau."""
    mean, scale_of, sigma_sd = prior.mean, prior.scale, prior.sigma_sd
    root, theta, mu, precision, white, back, gradient, bend, before, sigma, slope = t
    times_transposed(root, gradient, white)
    times(root, white, back)
    _bend(root, z, white, bend, before)
    log_det = 0.0
    gradient_tau.fill(0.0)
    for d in range(theta.size):
        k = scale_of[d]
        gradient_z[d] = white[d]
        if k >= 0:
            residual = theta[d] - mean[d]
            through = back[d] * (mu[d] - mean[d]) + bend[d]
            gradient_tau[k] += precision[d] * (residual * residual + 2.0 * through) - 1.0
    for k in range(tau.size):
        curve = exp(-0.5 * tau[k] ** 2) / sqrt(2.0 * pi) * sigma_sd[k]  # of sigma in tau
        gradient_sigma = gradient_tau[k] / sigma[k] - sigma[k] / sigma_sd[k] ** 2
        gradient_tau[k] = gradient_sigma * slope[k] + curve / slope[k]
        log_det += log(slope[k])
    return log_det


@njit(**INNER_FAST)
def _bend(root, z, a, bend, before):
    """z'Phi(cc')a + c'c / 2 for every row c of V; ``before`` is the running sum of c a."""
    own = root.block.shape[1]
    shared, at = root.cross.shape
    bend.fill(0.0)
    before.fill(0.0)
    for d in range(at):
        for m in range(d % own, own):
            i = d - d % own + m
            _step(root.block[d // own, d % own, m], z[i], a[i], d, bend, before)
    for j in range(shared):
        for d in range(at):
            _step(root.cross[j, d], z[at + j], a[at + j], d, bend, before)
        for m in range(j, shared):
            _step(root.shared[j, m], z[at + m], a[at + m], at + j, bend, before)
    for i in range(root.extra.size):
        d = at + shared + i
        _step(root.extra[i], z[d], a[d], d, bend, before)


@njit(**INNER_FAST)
def _step(c, z, a, d, bend, before):
    """One term of the sums of row ``d``."""
    after = before[d] + c * a
    bend[d] += 0.5 * c * (z * (before[d] + after) + c)
    before[d] = after
