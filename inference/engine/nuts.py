r"""The no-U-turn sampler: multinomial sampling on trajectories that double until they turn back.

The target is nearly a normal with mean :math:`c` and diagonal covariance :math:`M^{-1}`. The Hamiltonian is
split [1]_ into that normal's, which turns :math:`x = M^{1/2} (q - c)` and :math:`y = M^{-1/2} p` by an angle,

.. math::  x \to x \cos \epsilon + y \sin \epsilon, \quad y \to y \cos \epsilon - x \sin \epsilon,

and the rest, :math:`-\log \pi(q) - \tfrac12 x'x`, which pushes :math:`p` by half a step before and half a step
after. For an exactly normal target any step is exact; for others the step must only resolve the difference.

A trajectory is a binary tree with weights :math:`e^{H_0 - H}`, :math:`H = -\log \pi(q) + \tfrac12 y'y`. Two
neighbouring subtrees with summed momenta :math:`\rho_1, \rho_2` join unless the trajectory turns [2]_ [3]_,

.. math::  \rho' M^{-1} p_{\text{first}} \le 0 \quad\text{or}\quad \rho' M^{-1} p_{\text{last}} \le 0,

for the whole (:math:`\rho = \rho_1 + \rho_2`) or across the join (:math:`\rho_1` and the first momentum of the
second subtree, :math:`\rho_2` and the last of the first [4]_). The new leaves are pushed on a stack; equal
neighbours join at once, as carries do in binary counting, so memory grows with the depth only.

.. [1] Shahbaba, Lan, Johnson and Neal (2014), Statistics and Computing 24, 339.
.. [2] Hoffman and Gelman (2014), Journal of Machine Learning Research 15, 1593.
.. [3] Betancourt (2017), arXiv:1701.02434, appendix A.
.. [4] Stan reference manual, "MCMC sampling", since version 2.21.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numba.extending import overload

from inference.engine.adaptation import FIRST_STEP, Normal, adapt_normal, adapt_step, add_moments, restart_step
from inference.engine.options import EXACT, FAST_MATH, INNER, INNER_FAST, PART
from inference.engine.posterior import Posterior
from inference.engine.posterior import log_density as posterior_log_density

MAX_DEPTH = 10
MAX_ENERGY_ERROR = 1000.0
STATISTICS = ("lp", "energy", "acceptance_rate", "n_steps", "tree_depth", "diverging", "step_size", "energy_error")


def log_density(target, position, gradient):
    """Log density of ``target`` at ``position``; fills ``gradient``. One `overload` for each kind of target."""
    raise NotImplementedError((target, position, gradient))


@overload(log_density, jit_options=FAST_MATH)  # pyright: ignore[reportArgumentType] - a plain dict to numba
def _of_posterior(target, position, gradient):  # noqa: ARG001 - overloads have the arguments of what they overload
    if getattr(target, "instance_class", None) is Posterior:
        return posterior_log_density.py_func
    return None


class Tree(NamedTuple):
    """A stack of subtrees; slot 0 is the trajectory so far, which grows at its last end."""

    first: np.ndarray  # (slot, dim): momentum at the first leaf
    last: np.ndarray  # (slot, dim)
    rho: np.ndarray  # (slot, dim): sum of momenta
    proposal: np.ndarray  # (slot, 2, dim): position and gradient of a draw from the subtree
    density: np.ndarray  # (slot, 2): log density and energy of the proposal
    weight: np.ndarray  # (slot,): log of the summed weights


@njit(**INNER_FAST)
def _product(left, variance, right):
    out = 0.0
    for i in range(left.size):
        out += left[i] * variance[i] * right[i]
    return out


@njit(**INNER_FAST)
def _turns(rho, extra, first, last, variance):
    """Whether momenta ``first`` and ``last`` point back, given their path ``rho + extra``."""
    ahead, behind = 0.0, 0.0
    for i in range(rho.size):
        path = (rho[i] + extra[i]) * variance[i]
        ahead += path * last[i]
        behind += path * first[i]
    return not (ahead > 0.0 and behind > 0.0)


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


@njit(**INNER)
def _log_add(a, b):
    high = max(a, b)
    return high + np.log(np.exp(a - high) + np.exp(b - high))


@njit(**INNER)
def _copy(source, target):
    for i in range(target.size):  # without the checks of shapes that an assignment compiles
        target[i] = source[i]


@njit(**INNER)
def _leaf(tree, slot, point, density, energy, weight):
    _copy(point[1], tree.first[slot])
    _copy(point[1], tree.last[slot])
    _copy(point[1], tree.rho[slot])
    _propose(tree, slot, point[0], point[2], density, energy)
    tree.weight[slot] = weight


@njit(**INNER)
def _propose(tree, slot, position, gradient, density, energy):
    _copy(position, tree.proposal[slot, 0])
    _copy(gradient, tree.proposal[slot, 1])
    tree.density[slot, 0] = density
    tree.density[slot, 1] = energy


@njit(**INNER)
def _join(tree, slot, biased, variance, rng):
    """Join subtree ``slot + 1`` to ``slot``; returns whether the joint trajectory turns.

    The proposal comes from the second with probability w2 / (w1 + w2), or min(1, w2 / w1) if ``biased``
    towards the new half of the trajectory.
    """
    new = slot + 1
    turns = (
        _turns(tree.rho[slot], tree.rho[new], tree.first[slot], tree.last[new], variance)
        or _turns(tree.rho[slot], tree.first[new], tree.first[slot], tree.first[new], variance)
        or _turns(tree.rho[new], tree.last[slot], tree.last[slot], tree.last[new], variance)
    )
    joint = _log_add(tree.weight[slot], tree.weight[new])
    chance = tree.weight[new] - (tree.weight[slot] if biased else joint)
    if chance >= 0.0 or rng.random() < np.exp(chance):
        _propose(tree, slot, tree.proposal[new, 0], tree.proposal[new, 1], tree.density[new, 0], tree.density[new, 1])
    tree.weight[slot] = joint
    for i in range(tree.rho.shape[1]):
        tree.rho[slot, i] += tree.rho[new, i]
    _copy(tree.last[new], tree.last[slot])
    return turns


@njit(**PART)
def _grow(target, tree, depth, point, step, start, normal, rng):
    """Build the subtree of 2**depth leaves beyond ``point`` in slot 1.

    Returns whether it is whole (has neither turned nor diverged), the number of leaves, the sum of their
    acceptance probabilities, and whether it diverged.
    """
    top, accepted = 0, 0.0
    for leaf in range(1 << depth):
        density = advance(target, point, step, normal)
        energy = 0.5 * _product(point[1], normal.variance, point[1]) - density
        error = energy - start
        if not error < MAX_ENERGY_ERROR:
            return False, leaf + 1, accepted, True
        accepted += min(1.0, np.exp(-error))
        top += 1
        _leaf(tree, top, point, density, energy, -error)
        count = leaf + 1
        while count % 2 == 0:  # the top two subtrees are of equal size
            top -= 1
            if _join(tree, top, np.bool_(False), normal.variance, rng):
                return False, leaf + 1, accepted, False
            count //= 2
    return True, 1 << depth, accepted, False


@njit(**INNER)
def _turn_round(tree, ends):
    """Exchange the trajectory's first and last ends."""
    for i in range(ends.shape[2]):
        tree.first[0, i], tree.last[0, i] = tree.last[0, i], tree.first[0, i]
        for part in range(3):
            ends[0, part, i], ends[1, part, i] = ends[1, part, i], ends[0, part, i]


@njit(**PART)
def transition(target, tree, ends, density, step, normal, rng, max_depth, statistics):
    """One draw from ``ends[0]`` (position, momentum, gradient), where the log density is ``density``.

    Leaves position and gradient of the draw in ``tree.proposal[0]``, its log density in ``tree.density[0]``
    and fills ``statistics`` in the order of `STATISTICS`; returns the mean acceptance probability.
    """
    for i in range(ends.shape[2]):
        ends[0, 1, i] = rng.standard_normal() / np.sqrt(normal.variance[i])
    for part in range(3):
        _copy(ends[0, part], ends[1, part])
    start = 0.5 * _product(ends[0, 1], normal.variance, ends[0, 1]) - density
    _leaf(tree, np.int64(0), ends[0], density, start, 0.0)
    depth, leaves, accepted, forward, diverged = 0, 0, 0.0, True, False
    while depth < max_depth:
        if (rng.random() < 0.5) != forward:
            forward = not forward
            _turn_round(tree, ends)
        signed = step if forward else -step
        whole, count, sum_accepted, diverged = _grow(target, tree, depth, ends[1], signed, start, normal, rng)
        leaves += count
        accepted += sum_accepted
        depth += 1
        if not whole or _join(tree, np.int64(0), np.bool_(True), normal.variance, rng):
            break
    rate = accepted / leaves
    statistics[0], statistics[1], statistics[2] = tree.density[0, 0], tree.density[0, 1], rate
    statistics[3], statistics[4], statistics[5], statistics[6] = leaves, depth, diverged, step
    statistics[7] = tree.density[0, 1] - start
    return rate


def tree(dim: int, max_depth: int) -> Tree:
    """Room for a trajectory."""
    slots = max_depth + 2
    first, last, rho = np.zeros((3, slots, dim))
    return Tree(first, last, rho, np.zeros((slots, 2, dim)), np.zeros((slots, 2)), np.zeros(slots))


@njit(**EXACT)
def sample_chain(target, start, guess, adapted, rng, tune, target_accept, tree, positions, statistics, done, stop):
    """Warm up for ``tune`` draws from ``start`` (dim,), then fill ``positions`` (draw, dim) and ``statistics``.

    The centre and variance of the first ``adapted`` coordinates are learnt, those of the others are as in
    ``guess``. ``done[0]`` counts the draws, warm-up included; the chain ends early when ``stop[0]`` is set.
    """
    dim, max_depth = start.size, tree.weight.size - 2
    normal = Normal(guess.centre.copy(), guess.variance.copy())
    ends, moments = np.zeros((2, 3, dim)), np.zeros((2, dim + 1))
    adaptation, scratch = np.zeros(5), np.zeros(statistics.shape[1])
    _copy(start, ends[0, 0])
    density = log_density(target, ends[0, 0], ends[0, 2])
    step = FIRST_STEP
    restart_step(adaptation, step)
    for draw in range(tune + len(positions)):
        row = scratch if draw < tune else statistics[draw - tune]
        rate = transition(target, tree, ends, density, step, normal, rng, max_depth, row)
        _copy(tree.proposal[0, 0], ends[0, 0])
        _copy(tree.proposal[0, 1], ends[0, 2])
        density = tree.density[0, 0]
        done[0] = draw + 1
        if draw >= tune:
            _copy(ends[0, 0], positions[draw - tune])
        else:
            step = adapt_step(adaptation, rate, target_accept)
            if draw >= tune // 5:
                add_moments(moments, ends[0, 0])
            if draw + 1 in (tune // 2, tune - tune // 5) and moments[0, dim] > 5.0:
                adapt_normal(moments, guess, adapted, normal)
                restart_step(adaptation, step)
            if draw + 1 == tune:
                step = np.exp(adaptation[1])
        if stop[0]:
            break
