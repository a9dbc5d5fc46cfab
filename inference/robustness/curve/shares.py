r"""Which dimension of the coding moves an estimate most: its share of the variance over all codings.

Let :math:`f(c)` be the estimate under a coding that makes the choice :math:`c_d` in dimension d, each drawn on its own
with the weights of `plausibility`. Single changes and pairs of them give :math:`f` up to second order about the
registered coding :math:`r`,

.. math::  f(c) \approx f(r) + \sum_d f_d(c_d) + \sum_{d<e} f_{de}(c_d, c_e),

with :math:`f_d` the change by one choice and :math:`f_{de}` what a pair changes beyond its two choices (the cut
expansion of Rabitz and Alis 1999, J. Math. Chem. 25, 197). The variance of this sum is divided between dimensions and
pairs as Sobol' (2001, Math. Comput. Simul. 55, 271) divides that of any function of independent inputs, here without
error. Pairs that were not fitted count as if they added nothing; a choice under which nothing could be fitted is taken
to move nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from inference.robustness.curve.plausibility import plausibility
from inference.robustness.specifications import DIMENSIONS, Specification

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Shares:
    """Of one estimate: its standard deviation over codings, and shares of its variance by dimension and by pair."""

    sd: float
    single: dict[str, float]
    pairs: dict[tuple[str, str], float]

    @property
    def largest(self) -> tuple[str, float] | None:
        """The dimension with the largest share of its own, and the share; None where nothing moves the estimate."""
        return max(self.single.items(), key=lambda item: item[1]) if self.sd > 0 and self.single else None


def shares(panel: str, means: Mapping[Specification, float]) -> Shares:
    """The shares for estimates ``means`` of one estimand by specification, the registered one among them."""
    first = means[Specification(panel)]
    plausible = {d: plausibility(panel, d) for d in DIMENSIONS[panel]}
    weights = {d: np.array(list(of_choice.values())) for d, of_choice in plausible.items()}
    choices = {d: list(of_choice) for d, of_choice in plausible.items()}

    def beyond(*changes: tuple[str, object]) -> float:
        """What changes of dimensions that all differ from the registered choice do."""
        return means.get(Specification(panel, changes), first) - first

    one = {d: np.array([beyond((d, c)) if c != DIMENSIONS[panel][d][0] else 0.0 for c in choices[d]]) for d in choices}
    two = {}
    for d, e in combinations(DIMENSIONS[panel], 2):
        table = np.zeros((len(choices[d]), len(choices[e])))
        for i, c in enumerate(choices[d]):
            for j, k in enumerate(choices[e]):
                if Specification(panel, ((d, c), (e, k))) in means:
                    table[i, j] = beyond((d, c), (e, k)) - one[d][i] - one[e][j]
        if table.any():
            two[d, e] = table
    return _divided(one, two, weights)


def _divided(one: dict[str, Float], two: dict[tuple[str, str], Float], weights: Mapping[str, Float]) -> Shares:
    """The variance of a sum of functions of one and of two independent choices, divided without a rest."""
    main = {d: values.copy() for d, values in one.items()}
    both = {}
    for (d, e), table in two.items():
        of_d, of_e = table @ weights[e], weights[d] @ table
        main[d] += of_d
        main[e] += of_e
        both[d, e] = table - of_d[:, None] - of_e[None] + weights[d] @ table @ weights[e]
    single = {d: float(weights[d] @ (v - weights[d] @ v) ** 2) for d, v in main.items()}
    pairs = {(d, e): float(weights[d] @ table**2 @ weights[e]) for (d, e), table in both.items()}
    total = sum(single.values()) + sum(pairs.values())
    if total <= 0:
        return Shares(0.0, {}, {})
    return Shares(
        total**0.5,
        {d: v / total for d, v in single.items() if v > 0},
        {pair: v / total for pair, v in pairs.items() if v > 0},
    )
