"""Loops over the rows of one logit: log likelihood, gradient, information, and what third derivatives add."""

from __future__ import annotations

from math import exp, log1p

from numba import njit

from inference.engine.options import EXACT, INNER


@njit(**INNER)
def _eta(column, value, offset, theta, n):
    out = offset[n]
    for i in range(column.shape[1]):
        out += value[n, i] * theta[column[n, i]]
    return out


@njit(**INNER)
def _softplus(eta):
    return max(eta, 0.0) + log1p(exp(-abs(eta)))


@njit(**INNER)
def _probability(eta):
    return 1.0 / (1.0 + exp(-eta))


@njit(**EXACT)
def gradient(rows, theta, out):
    """Return the log likelihood at ``theta`` (latent,); fills its gradient."""
    column, value, offset, y, weight = rows
    out.fill(0.0)
    total = 0.0
    for n in range(y.size):
        eta = _eta(column, value, offset, theta, n)
        total += weight[n] * (y[n] * eta - _softplus(eta))
        residual = weight[n] * (y[n] - _probability(eta))
        for i in range(column.shape[1]):
            out[column[n, i]] += residual * value[n, i]
    return total


@njit(**EXACT)
def information(rows, theta, out):
    """Fill the lower half of ``out`` (latent, latent) with the negative second derivative at ``theta``."""
    column, value, offset, y, weight = rows
    out.fill(0.0)
    entries = column.shape[1]
    for n in range(y.size):
        p = _probability(_eta(column, value, offset, theta, n))
        w = weight[n] * p * (1.0 - p)
        for i in range(entries):
            a, own = w * value[n, i], column[n, i]
            for j in range(i + 1):
                other = column[n, j]
                if other <= own:
                    out[own, other] += a * value[n, j]
                else:
                    out[other, own] += a * value[n, j]


@njit(**EXACT)
def third(rows, theta, covariance, some, mean, cubes):
    r"""What third derivatives add: to the gradient's mean (latent,), and to third cumulants (some,).

    With :math:`v_n = u_n' C u_n` and the third derivative :math:`-t_n` of row n, these are
    :math:`-\tfrac12 \sum_n t_n v_n u_n` and, for each latent j of ``some``, :math:`-\sum_n t_n (u_n' C_j)^3`.
    ``covariance`` is symmetric.
    """
    column, value, offset, y, weight = rows
    mean.fill(0.0)
    cubes.fill(0.0)
    entries = column.shape[1]
    for n in range(y.size):
        p = _probability(_eta(column, value, offset, theta, n))
        t = weight[n] * p * (1.0 - p) * (1.0 - 2.0 * p)
        v = 0.0
        for i in range(entries):
            part = 0.0
            for j in range(i):
                part += value[n, j] * covariance[column[n, i], column[n, j]]
            v += value[n, i] * (2.0 * part + value[n, i] * covariance[column[n, i], column[n, i]])
        for i in range(entries):
            mean[column[n, i]] -= 0.5 * t * v * value[n, i]
        for k in range(some.size):
            c = 0.0
            for i in range(entries):
                c += value[n, i] * covariance[some[k], column[n, i]]
            cubes[k] -= t * c * c * c
