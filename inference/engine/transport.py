r"""The transport: coordinates in which the posterior is nearly standard normal, whatever the group scales.

The latents :math:`\theta` (all intercepts, slopes and effects) have priors
:math:`\theta_d \sim N(m_d, c_d^2 \sigma_{k(d)}^2)`, with a group scale :math:`\sigma_k` or without one. The
half-normal :math:`\sigma_k` is the absolute value of a normal :math:`u_k`: no boundary, no Jacobian, and a scale
that may be zero is sampled across zero, not down an endless slope of its logarithm. Let :math:`K` and :math:`h`
be the precision and the shift of a quadratic approximation :math:`-\tfrac12 \theta'K\theta + h'\theta` of the log
likelihood, and :math:`q_d = 1 / (c_d \sigma_{k(d)})^2`. With

.. math::  Q = K + \operatorname{diag}(q), \quad Q^{-1} = V V' \; (V \text{ upper triangular}), \quad
           \mu = V V'(h + q m), \quad \theta = \mu + V S z,

the sampler moves :math:`(u, z)` under the log density

.. math::  \log p(y \mid \theta) + \log p(\theta \mid \sigma) + \log p(u) + \log \det V .

:math:`S` is diagonal, with the sign of :math:`u_{k(d)}`: as :math:`u_k` passes through zero, :math:`V` has a kink
and :math:`VS` has none. This is an exact change of variables for any :math:`K` and :math:`h`; good ones make
:math:`z` nearly :math:`N(0, I)`: as much centred, effect by effect and scale by scale, as the data demand.

Gradient, with :math:`g` that of the first two terms in :math:`\theta`, :math:`a = V'g`, :math:`v = Va`,
:math:`w = Sz` and :math:`c` the row :math:`d` of :math:`V`: :math:`Sa` in :math:`z`, and in :math:`u_k`

.. math::  -\frac{u_k}{\varsigma_k^2} + \frac{1}{u_k} \sum_{d: k(d) = k} \Big[ q_d (\theta_d - m_d)^2 - 1
           + 2 q_d \Big( v_d (\mu_d - m_d)
           + \sum_i w_i c_i \big(\sum_{j<i} c_j a_j + \tfrac12 c_i a_i\big) + \tfrac12 c'c \Big) \Big],

where the sum over i is :math:`w'\Phi(cc')a`, :math:`\Phi` the lower triangle with halved diagonal, which
is what the derivative of a Cholesky factor brings.

:math:`K` has the shape of an arrow: a region's own latents (its intercept and slopes) meet those of no other
region, only the shared ones (:math:`\alpha, \beta`, eras). So has :math:`V`,

.. math::  V = \begin{pmatrix} V_1 & & & X_1 \\ & \ddots & & \vdots \\ & & V_R & X_R \\ & & & V_s \end{pmatrix},
           \quad X_r = -V_r C_r V_s, \quad C_r = V_r' K_{rs},
           \quad V_s V_s' = \big(K_{ss} + \operatorname{diag}(q_s) - \sum_r C_r' C_r\big)^{-1},

and the cost grows with the number of regions, not with its cube. Effects of further groups (hundreds of
states, say) take only the diagonal of :math:`K`: they are rescaled one by one and not decorrelated.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from inference.engine.kernel import FAST

Float = NDArray[np.float64]


class Arrow(NamedTuple):
    """A matrix over the latents, ordered region by region, then shared, then extra: K, or the root V."""

    block: Float  # (region, own, own)
    cross: Float  # (shared, region * own)
    shared: Float  # (shared, shared)
    extra: Float  # (extra,): a diagonal


class Prior(NamedTuple):
    """Normal priors of the latents and half-normal priors of the group scales."""

    mean: Float  # (latent,)
    sd: Float  # (latent,): without the group scale
    scale: NDArray[np.int64]  # (latent,): which group scale multiplies it, or -1
    sigma_sd: Float  # (scale,)
    constant: float  # of the log density


class Transport(NamedTuple):
    """The current root V and vectors of the transport; all but root, theta and mu are scratch."""

    root: Arrow
    theta: Float  # (latent,)
    mu: Float
    precision: Float  # q
    white: Float  # V'(h + q m), then a = V'g
    back: Float  # V a
    gradient: Float  # g
    signed: Float  # w = S z
    bend: Float  # w'Phi(cc')a + c'c / 2
    before: Float


def arrow(regions: int, own: int, shared: int, extra: int) -> Arrow:
    """An arrow of zeros."""
    own_blocks, cross = np.zeros((regions, own, own)), np.zeros((shared, regions * own))
    return Arrow(own_blocks, cross, np.zeros((shared, shared)), np.zeros(extra))


def transport(regions: int, own: int, shared: int, extra: int) -> Transport:
    """Room for a transport."""
    latents = regions * own + shared + extra
    return Transport(arrow(regions, own, shared, extra), *(np.zeros(latents) for _ in range(9)))


@njit(**FAST)
def inverse_root(s):
    """Replace the upper triangle of ``s`` by V, upper triangular with V V' = s^-1; returns log det V.

    First s = U'U (Cholesky), then V = U^-1, both row by row in place.
    """
    n, log_det = s.shape[0], 0.0
    for k in range(n):
        pivot = 1.0 / np.sqrt(s[k, k])
        log_det += np.log(pivot)
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


@njit(**FAST)
def set_root(k, precision, root):
    """Fill ``root`` with V of Q = K + diag(precision); returns log det V."""
    shared, at = k.cross.shape
    log_det = 0.0
    for r in range(k.block.shape[0]):
        log_det += _own_root(k.block[r], k.cross, precision, r, root.block[r], root.cross)
    for i in range(shared):  # K_ss + diag(q_s) - C'C, its upper triangle
        for j in range(i, shared):
            product = 0.0
            for d in range(at):
                product += root.cross[i, d] * root.cross[j, d]
            root.shared[i, j] = k.shared[i, j] - product
        root.shared[i, i] += precision[at + i]
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
        root.extra[i] = 1.0 / np.sqrt(k.extra[i] + precision[at + shared + i])
        log_det += np.log(root.extra[i])
    return log_det


@njit(**FAST)
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


@njit(**FAST)
def _times_own(block, r, cross):
    """Replace C_r' by (V_r C_r)' in its columns of ``cross``."""
    own = len(block)
    for j in range(len(cross)):
        for i in range(own):  # V_r is upper triangular: entry i needs only entries i and beyond
            value = 0.0
            for m in range(i, own):
                value += block[i, m] * cross[j, r * own + m]
            cross[j, r * own + i] = value


@njit(**FAST)
def times(root, x, out):
    """``out = V x``."""
    own = root.block.shape[1]
    shared, at = root.cross.shape
    for d in range(at):
        r, i = d // own, d % own
        out[d] = 0.0
        for m in range(i, own):
            out[d] += root.block[r, i, m] * x[r * own + m]
    for j in range(shared):
        out[at + j] = 0.0
        for m in range(j, shared):
            out[at + j] += root.shared[j, m] * x[at + m]
        for d in range(at):
            out[d] += root.cross[j, d] * x[at + j]
    for i in range(root.extra.size):
        out[at + shared + i] = root.extra[i] * x[at + shared + i]


@njit(**FAST)
def times_transposed(root, x, out):
    """``out = V' x``."""
    own = root.block.shape[1]
    shared, at = root.cross.shape
    for d in range(at):
        r, i = d // own, d % own
        out[d] = 0.0
        for m in range(i + 1):
            out[d] += root.block[r, m, i] * x[r * own + m]
    for j in range(shared):
        value = 0.0
        for d in range(at):
            value += root.cross[j, d] * x[d]
        for m in range(j + 1):
            value += root.shared[m, j] * x[at + m]
        out[at + j] = value
    for i in range(root.extra.size):
        out[at + shared + i] = root.extra[i] * x[at + shared + i]


@njit(**FAST)
def move(k, h, prior, u, z, t):
    """From (u, z) to the latents ``t.theta``; returns log det V."""
    for d in range(h.size):
        scale = u[prior.scale[d]] if prior.scale[d] >= 0 else 1.0
        t.precision[d] = 1.0 / (prior.sd[d] * scale) ** 2
        t.signed[d] = z[d] if scale > 0.0 else -z[d]
        t.back[d] = h[d] + t.precision[d] * prior.mean[d]
    log_det = set_root(k, t.precision, t.root)
    times_transposed(t.root, t.back, t.white)
    times(t.root, t.white, t.mu)
    times(t.root, t.signed, t.theta)
    for d in range(h.size):
        t.theta[d] += t.mu[d]
    return log_det


@njit(**FAST)
def log_prior(prior, u, t):
    """log p(theta | sigma) + log p(sigma = abs(u)); adds its gradient in theta to ``t.gradient``."""
    out = prior.constant
    for d in range(t.theta.size):
        residual = t.theta[d] - prior.mean[d]
        out += 0.5 * (np.log(t.precision[d]) - residual * residual * t.precision[d])
        t.gradient[d] -= residual * t.precision[d]
    for k in range(u.size):
        out -= 0.5 * (u[k] / prior.sigma_sd[k]) ** 2
    return out


@njit(**FAST)
def pull_back(prior, u, t, gradient_u, gradient_z):
    """Gradient in (u, z) of the log density, from that in theta, ``t.gradient``."""
    times_transposed(t.root, t.gradient, t.white)
    times(t.root, t.white, t.back)
    _bend(t.root, t.signed, t.white, t.bend, t.before)
    for k in range(u.size):
        gradient_u[k] = -u[k] / prior.sigma_sd[k] ** 2
    for d in range(t.theta.size):
        k = prior.scale[d]
        gradient_z[d] = t.white[d]
        if k >= 0:
            residual = t.theta[d] - prior.mean[d]
            bend = t.back[d] * (t.mu[d] - prior.mean[d]) + t.bend[d]
            gradient_u[k] += (t.precision[d] * (residual * residual + 2.0 * bend) - 1.0) / u[k]
            if u[k] < 0.0:
                gradient_z[d] = -t.white[d]


@njit(**FAST)
def _bend(root, w, a, bend, before):
    """w'Phi(cc')a + c'c / 2 for every row c of V; ``before`` is the running sum of c a."""
    own = root.block.shape[1]
    shared, at = root.cross.shape
    bend[:] = 0.0
    before[:] = 0.0
    for d in range(at):
        for m in range(d % own, own):
            i = d - d % own + m
            _step(root.block[d // own, d % own, m], w[i], a[i], d, bend, before)
    for j in range(shared):
        for d in range(at):
            _step(root.cross[j, d], w[at + j], a[at + j], d, bend, before)
        for m in range(j, shared):
            _step(root.shared[j, m], w[at + m], a[at + m], at + j, bend, before)
    for i in range(root.extra.size):
        d = at + shared + i
        _step(root.extra[i], w[d], a[d], d, bend, before)


@njit(**FAST)
def _step(c, w, a, d, bend, before):
    """One term of the sums of row ``d``."""
    ahead = before[d] + c * a
    bend[d] += 0.5 * c * (w * (before[d] + ahead) + c)
    before[d] = ahead
