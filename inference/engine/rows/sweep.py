"""Loops over packed rows and draws: sums of probabilities, simulated events, sums over draws for every row."""

from __future__ import annotations

import numpy as np
from numba import njit

from inference.engine.options import EXACT, FAST, INNER, INNER_FAST
from inference.engine.rows.kernel import add_effects, linear_predictor, total
from inference.engine.rows.link import link, logistic


@njit(**INNER)
def _set_eta(rows, run, start, columns, intercept, slope, extra, eta):
    """Linear predictors of a run of rows under one draw."""
    x, level, padded, size, cell, region, width, _ = rows  # locals: see `log_likelihood_sums`
    linear_predictor(x, start * width, padded[run], columns, slope[region[run]], intercept[cell[run]], eta)
    for g in range(level.shape[0]):
        add_effects(level[g], start, size[run], extra, eta)


@njit(**EXACT)
def sum_probability(rows, columns, intercept, slope, extra, first, last, sums, out):
    """Add the probabilities of draws ``first`` to ``last`` to ``out`` (sample, cell)."""
    start = np.int64(0)
    for run in range(rows.size.size):
        for s in range(first, last):
            _set_eta(rows, run, start, columns, intercept[s], slope[s], extra[s], sums.eta)
            logistic(sums.eta, rows.padded[run], sums.probability)
            out[s, rows.cell[run]] += total(sums.probability, rows.size[run])
        start += rows.padded[run]


@njit(**EXACT)
def sum_changed(rows, columns, intercept, slope, extra, first, last, sums, out, bound, of):
    """Add the probabilities under changed predictors of draws ``first`` to ``last`` to ``out`` (sample, change).

    The rows' columns after the first ``columns`` are differences: change ``c`` adds those from ``bound[c]`` to
    ``bound[c + 1]``, each times the slope of column ``of`` (difference,).
    """
    start, changed = np.int64(0), np.empty_like(sums.eta)
    for run in range(rows.size.size):
        n, x = rows.padded[run], start * rows.width
        for s in range(first, last):
            _set_eta(rows, run, start, columns, intercept[s], slope[s], extra[s], sums.eta)
            mine = slope[s, rows.region[run]]
            for c in range(bound.size - 1):
                _add_differences(rows.x, x, n, columns.size, bound[c], bound[c + 1], of, mine, sums.eta, changed)
                logistic(changed, n, sums.probability)
                out[s, c] += total(sums.probability, rows.size[run])
        start += n


@njit(**INNER)
def _add_differences(x, first, n, columns, begin, end, of, slope, eta, out):
    for i in range(n):
        out[i] = eta[i]
    for k in range(begin, end):
        difference, s = x[first + (columns + k) * n : first + (columns + k + 1) * n], slope[of[k]]
        for i in range(n):
            out[i] += s * difference[i]


@njit(**EXACT)
def sum_softplus(rows, columns, intercept, slope, extra, first, last, sums, out):
    """Add log(1 + exp(eta)) of draws ``first`` to ``last`` to ``out`` (sample, cell)."""
    start = np.int64(0)
    for run in range(rows.size.size):
        for s in range(first, last):
            _set_eta(rows, run, start, columns, intercept[s], slope[s], extra[s], sums.eta)
            link(sums.eta, rows.padded[run], sums.probability, sums.softplus)
            out[s, rows.cell[run]] += total(sums.softplus, rows.size[run])
        start += rows.padded[run]


@njit(**EXACT)
def each_row(rows, columns, intercept, slope, extra, first, last, sums, order, y, key, simulated, log_likelihood):
    """Simulate the outcome of every row under draws ``first`` to ``last``, and keep the log likelihood of the observed.

    ``y`` (obs,), ``simulated`` and ``log_likelihood`` (sample, obs) are in the rows' own ``order``, not the packed one.
    """
    start = row = np.int64(0)
    for run in range(rows.size.size):
        for s in range(first, last):
            _set_eta(rows, run, start, columns, intercept[s], slope[s], extra[s], sums.eta)
            link(sums.eta, rows.padded[run], sums.probability, sums.softplus)
            stream = _mix(key[0] + np.uint64(s))
            for i in range(rows.size[run]):
                obs = order[row + i]
                simulated[s, obs] = _uniform(stream, start + i) < sums.probability[i]
                log_likelihood[s, obs] = y[obs] * sums.eta[i] - sums.softplus[i]
        start += rows.padded[run]
        row += rows.size[run]


@njit(**EXACT)
def count_events(rows, columns, intercept, slope, extra, first, last, sums, out, key):
    """Add events drawn with the probabilities of draws ``first`` to ``last`` to ``out`` (sample, cell)."""
    start = np.int64(0)
    for run in range(rows.size.size):
        for s in range(first, last):
            _set_eta(rows, run, start, columns, intercept[s], slope[s], extra[s], sums.eta)
            logistic(sums.eta, rows.padded[run], sums.probability)
            stream = _mix(key[0] + np.uint64(s))
            events = 0
            for i in range(rows.size[run]):
                events += _uniform(stream, start + i) < sums.probability[i]
            out[s, rows.cell[run]] += events
        start += rows.padded[run]


@njit(**INNER)
def _uniform(stream, number):
    return (_mix(stream + np.uint64(number)) >> np.uint64(11)) * 2.0**-53


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
    padded = np.int64(0)
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
    logistic(sums.eta, padded, sums.probability)
    for i in range(sign.size):
        weight = 1.0 / sums.probability[i]
        total[i] += sums.probability[i]
        inverse[i] += weight
        square[i] += weight * weight
