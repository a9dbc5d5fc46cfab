r"""The posterior of one learnt scale with the others where they are, and what its doubt adds to the latents.

At the mode under scale :math:`\sigma_0` let the latents of a scale, in units of their own prior sd, have deviations
:math:`z` from their prior means and the covariance block :math:`Q \Lambda Q'`. Under another scale :math:`\sigma`, with
:math:`\delta = \sigma^{-2} - \sigma_0^{-2}` and :math:`r = Q'z`, the Gaussian approximation gives, up to a constant,

.. math::  \log p(\sigma \mid y) = - n \log \sigma - \tfrac12 \sum_i \log(1 + \delta \lambda_i)
           - \tfrac12 \delta \sum_i \frac{r_i^2}{1 + \delta \lambda_i} - \frac{\sigma^2}{2 \varsigma^2},

and a latent whose covariances with them are :math:`q = Q'c` moves by :math:`-\delta \sum_i q_i r_i / (1 + \delta
\lambda_i)`, while its variance falls by :math:`\delta \sum_i q_i^2 / (1 + \delta \lambda_i)` (Rue, Martino and Chopin
2009, J. R. Stat. Soc. B 71, 319, integrate over a grid of all scales together; here one at a time).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from inference.engine.density.layout import Scaled

Float = NDArray[np.float64]
GRID = np.exp(np.linspace(np.log(0.02), np.log(4.0), 48))  # of scales, in units of their prior sd


@dataclass(frozen=True)
class Doubt:
    """Of one scale: its mean, and of some latents the mean shift, its variance and the mean change of variance."""

    mean: float
    shift: Float
    spread: Float
    wider: Float


def doubt(
    prior: Scaled, scale: int, prior_sd: float, sigma: float, theta: Float, covariance: Float, some: NDArray[np.intp]
) -> Doubt:
    """What the doubt about one scale adds to the latents ``some``, at the mode ``theta`` under ``sigma``.

    Parameters
    ----------
    prior : Scaled
        Prior of the latents of one outcome, its scales counted from 0.
    scale, prior_sd, sigma
        Position of the scale, sd of its half-normal prior, and its value at the mode.
    theta, covariance
        Mode (latent,) and covariance (latent, latent) of the latents there.
    some
        Positions of latents.
    """
    block = np.flatnonzero(prior.scale == scale)
    sd = prior.sd[block]
    z = (theta - prior.mean)[block] / sd
    eigenvalues, q = linalg.eigh(covariance[np.ix_(block, block)] / np.outer(sd, sd), check_finite=False)
    r, along = q.T @ z, q.T @ (covariance[np.ix_(block, some)] / sd[:, None])
    grid = prior_sd * GRID
    delta = (grid**-2 - sigma**-2)[:, None]
    shrink = 1.0 / np.maximum(1.0 + delta * np.maximum(eigenvalues, 0.0), 1e-12)  # (grid, eigenvalue)
    density = -block.size * np.log(grid) + 0.5 * np.log(shrink).sum(axis=1)
    density -= 0.5 * (delta * shrink) @ r**2 + 0.5 * (grid / prior_sd) ** 2
    density += np.log(grid)  # of the logarithm, along which the grid is even
    weight = np.exp(density - density.max())
    weight /= weight.sum()
    shift = -(delta * shrink * r) @ along  # (grid, some)
    change = -(delta * shrink) @ along**2
    mean = weight @ shift
    return Doubt(float(weight @ grid), mean, weight @ (shift - mean) ** 2, weight @ change)
