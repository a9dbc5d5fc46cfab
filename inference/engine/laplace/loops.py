"""Loops over the rows of one logit: log likelihood, gradient, information, and what third derivatives add.

The first ``dense`` entries of every row are of the first ``dense`` latents (intercept and slopes), so that their sums
run over neighbours in memory; the others are of a level of a grouping each.
"""

from __future__ import annotations

from math import exp, log1p

import numpy as np
from numba import njit

from inference.engine.options import FAST, INNER, INNER_FAST


@njit(**INNER_FAST)
def _eta(column, value, offset, dense, theta, n):
    out = offset[n]
    for i in range(dense):
        out += value[n, i] * theta[i]
    for i in range(dense, column.shape[1]):
        out += value[n, i] * theta[column[n, i]]
    return out


@njit(**INNER)
def _softplus(eta):
    return max(eta, 0.0) + log1p(exp(-abs(eta)))


@njit(**INNER)
def _probability(eta):
    return 1.0 / (1.0 + exp(-eta))


@njit(**FAST)
def gradient(rows, theta, out):
    """Return the log likelihood at ``theta`` (latent,); fills its gradient."""
    column, value, offset, y, weight, dense = rows
    out.fill(0.0)
    total = 0.0
    for n in range(y.size):
        eta = _eta(column, value, offset, dense, theta, n)
        total += weight[n] * (y[n] * eta - _softplus(eta))
        residual = weight[n] * (y[n] - _probability(eta))
        for i in range(dense):
            out[i] += residual * value[n, i]
        for i in range(dense, column.shape[1]):
            out[column[n, i]] += residual * value[n, i]
    return total


@njit(**FAST)
def information(rows, theta, out):
    """Fill the lower half of ``out`` (latent, latent) with the negative second derivative at ``theta``."""
    column, value, offset, y, weight, dense = rows
    out.fill(0.0)
    for n in range(y.size):
        p = _probability(_eta(column, value, offset, dense, theta, n))
        w = weight[n] * p * (1.0 - p)
        for i in range(dense):
            a = w * value[n, i]
            for j in range(i + 1):
                out[i, j] += a * value[n, j]
        for i in range(dense, column.shape[1]):
            a, own = w * value[n, i], column[n, i]
            for j in range(dense):
                out[own, j] += a * value[n, j]
            for j in range(dense, i + 1):
                other = column[n, j]
                out[max(own, other), min(own, other)] += a * value[n, j]


@njit(**FAST)
def third(rows, theta, covariance, mean, cubes):
    r"""What third derivatives add: to the gradient's mean (latent,), and to third cumulants (dense,).

    With :math:`v_n = u_n' C u_n` and the third derivative :math:`-t_n` of row n, these are
    :math:`-\tfrac12 \sum_n t_n v_n u_n` and, for each latent j of the first, :math:`-\sum_n t_n (u_n' C_j)^3`.
    ``covariance`` is symmetric.
    """
    column, value, offset, y, weight, dense = rows
    mean.fill(0.0)
    cubes.fill(0.0)
    of_dense, of_levels = np.empty(dense), np.empty(dense)  # u' C of the first latents, in two parts
    for n in range(y.size):
        p = _probability(_eta(column, value, offset, dense, theta, n))
        t = weight[n] * p * (1.0 - p) * (1.0 - 2.0 * p)
        of_dense[:] = 0.0
        of_levels[:] = 0.0
        v = 0.0
        for i in range(dense):
            for k in range(dense):
                of_dense[k] += value[n, i] * covariance[i, k]
        for i in range(dense, column.shape[1]):
            own, part = column[n, i], 0.0
            for k in range(dense):
                of_levels[k] += value[n, i] * covariance[own, k]
            for j in range(dense, i):
                part += value[n, j] * covariance[own, column[n, j]]
            v += value[n, i] * (2.0 * part + value[n, i] * covariance[own, own])
        for k in range(dense):
            v += value[n, k] * (of_dense[k] + 2.0 * of_levels[k])
            c = of_dense[k] + of_levels[k]
            cubes[k] -= t * c * c * c
        for i in range(dense):
            mean[i] -= 0.5 * t * v * value[n, i]
        for i in range(dense, column.shape[1]):
            mean[column[n, i]] -= 0.5 * t * v * value[n, i]
