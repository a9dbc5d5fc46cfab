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

from typing import NamedTuple

import numpy as np
from numba import njit

from inference.engine.density.posterior import log_density, parameters
from inference.engine.options import FAST, INNER, INNER_FAST, PART
from inference.engine.sampler import adaptation
from inference.engine.sampler.adaptation import Normal

ANGLES = (1.6, 2.2)
MAX_ENERGY_ERROR = 1000.0


class State(NamedTuple):
    """A point of a trajectory, each part (dim,)."""

    position: np.ndarray
    momentum: np.ndarray
    gradient: np.ndarray  # of the log density


class Statistics(NamedTuple):
    """What is known of a draw beside its parameters, by ArviZ's names; all are floats, to lie in one array."""

    lp: float
    energy: float
    acceptance_rate: float
    n_steps: float
    diverging: float
    step_size: float
    energy_error: float


@njit(**INNER)
def _empty_state(dim):
    return State(np.zeros(dim), np.zeros(dim), np.zeros(dim))


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
    _fill(source.position, target.position)
    _fill(source.momentum, target.momentum)
    _fill(source.gradient, target.gradient)


@njit(**PART)
def advance(target, state, step, normal):
    """One step of ``state``, in place; returns the log density."""
    position, momentum, gradient = state
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
def transition(target, here, there, density, angle, step, normal, rng, kept):
    """Move ``here`` by one trajectory; returns the `Statistics` of the draw.

    Parameters
    ----------
    target : Posterior
    here, there : State
        Where the trajectory begins and the draw is left; scratch.
    density : float
        Log density at ``here``.
    angle, step : float
        Angle of the trajectory, and of one step at most. At 0 density and gradient are computed anew, and the
        position stays.
    normal : Normal
    rng : np.random.Generator
    kept : np.ndarray
        Filled with the draw's parameters (parameter,).
    """
    momentum = here.momentum
    for i in range(momentum.size):
        momentum[i] = rng.standard_normal() / np.sqrt(normal.variance[i])
    _copy(here, there)
    start = _kinetic(momentum, normal) - density
    steps, done, end, error = max(np.ceil(angle / step), 1.0), 0.0, density, 0.0
    while done < steps and error < MAX_ENERGY_ERROR:
        end = advance(target, there, angle / steps, normal)
        error = _kinetic(there.momentum, normal) - end - start
        done += 1.0
    diverging = not error < MAX_ENERGY_ERROR
    rate = 0.0 if diverging else min(1.0, np.exp(-error))
    if angle == 0.0 or rng.random() < rate:
        _copy(there, here)
        parameters(target, kept)
        density, start = end, start + error
    else:
        error = 0.0
    return Statistics(density, start, rate, done, 1.0 if diverging else 0.0, step, error)


@njit(**FAST)
def sample_chain(target, start, guess, adapted, rng, tune, target_accept, draws, statistics, stop):
    """Warm up, then fill ``draws`` and ``statistics``.

    Parameters
    ----------
    target : Posterior
    start : np.ndarray
        The first position (dim,).
    guess : Normal
        What the target is nearly.
    adapted : int
        Centre and variance of so many first coordinates are learnt, those of the others are as in ``guess``.
    rng : np.random.Generator
    tune : int
        Warm-up draws.
    target_accept : float
        Mean acceptance rate that the step is adapted to.
    draws, statistics : np.ndarray
        Filled: (draw, parameter), and (draw, statistic) in the order of `Statistics`.
    stop : np.ndarray
        The chain ends early when ``stop[0]`` is set.
    """
    dim = start.size
    normal = Normal(guess.centre.copy(), guess.variance.copy())
    here, there = _empty_state(dim), _empty_state(dim)
    moments, step = adaptation.Moments(np.zeros(dim), np.zeros(dim), np.zeros(1)), adaptation.FIRST_STEP
    averaging = adaptation.start_averaging(step)
    kept, density = np.zeros(draws.shape[1]), 0.0
    _fill(start, here.position)
    for draw in range(-1, tune + len(draws)):
        angle = ANGLES[0] + (ANGLES[1] - ANGLES[0]) * rng.random() if draw >= 0 else 0.0
        row = transition(target, here, there, density, angle, step, normal, rng, kept)
        density = row.lp
        if draw >= tune:
            _fill(kept, draws[draw - tune])
            _fill(row, statistics[draw - tune])
        elif draw >= 0:
            averaging = adaptation.adapt_step(averaging, row.acceptance_rate, target_accept)
            step = np.exp(averaging.log_step)
            if draw >= tune // 5:
                adaptation.add_moments(moments, here.position)
            if draw + 1 in (tune // 2, tune - tune // 5) and moments.draws[0] > 5.0:
                adaptation.adapt_normal(moments, guess, adapted, normal)
                averaging = adaptation.start_averaging(step)
            if draw + 1 == tune:
                step = np.exp(averaging.log_average)
        if stop[0]:
            break


def evaluate(target, position) -> None:
    """Compute the density of ``target`` at ``position`` (dim,), by a chain without draws: its code is there already."""
    guess = Normal(np.zeros(position.size), np.ones(position.size))
    rng, stop = np.random.default_rng(0), np.zeros(1, np.bool_)
    draws, statistics = np.zeros((0, position.size + 1)), np.zeros((0, len(Statistics._fields)))
    sample_chain(target, position, guess, 0, rng, 0, 0.5, draws, statistics, stop)
