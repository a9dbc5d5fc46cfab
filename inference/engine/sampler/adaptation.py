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
    """Independent normals, which the target is nearly."""

    centre: np.ndarray
    variance: np.ndarray


class DualAveraging(NamedTuple):
    """State of the adaptation of the step."""

    log_step: float
    log_average: float  # of the steps so far
    log_centre: float  # log of ten times the first step
    error: float  # mean of target less acceptance rate
    draws: float  # so far


class Moments(NamedTuple):
    """Running moments of the draws of a window."""

    mean: np.ndarray  # (dim,)
    square: np.ndarray  # (dim,): sum of squared deviations from the mean
    draws: np.ndarray  # (1,): so far


@njit(**INNER)
def start_averaging(step):
    """Dual averaging that begins at ``step``."""
    return DualAveraging(np.log(step), np.log(step), np.log(10.0 * step), 0.0, 0.0)


@njit(**INNER)
def adapt_step(state, rate, target_accept):
    """Dual averaging after a draw with acceptance ``rate``; the next step is exp(log_step)."""
    count = state.draws + 1.0
    error = state.error + (target_accept - rate - state.error) / (count + 10.0)
    log_step = min(state.log_centre - np.sqrt(count) / 0.05 * error, np.log(MAX_STEP))
    share = count**-0.75
    log_average = share * log_step + (1.0 - share) * state.log_average
    return DualAveraging(log_step, log_average, state.log_centre, error, count)


@njit(**INNER)
def add_moments(moments, position):
    """Welford's update of ``moments`` by a draw."""
    mean, square, count = moments
    count[0] += 1.0
    for i in range(position.size):
        change = position[i] - mean[i]
        mean[i] += change / count[0]
        square[i] += change * (position[i] - mean[i])


@njit(**INNER)
def adapt_normal(moments, guess, adapted, normal):
    """Centre and variance of the first ``adapted`` coordinates, with the weight of five draws at the guess.

    Empties ``moments`` for the next window.
    """
    mean, square, count = moments
    for i in range(adapted):
        normal.centre[i] = (count[0] * mean[i] + 5.0 * guess.centre[i]) / (count[0] + 5.0)
        normal.variance[i] = (square[i] + 5.0 * guess.variance[i]) / (count[0] + 4.0)
    for i in range(mean.size):
        mean[i] = square[i] = 0.0
    count[0] = 0.0
