"""Loops over packed rows and draws: sums of probabilities, simulated events, sums over draws for every row."""

from __future__ import annotations

from math import log1p
from typing import NamedTuple

import numpy as np
from numba import njit

from inference.engine.options import EXACT, FAST, INNER
from inference.engine.rows.kernel import Effects, Scratch, linear_predictor, set_intercepts, total
from inference.engine.rows.link import link, logistic
from inference.engine.rows.pack import Rows


class Predictor(NamedTuple):
    """What the linear predictors of rows under draws are computed from, and in."""

    rows: Rows
    columns: np.ndarray  # of the rows, that the slopes belong to
    effects: Effects  # (sample, ...)
    scratch: Scratch


@njit(**INNER)
def _set_eta(predictor, run, start, s):
    """Fill ``eta`` of the scratch for a run of rows under draw ``s``."""
    rows, columns, effects, scratch = predictor
    x, segments, padded, _, cell, region, width = rows[:7]  # locals: see `log_likelihood_sums`
    intercept, slope, level = effects
    eta, n = scratch.eta, padded[run]
    set_intercepts(segments, run, n, intercept[s, cell[run]], level[s], eta)
    linear_predictor(x, start * width, n, columns, slope[s, region[run]], eta)


@njit(**EXACT)
def sum_probability(predictor, out):
    """Add the probabilities to ``out`` (sample, cell)."""
    rows, scratch, start = predictor.rows, predictor.scratch, np.int64(0)
    for run in range(rows.size.size):
        for s in range(len(out)):
            _set_eta(predictor, run, start, s)
            logistic(scratch.eta, rows.padded[run], scratch.probability)
            out[s, rows.cell[run]] += total(scratch.probability, rows.size[run])
        start += rows.padded[run]


@njit(**EXACT)
def sum_changed(predictor, out, bound, of):
    """Add the probabilities under changed predictors to ``out`` (sample, change).

    The rows' columns after the first ``columns`` are differences: change ``c`` adds those from ``bound[c]`` to
    ``bound[c + 1]``, each times the slope of column ``of`` (difference,).
    """
    rows, scratch, start = predictor.rows, predictor.scratch, np.int64(0)
    columns, changed = predictor.columns.size, np.empty_like(scratch.eta)
    for run in range(rows.size.size):
        n, x = rows.padded[run], start * rows.width
        for s in range(len(out)):
            _set_eta(predictor, run, start, s)
            slope = predictor.effects.slope[s, rows.region[run]]
            for c in range(bound.size - 1):
                _add_differences(rows.x, x, n, columns, bound[c], bound[c + 1], of, slope, scratch.eta, changed)
                logistic(changed, n, scratch.probability)
                out[s, c] += total(scratch.probability, rows.size[run])
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
def sum_softplus(predictor, out):
    """Add log(1 + exp(eta)) to ``out`` (sample, cell)."""
    rows, scratch, start = predictor.rows, predictor.scratch, np.int64(0)
    for run in range(rows.size.size):
        for s in range(len(out)):
            _set_eta(predictor, run, start, s)
            link(scratch.eta, rows.padded[run], scratch.probability, scratch.softplus)
            out[s, rows.cell[run]] += total(scratch.softplus, rows.size[run])
        start += rows.padded[run]


@njit(**EXACT)
def sum_exclusive(predictor, out, intercept, slope, level, weight):
    """Add what changes where two outcomes exclude each other to ``out`` (sample, 3).

    First -w log(1 - p q), with the weight w of each row, and the probabilities p and q of the outcomes where they are
    independent; then p (1 - q) / (1 - p q) and q (1 - p) / (1 - p q), their probabilities where not both can happen.
    The effects of the second outcome are ``intercept``, ``slope`` and ``level`` (sample, ...); its columns follow those
    of the first. ``weight`` (row,) is in the packed order, without padding.
    """
    rows, scratch = predictor.rows, predictor.scratch
    start = row = np.int64(0)
    columns = predictor.columns.size + np.arange(slope.shape[2])
    eta, probability, softplus = scratch
    room = Scratch(np.empty_like(eta), np.empty_like(probability), np.empty_like(softplus))
    other = Predictor(rows, columns, Effects(intercept, slope, level), room)
    for run in range(rows.size.size):
        n = rows.padded[run]
        these = weight[row : row + rows.size[run]]
        for s in range(len(out)):
            _set_eta(predictor, run, start, s)
            logistic(scratch.eta, n, scratch.probability)
            _set_eta(other, run, start, s)
            logistic(room.eta, n, room.probability)
            _add_exclusive(scratch.probability, room.probability, these, out[s])
        start += n
        row += rows.size[run]


@njit(**INNER)
def _add_exclusive(first, second, weight, out):
    correction, one, two = 0.0, 0.0, 0.0
    for i in range(weight.size):
        p, q = first[i], second[i]
        both = p * q
        correction -= weight[i] * log1p(-both)
        one += (p - both) / (1 - both)
        two += (q - both) / (1 - both)
    out[0] += correction
    out[1] += one
    out[2] += two


@njit(**EXACT)
def each_row(predictor, replicated, log_likelihood, keys, order, y):
    """Simulate the outcome of every row under every draw, and keep the log likelihood of the observed.

    Random numbers begin at ``keys`` (sample,). The observed ``y`` (obs,) and what is filled, ``replicated`` and
    ``log_likelihood`` (sample, obs), are in the rows' own ``order``, not the packed one.
    """
    rows, scratch = predictor.rows, predictor.scratch
    start = row = np.int64(0)
    for run in range(rows.size.size):
        for s in range(len(replicated)):
            _set_eta(predictor, run, start, s)
            link(scratch.eta, rows.padded[run], scratch.probability, scratch.softplus)
            stream = _mix(keys[s])
            for i in range(rows.size[run]):
                obs = order[row + i]
                replicated[s, obs] = _uniform(stream, start + i) < scratch.probability[i]
                log_likelihood[s, obs] = y[obs] * scratch.eta[i] - scratch.softplus[i]
        start += rows.padded[run]
        row += rows.size[run]


@njit(**EXACT)
def count_events(predictor, out, keys):
    """Add events drawn with the probabilities to ``out`` (sample, cell); random numbers begin at ``keys`` (sample,)."""
    rows, scratch, start = predictor.rows, predictor.scratch, np.int64(0)
    for run in range(rows.size.size):
        for s in range(len(out)):
            _set_eta(predictor, run, start, s)
            logistic(scratch.eta, rows.padded[run], scratch.probability)
            stream = _mix(keys[s])
            events = 0
            for i in range(rows.size[run]):
                events += _uniform(stream, start + i) < scratch.probability[i]
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
def sum_rows(predictor, first, last, start, out):
    """Fill ``out`` (row,) with sums over draws of the probabilities of the rows of runs ``first`` to ``last``.

    ``start`` (run,) is the first row of each run, without padding.
    """
    rows, scratch = predictor.rows, predictor.scratch
    padded = np.int64(0)
    for run in range(last):
        if run >= first:
            these = out[start[run] : start[run] + rows.size[run]]
            for s in range(len(predictor.effects.slope)):
                _set_eta(predictor, run, padded, s)
                logistic(scratch.eta, rows.padded[run], scratch.probability)
                for i in range(these.size):
                    these[i] += scratch.probability[i]
        padded += rows.padded[run]
