r"""The posterior of one design as data, and its log density in the sampler's coordinates.

A position is :math:`(\tau, z)`. The latents :math:`\theta` follow from it by the transport, in this order:
for each region its intercept :math:`\alpha_r` and slope deviations :math:`\gamma_{1r}, \gamma_{2r}, \ldots`;
then :math:`\alpha`, :math:`\beta` and the eras' intercepts; then the effects of all further groups. With
:math:`E_c` the events of cell :math:`c`, and the sums :math:`\sum p` of the row kernel,

.. math::  \log p(y \mid \theta) = \sum_c E_c b_c + \sum_r (X_r'y_r)' s_r + \sum_l E_l \alpha_l
           - \sum_n \log(1 + e^{\eta_n}),

and every derivative is observed minus expected: :math:`E_c - \sum_{n \in c} p_n` for an intercept,
:math:`X_r'y_r - \sum_{n \in r} p_n x_n` for a slope. The error variance of a predictor with slope
:math:`\beta` is a further column, with slope :math:`\tfrac12 \beta^2`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from inference.engine.density import transport
from inference.engine.density.arrowhead import Arrow, Float
from inference.engine.density.transport import Prior, Transport
from inference.engine.options import FAST_PART, INNER_FAST
from inference.engine.rows.kernel import Effects, Sums, log_likelihood_sums
from inference.engine.rows.pack import Rows


class Layout(NamedTuple):
    """The sizes of a design: they say which latent stands where."""

    regions: int
    eras: int
    predictors: int
    has_region: int  # 1 if regions have intercepts
    has_era: int
    varying: NDArray[np.int64]  # (exposure,): predictors whose slopes vary by region
    error: NDArray[np.int64]  # (measured with error,): predictors whose error variance is a column of its own

    @property
    def cells(self) -> int:
        """Pairs of a region and an era."""
        return self.regions * self.eras

    @property
    def own(self) -> int:
        """Latents of one region."""
        return self.has_region + len(self.varying)

    @property
    def shared(self) -> int:
        """Latents that all regions share."""
        return 1 + self.predictors + self.has_era * self.eras

    @property
    def columns(self) -> int:
        """Columns of the rows: predictors and error variances."""
        return self.predictors + len(self.error)


class Data(NamedTuple):
    """The rows, and y in sums over rows."""

    rows: Rows
    columns: NDArray[np.int64]  # (predictor,): of the packed rows
    events_cell: Float  # (region * era,)
    events_x: Float  # (region, predictor + error): X'y
    events_level: Float  # (extra,)


class Quadratic(NamedTuple):
    """Precision and shift of the quadratic approximation of the log likelihood."""

    precision: Arrow
    shift: Float  # (latent,)


class Posterior(NamedTuple):
    """All that the log density depends on, and the scratch of one chain."""

    layout: Layout
    data: Data
    prior: Prior
    quadratic: Quadratic
    effects: Effects
    sums: Sums
    transport: Transport
    likelihood: Float  # (1,): log p(y | theta)


@njit(**INNER_FAST)
def set_effects(layout, theta, effects):
    """Spread the latents over cells, regions and levels."""
    regions, eras, predictors, has_region, has_era, varying, error = layout  # locals: see `log_likelihood_sums`
    intercept, slope, level = effects
    own = has_region + varying.size
    at = regions * own
    beta, era = at + 1, at + 1 + predictors
    for r in range(regions):
        for k in range(predictors):
            slope[r, k] = theta[beta + k]
        for k in range(varying.size):
            slope[r, varying[k]] = theta[beta + varying[k]] + theta[r * own + has_region + k]
        for k in range(error.size):
            slope[r, predictors + k] = 0.5 * theta[beta + error[k]] ** 2
        mine = theta[at] + (theta[r * own] if has_region else 0.0)
        for e in range(eras):
            intercept[r * eras + e] = mine + (theta[era + e] if has_era else 0.0)
    extra = era + has_era * eras
    for k in range(level.size):
        level[k] = theta[extra + k]


@njit(**INNER_FAST)
def log_likelihood(layout, data, theta, effects, sums, gradient):
    """Return log p(y | theta); fills its ``gradient`` in theta."""
    regions, eras, predictors, has_region, has_era, varying, error = layout
    rows, columns, events_cell, events_x, events_level = data
    intercept, slope, level = effects
    by_cell, by_region, by_level = sums.cell, sums.slope, sums.level
    own = has_region + varying.size
    at = regions * own
    beta, era = at + 1, at + 1 + predictors
    extra = era + has_era * eras
    set_effects(layout, theta, effects)
    out = -log_likelihood_sums(rows, columns, effects, sums)
    gradient.fill(0.0)
    for r in range(regions):
        for e in range(eras):
            c = r * eras + e
            out += events_cell[c] * intercept[c]
            residual = events_cell[c] - by_cell[c]
            gradient[at] += residual
            if has_region:
                gradient[r * own] += residual
            if has_era:
                gradient[era + e] += residual
        for k in range(predictors):
            out += events_x[r, k] * slope[r, k]
            gradient[beta + k] += events_x[r, k] - by_region[r, k]
        for k in range(varying.size):
            gradient[r * own + has_region + k] = events_x[r, varying[k]] - by_region[r, varying[k]]
        for k in range(error.size):
            column, at_beta = predictors + k, beta + error[k]
            out += events_x[r, column] * slope[r, column]
            gradient[at_beta] += theta[at_beta] * (events_x[r, column] - by_region[r, column])
    for k in range(level.size):
        out += events_level[k] * theta[extra + k]
        gradient[extra + k] = events_level[k] - by_level[k]
    return out


@njit(**FAST_PART)
def log_density(target, position, gradient):
    """Log density of (tau, z) at ``position``; fills its ``gradient``."""
    prior, t, quadratic = target.prior, target.transport, target.quadratic
    count = prior.sigma_sd.size
    tau, z = position[:count], position[count:]
    transport.scales(prior, tau, t)
    out = transport.move(quadratic.precision, quadratic.shift, prior, z, t)
    target.likelihood[0] = log_likelihood(target.layout, target.data, t.theta, target.effects, target.sums, t.gradient)
    out += target.likelihood[0] + transport.log_prior(prior, t)
    return out + transport.pull_back(prior, tau, z, t, gradient[:count], gradient[count:])


@njit(**INNER_FAST)
def parameters(target, out):
    """Fill ``out``: group scales, latents and log p(y | theta), where the density was last computed."""
    t = target.transport
    count, latents = t.sigma.size, t.theta.size
    for k in range(count):
        out[k] = t.sigma[k]
    for d in range(latents):
        out[count + d] = t.theta[d]
    out[count + latents] = target.likelihood[0]
