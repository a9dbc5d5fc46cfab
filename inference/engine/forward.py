r"""One state forward in time under a programme, and the alignments that follow: loops over years and draws.

With a trajectory's capacity :math:`c`, duress :math:`d`, programme :math:`a` (1 while it runs), and :math:`v` (income,
democracy) what it has more of these than was observed, year k is

.. math::

    n_k &= m_k + \rho n_{k-1} + \pi_1 d_{k-1} + \pi_2 \bar d_{k-2..k-5} + \pi_v' v_{k-1} + \varepsilon_k, \quad
    c_k = n_k + \delta_k, \\
    \delta_k &= \begin{cases} \delta_{k-1} + e / D & \text{while a programme of } D \text{ years with given effect } e
    \text{ runs} \\ \varrho \delta_{k-1} + \frac{e}{5} \sum_{l=1}^5 g_{k-l} a_{k-l} & \text{estimated: } g \text{ logs
    of aid more a year} \\ \varrho \delta_{k-1} & \text{after a given effect} \end{cases} \\
    v_k &= R v_{k-1} + B (x_{k-1} - x^{obs}_{k-1}), \quad x = (d_{k-1}, \bar d_{k-2..k-5}, c_{k-1}), \\
    d_k &= 1[u_k < \operatorname{logit}^{-1}(o_k + \omega_1 c_{k-1} + \omega_2 \bar d_{k-2..k-5} + \omega_v' v_{k-1})],

with :math:`o, \omega` of the onset logit after a calm year (and the shock of a dropped programme added), of the
continuation logit after one under duress. Noise :math:`\varepsilon` and :math:`u` come from outside, the same for every
programme, so that programmes differ by what they do and nothing else. What income and democracy have that their links
do not explain stays as observed: the response to another duress or capacity is added to their own course.

Alignments enter by their probabilities. A dyad is at risk with probability :math:`f`, 1 in its first row, and

.. math::  f_{k+1} = f_k (1 - h p_k) + (1 - f_k) l

after a year with probability :math:`p_k` of bandwagoning, a share :math:`h` of which obliges to defence or offence and
so takes the dyad out of the risk set, until it lapses, which it does in a year with probability :math:`l`.
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
    pull: np.ndarray  # (4, draw): of duress in the year before and in the four before that, of income and democracy
    onset: np.ndarray
    onset_slope: np.ndarray  # (4, draw): of capacity, of duress in the four years, of income and democracy
    stay: np.ndarray
    stay_slope: np.ndarray
    begin: np.ndarray  # (draw,) capacity before the first year
    history: int  # duress of the five years before the first: bit 0 is the last of them
    lasting: np.ndarray  # (2, draw): share of more income and of more democracy that lasts a year
    moved: np.ndarray  # (2, 4, draw): slopes of duress before and in the four years, of capacity, and of the other one
    seen: np.ndarray  # (3, year): duress before, in the four years, and score of capacity as observed
    error: np.ndarray  # (draw,) true capacity less its score


PAST = 6  # years before a row of those that alignment is adjusted for: the measure of t-1 as of five years before


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
def simulate(dynamics, programme, noise, uniform, window, before, running, started, duress, more):
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
    more : np.ndarray
        Filled (2, year, draw): income and democracy of the year beyond what was observed.
    """
    d, p = dynamics, programme
    years, draws = noise.shape
    for s in range(draws):
        bits, aid = d.history, 0
        natural, shift, strength = d.begin[s], 0.0, 0.0
        richer, freer = 0.0, 0.0
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
                d.drift[k, s]
                + d.rho[s] * natural
                + d.pull[0, s] * (bits & 1)
                + d.pull[1, s] * lately
                + noise[k, s]
                + d.pull[2, s] * richer
                + d.pull[3, s] * freer
            )
            shift = _shifted(p, s, k, shift, strength, aid, active)
            if bits & 1:
                eta = d.stay[k, s] + d.stay_slope[0, s] * capacity + d.stay_slope[1, s] * lately
                eta += d.stay_slope[2, s] * richer + d.stay_slope[3, s] * freer
            else:
                eta = d.onset[k, s] + d.onset_slope[0, s] * capacity + d.onset_slope[1, s] * lately
                eta += d.onset_slope[2, s] * richer + d.onset_slope[3, s] * freer
                if start + p.running <= k < start + p.running + SHOCK_YEARS:
                    eta += p.shock[s]
            now = 1 if uniform[k, s] < 1.0 / (1.0 + np.exp(-eta)) else 0
            duress[k, s] = now
            one, two = (bits & 1) - d.seen[0, k], lately - d.seen[1, k]
            three = capacity - d.seen[2, k] - d.error[s]
            richer, freer = (
                d.lasting[0, s] * richer
                + d.moved[0, 0, s] * one
                + d.moved[0, 1, s] * two
                + d.moved[0, 2, s] * three
                + d.moved[0, 3, s] * freer,
                d.lasting[1, s] * freer
                + d.moved[1, 0, s] * one
                + d.moved[1, 1, s] * two
                + d.moved[1, 2, s] * three
                + d.moved[1, 3, s] * richer,
            )
            more[0, k, s], more[1, k, s] = richer, freer
            bits, aid = ((bits << 1) | now) & 31, ((aid << 1) | (1 if active else 0)) & 31
        started[s] = start if start < years else -1


class Ends(NamedTuple):
    """Draws of one outcome's logit for the rows of one state, dyad after dyad and year after year."""

    base: np.ndarray  # (row, draw) float32: log odds at duress and capacity of zero
    duress: np.ndarray  # (row, draw) float32: slope of duress in the window
    capacity: np.ndarray  # (draw,) float32
    past: np.ndarray  # (programme, year, draw) float32: log odds of more income and democracy before the window
    lift: np.ndarray  # (draw,) float32: log odds of aid that runs
    centre: tuple[np.float32, np.float32]  # of duress and capacity, around which a confounder turns their slopes


class AtRisk(NamedTuple):
    """What takes the rows of one state out of the risk set."""

    year: np.ndarray  # (row,) position of the row's year
    since: np.ndarray  # (row,) years since the dyad's row before; 0: its first row
    hard: np.ndarray  # (draw,) float32: share of alignments that take a dyad out
    lapse: np.ndarray  # (draw,) float32: probability that it comes back in a year


@njit(**INNER)
def _back(free, lapse, years, draws):
    """Add to the probability of being at risk what comes back in so many years."""
    for _ in range(years):
        for s in range(draws):
            free[s] += (np.float32(1.0) - free[s]) * lapse[s]


@njit(**EXACT)
def add_events(both, at_risk, histories, sources, biases, out):
    """Add the probabilities of one state's rows to ``out`` (outcome, evaluation, year, draw).

    Parameters
    ----------
    both : tuple of Ends
        Of bandwagoning, which changes who is at risk, and of balancing.
    at_risk : AtRisk
    histories : tuple of np.ndarray
        ``window``, ``before`` and ``running`` from `simulate` (programme, year, draw).
    sources : np.ndarray
        Whose duress, capacity, running aid, and income and democracy an evaluation takes (evaluation, 4).
    biases : tuple of np.ndarray
        Added to the slopes of duress and of capacity (evaluation, draw).
    out : np.ndarray
        Filled.
    """
    window, before, running = histories
    turn, tilt = biases
    count, draws = sources.shape[0], out.shape[3]
    free = np.ones((count, draws), np.float32)
    eta, probability = np.empty(draws, np.float32), np.empty(draws, np.float32)
    for r in range(at_risk.year.size):
        k, since = at_risk.year[r], at_risk.since[r]
        for e in range(count):
            own = free[e]
            if since == 0:
                own[:] = 1.0
            else:
                _back(own, at_risk.lapse, since - 1, draws)
            d, c, a = window[sources[e, 0], k], before[sources[e, 1], k], running[sources[e, 2], k]
            for o in range(1, -1, -1):
                ends = both[o]
                base, slope, past = ends.base[r], ends.duress[r], ends.past[sources[e, 3], k]
                for s in range(draws):
                    under = np.float32(d[s])
                    eta[s] = base[s] + slope[s] * under + ends.capacity[s] * c[s] + ends.lift[s] * np.float32(a[s])
                    eta[s] += turn[e, s] * (under - ends.centre[0]) + tilt[e, s] * (c[s] - ends.centre[1]) + past[s]
                logistic(eta, draws, probability)
                total = out[o, e, k]
                for s in range(draws):
                    total[s] += own[s] * probability[s]
            for s in range(draws):  # probability is now that of bandwagoning
                own[s] += (np.float32(1.0) - own[s]) * at_risk.lapse[s] - own[s] * at_risk.hard[s] * probability[s]
