r"""The row kernel: the log likelihood of a hierarchical logit and its gradient in one pass over the rows.

Row :math:`n` of cell :math:`c` (region :math:`r` x era) has the linear predictor

.. math::  \eta_n = b_c + x_n' s_r + \sum_g \alpha_g[g_n],

with the cell's intercept :math:`b_c`, the region's slopes :math:`s_r = \beta + \gamma_r` and the effects of
further groups, if any. The log likelihood :math:`\sum_n y_n \eta_n - \log(1 + e^{\eta_n})` needs :math:`y`
only in sums over rows, known once and for all: events per cell and level, :math:`X_r'y_r` per region. What
is left for the loop, with :math:`p_n = 1 / (1 + e^{-\eta_n})`, is

.. math::  \sum_n \log(1 + e^{\eta_n}), \quad \sum_{n \in c} p_n, \quad \sum_{n \in r} p_n x_n,
           \quad \sum_{n: g_n = l} p_n.

The first of these sums takes a logarithm for many rows at once,

.. math::  \sum_n \log(1 + e^{\eta_n}) = \sum_n \max(\eta_n, 0) + \log \prod_n (1 + e^{-|\eta_n|}).

Rows come sorted by cell and packed in runs (`pack`), which are read twice each. The probabilities of a run's padding
are set to zero before they are summed. Where rows have weights, each row's terms are multiplied by its own.
Sums within a run are taken in the precision of the rows, sums over runs in float64.
"""

from __future__ import annotations

from math import log
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from inference.engine.options import EXACT, INNER, INNER_FAST
from inference.engine.rows.link import link, logistic
from inference.engine.rows.pack import LANES, RUN, aligned


class Effects(NamedTuple):
    """Intercepts and slopes of the rows, in their precision; of many draws, with the draw as a first dimension."""

    intercept: NDArray  # (cell,)
    slope: NDArray  # (region, predictor + error)
    level: NDArray  # (outcome, level + LANES) of the further groups; of many draws of one outcome, without the outcome


class Scratch(NamedTuple):
    """Room for the work on one run, in the precision of the rows."""

    eta: NDArray  # (RUN + LANES,), as the others: loops over segments reach behind the last row
    probability: NDArray
    softplus: NDArray  # log(1 + exp(eta)), or the odds that it follows from


class Sums(NamedTuple):
    """Sums of the probabilities, as the kernel leaves them, and its scratch."""

    cell: NDArray[np.float64]  # (cell,)
    slope: NDArray[np.float64]  # (region, predictor)
    level: NDArray[np.float64]  # (outcome, level + LANES) of the further groups
    scratch: Scratch


def empty_scratch(dtype: str) -> Scratch:
    """Scratch for rows of a precision."""
    return Scratch(*(aligned(RUN + LANES, dtype) for _ in range(3)))


def empty_sums(cells: int, slopes: tuple[int, int], levels: tuple[int, int], dtype: str) -> Sums:
    """Room for the kernel's results: sums by cell (cells,), for slopes and for levels of these shapes."""
    return Sums(np.zeros(cells), np.zeros(slopes), np.zeros(levels), empty_scratch(dtype))


@njit(**INNER)
def linear_predictor(x, first, n, columns, slope, eta):
    """Add ``x slope`` to ``eta`` for a run of rows, four columns at a time.

    Parameters
    ----------
    x, first, n
        Packed predictors, where the run begins in them, and its rows.
    columns, slope
        Columns to use (predictor,) and their slopes (predictor,).
    eta
        The array (row,) to add to.
    """
    k = 0
    while k + 4 <= columns.size:
        x0, x1 = _column(x, first, columns[k], n), _column(x, first, columns[k + 1], n)
        x2, x3 = _column(x, first, columns[k + 2], n), _column(x, first, columns[k + 3], n)
        s0, s1, s2, s3 = slope[k], slope[k + 1], slope[k + 2], slope[k + 3]
        for i in range(n):
            eta[i] += s0 * x0[i] + s1 * x1[i] + s2 * x2[i] + s3 * x3[i]
        k += 4
    while k < columns.size:
        x0, s0 = _column(x, first, columns[k], n), slope[k]
        for i in range(n):
            eta[i] += s0 * x0[i]
        k += 1


@njit(**INNER)
def _column(x, first, column, n):
    return x[first + column * n : first + (column + 1) * n]


@njit(**INNER_FAST)
def weighted_columns(x, first, n, columns, weight, out):
    """``out += x' weight`` for the run of ``n`` rows at ``x[first]``, four columns at a time."""
    zero = weight.dtype.type(0)
    k = 0
    while k + 4 <= columns.size:
        x0, x1 = _column(x, first, columns[k], n), _column(x, first, columns[k + 1], n)
        x2, x3 = _column(x, first, columns[k + 2], n), _column(x, first, columns[k + 3], n)
        s0, s1, s2, s3 = zero, zero, zero, zero
        for i in range(n):
            s0 += weight[i] * x0[i]
            s1 += weight[i] * x1[i]
            s2 += weight[i] * x2[i]
            s3 += weight[i] * x3[i]
        out[k] += s0
        out[k + 1] += s1
        out[k + 2] += s2
        out[k + 3] += s3
        k += 4
    while k < columns.size:
        x0, s0 = _column(x, first, columns[k], n), zero
        for i in range(n):
            s0 += weight[i] * x0[i]
        out[k] += s0
        k += 1


@njit(**INNER_FAST)
def total(values, n):
    """Sum of the first ``n`` values."""
    out = values.dtype.type(0)
    for i in range(n):
        out += values[i]
    return out


@njit(**INNER_FAST)
def positive(values, n):
    """Sum of those of the first ``n`` values that are above zero."""
    out, zero = values.dtype.type(0), values.dtype.type(0)
    for i in range(n):
        out += values[i] if values[i] > zero else zero
    return out


@njit(**INNER_FAST)
def log_product(odds, n):
    """Logarithm of the product of 1 + odds, from 0 to 1 each; ``n`` is a multiple of 4, at most `RUN`.

    Four at a time as 1 + (a + b + a b), which loses nothing of small odds: rows can be alike, and their errors too.
    """
    part, out = n // 4, 1.0
    for i in range(part):
        a, b, c, d = odds[i], odds[part + i], odds[2 * part + i], odds[3 * part + i]
        left, right = a + b + a * b, c + d + c * d
        odds[i] = left + right + left * right
    for i in range(part):
        out *= 1.0 + odds[i]  # in float64
    return log(out)


@njit(**EXACT)
def log_likelihood_sums(rows, columns, effects, sums):
    """Fill ``sums`` and return the sum of log(1 + exp(eta)) over all rows under ``effects``."""
    x, segments, padded, size, cell, region, width, weight, first, outcome, weight_start = rows
    intercept, slope, effect = effects  # a field is counted at every use, a local name is not
    by_cell, by_region, by_level, scratch = sums
    eta, probability, softplus = scratch
    by_cell.fill(0.0)
    by_region.fill(0.0)
    by_level.fill(0.0)
    out = 0.0
    for run in range(size.size):
        n, m, c, r, start, o = padded[run], size[run], cell[run], region[run], first[run], outcome[run]
        set_intercepts(segments, run, n, intercept[c], effect[o], eta)
        linear_predictor(x, start * width, n, columns, slope[r], eta)
        if weight_start[run] >= 0:
            link(eta, n, probability, softplus)
            weigh(weight, weight_start[run], m, probability, softplus)
            out += total(softplus, m)
        else:
            logistic(eta, n, probability, softplus)
            for i in range(m, n):
                softplus[i] = 0
            out += positive(eta, m) + log_product(softplus, n)
        for i in range(m, n):
            probability[i] = 0
        by_cell[c] += total(probability, n)
        weighted_columns(x, start * width, n, columns, probability, by_region[r])
        add_to_levels(segments, run, probability, by_level[o])
    return out


@njit(**INNER)
def weigh(weight, start, size, probability, softplus):
    """Multiply both by the weights of the ``size`` rows from ``start``."""
    for i in range(size):
        probability[i] *= weight[start + i]
        softplus[i] *= weight[start + i]


@njit(**INNER)
def set_intercepts(segments, run, n, intercept, effect, eta):
    """Fill ``eta`` of the ``n`` rows of a run with the intercept and the effects (level,) of the further groups.

    Every loop is as long as the longest segment, and reaches into rows that the next one fills.
    """
    of_run, first, _, fixed, moving = segments
    for s in range(of_run[run], of_run[run + 1]):
        rows, levels, constant = eta[first[s] :], effect[moving[s] :], intercept
        for g in range(fixed.shape[1]):
            constant += effect[fixed[s, g]]
        for i in range(LANES):
            rows[i] = constant + levels[i]
    if of_run[run] == of_run[run + 1]:
        for i in range(n):
            eta[i] = intercept


@njit(**INNER_FAST)
def add_to_levels(segments, run, probability, out):
    """Add the probabilities of the rows of a run to their levels (level,) in the further groups."""
    of_run, first, size, fixed, moving = segments
    zero = probability.dtype.type(0)
    for s in range(of_run[run], of_run[run + 1]):
        rows, levels, n, summed = probability[first[s] :], out[moving[s] :], size[s], zero
        for i in range(LANES):
            value = rows[i] if i < n else zero
            summed += value
            levels[i] += value
        for g in range(fixed.shape[1]):
            out[fixed[s, g]] += summed
