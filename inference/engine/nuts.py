r"""The no-U-turn sampler: multinomial sampling on trajectories that double until they turn back.

Hamiltonian :math:`H(q, p) = -\log \pi(q) + \tfrac12 p' M^{-1} p`, leapfrog steps of size :math:`\epsilon`,
weights :math:`e^{H_0 - H}`. A trajectory is a binary tree. Two neighbouring subtrees with summed momenta
:math:`\rho_1, \rho_2` join unless the trajectory turns [1]_ [2]_,

.. math::  \rho' M^{-1} p_{\text{first}} \le 0 \quad\text{or}\quad \rho' M^{-1} p_{\text{last}} \le 0,

for the whole (:math:`\rho = \rho_1 + \rho_2`) or across the join (:math:`\rho_1` and the first momentum of the
second subtree, :math:`\rho_2` and the last of the first [3]_). The new leaves are pushed on a stack; equal
neighbours join at once, as carries do in binary counting, so memory grows with the depth only.

The step size follows dual averaging to the target acceptance and :math:`M` the inverse variances of the
warm-up draws, estimated in two windows.

.. [1] Hoffman and Gelman (2014), J. Mach. Learn. Res. 15, 1593. :math:`\log \epsilon` as in their section 3.2.
.. [2] Betancourt (2017), arXiv:1701.02434, appendix A.
.. [3] Stan reference manual, "MCMC sampling", since version 2.21.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numba.extending import overload

from inference.engine import posterior as _posterior
from inference.engine.kernel import EXACT, FAST

MAX_DEPTH = 10
MAX_ENERGY_ERROR = 1000.0
STATISTICS = ("lp", "energy", "acceptance_rate", "n_steps", "tree_depth", "diverging", "step_size", "energy_error")


def log_density(target, position, gradient):
    """Log density of ``target`` at ``position``; fills ``gradient``. One `overload` for each kind of target."""
    raise NotImplementedError("for compiled callers only")


@overload(log_density)
def _of_posterior(target, position, gradient):
    if getattr(target, "instance_class", None) is not _posterior.Posterior:
        return None
    return lambda target, position, gradient: _posterior.log_density(target, position, gradient)


class Tree(NamedTuple):
    """A stack of subtrees; slot 0 is the trajectory so far, which grows at its last end."""

    first: np.ndarray  # (slot, dim): momentum at the first leaf
    last: np.ndarray  # (slot, dim)
    rho: np.ndarray  # (slot, dim): sum of momenta
    proposal: np.ndarray  # (slot, 2, dim): position and gradient of a draw from the subtree
    density: np.ndarray  # (slot, 2): log density and energy of the proposal
    weight: np.ndarray  # (slot,): log of the summed weights


@njit(**FAST)
def _product(left, variance, right):
    out = 0.0
    for i in range(left.size):
        out += left[i] * variance[i] * right[i]
    return out


@njit(**FAST)
def _turns(rho, extra, first, last, variance):
    """Whether momenta ``first`` and ``last`` point back, given their path ``rho + extra``."""
    ahead, behind = 0.0, 0.0
    for i in range(rho.size):
        path = (rho[i] + extra[i]) * variance[i]
        ahead += path * last[i]
        behind += path * first[i]
    return not (ahead > 0.0 and behind > 0.0)


@njit(**EXACT)
def leapfrog(target, point, step, variance):
    """One step of ``point`` (position, momentum, gradient), in place; returns the log density."""
    position, momentum, gradient = point[0], point[1], point[2]
    for i in range(position.size):
        momentum[i] += 0.5 * step * gradient[i]
        position[i] += step * variance[i] * momentum[i]
    density = log_density(target, position, gradient)
    for i in range(position.size):
        momentum[i] += 0.5 * step * gradient[i]
    return density


@njit(**EXACT)
def _log_add(a, b):
    high = max(a, b)
    return high + np.log(np.exp(a - high) + np.exp(b - high))


@njit(**EXACT)
def _leaf(tree, slot, point, density, energy, weight):
    tree.first[slot] = point[1]
    tree.last[slot] = point[1]
    tree.rho[slot] = point[1]
    _propose(tree, slot, point[0], point[2], density, energy)
    tree.weight[slot] = weight


@njit(**EXACT)
def _propose(tree, slot, position, gradient, density, energy):
    tree.proposal[slot, 0] = position
    tree.proposal[slot, 1] = gradient
    tree.density[slot, 0] = density
    tree.density[slot, 1] = energy


@njit(**EXACT)
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
    tree.rho[slot] += tree.rho[new]
    tree.last[slot] = tree.last[new]
    return turns


@njit(**EXACT)
def _grow(target, tree, depth, point, step, start, variance, rng):
    """Build the subtree of 2**depth leaves beyond ``point`` in slot 1.

    Returns whether it is whole (has neither turned nor diverged), the number of leaves, the sum of their
    acceptance probabilities, and whether it diverged.
    """
    top, accepted = 0, 0.0
    for leaf in range(1 << depth):
        density = leapfrog(target, point, step, variance)
        energy = 0.5 * _product(point[1], variance, point[1]) - density
        error = energy - start
        if not error < MAX_ENERGY_ERROR:
            return False, leaf + 1, accepted, True
        accepted += min(1.0, np.exp(-error))
        top += 1
        _leaf(tree, top, point, density, energy, -error)
        count = leaf + 1
        while count % 2 == 0:  # the top two subtrees are of equal size
            top -= 1
            if _join(tree, top, False, variance, rng):
                return False, leaf + 1, accepted, False
            count //= 2
    return True, 1 << depth, accepted, False


@njit(**EXACT)
def _turn_round(tree, ends):
    """Exchange the trajectory's first and last ends."""
    for i in range(ends.shape[2]):
        tree.first[0, i], tree.last[0, i] = tree.last[0, i], tree.first[0, i]
        for part in range(3):
            ends[0, part, i], ends[1, part, i] = ends[1, part, i], ends[0, part, i]


@njit(**EXACT)
def transition(target, tree, ends, density, step, variance, rng, max_depth, statistics):
    """One draw from ``ends[0]`` (position, momentum, gradient), where the log density is ``density``.

    Leaves position and gradient of the draw in ``tree.proposal[0]``, its log density in ``tree.density[0]``
    and fills ``statistics`` in the order of `STATISTICS`; returns the mean acceptance probability.
    """
    for i in range(variance.size):
        ends[0, 1, i] = rng.standard_normal() / np.sqrt(variance[i])
    ends[1] = ends[0]
    start = 0.5 * _product(ends[0, 1], variance, ends[0, 1]) - density
    _leaf(tree, 0, ends[0], density, start, 0.0)
    depth, leaves, accepted, forward, diverged = 0, 0, 0.0, True, False
    while depth < max_depth:
        if (rng.random() < 0.5) != forward:
            forward = not forward
            _turn_round(tree, ends)
        signed = step if forward else -step
        whole, count, sum_accepted, diverged = _grow(target, tree, depth, ends[1], signed, start, variance, rng)
        leaves += count
        accepted += sum_accepted
        depth += 1
        if not whole or _join(tree, 0, True, variance, rng):
            break
    rate = accepted / leaves
    statistics[0], statistics[1], statistics[2] = tree.density[0, 0], tree.density[0, 1], rate
    statistics[3], statistics[4], statistics[5], statistics[6] = leaves, depth, diverged, step
    statistics[7] = tree.density[0, 1] - start
    return rate


@njit(**EXACT)
def _first_step(target, ends, density, variance, rng):
    """A step size whose single leapfrog step is accepted with probability about 0.8."""
    step, direction = 1.0, 0
    while 1e-8 < step < 1e3:
        ends[1] = ends[0]
        for i in range(variance.size):
            ends[1, 1, i] = rng.standard_normal() / np.sqrt(variance[i])
        start = 0.5 * _product(ends[1, 1], variance, ends[1, 1]) - density
        new = leapfrog(target, ends[1], step, variance)
        error = 0.5 * _product(ends[1, 1], variance, ends[1, 1]) - new - start
        wanted = 1 if error < -np.log(0.8) else -1
        if direction not in (0, wanted):
            break
        direction = wanted
        step *= 2.0**direction
    return step


def tree(dim: int, max_depth: int = MAX_DEPTH) -> Tree:
    """Room for a trajectory."""
    slots = max_depth + 2
    vectors = (np.zeros((slots, dim)) for _ in range(3))
    return Tree(*vectors, np.zeros((slots, 2, dim)), np.zeros((slots, 2)), np.zeros(slots))


@njit(**EXACT)
def _restart_step(adaptation, step):
    adaptation[0], adaptation[1], adaptation[2] = np.log(step), np.log(step), np.log(10.0 * step)
    adaptation[3], adaptation[4] = 0.0, 0.0


@njit(**EXACT)
def _adapt_step(adaptation, rate, target_accept):
    """Dual averaging with gamma = 0.05, t0 = 10, kappa = 0.75."""
    adaptation[4] += 1.0
    count = adaptation[4]
    adaptation[3] += (target_accept - rate - adaptation[3]) / (count + 10.0)
    adaptation[0] = adaptation[2] - np.sqrt(count) / 0.05 * adaptation[3]
    share = count**-0.75
    adaptation[1] = share * adaptation[0] + (1.0 - share) * adaptation[1]


@njit(**EXACT)
def _adapt_variance(mean, square, position, count):
    for i in range(mean.size):
        change = position[i] - mean[i]
        mean[i] += change / count
        square[i] += change * (position[i] - mean[i])


@njit(**EXACT)
def sample_chain(
    target, ends, guess, adapted, tree, rng, tune, target_accept, max_depth, positions, statistics, done, stop
):
    """Warm up for ``tune`` draws from ``ends[0, 0]``, then fill ``positions`` (draw, dim) and ``statistics``.

    ``done[0]`` counts the draws, warm-up included; the chain ends early when ``stop[0]`` is set.
    """
    dim = ends.shape[2]
    variance, mean, square = guess.copy(), np.zeros(dim), np.zeros(dim)
    adaptation, scratch = np.zeros(5), np.zeros(statistics.shape[1])
    density = log_density(target, ends[0, 0], ends[0, 2])
    step = _first_step(target, ends, density, variance, rng)
    _restart_step(adaptation, step)
    window_start, window_end = tune // 5, tune // 2
    for draw in range(tune + len(positions)):
        warm = draw < tune
        if draw == tune and tune > 0:
            step = np.exp(adaptation[1])
        row = scratch if warm else statistics[draw - tune]
        rate = transition(target, tree, ends, density, step, variance, rng, max_depth, row)
        ends[0, 0], ends[0, 2] = tree.proposal[0, 0], tree.proposal[0, 1]
        density = tree.density[0, 0]
        if warm:
            _adapt_step(adaptation, rate, target_accept)
            step = np.exp(adaptation[0])
            if window_start <= draw:
                _adapt_variance(mean, square, ends[0, 0], draw - window_start + 1.0)
            if draw + 1 in (window_end, tune - tune // 6) and draw + 1 - window_start > 10:
                count = draw + 1.0 - window_start
                for i in range(adapted):
                    variance[i] = (square[i] + 5.0 * guess[i]) / (count - 1.0 + 5.0)
                mean[:], square[:] = 0.0, 0.0
                window_start = draw + 1
                _restart_step(adaptation, step)
        else:
            positions[draw - tune] = ends[0, 0]
        done[0] = draw + 1
        if stop[0]:
            break
