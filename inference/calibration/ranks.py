r"""Ranks of true values among posterior draws, and whether their distribution is uniform.

If a truth is drawn from the prior, data from the truth and L independent draws from the posterior, the rank
of any quantity of the truth, which may depend on the data, among those of the draws is uniform on 0, ..., L
[1]_ [2]_. The ECDF of n ranks is looked at in :math:`z_i = i / K` for :math:`0 < i < K`, where K divides L + 1,
so that its count :math:`C_i` there is binomial with n and :math:`z_i`. With

.. math::  t = \min_i \min\big( \Pr(\text{Bin}(n, z_i) \le C_i), \; \Pr(\text{Bin}(n, z_i) \ge C_i) \big)

the ECDF lies in the simultaneous band [3]_ of level :math:`1 - \alpha` if :math:`t` exceeds the largest
:math:`t^*` with :math:`\Pr(t > t^*) \ge 1 - \alpha`. That probability needs no simulation: given their sum n, the
increments of C are independent Poisson counts with mean n / K, so it follows from K convolutions.

.. [1] Talts, Betancourt, Simpson, Vehtari and Gelman (2018), arXiv:1804.06788.
.. [2] Modrak, Moon, Kim, Buerkner, Huurre, Faltejskova, Gelman and Vehtari (2023), Bayesian Analysis,
   doi:10.1214/23-BA1404.
.. [3] Sailynoja, Buerkner and Vehtari (2022), Statistics and Computing 32, 32.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, poisson

Float = NDArray[np.float64]
Int = NDArray[np.int64]


def rank(draws: Float, truth: Float) -> Int:
    """Number of ``draws`` (draw, ...) below ``truth`` (...)."""
    return (draws < truth).sum(axis=0)


def counts(ranks: Int, draws: int, bins: int) -> Int:
    """How many of the ``ranks`` (replicate,) among ``draws`` draws lie below i / ``bins``, for 0 < i < ``bins``.

    Raises ValueError where ``bins`` does not divide the number of possible ranks.
    """
    if (draws + 1) % bins:
        raise ValueError(f"{bins} bins do not divide the {draws + 1} ranks among {draws} draws evenly")
    each = np.bincount(ranks * bins // (draws + 1), minlength=bins)
    return np.cumsum(each)[:-1]


@lru_cache
def tails(n: int, bins: int) -> Float:
    """Smaller tail probability (i - 1, count) of each count 0, ..., n of ``n`` uniform ranks below i / ``bins``."""
    z, count = np.arange(1, bins)[:, None] / bins, np.arange(n + 1)
    return np.minimum(binom.cdf(count, n, z), binom.sf(count - 1, n, z))


def coverage(n: int, bins: int, threshold: float) -> float:
    """Probability that all tail probabilities of ``n`` uniform ranks exceed ``threshold``."""
    step = poisson.pmf(np.arange(n + 1), n / bins)
    state = np.zeros(n + 1)
    state[0] = 1.0
    for tail in tails(n, bins):
        state = np.convolve(state, step)[: n + 1] * (tail > threshold)
    return float(np.convolve(state, step)[n] / poisson.pmf(n, n))


def p_value(ranks: Int, draws: int, bins: int) -> float:
    """Probability that uniform ranks leave the middle as far as ``ranks`` (replicate,) do, wherever that is."""
    count = counts(ranks, draws, bins)
    smallest = tails(ranks.size, bins)[np.arange(bins - 1), count].min()
    return max(0.0, 1.0 - coverage(ranks.size, bins, float(smallest)))


@lru_cache
def band(n: int, bins: int, level: float) -> tuple[Int, Int]:
    """Lowest and highest counts (i - 1,) inside the simultaneous band of ``level`` for ``n`` ranks."""
    low, high = 0.0, 1.0 - level  # of the threshold: more than the level in one point is too much in all
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if coverage(n, bins, middle) >= level else (low, middle)
    inside = tails(n, bins) > low
    return inside.argmax(axis=1), n - inside[:, ::-1].argmax(axis=1)
