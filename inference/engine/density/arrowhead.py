r"""The root V of the inverse precision, :math:`Q^{-1} = (K + \operatorname{diag}(q))^{-1} = V V'`, V upper triangular.

:math:`K` has the shape of an arrow: a region's own latents (its intercept and slopes) meet those of no other
region, only the shared ones (:math:`\alpha, \beta`, eras). So has :math:`V`,

.. math::  V = \begin{pmatrix} V_1 & & & X_1 \\ & \ddots & & \vdots \\ & & V_R & X_R \\ & & & V_s \end{pmatrix},
           \quad X_r = -V_r C_r V_s, \quad C_r = V_r' K_{rs},
           \quad V_s V_s' = \big(K_{ss} + \operatorname{diag}(q_s) - \sum_r C_r' C_r\big)^{-1},

and the cost grows with the number of regions, not with its cube. Effects of further groups (hundreds of
states, say) take only the diagonal of :math:`K`: they are rescaled one by one and not decorrelated.
"""

from __future__ import annotations

from math import log, sqrt
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from inference.engine.options import INNER_FAST

Float = NDArray[np.float64]


class Arrow(NamedTuple):
    """A matrix over the latents, ordered region by region, then shared, then extra: K, or the root V."""

    block: Float  # (region, own, own)
    cross: Float  # (shared, region * own)
    shared: Float  # (shared, shared)
    extra: Float  # (extra,): a diagonal


def arrow(regions: int, own: int, shared: int, extra: int) -> Arrow:
    """An arrow of zeros."""
    own_blocks, cross = np.zeros((regions, own, own)), np.zeros((shared, regions * own))
    return Arrow(own_blocks, cross, np.zeros((shared, shared)), np.zeros(extra))


@njit(**INNER_FAST)
def inverse_root(s):
    """Replace the upper triangle of ``s`` by V, upper triangular with V V' = s^-1; returns log det V.

    First s = U'U (Cholesky), then V = U^-1, both row by row in place.
    """
    n, log_det = s.shape[0], 0.0
    for k in range(n):
        pivot = 1.0 / sqrt(s[k, k])
        log_det += log(pivot)
        for j in range(k, n):
            s[k, j] *= pivot
        for i in range(k + 1, n):
            factor = s[k, i]
            for j in range(i, n):
                s[i, j] -= factor * s[k, j]
    for i in range(n - 1, -1, -1):
        pivot = 1.0 / s[i, i]
        for k in range(n - 1, i, -1):
            factor = s[i, k] * pivot
            s[i, k] = 0.0
            for j in range(k, n):
                s[i, j] -= factor * s[k, j]
        s[i, i] = pivot
    return log_det


@njit(**INNER_FAST)
def set_root(k, precision, root):
    """Fill ``root`` with V of Q = K + diag(precision); returns log det V."""
    shared, at = k.cross.shape
    log_det = 0.0
    for r in range(k.block.shape[0]):
        log_det += _own_root(k.block[r], k.cross, precision, r, root.block[r], root.cross)
    _set_shared(k.shared, precision, root.cross, root.shared)
    log_det += inverse_root(root.shared)
    for r in range(k.block.shape[0]):
        _times_own(root.block[r], r, root.cross)
    for j in range(shared - 1, -1, -1):  # X' = -V_s' (V C)': row j needs only rows j and above
        for d in range(at):
            root.cross[j, d] *= -root.shared[j, j]
        for i in range(j):
            factor = root.shared[i, j]
            for d in range(at):
                root.cross[j, d] -= factor * root.cross[i, d]
    for i in range(k.extra.size):
        root.extra[i] = 1.0 / sqrt(k.extra[i] + precision[at + shared + i])
        log_det += log(root.extra[i])
    return log_det


@njit(**INNER_FAST)
def _set_shared(k, precision, cross, out):
    """Upper triangle of K_ss + diag(q_s) - C'C."""
    shared, at = cross.shape
    for i in range(shared):
        for j in range(i, shared):
            product = 0.0
            for d in range(at):
                product += cross[i, d] * cross[j, d]
            out[i, j] = k[i, j] - product
        out[i, i] += precision[at + i]


@njit(**INNER_FAST)
def _own_root(k, k_cross, precision, r, block, cross):
    """V_r, and C_r' = K_sr V_r in its columns of ``cross``; returns log det V_r."""
    own = len(k)
    first = r * own
    for i in range(own):
        for j in range(i, own):
            block[i, j] = k[i, j]
        block[i, i] += precision[first + i]
    log_det = inverse_root(block)
    for j in range(len(cross)):
        for i in range(own):
            value = 0.0
            for m in range(i + 1):
                value += k_cross[j, first + m] * block[m, i]
            cross[j, first + i] = value
    return log_det


@njit(**INNER_FAST)
def _times_own(block, r, cross):
    """Replace C_r' by (V_r C_r)' in its columns of ``cross``."""
    own = len(block)
    for j in range(len(cross)):
        for i in range(own):  # V_r is upper triangular: entry i needs only entries i and beyond
            value = 0.0
            for m in range(i, own):
                value += block[i, m] * cross[j, r * own + m]
            cross[j, r * own + i] = value


@njit(**INNER_FAST)
def times(root, x, out):
    """``out = V x``."""
    own = root.block.shape[1]
    shared, at = root.cross.shape
    for d in range(at):
        r, i = d // own, d % own
        value = 0.0
        for m in range(i, own):
            value += root.block[r, i, m] * x[r * own + m]
        out[d] = value
    for j in range(shared):
        value = 0.0
        for m in range(j, shared):
            value += root.shared[j, m] * x[at + m]
        out[at + j] = value
        for d in range(at):
            out[d] += root.cross[j, d] * x[at + j]
    for i in range(root.extra.size):
        out[at + shared + i] = root.extra[i] * x[at + shared + i]


@njit(**INNER_FAST)
def times_transposed(root, x, out):
    """``out = V' x``."""
    own = root.block.shape[1]
    shared, at = root.cross.shape
    for d in range(at):
        r, i = d // own, d % own
        value = 0.0
        for m in range(i + 1):
            value += root.block[r, m, i] * x[r * own + m]
        out[d] = value
    for j in range(shared):
        value = 0.0
        for d in range(at):
            value += root.cross[j, d] * x[d]
        for m in range(j + 1):
            value += root.shared[m, j] * x[at + m]
        out[at + j] = value
    for i in range(root.extra.size):
        out[at + shared + i] = root.extra[i] * x[at + shared + i]
