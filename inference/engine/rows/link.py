r"""The logistic function and log(1 + exp(eta)), in loops that vectorise without a vector mathematics library.

With :math:`t = e^{-|\eta|} \in (0, 1]` and :math:`s = t / (2 + t)`,

.. math::  \log(1 + e^{\eta}) = \max(\eta, 0) + \log(1 + t), \quad \log(1 + t) = 2 \operatorname{artanh} s,

and :math:`e^{-|\eta|} = 2^k e^f`, :math:`|f| \le \tfrac12 \log 2`; both by their series, to rounding error.
"""

from __future__ import annotations

from math import factorial, log
from typing import NamedTuple

import numpy as np
from numba import njit
from numba.extending import overload

from inference.engine.options import EXACT_MATH, INNER


def link(eta, n, probability, softplus):
    """Fill probability and log(1 + exp(eta)) for the first ``n`` of ``eta``; for compiled callers."""
    raise NotImplementedError((eta, n, probability, softplus))


def logistic(eta, n, probability, rarer=None):
    """Fill probability and, if given, ``rarer`` = exp(-|eta|), the odds of the rarer outcome; as above."""
    raise NotImplementedError((eta, n, probability, rarer))


def exp_of_minus(a):
    """Return exp(-a) for a >= 0, above the smallest normal number; for compiled callers."""
    raise NotImplementedError(a)


class Arithmetic(NamedTuple):
    """What the series of exp and log need to know of a floating-point format."""

    real: type
    integer: type
    fraction_bits: int
    bias: int
    largest: float  # exp(-largest) is a normal number
    log2: tuple[float, float]  # log 2: leading bits, so that k log 2 is exact, and the rest
    terms: tuple[int, int]  # of the series of exp and of artanh


ARITHMETIC = {
    32: Arithmetic(np.float32, np.int32, 23, 127, 87.0, (0.693145751953125, 1.42860682030941723e-06), (8, 8)),
    64: Arithmetic(np.float64, np.int64, 52, 1023, 708.0, (0.693147180369123816, 1.90821492927058770e-10), (14, 17)),
}


@njit(**INNER)
def polynomial(even, odd, x):
    """Value at ``x`` of a polynomial with the given coefficients, highest degree first."""
    square = x * x
    a, b = even[0], odd[0]
    for k in range(1, len(even)):
        a = a * square + even[k]
    for k in range(1, len(odd)):
        b = b * square + odd[k]
    return a + x * b


def _coefficients(series, real):
    return tuple(real(c) for c in series[::2][::-1]), tuple(real(c) for c in series[1::2][::-1])


@overload(exp_of_minus, jit_options=EXACT_MATH)  # pyright: ignore[reportArgumentType] - a plain dict to numba
def _exp_of_minus(a):
    real, integer, bits, bias, largest, log2, terms = ARITHMETIC[a.bitwidth]
    even, odd = _coefficients([1 / factorial(k) for k in range(terms[0])], real)
    largest, log2e, leading, rest = real(largest), real(1 / log(2)), real(log2[0]), real(log2[1])
    rounder = real(1.5 * 2**bits)  # adding it leaves no bits for a fraction
    bits, bias = integer(bits), integer(bias)

    def compute(a):
        a = min(a, largest)
        k = (rounder - a * log2e) - rounder
        f = (-a - k * leading) - k * rest
        power = integer((integer(k) + bias) << bits).view(real)
        return polynomial(even, odd, f) * power

    return compute


@overload(link, jit_options=EXACT_MATH)  # pyright: ignore[reportArgumentType]
def _link(eta, n, probability, softplus):  # noqa: ARG001 - overloads have the arguments of what they overload
    real, terms = ARITHMETIC[eta.dtype.bitwidth].real, ARITHMETIC[eta.dtype.bitwidth].terms[1]
    even, odd = _coefficients([2 / (2 * k + 1) for k in range(terms)], real)
    zero, one, two = real(0), real(1), real(2)

    def fill(eta, n, probability, softplus):
        for i in range(n):
            t = exp_of_minus(abs(eta[i]))
            common = one / ((one + t) * (two + t))
            s = t * (one + t) * common
            above = (two + t) * common  # 1 / (1 + t)
            softplus[i] = max(eta[i], zero) + s * polynomial(even, odd, s * s)
            probability[i] = above if eta[i] >= zero else t * above

    return fill


@overload(logistic, jit_options=EXACT_MATH)  # pyright: ignore[reportArgumentType]
def _logistic(eta, n, probability, rarer=None):  # noqa: ARG001
    real = ARITHMETIC[eta.dtype.bitwidth].real
    zero, one = real(0), real(1)

    def fill(eta, n, probability, rarer=None):
        for i in range(n):
            t = exp_of_minus(abs(eta[i]))
            if rarer is not None:  # decided when it is compiled
                rarer[i] = t
            above = one / (one + t)
            probability[i] = above if eta[i] >= zero else t * above

    return fill
