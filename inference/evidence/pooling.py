r"""Slopes of a family of claims, partially pooled: a check on claims that stand out because there are many of them.

Each slope, turned so that its expected sign is positive, has a normal posterior with mean :math:`m_i` and standard
deviation :math:`s_i`, under a normal prior around 0 with standard deviation :math:`p_i`. What the data say of it alone
is then normal too, with precision :math:`q_i = 1/s_i^2 - 1/p_i^2` and mean :math:`l_i = m_i / (s_i^2 q_i)`. Instead of
its own prior it gets the family's (Rubin 1981, Journal of Educational Statistics 6, 377),

.. math::  \theta_i \sim N(\mu, \tau^2), \quad \mu \sim N(0, 0.5^2), \quad \tau \sim N^+(0, 0.5^2),

in which everything given :math:`\tau` is normal, and :math:`\tau` is summed over a grid. Slopes count as independent
given the family, also those of one posterior, and those of different units count alike: this is no second analysis.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
SD = 0.5  # of the family's mean and of its spread: that of a main effect's prior
GRID = np.linspace(0.0, 4 * SD, 401)[:, None]  # of the spread


def positive(mean: Float, sd: Float, prior_sd: Float) -> Float:
    """Probability that each slope of a family is positive (slope,), pooled with the others.

    ``mean`` and ``sd`` are of the posteriors (slope,), turned by the expected signs, ``prior_sd`` of the priors. A
    posterior as wide as its prior says nothing: its slope is then what the others make of it.
    """
    from scipy.special import ndtr

    precision = np.maximum(sd**-2.0 - prior_sd**-2.0, 0.0)  # q
    evidence = np.where(precision > 0, mean / sd**2, 0.0)  # q l
    spread = 1.0 + GRID**2 * precision  # (grid, slope)
    centre_precision = SD**-2.0 + (precision / spread).sum(axis=1, keepdims=True)
    centre = (evidence / spread).sum(axis=1, keepdims=True) / centre_precision
    alone = np.divide(evidence, precision, out=np.zeros_like(mean), where=precision > 0)
    log_weight = -0.5 * (GRID / SD) ** 2 - 0.5 * np.log(centre_precision) + 0.5 * centre_precision * centre**2
    log_weight -= 0.5 * (np.log(spread) + alone * evidence / spread).sum(axis=1, keepdims=True)
    weight = np.exp(log_weight - log_weight.max())
    weight[[0, -1]] *= 0.5  # trapezoids
    means = (GRID**2 * evidence + centre) / spread
    variances = GRID**2 / spread + 1.0 / (spread**2 * centre_precision)
    return (weight * ndtr(means / np.sqrt(variances))).sum(axis=0) / weight.sum()
