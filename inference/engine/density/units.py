r"""Effects one by one and two by two: their place under the scales, and the gradient back to the scales.

A single effect, with prior precision :math:`q = (s \sigma_k)^{-2}` and the information :math:`k` of the data, is

.. math::  u = \frac{h}{k + q} + \frac{y}{\sqrt{k + q}} .

A pair has :math:`A = \operatorname{diag}(k_1, k_2) + P` with the precision matrix :math:`P` of two normals of standard
deviations :math:`\sigma_1, \sigma_2` and correlation :math:`\rho`, and :math:`u = A^{-1} h + W y` with the upper
triangular :math:`W`, :math:`W W' = A^{-1}`. For a change :math:`dP`, with the gradient :math:`g` in u,
:math:`a = W'g` and :math:`v = W a`,

.. math::  d\big(g'u + \log\det W\big) = -v' \, dP \, A^{-1} h - a' \Phi(W' dP \, W) y
           - \tfrac12 \operatorname{tr}(W' dP \, W),

where :math:`\Phi` keeps the upper triangle and halves its diagonal: what the derivative of a triangular root brings.

Sums are not reassociated here: code compiled now and code kept from before would add in other orders.
"""

from __future__ import annotations

from math import log, sqrt
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from inference.engine.options import INNER

Float = NDArray[np.float64]
Int = NDArray[np.int64]


class Units(NamedTuple):
    """Which effects stand alone and which in pairs, and what is known of each."""

    single: Int  # (single,): effect
    single_scale: Int  # (single,): scale
    single_sd: Float  # (single,): what multiplies the scale
    pair: Int  # (pair, 2): effects
    pair_group: Int  # (pair,)
    group_scale: Int  # (group, 2): scales; the correlation is that of the group's number
    information: Float  # (effect,): k
    shift: Float  # (effect,): h


@njit(**INNER)
def place(units, t):
    """Fill ``t.u`` from ``t.y``, and ``t.weight``; returns log det W."""
    single, single_scale, single_sd, pair, pair_group, group_scale, information, shift = units
    sigma, rho, y, u, weight, precision = t.sigma, t.rho, t.y, t.u, t.weight, t.pair_precision
    out = 0.0
    for s in range(single.size):
        e = single[s]
        root = 1.0 / sqrt(information[e] + 1.0 / (single_sd[s] * sigma[single_scale[s]]) ** 2)
        weight[e] = root
        u[e] = root * (root * shift[e] + y[e])
        out += log(root)
    for g in range(len(group_scale)):
        one, two = sigma[group_scale[g, 0]], sigma[group_scale[g, 1]]
        rest = 1.0 - rho[g] ** 2
        precision[g, 0] = 1.0 / (one * one * rest)
        precision[g, 1] = -rho[g] / (one * two * rest)
        precision[g, 2] = 1.0 / (two * two * rest)
    at = y.size
    for p in range(len(pair)):
        d, e, g = pair[p, 0], pair[p, 1], pair_group[p]
        w11, w12, w22 = _root(information[d] + precision[g, 0], precision[g, 1], information[e] + precision[g, 2])
        weight[d], weight[e], weight[at + d] = w11, w22, w12
        a1, a2 = w11 * shift[d], w12 * shift[d] + w22 * shift[e]  # W'h
        u[d] = w11 * (a1 + y[d]) + w12 * (a2 + y[e])
        u[e] = w22 * (a2 + y[e])
        out += log(w11 * w22)
    return out


@njit(**INNER)
def _root(a, b, c):
    """Upper triangular W, W W' = [[a, b], [b, c]]^-1, as (w11, w12, w22)."""
    w11 = 1.0 / sqrt(a)
    w22 = 1.0 / sqrt(c - b * b / a)
    return w11, -b / a * w22, w22


@njit(**INNER)
def pull(units, t):
    """Replace ``t.back``, the likelihood's gradient in u, by the density's in y; fills those in the scales.

    Returns the log density of the effects.
    """
    single, single_scale, single_sd, pair, pair_group, _, _, shift = units
    sigma, y, u, back, weight = t.sigma, t.y, t.u, t.back, t.weight
    precision, summed, by_sigma = t.pair_precision, t.pair_gradient, t.gradient_sigma
    by_sigma.fill(0.0)
    summed.fill(0.0)
    out, at = 0.0, y.size
    for s in range(single.size):
        e, k = single[s], single_scale[s]
        q, root = 1.0 / (single_sd[s] * sigma[k]) ** 2, weight[e]
        out += 0.5 * (log(q) - q * u[e] ** 2)
        g = back[e] - q * u[e]
        a = root * g
        through = 0.5 * (a * y[e] + 1.0) + a * root * shift[e]
        by_sigma[k] -= 2.0 * q / sigma[k] * (0.5 / q - 0.5 * u[e] ** 2 - root * root * through)
        back[e] = a
    for p in range(len(pair)):
        d, e, group = pair[p, 0], pair[p, 1], pair_group[p]
        p11, p12, p22 = precision[group, 0], precision[group, 1], precision[group, 2]
        w11, w12, w22 = weight[d], weight[at + d], weight[e]
        one, two = p11 * u[d] + p12 * u[e], p12 * u[d] + p22 * u[e]
        out -= 0.5 * (u[d] * one + u[e] * two)
        g1, g2 = back[d] - one, back[e] - two
        a1, a2 = w11 * g1, w12 * g1 + w22 * g2
        v1, v2 = w11 * a1 + w12 * a2, w22 * a2
        h1, h2 = w11 * shift[d], w12 * shift[d] + w22 * shift[e]
        m1, m2 = w11 * h1 + w12 * h2, w22 * h2  # A^-1 h
        b1, b2, b12 = a1 * y[d] + 1.0, a2 * y[e] + 1.0, a1 * y[e]
        summed[group, 0] -= 0.5 * w11 * w11 * b1 + w11 * w12 * b12 + 0.5 * w12 * w12 * b2 + v1 * m1 + 0.5 * u[d] * u[d]
        summed[group, 1] -= w11 * w22 * b12 + w12 * w22 * b2 + v1 * m2 + v2 * m1 + u[d] * u[e]
        summed[group, 2] -= 0.5 * w22 * w22 * b2 + v2 * m2 + 0.5 * u[e] * u[e]
        back[d], back[e] = a1, a2
    return out + _pull_groups(units, t)


@njit(**INNER)
def _pull_groups(units, t):
    """Gradient in the scales of the pairs; returns the sum of log det P / 2 over all pairs."""
    sigma, rho, summed, by_sigma, by_rho = t.sigma, t.rho, t.pair_gradient, t.gradient_sigma, t.gradient_rho
    group_scale, out = units.group_scale, 0.0
    for g in range(len(group_scale)):
        pairs = 0
        for p in range(units.pair_group.size):
            pairs += units.pair_group[p] == g
        i, j = group_scale[g, 0], group_scale[g, 1]
        one, two, r = sigma[i], sigma[j], rho[g]
        rest = 1.0 - r * r
        d11, d12, d22 = summed[g, 0], summed[g, 1], summed[g, 2]
        p11, p12, p22 = t.pair_precision[g, 0], t.pair_precision[g, 1], t.pair_precision[g, 2]
        out -= pairs * (log(one * two) + 0.5 * log(rest))
        by_sigma[i] += -(2.0 * d11 * p11 + d12 * p12 + pairs) / one
        by_sigma[j] += -(2.0 * d22 * p22 + d12 * p12 + pairs) / two
        slope12 = -(1.0 + r * r) / (one * two * rest * rest)  # of p12 in rho
        by_rho[g] = 2.0 * r / rest * (d11 * p11 + d22 * p22) + d12 * slope12 + pairs * r / rest
    return out
