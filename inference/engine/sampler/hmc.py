r"""Hamiltonian Monte Carlo on trajectories of a little more than a quarter of a turn.

The target is nearly a normal with mean :math:`c` and diagonal covariance :math:`M^{-1}`. The Hamiltonian
:math:`H = -\log \pi(q) + \tfrac12 y'y` is split [1]_ into that normal's, which turns :math:`x = M^{1/2} (q - c)` and
:math:`y = M^{-1/2} p` by an angle,

.. math::  x \to x \cos \epsilon + y \sin \epsilon, \quad y \to y \cos \epsilon - x \sin \epsilon,

and the rest, :math:`-\log \pi(q) - \tfrac12 x'x`, which pushes :math:`p` by half a step before and half a step
after. For an exactly normal target any step is exact; for others the step must only resolve the difference.

A trajectory [2]_ turns by :math:`\theta` in all, in :math:`\lceil \theta / \epsilon \rceil` equal steps, and its end is
accepted with probability :math:`\min(1, e^{H_0 - H})`. Of a normal target it leaves the correlation
:math:`\cos \theta` between one draw and the next, and :math:`\cos^2 \theta` between their squares. The angle
is uniform between 1.6 and 2.2: on average -0.32, so that errors of means cancel, and 0.13. A sampler that
looks for the turn of its trajectories itself [3]_ needs seven gradients a draw to make sure of it; here the
transport has made the turn known, and two to four do.

.. [1] Shahbaba, Lan, Johnson and Neal (2014), Statistics and Computing 24, 339.
.. [2] Neal (2011), MCMC using Hamiltonian dynamics, in: Handbook of Markov Chain Monte Carlo, chapter 5.
.. [3] Hoffman and Gelman (2014), Journal of Machine Learning Research 15, 1593.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from inference.engine.density.posterior import log_density, parameters
from inference.engine.options import FAST, INNER, INNER_FAST, PART
from inference.engine.sampler.adaptation import FIRST_STEP, Normal, adapt_normal, adapt_step, add_moments, restart_step

ANGLES = (1.6, 2.2)
MAX_ENERGY_ERROR = 1000.0
STATISTICS = ("lp", "energy", "acceptance_rate", "n_steps", "diverging", "step_size", "energy_error")


@njit(**INNER_FAST)
def _kinetic(momentum, normal):
    out = 0.0
    for i in range(momentum.size):
        out += momentum[i] * normal.variance[i] * momentum[i]
    return 0.5 * out


@njit(**INNER)
def _fill(source, target):
    for i in range(target.size):  # without the checks of shapes that an assignment compiles
        target[i] = source[i]


@njit(**INNER)
def _copy(source, target):
    for part in range(3):
        _fill(source[part], target[part])


@njit(**PART)
def advance(target, point, step, normal):
    """One step of ``point`` (position, momentum, gradient), in place; returns the log density."""
    position, momentum, gradient = point[0], point[1], point[2]
    cosine, sine = np.cos(step), np.sin(step)
    for i in range(position.size):
        sd = np.sqrt(normal.variance[i])
        x = (position[i] - normal.centre[i]) / sd
        y = sd * momentum[i] + 0.5 * step * (sd * gradient[i] + x)
        position[i] = normal.centre[i] + sd * (cosine * x + sine * y)
        momentum[i] = (cosine * y - sine * x) / sd
    density = log_density(target, position, gradient)
    for i in range(position.size):
        away = (position[i] - normal.centre[i]) / normal.variance[i]
        momentum[i] += 0.5 * step * (gradient[i] + away)
    return density


@njit(**PART)
def transition(target, here, there, density, angle, step, normal, rng, kept, statistics):
    """Move ``here`` (position, momentum, gradient), where the log density is ``density``, by one trajectory.

    Leaves the draw in ``here``, its parameters in ``kept``, and fills ``statistics`` in the order of `STATISTICS`.
    ``there`` is scratch. An ``angle`` of 0 finds out density and gradient, whatever they were said to be, and stays.
    """
    for i in range(here.shape[1]):
        here[1, i] = rng.standard_normal() / np.sqrt(normal.variance[i])
    _copy(here, there)
    start = _kinetic(here[1], normal) - density
    steps, done, end, error = max(np.ceil(angle / step), 1.0), 0, density, 0.0
    while done < steps and error < MAX_ENERGY_ERROR:
        end = advance(target, there, angle / steps, normal)
        error = _kinetic(there[1], normal) - end - start
        done += 1
    diverging = not error < MAX_ENERGY_ERROR
    rate = 0.0 if diverging else min(1.0, np.exp(-error))
    if angle == 0.0 or rng.random() < rate:
        _copy(there, here)
        parameters(target, kept)
        density, start = end, start + error
    else:
        error = 0.0
    statistics[0], statistics[1], statistics[2], statistics[3] = density, start, rate, done
    statistics[4], statistics[5], statistics[6] = diverging, step, error


@njit(**FAST)
def sample_chain(target, start, guess, adapted, rng, tune, target_accept, draws, statistics, done, stop):
    """Warm up for ``tune`` draws from ``start`` (dim,), then fill ``draws`` (draw, parameter) and ``statistics``.

    The centre and variance of the first ``adapted`` coordinates are learnt, those of the others are as in
    ``guess``. ``done[0]`` counts the draws, warm-up included; the chain ends early when ``stop[0]`` is set.
    """
    dim = start.size
    normal = Normal(guess.centre.copy(), guess.variance.copy())
    here, there, moments = np.zeros((3, dim)), np.zeros((3, dim)), np.zeros((2, dim + 1))
    kept, row, adaptation, step = np.zeros(draws.shape[1]), np.zeros(statistics.shape[1]), np.zeros(5), FIRST_STEP
    _fill(start, here[0])
    restart_step(adaptation, step)
    for draw in range(-1, tune + len(draws)):
        angle = ANGLES[0] + (ANGLES[1] - ANGLES[0]) * rng.random() if draw >= 0 else 0.0
        transition(target, here, there, row[0], angle, step, normal, rng, kept, row)
        done[0] = draw + 1
        if draw >= tune:
            _fill(kept, draws[draw - tune])
            _fill(row, statistics[draw - tune])
        elif draw >= 0:
            step = adapt_step(adaptation, row[2], target_accept)
            if draw >= tune // 5:
                add_moments(moments, here[0])
            if draw + 1 in (tune // 2, tune - tune // 5) and moments[0, dim] > 5.0:
                adapt_normal(moments, guess, adapted, normal)
                restart_step(adaptation, step)
            if draw + 1 == tune:
                step = np.exp(adaptation[1])
        if stop[0]:
            break


def evaluate(target, position) -> None:
    """Compute the density of ``target`` at ``position`` (dim,), by a chain without draws: its code is there already."""
    guess = Normal(np.zeros(position.size), np.ones(position.size))
    rng, done, stop = np.random.default_rng(0), np.zeros(1, np.int64), np.zeros(1, np.bool_)
    room = np.zeros((0, position.size + 1))
    sample_chain(target, position, guess, 0, rng, 0, 0.5, room, np.zeros((0, len(STATISTICS))), done, stop)
