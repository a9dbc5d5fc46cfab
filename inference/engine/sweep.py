"""Loops over packed rows and draws: sums of probabilities, simulated events, sums over draws for every row."""

from __future__ import annotations

import numpy as np
from numba import njit

from inference.engine.kernel import add_effects, linear_predictor, total
from inference.engine.link import link
from inference.engine.options import EXACT, FAST, INNER, INNER_FAST


@njit(**INNER)
def _set_eta(rows, run, start, columns, intercept, slope, extra, eta):
    """Linear predictors of a run of rows under one draw."""
    n, size = rows.padded[run], rows.size[run]
    mine = slope[rows.region[run]]
    linear_predictor(rows.x, start * rows.width, n, columns, mine, intercept[rows.cell[run]], eta)
    for g in range(rows.level.shape[0]):
        add_effects(rows.level[g], start, size, extra, eta)


@njit(**EXACT)
def sum_probability(rows, columns, intercept, slope, extra, first, last, sums, out):
    """Add the probabilities of draws ``first`` to ``last`` to ``out`` (sample, cell)."""
    start = 0
    for run in range(rows.size.size):
        for s in range(first, last):
            _set_eta(rows, run, start, columns, intercept[s], slope[s], extra[s], sums.eta)
            link(sums.eta, rows.padded[run], sums.probability, sums.softplus)
            out[s, rows.cell[run]] += total(sums.probability, rows.size[run])
        start += rows.padded[run]


@njit(**EXACT)
def sum_softplus(rows, columns, intercept, slope, extra, first, last, sums, out):
    """Add log(1 + exp(eta)) of draws ``first`` to ``last`` to ``out`` (sample, cell)."""
    start = 0
    for run in range(rows.size.size):
        for s in range(first, last):
            _set_eta(rows, run, start, columns, intercept[s], slope[s], extra[s], sums.eta)
            link(sums.eta, rows.padded[run], sums.probability, sums.softplus)
            out[s, rows.cell[run]] += total(sums.softplus, rows.size[run])
        start += rows.padded[run]


@njit(**EXACT)
def count_events(rows, columns, intercept, slope, extra, first, last, sums, out, key):
    """Add events drawn with the probabilities of draws ``first`` to ``last`` to ``out`` (sample, cell)."""
    start = 0
    for run in range(rows.size.size):
        for s in range(first, last):
            _set_eta(rows, run, start, columns, intercept[s], slope[s], extra[s], sums.eta)
            link(sums.eta, rows.padded[run], sums.probability, sums.softplus)
            stream = _mix(key[0] + np.uint64(s))
            events = 0
            for i in range(rows.size[run]):
                uniform = (_mix(stream + np.uint64(start + i)) >> np.uint64(11)) * 2.0**-53
                events += uniform < sums.probability[i]
            out[s, rows.cell[run]] += events
        start += rows.padded[run]


@njit(**INNER)
def _mix(counter):
    """Random bits of a counter: splitmix64, so that a draw does not depend on what was drawn before."""
    z = counter * np.uint64(0x9E3779B97F4A7C15) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(**FAST)
def sum_rows(rows, columns, intercept, slope, extra, first, last, sums, start, sign, out):
    """Fill ``out`` (5, row without padding) for runs ``first`` to ``last``; ``start`` (run,) of their rows."""
    padded = 0
    for run in range(last):
        if run >= first:
            mine = slice(start[run], start[run] + rows.size[run])
            low, high = out[3, mine], out[4, mine]
            low[:], high[:] = np.inf, -np.inf
            for s in range(slope.shape[0]):
                _set_eta(rows, run, padded, columns, intercept[s], slope[s], extra[s], sums.eta)
                _add_row(sums, rows.padded[run], sign[mine], out[0, mine], out[1, mine], out[2, mine], low, high)
        padded += rows.padded[run]


@njit(**INNER_FAST)
def _add_row(sums, padded, sign, total, inverse, square, low, high):
    for i in range(sign.size):
        sums.eta[i] *= sign[i]
        low[i], high[i] = min(low[i], sums.eta[i]), max(high[i], sums.eta[i])
    link(sums.eta, padded, sums.probability, sums.softplus)
    for i in range(sign.size):
        weight = 1.0 / sums.probability[i]
        total[i] += sums.probability[i]
        inverse[i] += weight
        square[i] += weight * weight
