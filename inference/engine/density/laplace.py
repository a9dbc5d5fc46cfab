r"""Where the log likelihood is approximated by a quadratic, and the quadratic.

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


def curvature(
    layout: Layout, x: Float, region: NDArray[np.intp], era: NDArray[np.intp], levels: NDArray[np.intp], weight: Float
) -> Arrow:
    """K with weights w (obs,) of rows ``x`` (obs, predictor) sorted by region; ``levels`` (extra group, obs).

    Shared latents see a row as z = (1, x, its era's indicator), a region's own as some of these columns.
    """
    extra = int(levels.max()) + 1 if levels.size else 0
    k = arrow(layout.regions, layout.own, layout.shared, extra)
    own = [0] * layout.has_region + [1 + int(c) for c in layout.varying]
    bounds = np.searchsorted(region, np.arange(layout.regions + 1))
    for r in range(layout.regions):
        for start in range(bounds[r], bounds[r + 1], CHUNK):
            rows = slice(start, min(start + CHUNK, bounds[r + 1]))
            z = np.zeros((rows.stop - rows.start, layout.shared))
            z[:, 0] = 1.0
            z[:, 1 : 1 + layout.predictors] = x[rows]
            if layout.has_era:
                z[np.arange(len(z)), 1 + layout.predictors + era[rows]] = 1.0
            moment = (z * weight[rows, None]).T @ z  # (shared, shared)
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


def climb(prior: Prior, sigma: Float, theta: Float, variance: Float) -> Float:
    """The EM step of the group scales, at latents ``theta`` with posterior ``variance`` (latent,)."""
    out = sigma.copy()
    spread = ((theta - prior.mean) ** 2 + variance) * prior.sd**-2
    for k, sd in enumerate(prior.sigma_sd):
        mine = prior.scale == k
        n, s = mine.sum() - 1, spread[mine].sum()
        out[k] = sd * np.sqrt(0.5 * (np.sqrt(n**2 + 4 * s / sd**2) - n))
    return out


def refer(
    posterior: Posterior,
    x: Float,
    region: NDArray[np.intp],
    era: NDArray[np.intp],
    levels: NDArray[np.intp],
    weight: Float,
) -> Float:
    """Set ``posterior.quadratic`` in place; returns the group scales it was found at.

    Error variances of predictors are left out of the quadratic, which need not be exact.
    """
    prior, layout, quadratic = posterior.prior, posterior.layout, posterior.quadratic
    sigma = 0.5 * prior.sigma_sd
    point = visit(posterior, prior.mean, sigma)
    for _ in range(STEPS):
        p = probability(posterior, point.theta, x, region, era, levels)
        k = curvature(layout, x, region, era, levels, weight * p * (1.0 - p))
        for mine, new in zip(quadratic.precision, k, strict=True):
            mine[:] = new
        quadratic.shift[:] = times_arrow(k, point.theta) + point.gradient
        newton = _arrive(posterior, sigma)
        variance = inverse_diagonal(posterior.transport.root)
        point = _improved(posterior, point, newton, sigma)
        sigma = climb(prior, sigma, point.theta, variance)
    return sigma


class Point(NamedTuple):
    """Latents, and log p(y | theta) with its gradient there."""

    theta: Float
    likelihood: float
    gradient: Float


def visit(posterior: Posterior, theta: Float, sigma: Float) -> Point:
    """Move the transport to ``theta`` and ``sigma``: without a quadratic, and with the shift q (theta - m)."""
    nothing = Arrow._make(np.zeros_like(part) for part in posterior.quadratic.precision)
    prior = posterior.prior
    scale = np.append(sigma, 1.0)[prior.scale]  # of scale -1, none, the last
    pull = (theta - prior.mean) / (prior.sd * scale) ** 2
    return _arrive(posterior._replace(quadratic=Quadratic(nothing, pull)), sigma)


def _arrive(posterior: Posterior, sigma: Float) -> Point:
    """Compute the density at z = 0, where the latents are the transport's mu."""
    prior, t = posterior.prior, posterior.transport
    evaluate(posterior, origin(prior, sigma))
    pull = t.precision * (t.theta - prior.mean)  # the prior's share
    return Point(t.theta.copy(), float(posterior.likelihood[0]), t.gradient + pull)


def probability(posterior: Posterior, theta: Float, x, region, era, levels) -> Float:
    """Probabilities (obs,) of rows sorted by region."""
    layout = posterior.layout
    at = layout.regions * layout.own
    shared = theta[at : at + layout.shared]
    own = theta[:at].reshape(layout.regions, layout.own)
    eta = shared[0] + x @ shared[1 : 1 + layout.predictors]
    if layout.has_region:
        eta += own[region, 0]
    for k, column in enumerate(layout.varying):
        eta += own[region, layout.has_region + k] * x[:, column]
    if layout.has_era:
        eta += shared[1 + layout.predictors + era]
    for group in levels:
        eta += theta[at + layout.shared + group]
    return 0.5 + 0.5 * np.tanh(0.5 * eta)


def _improved(posterior: Posterior, old: Point, new: Point, sigma: Float) -> Point:
    """The point between ``old`` and ``new`` nearest to ``new``, by halves, that is better than ``old``."""
    mean, precision = posterior.prior.mean, posterior.transport.precision  # at ``sigma``, where the transport is

    def log_joint(point: Point) -> float:  # up to what does not depend on theta
        return point.likelihood - 0.5 * float(precision @ (point.theta - mean) ** 2)

    start = log_joint(old)
    for _ in range(10):
        if log_joint(new) >= start:
            return new
        new = visit(posterior, 0.5 * (old.theta + new.theta), sigma)
    return old
