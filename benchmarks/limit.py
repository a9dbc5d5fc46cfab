r"""What the processor itself allows: the arithmetic that a row cannot do without, on data that stays in cache.

A row and its gradient need :math:`\eta = x's` and :math:`p x`, which is 2 P multiply-adds, and between them
:math:`t = e^{-|\eta|}`, :math:`\log(1 + t)` and :math:`1 / (1 + t)`. Here the two functions are the shortest
Chebyshev polynomials that keep single precision, the rows are one run of 512, and nothing is gathered, padded
or added up over runs: a bound for any code on this machine, not an alternative to the engine's.
"""

# numba infers the types of compiled functions and ignores annotations
# ruff: noqa: ANN001, ANN002, ANN202

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numba import njit
from numpy.polynomial import Chebyshev, Polynomial
from numpy.typing import NDArray

ROWS, REPEATS, FIVE = 512, 2000, 5
F, I32 = np.float32, np.int32
LOG2 = float(np.log(2.0))


def _powers(function: Callable, degree: int, low: float, high: float) -> tuple[np.float32, ...]:
    fit = Chebyshev.interpolate(function, degree, [low, high])
    return tuple(F(c) for c in fit.convert(kind=Polynomial).coef[::-1])


EXP = _powers(np.exp, 6, -0.5 * LOG2, 0.5 * LOG2)
LOG = _powers(lambda t: np.log1p(t) / t, 8, 1e-9, 1.0)
ZERO, ONE, BIG, ROUNDER, MEAN = F(0.0), F(1.0), F(87.0), F(1.5 * 2**23), F(-4.0)
LOG2E, LOG2F, BIAS, SHIFT = F(1.0 / LOG2), F(LOG2), I32(127), I32(23)
MATH = {"error_model": "numpy", "nogil": True}


@njit(fastmath={"contract", "nsz"}, **MATH)
def _polynomial(coefficients, x):
    out = coefficients[0]
    for k in range(1, len(coefficients)):
        out = out * x + coefficients[k]
    return out


@njit(fastmath={"contract", "nsz"}, **MATH)
def _link(eta, probability, softplus):
    for i in range(ROWS):
        a = min(abs(eta[i]), BIG)
        k = (ROUNDER - a * LOG2E) - ROUNDER
        t = _polynomial(EXP, -a - k * LOG2F) * I32((I32(k) + BIAS) << SHIFT).view(F)
        share = ONE / (ONE + t)
        softplus[i] = max(eta[i], ZERO) + t * _polynomial(LOG, t)
        probability[i] = share if eta[i] >= ZERO else t * share


@njit(fastmath={"contract", "nsz", "reassoc"}, **MATH)
def _dots(a, b, c, d, e, weight, out):
    s, t, u, v, w = ZERO, ZERO, ZERO, ZERO, ZERO
    for i in range(ROWS):
        s += a[i] * weight[i]
        t += b[i] * weight[i]
        u += c[i] * weight[i]
        v += d[i] * weight[i]
        w += e[i] * weight[i]
    out[0], out[1], out[2], out[3], out[4] = s, t, u, v, w


@njit(fastmath={"contract", "nsz"}, **MATH)
def _weigh(a, b, c, d, e, slope, eta):
    s, t, u, v, w = slope[0], slope[1], slope[2], slope[3], slope[4]
    for i in range(ROWS):
        eta[i] += s * a[i] + t * b[i] + u * c[i] + v * d[i] + w * e[i]


@njit(**MATH)
def _passes(x, slope, eta, probability, softplus, gradient, repeats):
    for _ in range(repeats):
        eta.fill(MEAN)
        for k in range(0, x.shape[0], FIVE):
            _weigh(x[k], x[k + 1], x[k + 2], x[k + 3], x[k + 4], slope[k : k + FIVE], eta)
        _link(eta, probability, softplus)
        for k in range(0, x.shape[0], FIVE):
            _dots(x[k], x[k + 1], x[k + 2], x[k + 3], x[k + 4], probability, gradient[k : k + FIVE])


@njit(**MATH)
def _links(eta, probability, softplus, repeats):
    for _ in range(repeats):
        _link(eta, probability, softplus)


def error(eta: NDArray[np.float32]) -> float:
    """Largest relative error of probability and log(1 + exp(eta)) at ``eta``."""
    probability, softplus = np.empty_like(eta), np.empty_like(eta)
    _link(eta, probability, softplus)
    exact = eta.astype(float)
    truth = 1.0 / (1.0 + np.exp(-exact)), np.logaddexp(0.0, exact)
    return max(float(np.abs(got / want - 1).max()) for got, want in zip((probability, softplus), truth, strict=True))


def measure(predictors: int, tries: int = 300) -> dict[str, float]:
    """Nanoseconds per row and gradient, of the functions alone and in all, with a multiple of 5 ``predictors``."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(predictors, ROWS)).astype(F)
    slope = rng.normal(0, 0.3, predictors).astype(F)
    eta, probability, softplus = (np.zeros(ROWS, F) for _ in range(3))
    gradient = np.zeros(predictors, F)

    def best(function, *arguments) -> float:
        function(*arguments, 1)
        seconds = []
        for _ in range(tries):
            begin = time.perf_counter()
            function(*arguments, REPEATS)
            seconds.append(time.perf_counter() - begin)
        return min(seconds) / (ROWS * REPEATS) * 1e9

    whole = best(_passes, x, slope, eta, probability, softplus, gradient)
    return {
        "limit_ns": whole,
        "functions_ns": best(_links, eta, probability, softplus),
        "relative_error": error(np.linspace(-15, 15, ROWS, dtype=F)),
    }
