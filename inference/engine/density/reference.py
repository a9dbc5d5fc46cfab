r"""The reference point of the transport: where the posterior is, roughly, and how wide.

Of one outcome at latents :math:`\theta`, with weights :math:`w_n = p_n (1 - p_n)` and the gradient :math:`g` of the log
likelihood, Newton's step is :math:`\theta + (K + P)^{-1} (g - P (\theta - m))`,

.. math::  K = \sum_n w_n u_n u_n',

where :math:`u_n` says how row n enters the latents. The scales climb at the same time by EM,

.. math::  \sigma^2 = \operatorname{arg\,max}_v \; (1 - n) \log v - S / v - v / \varsigma^2, \quad
           S = \sum_{d} \big((\theta_d - m_d)^2 + ((K + P)^{-1})_{dd}\big) / s_d^2,

over the n latents of a scale with half-normal prior of standard deviation :math:`\varsigma`. A rough answer will do: it
decides how fast the sampler moves, not where to. Correlations of outcomes are 0 at the reference, so that each outcome
has its own. Error variances of predictors are left out.

Effects beyond the `MOST` with the most events are taken to be independent of the other effects: the work on the rest
grows with their number's cube, and levels with few events owe little to each other. (Of 584 effects of an outcome, 300
sampled as well as all, 150 half as well.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numba import njit
from numpy.typing import NDArray
from scipy import linalg
from threadpoolctl import threadpool_limits

from inference.engine.density import layout
from inference.engine.density.layout import Own, Scaled
from inference.engine.options import EXACT
from models.design import Design

STEPS = 8
MOST = 300
Float = NDArray[np.float64]
Index = NDArray[np.intp]


class Reference(NamedTuple):
    """Of one outcome: its latents and scales, and the parts of the transport there; positions among its own latents."""

    fixed: Index  # (fixed,)
    effect: Index  # (effect,): those of `root` first
    sigma: Float  # (own scale,)
    centre: Float  # (fixed,)
    shift: Float  # (effect,): h
    information: Float  # (effect,): k
    regression: Float  # (fixed, effect)
    fixed_root: Float  # (fixed, fixed)
    root: Float  # (dense effect, dense effect)


def latent_matrix(design: Design, own: Own) -> sp.csr_array:
    """How each row enters the latents of its outcome (obs, latent), sparse."""
    column, value = layout.entries(design, own)
    n, entries = column.shape
    width = sum(index.size for index in own.latents.values())
    first = np.arange(0, column.size + 1, entries)
    out = sp.csr_array((value.ravel(), column.ravel(), first), (n, width))
    out.sort_indices()
    return out


class _Point(NamedTuple):
    theta: Float
    likelihood: float
    probability: Float


def _at(design: Design, u: sp.csr_array, theta: Float) -> _Point:
    eta = u @ theta
    likelihood = float(np.sum(design.row_weight * (design.y * eta - np.logaddexp(0.0, eta))))
    return _Point(theta, likelihood, 0.5 + 0.5 * np.tanh(0.5 * eta))


# Sums of matrix products depend on how many threads share them, and draws on the last bit of the transport.
@threadpool_limits.wrap(limits=1, user_api="blas")
def reference(design: Design, own: Own, prior: Scaled, sigma_sd: Float) -> Reference:
    """The reference point of one outcome. ``prior.scale`` and ``sigma_sd`` count its own scales from 0."""
    u = latent_matrix(design, own)
    fixed, effect = np.flatnonzero(prior.scale < 0), np.flatnonzero(prior.scale >= 0)
    weight, sigma, point = design.row_weight, 0.5 * sigma_sd, _at(design, u, prior.mean)
    if effect.size > MOST:
        events = np.abs(u[:, effect]).T @ (weight * design.y)
        effect = effect[np.argsort(-events, kind="stable")]
    dense = np.concatenate([fixed, effect[:MOST]])
    some, squared = u[:, dense].tocsr(), u.multiply(u).tocsr()
    for _ in range(STEPS):
        w = weight * point.probability * (1.0 - point.probability)
        k = _gram(some, dense.size, w)
        diagonal = squared.T @ w
        precision = prior.precision(sigma)
        pull = u.T @ (weight * (design.y - point.probability)) - precision * (point.theta - prior.mean)
        inverse = linalg.inv(k + np.diag(precision[dense]), overwrite_a=True, check_finite=False)
        step, variance = pull / (diagonal + precision), 1.0 / (diagonal + precision)
        step[dense], variance[dense] = inverse @ pull[dense], np.diag(inverse)
        point = _improved(design, u, point, step, prior, precision)
        sigma = _em_step(prior, sigma_sd, sigma, point.theta, variance)
    return _parts(u, weight * point.probability * (1.0 - point.probability), point.theta, prior, sigma, fixed, effect)


def _gram(u: sp.csr_array, columns: int, w: Float) -> Float:
    """U' diag(w) U of U (obs, column): many times as fast as a sparse product, whose result would be dense too."""
    out = np.zeros((columns, columns))
    add_squares(u.data, u.indices.astype(np.int64), u.indptr.astype(np.int64), w, out)
    return out


@njit(**EXACT)
def add_squares(values, column, first, weight, out):
    """Add the weighted square of each row of a sparse matrix to ``out`` (column, column)."""
    for row in range(weight.size):
        for i in range(first[row], first[row + 1]):
            value = weight[row] * values[i]
            for j in range(first[row], first[row + 1]):
                out[column[i], column[j]] += value * values[j]


def _improved(design: Design, u: sp.csr_array, old: _Point, step: Float, prior: Scaled, precision: Float) -> _Point:
    """The first of the `halvings` of a step that is better than ``old``, or that itself."""

    def log_joint(point: _Point) -> float:
        return point.likelihood - 0.5 * float(precision @ (point.theta - prior.mean) ** 2)

    start = log_joint(old)
    points = (_at(design, u, theta) for theta in halvings(old.theta, step))
    return next((point for point in points if log_joint(point) >= start), old)


def halvings(theta: Float, step: Float) -> Iterator[Float]:
    """Points ever closer to ``theta``: a whole step away, half of it, a quarter of it, ten in all."""
    return (theta + step * 0.5**half for half in range(10))


def _em_step(prior: Scaled, sigma_sd: Float, sigma: Float, theta: Float, variance: Float) -> Float:
    """The next scales of EM, at latents ``theta`` with posterior ``variance`` (latent,)."""
    out = sigma.copy()
    spread = ((theta - prior.mean) ** 2 + variance) / prior.sd**2
    for k, sd in enumerate(sigma_sd):
        latents = prior.scale == k
        n, s = latents.sum() - 1, spread[latents].sum()
        out[k] = sd * np.sqrt(0.5 * (np.sqrt(n**2 + 4 * s / sd**2) - n))
    return out


def _parts(
    u: sp.csr_array, w: Float, theta: Float, prior: Scaled, sigma: Float, fixed: Index, effect: Index
) -> Reference:
    """The parts of the transport at ``theta``, where rows have the weights ``w`` (obs,)."""
    dense, rest = effect[:MOST], effect[MOST:]
    precision = prior.precision(sigma)
    s = fixed.size
    k = _gram(u[:, np.concatenate([fixed, dense])].tocsr(), s + dense.size, w)
    own = linalg.inv(k[:s, :s] + np.diag(precision[fixed]))
    cross = np.hstack([k[:s, s:], (u[:, fixed].T @ u[:, rest].multiply(w[:, None])).toarray()])
    regression = own @ cross
    covariance = linalg.inv(k[s:, s:] - k[s:, :s] @ regression[:, : dense.size] + np.diag(precision[dense]))
    variance = np.concatenate([np.diag(covariance), 1.0 / (u[:, rest].multiply(u[:, rest]).T @ w + precision[rest])])
    sd = np.sqrt(np.diag(covariance))
    return Reference(
        fixed=fixed,
        effect=effect,
        sigma=sigma,
        centre=theta[fixed] + regression @ (theta - prior.mean)[effect],
        shift=(theta - prior.mean)[effect] / variance,
        information=np.maximum(1.0 / variance - precision[effect], 0.0),
        regression=regression,
        fixed_root=linalg.cholesky(own, lower=True),
        root=linalg.cholesky(covariance / np.outer(sd, sd), lower=True),
    )
