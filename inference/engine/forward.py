r"""One state forward in time under a programme, and the alignments that follow: loops over years and draws.

With a trajectory's capacity :math:`c`, duress :math:`d` and programme :math:`a` (1 while it runs), year k is

.. math::

    n_k &= m_k + \rho n_{k-1} + \pi_1 d_{k-1} + \pi_2 \bar d_{k-2..k-5} + \varepsilon_k, \quad c_k = n_k + \delta_k, \\
    \delta_k &= \begin{cases} \delta_{k-1} + e / D & \text{while a programme of } D \text{ years with given effect } e
    \text{ runs} \\ \varrho \delta_{k-1} + \frac{e}{5} \sum_{l=1}^5 g_{k-l} a_{k-l} & \text{estimated: } g \text{ logs
    of aid more a year} \\ \varrho \delta_{k-1} & \text{after a given effect} \end{cases} \\
    d_k &= 1[u_k < \operatorname{logit}^{-1}(o_k + \omega_1 c_{k-1} + \omega_2 \bar d_{k-2..k-5})],

with :math:`o, \omega` of the onset logit after a calm year (and the shock of a dropped programme added), of the
continuation logit after one under duress. Noise :math:`\varepsilon` and :math:`u` come from outside, the same for every
programme, so that programmes differ by what they do and nothing else.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from inference.engine.options import EXACT, INNER
from inference.engine.rows.link import logistic

YEARS_BACK = 5
GIVEN, ESTIMATED = 1, 2
SHOCK_YEARS = 2  # years that a sudden drop of aid is felt: those whose aid lies in the window of the measure


class Dynamics(NamedTuple):
    """Draws of the links for one state: fixed parts (year, draw), slopes on what moves (draw,)."""

    drift: np.ndarray
    rho: np.ndarray
    pull: np.ndarray  # (2, draw): of duress in the year before and in the four before that
    onset: np.ndarray
    onset_slope: np.ndarray  # (2, draw): of capacity and of duress in the four years
    stay: np.ndarray
    stay_slope: np.ndarray
    begin: np.ndarray  # (draw,) capacity before the first year
    history: int  # duress of the five years before the first: bit 0 is the last of them


class Programme(NamedTuple):
    """One programme: what it does to capacity, and when."""

    kind: int  # 0: none, GIVEN or ESTIMATED
    start: np.ndarray  # (draw,) position of its first year; past the last year: never
    running: int  # years that it runs
    duration: int  # years in which a given effect builds up
    effect: np.ndarray  # (draw,)
    decay: np.ndarray  # (draw,) share of an effect that lasts a year without aid
    shrink: float  # share of a given effect that is lost where all five years before were under duress
    gain: np.ndarray  # (year,) rise in log aid per head
    shock: np.ndarray  # (draw,) on the log odds of an onset after the aid is dropped; 0: none


@njit(**INNER)
def _years(bits):
    """Number of the last five years whose bit is set."""
    count = 0
    for k in range(YEARS_BACK):
        count += (bits >> k) & 1
    return count


@njit(**INNER)
def _shifted(p, s, k, shift, strength, aid, active):
    """Capacity that the programme has added by the end of year k."""
    if p.kind == GIVEN and active:
        return shift + strength / p.duration
    flow = 0.0
    if p.kind == ESTIMATED:
        for lag in range(1, YEARS_BACK + 1):
            if (aid >> (lag - 1)) & 1:
                flow += p.gain[k - lag]
    return p.decay[s] * shift + strength * flow / YEARS_BACK


@njit(**EXACT)
def simulate(dynamics, programme, noise, uniform, window, before, running, started, duress):
    """Simulate one state under one programme, year by year and draw by draw.

    Parameters
    ----------
    dynamics, programme : Dynamics, Programme
    noise, uniform : np.ndarray
        Random numbers of capacity and of duress (year, draw).
    window, before, running, duress : np.ndarray
        Filled (year, draw): whether any of the five years before was under duress, capacity before the year, whether
        the programme ran the year before, duress in the year.
    started : np.ndarray
        Filled (draw,): position of the programme's first year, or -1.
    """
    d, p = dynamics, programme
    years, draws = noise.shape
    for s in range(draws):
        bits, aid = d.history, 0
        natural, shift, strength = d.begin[s], 0.0, 0.0
        start = p.start[s] if p.kind else years + 1
        for k in range(years):
            window[k, s], running[k, s] = bits != 0, aid & 1
            capacity = natural + shift
            before[k, s] = capacity
            if k == start:
                strength = p.effect[s] * (1.0 - p.shrink * _years(bits) / YEARS_BACK)
            active = start <= k < start + p.running
            lately = _years(bits >> 1) / (YEARS_BACK - 1.0)
            natural = (
                d.drift[k, s] + d.rho[s] * natural + d.pull[0, s] * (bits & 1) + d.pull[1, s] * lately + noise[k, s]
            )
            shift = _shifted(p, s, k, shift, strength, aid, active)
            if bits & 1:
                eta = d.stay[k, s] + d.stay_slope[0, s] * capacity + d.stay_slope[1, s] * lately
            else:
                eta = d.onset[k, s] + d.onset_slope[0, s] * capacity + d.onset_slope[1, s] * lately
                if start + p.running <= k < start + p.running + SHOCK_YEARS:
                    eta += p.shock[s]
            now = 1 if uniform[k, s] < 1.0 / (1.0 + np.exp(-eta)) else 0
            duress[k, s] = now
            bits, aid = ((bits << 1) | now) & 31, ((aid << 1) | (1 if active else 0)) & 31
        started[s] = start if start < years else -1


class Ends(NamedTuple):
    """Draws of one outcome's logit for the rows of one state."""

    base: np.ndarray  # (row, draw) float32: log odds at duress and capacity of zero
    duress: np.ndarray  # (row, draw) float32: slope of duress in the window
    capacity: np.ndarray  # (draw,) float32
    centre: tuple[np.float32, np.float32]  # of duress and capacity, around which a confounder turns their slopes
    year: np.ndarray  # (row,) position of the row's year


@njit(**EXACT)
def add_events(ends, window, before, running, sources, turn, tilt, lift, eta, probability, out):
    """Add the probabilities of one state's rows to ``out`` (evaluation, year, draw).

    Parameters
    ----------
    ends : Ends
    window, before, running : np.ndarray
        From `simulate` (programme, year, draw).
    sources : np.ndarray
        Whose duress, capacity and running aid an evaluation takes (evaluation, 3).
    turn, tilt : np.ndarray
        Added to the slopes of duress and of capacity (evaluation, draw).
    lift : np.ndarray
        Added to the log odds while aid runs (draw,).
    eta, probability : np.ndarray
        Scratch (draw,).
    out : np.ndarray
        Filled.
    """
    draws = out.shape[2]
    for r in range(ends.year.size):
        k = ends.year[r]
        base, slope = ends.base[r], ends.duress[r]
        for e in range(sources.shape[0]):
            d, c, a = window[sources[e, 0], k], before[sources[e, 1], k], running[sources[e, 2], k]
            for s in range(draws):
                under = np.float32(d[s])
                eta[s] = base[s] + slope[s] * under + ends.capacity[s] * c[s] + lift[s] * np.float32(a[s])
                eta[s] += turn[e, s] * (under - ends.centre[0]) + tilt[e, s] * (c[s] - ends.centre[1])
            logistic(eta, draws, probability)
            total = out[e, k]
            for s in range(draws):
                total[s] += probability[s]
