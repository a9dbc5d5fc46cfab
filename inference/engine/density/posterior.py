r"""The posterior of one joint model as data, and its log density in the sampler's coordinates.

A position is :math:`(\tau, z)`; the scales, correlations and latents follow from it by the transport. Of each outcome,
with :math:`E_c` the events of cell :math:`c`, and the sums :math:`\sum p` of the row kernel,

.. math::  \log p(y \mid \theta) = \sum_c E_c b_c + \sum_r (X_r'y_r)' s_r + \sum_l E_l \alpha_l
           - \sum_n \log(1 + e^{\eta_n}),

and every derivative is observed minus expected: :math:`E_c - \sum_{n \in c} p_n` for an intercept,
:math:`X_r'y_r - \sum_{n \in r} p_n x_n` for a slope. The error variance of a predictor with slope
:math:`\beta` is a further column, with slope :math:`\tfrac12 \beta^2`.

Cells and regions of the second outcome are counted on from those of the first, so that the loops know one outcome only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from inference.engine.density import transport
from inference.engine.density.transport import Float, Int, Map, Prior, Transport
from inference.engine.density.units import Units
from inference.engine.options import FAST_PART, INNER_FAST
from inference.engine.rows.kernel import Effects, Sums, log_likelihood_sums
from inference.engine.rows.pack import Rows


class Layout(NamedTuple):
    """From latents to intercepts, slopes and levels: positions among the latents, -1 for none."""

    intercept: Int  # (cell, 3): of the intercept, of its region's and its era's effect
    slope: Int  # (region, column, 2): of the common slope, and of the region's deviation
    squared: NDArray[np.bool_]  # (region, column): whether the slope is half the square of the latent
    level: Int  # (outcome, level)


class Data(NamedTuple):
    """The rows, and y in sums over rows."""

    rows: Rows
    columns: Int  # (column,): of the packed rows
    events_cell: Float  # (cell,)
    events_x: Float  # (region, column): X'y
    events_level: Float  # (outcome, level)


class Posterior(NamedTuple):
    """All that the log density depends on, and the scratch of one chain."""

    layout: Layout
    data: Data
    prior: Prior
    units: Units
    map: Map
    effects: Effects
    sums: Sums
    transport: Transport
    likelihood: Float  # (1,): log p(y | theta)


@njit(**INNER_FAST)
def set_effects(layout, theta, effects):
    """Spread the latents over cells, regions and levels."""
    at_cell, at_slope, squared, at_level = layout
    intercept, slope, level = effects
    for c in range(len(at_cell)):
        value = theta[at_cell[c, 0]]
        for part in range(1, 3):
            if at_cell[c, part] >= 0:
                value += theta[at_cell[c, part]]
        intercept[c] = value
    for r in range(len(at_slope)):
        for k in range(at_slope.shape[1]):
            common, own = at_slope[r, k, 0], at_slope[r, k, 1]
            value = theta[common] if common >= 0 else 0.0
            if squared[r, k]:
                value *= 0.5 * value
            slope[r, k] = value + theta[own] if own >= 0 else value
    for o in range(len(at_level)):
        for k in range(at_level.shape[1]):
            level[o, k] = theta[at_level[o, k]]


@njit(**INNER_FAST)
def log_likelihood(layout, data, theta, effects, sums, gradient):
    """Return log p(y | theta); fills its ``gradient`` in theta."""
    at_cell, at_slope, squared, at_level = layout
    rows, columns, events_cell, events_x, events_level = data
    set_effects(layout, theta, effects)
    out = -log_likelihood_sums(rows, columns, effects, sums)
    gradient.fill(0.0)
    for c in range(len(at_cell)):
        residual = events_cell[c] - sums.cell[c]
        for part in range(3):
            d = at_cell[c, part]
            if d >= 0:
                out += events_cell[c] * theta[d]
                gradient[d] += residual
    for r in range(len(at_slope)):
        for k in range(at_slope.shape[1]):
            residual = events_x[r, k] - sums.slope[r, k]
            common, own = at_slope[r, k, 0], at_slope[r, k, 1]
            if common >= 0:
                value = theta[common]
                out += events_x[r, k] * (0.5 * value * value if squared[r, k] else value)
                gradient[common] += residual * (value if squared[r, k] else 1.0)
            if own >= 0:
                out += events_x[r, k] * theta[own]
                gradient[own] += residual
    for o in range(len(at_level)):
        for k in range(at_level.shape[1]):
            d = at_level[o, k]
            out += events_level[o, k] * theta[d]
            gradient[d] += events_level[o, k] - sums.level[o, k]
    return out


@njit(**FAST_PART)
def log_density(target, position, gradient):
    """Log density of (tau, z) at ``position``; fills its ``gradient``."""
    prior, t, units, where = target.prior, target.transport, target.units, target.map
    count = t.sigma.size + t.rho.size
    tau, z = position[:count], position[count:]
    transport.set_scales(prior, tau, t)
    out = transport.move(where, units, prior, z, t)
    target.likelihood[0] = log_likelihood(target.layout, target.data, t.theta, target.effects, target.sums, t.gradient)
    out += target.likelihood[0] + transport.log_prior(where, prior, t)
    return out + transport.pull_back(where, units, prior, tau, t, gradient[:count], gradient[count:])


@njit(**INNER_FAST)
def parameters(target, out):
    """Fill ``out``: scales, correlations, latents and log p(y | theta), where the density was last computed."""
    t = target.transport
    at = 0
    for values in (t.sigma, t.rho, t.theta, target.likelihood):
        for i in range(values.size):
            out[at + i] = values[i]
        at += values.size
