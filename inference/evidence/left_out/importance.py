"""Weights of draws that stand for another posterior than the one they were drawn from, smoothed and judged.

Importance sampling is exact in the limit of many draws. Pareto's k says whether the weights have a tail that as many
draws as there are cannot be trusted with (Vehtari, Simpson, Gelman, Yao and Gabry 2024, Journal of Machine Learning
Research 25(72)).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]

BAD_K = 0.7  # a Pareto k above it: importance sampling is not to be trusted (Vehtari et al. 2024)
NO_TAIL = 0.2  # range of log weights below which nothing is smoothed: weights that near have no tail


class Smoothed(NamedTuple):
    """Logarithms of weights (..., draw) that add up to one over the draws, and Pareto's k (...,) of the raw ones."""

    log_weight: Float
    pareto_k: Float


def smoothed(log_ratio: Float, efficiency: float = 1.0) -> Smoothed:
    """Pareto-smoothed weights of draws (..., draw) from the logarithms of their importance ratios.

    ``efficiency`` is the effective number of draws over their number. Where log ratios differ by less than 0.2, the
    weights are the ratios themselves, and k is 0.
    """
    from arviz_stats.base import array_stats

    out, k = np.array(log_ratio, float), np.zeros(log_ratio.shape[:-1])
    tail = np.ptp(log_ratio, axis=-1) >= NO_TAIL
    if tail.any():
        # ArviZ takes log likelihoods of what is left out, and so weighs by their reciprocals.
        out[tail], k[tail] = array_stats.psislw(-log_ratio[tail], r_eff=efficiency)  # pyright: ignore[reportArgumentType] - any number
    return Smoothed(out - log_mean(out)[..., None] - np.log(out.shape[-1]), k)


def log_mean(values: Float) -> Float:
    """Logarithm of the mean over the last axis of the exponential of ``values`` (..., draw)."""
    top = values.max(axis=-1, keepdims=True)
    return np.log(np.exp(values - top).mean(axis=-1)) + top[..., 0]
