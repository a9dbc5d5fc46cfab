r"""What the sampler learns during warm-up: its step and, of some coordinates, centre and variance.

Dual averaging [1]_ of the step :math:`\epsilon` towards an acceptance rate :math:`\delta`, with rate
:math:`r_t` of draw t and :math:`\gamma = 0.05, t_0 = 10, \kappa = 0.75`,

.. math::  \bar H_t = \bar H_{t-1} + \frac{\delta - r_t - \bar H_{t-1}}{t + t_0}, \quad
           \log \epsilon_t = \log 10 \epsilon_0 - \frac{\sqrt t}{\gamma} \bar H_t, \quad
           \log \bar\epsilon_t = t^{-\kappa} \log \epsilon_t + (1 - t^{-\kappa}) \log \bar\epsilon_{t-1}.

Centres and variances are those of the draws of a window, with the weight of five draws at the first guess.

.. [1] Hoffman and Gelman (2014), Journal of Machine Learning Research 15, 1593, section 3.2.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from inference.engine.options import INNER

FIRST_STEP = 0.5
MAX_STEP = 1.5  # no trajectory is a single step


class Normal(NamedTuple):
    """What the target is nearly: independent normals."""

    centre: np.ndarray
    variance: np.ndarray


@njit(**INNER)
def restart_step(adaptation, step):
    """``adaptation`` is log step, its average, centre, mean error of the acceptance, count."""
    adaptation[0], adaptation[1], adaptation[2] = np.log(step), np.log(step), np.log(10.0 * step)
    adaptation[3], adaptation[4] = 0.0, 0.0


@njit(**INNER)
def adapt_step(adaptation, rate, target_accept):
    """Dual averaging with gamma = 0.05, t0 = 10, kappa = 0.75; returns the next step."""
    adaptation[4] += 1.0
    count = adaptation[4]
    adaptation[3] += (target_accept - rate - adaptation[3]) / (count + 10.0)
    adaptation[0] = adaptation[2] - np.sqrt(count) / 0.05 * adaptation[3]
    adaptation[0] = min(adaptation[0], np.log(MAX_STEP))
    share = count**-0.75
    adaptation[1] = share * adaptation[0] + (1.0 - share) * adaptation[1]
    return np.exp(adaptation[0])


@njit(**INNER)
def add_moments(moments, position):
    """Welford's update of ``moments`` (mean and sum of squares, dim) and of the count in its last entry."""
    dim = position.size
    moments[0, dim] += 1.0
    for i in range(dim):
        change = position[i] - moments[0, i]
        moments[0, i] += change / moments[0, dim]
        moments[1, i] += change * (position[i] - moments[0, i])


@njit(**INNER)
def adapt_normal(moments, guess, adapted, normal):
    """Centre and variance of the first ``adapted`` coordinates, with the weight of five draws at the guess."""
    count = moments[0, guess.centre.size]
    for i in range(adapted):
        normal.centre[i] = (count * moments[0, i] + 5.0 * guess.centre[i]) / (count + 5.0)
        normal.variance[i] = (moments[1, i] + 5.0 * guess.variance[i]) / (count + 4.0)
    for i in range(guess.centre.size + 1):
        moments[0, i] = moments[1, i] = 0.0
