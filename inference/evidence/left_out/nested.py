r"""How uncertain it is what slopes add to predictions, when the smaller model is the larger one without them.

The sum over clusters of the differences in log density has the standard error of any sum over clusters, but with the
slopes taken as given. On other data the slopes would be estimated anew. Where they are nearly nil this is most of what
varies: differences of clusters are then small because the estimate happens to be, and their sum lies below 0 by what
the estimation costs, many of its own standard errors away (Sivula, Magnusson, Matamoros and Vehtari 2020,
arXiv 2008.10296, find it too small by a factor of up to two for models that predict alike).

Of slopes with normal likelihood of information :math:`I` and score :math:`S \sim N(I\theta, I)` at 0, and a normal
prior, the posterior has covariance :math:`C` and mean :math:`CS`, and what they add to the density of rows that are
left out is, up to terms of a single cluster's own size,

.. math::  D = S' A S - \mathrm{tr}(C I), \quad A = C - \tfrac12 C I C, \qquad
           \mathrm{var}(D) = 2\, \mathrm{tr}(A I A I) + 4\, S' A I A S,

where the clusters' sum knows of the second part alone, and of that with :math:`C` in place of :math:`2A`. So its
standard error is multiplied by the root of the ratio of both, between 1 (slopes that the data tell) and 2 (slopes that
the prior holds near 0), and the first part is added to its square.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr

from inference.evidence.left_out.importance import Float
from models.design import Design

LEAST_KNOWN = 1e-9  # share of a slope's posterior precision that the data bring, at least


class Spread(NamedTuple):
    """What the standard error of a sum over clusters is multiplied by, and what is then added to its square."""

    factor: float = 1.0
    variance: float = 0.0

    def of(self, standard_error: float) -> float:
        """The standard error of a gain whose clusters alone give ``standard_error``."""
        return float(np.hypot(self.factor * standard_error, np.sqrt(self.variance)))


def spread(draws: Float, prior_sd: Float) -> Spread:
    """The spread of the gain of slopes with posterior ``draws`` (draw, slope) and normal priors of ``prior_sd``.

    Priors have mean 0. A direction in which the posterior is no narrower than the prior counts as one that the data
    tell nothing of.
    """
    standard = draws / prior_sd
    variance, axes = np.linalg.eigh(np.atleast_2d(np.cov(standard, rowvar=False)))
    known = np.clip(1.0 - variance, LEAST_KNOWN, 1.0 - LEAST_KNOWN)  # of each axis: 1 - posterior over prior variance
    weight = (standard.mean(axis=0) @ axes) ** 2 * known / (1.0 - known)  # each axis' part of the clusters' variance
    grown = (2.0 - known) ** 2
    factor = np.sqrt(weight @ grown / weight.sum()) if weight.sum() > 0.0 else np.sqrt(grown.mean())
    return Spread(float(factor), float(2.0 * ((known - known**2 / 2.0) ** 2).sum()))


def of_terms(design: Design, posterior: xr.Dataset, terms: tuple[str, ...]) -> Spread:
    """The spread of the gain of ``terms`` of an outcome, with their slopes that vary by region where they have such.

    ``posterior`` has the draws of the outcome alone. Where a prior's scale is drawn too, it counts with its mean
    square.
    """
    at = [design.terms.index(term) for term in terms]
    sd = design.slope_sd[at]
    for name, shared in design.shared_scales.items():
        sd[shared.slopes[at]] *= _root_mean_square(posterior[name])
    stacked = posterior[["beta"]].stack(sample=("chain", "draw"))
    draws, scales = [stacked["beta"].sel(predictor=list(terms)).transpose("sample", ...).to_numpy()], [sd]
    for term in set(terms) & set(design.varying):
        gamma = posterior["gamma"].sel(exposure=term).stack(sample=("chain", "draw")).transpose("sample", ...)
        scale = _root_mean_square(posterior["sigma_gamma"].sel(exposure=term))
        draws.append(gamma.to_numpy())
        scales.append(np.full(gamma.shape[1], scale))
    return spread(np.concatenate(draws, axis=1), np.concatenate(scales))


def _root_mean_square(values: xr.DataArray) -> float:
    return float(np.sqrt((values**2).mean()))
