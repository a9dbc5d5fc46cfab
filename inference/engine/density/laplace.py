r"""The quadratic approximation of the log likelihood, and the point that it is made at.

At latents :math:`\theta_0`, with weights :math:`w_n = p_n (1 - p_n)` and the gradient :math:`g_0`,

.. math::  K = \sum_n w_n u_n u_n', \quad h = K \theta_0 + g_0,

where :math:`u_n` says how row n enters the latents. Newton's step is the transport's :math:`\mu`.
:math:`\theta_0` is the posterior mode at group scales that EM climbs to at the same time,

.. math::  \sigma^2 = \operatorname{arg\,max}_v \; (1 - n) \log v - S / v - v / \varsigma^2, \quad
           S = \sum_{d} \big((\theta_d - m_d)^2 + (Q^{-1})_{dd}\big) / c_d^2,

over the n latents of a scale with half-normal prior of standard deviation :math:`\varsigma`. A rough answer
will do: it decides how fast the sampler moves, not where to.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inference.engine.density.posterior import Layout, Posterior, Quadratic
from inference.engine.density.transport import Arrow, Float, Prior, arrow, origin
from inference.engine.sampler.hmc import evaluate

STEPS = 8
CHUNK = 16_384


class SortedRows(NamedTuple):
    """The rows of a design, sorted by region."""

    x: Float  # (obs, predictor)
    region: NDArray[np.intp]  # (obs,), as era
    era: NDArray[np.intp]
    levels: NDArray[np.intp]  # (extra group, obs)
    weight: Float  # (obs,)


class Point(NamedTuple):
    """Latents, and log p(y | theta) with its gradient there."""

    theta: Float
    likelihood: float
    gradient: Float


def curvature(layout: Layout, rows: SortedRows, weight: Float) -> Arrow:
    """K with weights w (obs,) of ``rows``.

    Shared latents see a row as z = (1, x, its era's indicator), a region's own as some of these columns.
    """
    levels = rows.levels
    extra = int(levels.max()) + 1 if levels.size else 0
    k = arrow(layout.regions, layout.own, layout.shared, extra)
    own = [0] * layout.has_region + [1 + int(c) for c in layout.varying]
    bounds = np.searchsorted(rows.region, np.arange(layout.regions + 1))
    for r in range(layout.regions):
        for start in range(bounds[r], bounds[r + 1], CHUNK):
            chunk = slice(start, min(start + CHUNK, bounds[r + 1]))
            z = np.zeros((chunk.stop - chunk.start, layout.shared))
            z[:, 0] = 1.0
            z[:, 1 : 1 + layout.predictors] = rows.x[chunk]
            if layout.has_era:
                z[np.arange(len(z)), 1 + layout.predictors + rows.era[chunk]] = 1.0
            moment = (z * weight[chunk, None]).T @ z  # (shared, shared)
            k.shared[:] += moment
            k.cross[:, r * layout.own : (r + 1) * layout.own] += moment[:, own]
            k.block[r] += moment[own][:, own]
    for group in levels:
        k.extra[:] += np.bincount(group, weight, minlength=extra)
    return k


def times_arrow(k: Arrow, theta: Float) -> Float:
    """K theta."""
    shared, at = k.cross.shape
    mine, common = theta[:at], theta[at : at + shared]
    own = np.einsum("rij,rj->ri", k.block, mine.reshape(k.block.shape[:2])).ravel()
    return np.concatenate([own + common @ k.cross, k.cross @ mine + k.shared @ common, k.extra * theta[at + shared :]])


def inverse_diagonal(root: Arrow) -> Float:
    """Diagonal of Q^-1 = V V'."""
    own = (np.triu(root.block) ** 2).sum(-1).ravel() + (root.cross**2).sum(0)
    return np.concatenate([own, (np.triu(root.shared) ** 2).sum(-1), root.extra**2])


def em_step(prior: Prior, sigma: Float, theta: Float, variance: Float) -> Float:
    """The next group scales of EM, at latents ``theta`` with posterior ``variance`` (latent,)."""
    out = sigma.copy()
    spread = ((theta - prior.mean) ** 2 + variance) * prior.sd**-2
    for k, sd in enumerate(prior.sigma_sd):
        latents = prior.scale == k
        n, s = latents.sum() - 1, spread[latents].sum()
        out[k] = sd * np.sqrt(0.5 * (np.sqrt(n**2 + 4 * s / sd**2) - n))
    return out


def fit_quadratic(posterior: Posterior, rows: SortedRows) -> Float:
    """Fill ``posterior.quadratic``; returns the group scales it was fitted at.

    Error variances of predictors are left out of the quadratic, which need not be exact.
    """
    prior, quadratic = posterior.prior, posterior.quadratic
    sigma = 0.5 * prior.sigma_sd
    point = evaluate_at(posterior, prior.mean, sigma)
    for _ in range(STEPS):
        p = probability(posterior.layout, point.theta, rows)
        k = curvature(posterior.layout, rows, rows.weight * p * (1.0 - p))
        for part, new in zip(quadratic.precision, k, strict=True):
            part[:] = new
        quadratic.shift[:] = times_arrow(k, point.theta) + point.gradient
        newton = _evaluate_at_mu(posterior, sigma)
        variance = inverse_diagonal(posterior.transport.root)
        point = _improved(posterior, point, newton, sigma)
        sigma = em_step(prior, sigma, point.theta, variance)
    return sigma


def evaluate_at(posterior: Posterior, theta: Float, sigma: Float) -> Point:
    """Evaluate the density at latents ``theta`` and scales ``sigma``, which the transport then holds.

    Without a quadratic, and with the shift q (theta - m), the transport's mu is theta.
    """
    nothing = Arrow._make(np.zeros_like(part) for part in posterior.quadratic.precision)
    prior = posterior.prior
    scale = np.append(sigma, 1.0)[prior.scale]  # of scale -1, none, the last
    pull = (theta - prior.mean) / (prior.sd * scale) ** 2
    return _evaluate_at_mu(posterior._replace(quadratic=Quadratic(nothing, pull)), sigma)


def _evaluate_at_mu(posterior: Posterior, sigma: Float) -> Point:
    """Evaluate the density at z = 0, where the latents are the transport's mu."""
    prior, t = posterior.prior, posterior.transport
    evaluate(posterior, origin(prior, sigma))
    pull = t.precision * (t.theta - prior.mean)  # the prior's share
    return Point(t.theta.copy(), float(posterior.likelihood[0]), t.gradient + pull)


def probability(layout: Layout, theta: Float, rows: SortedRows) -> Float:
    """Probabilities (obs,) of ``rows`` at latents ``theta``."""
    at = layout.regions * layout.own
    shared = theta[at : at + layout.shared]
    own = theta[:at].reshape(layout.regions, layout.own)
    eta = shared[0] + rows.x @ shared[1 : 1 + layout.predictors]
    if layout.has_region:
        eta += own[rows.region, 0]
    for k, column in enumerate(layout.varying):
        eta += own[rows.region, layout.has_region + k] * rows.x[:, column]
    if layout.has_era:
        eta += shared[1 + layout.predictors + rows.era]
    for group in rows.levels:
        eta += theta[at + layout.shared + group]
    return 0.5 + 0.5 * np.tanh(0.5 * eta)


def _improved(posterior: Posterior, old: Point, new: Point, sigma: Float) -> Point:
    """The first point that is better than ``old``: ``new``, half the way to it, a quarter of the way ..."""
    mean, precision = posterior.prior.mean, posterior.transport.precision  # at ``sigma``, where the transport is

    def log_joint(point: Point) -> float:  # up to what does not depend on theta
        return point.likelihood - 0.5 * float(precision @ (point.theta - mean) ** 2)

    start = log_joint(old)
    for _ in range(10):
        if log_joint(new) >= start:
            return new
        new = evaluate_at(posterior, 0.5 * (old.theta + new.theta), sigma)
    return old
