"""Shares of the variance over codings, beside those of every coding counted out."""

from itertools import product

import numpy as np
import pytest

from data.codings import REGISTERED, REVISION_1
from inference.robustness.curve import plausibility
from inference.robustness.curve.shares import _divided, shares
from inference.robustness.specifications import DIMENSIONS, Specification

SIZES = {"a": 2, "b": 3, "c": 2}


def test_shares_are_those_of_every_coding_counted_out():
    rng = np.random.default_rng(1)
    weights = {d: rng.dirichlet(np.ones(n)) for d, n in SIZES.items()}
    one = {d: rng.normal(size=n) for d, n in SIZES.items()}
    two = {("a", "b"): rng.normal(size=(2, 3)), ("b", "c"): rng.normal(size=(3, 2))}
    value, weight = np.empty((2, 3, 2)), np.empty((2, 3, 2))
    for i, j, k in product(range(2), range(3), range(2)):
        value[i, j, k] = one["a"][i] + one["b"][j] + one["c"][k] + two["a", "b"][i, j] + two["b", "c"][j, k]
        weight[i, j, k] = weights["a"][i] * weights["b"][j] * weights["c"][k]
    mean = np.sum(weight * value)
    total = np.sum(weight * (value - mean) ** 2)
    found = _divided(one, two, weights)
    assert found.sd == pytest.approx(np.sqrt(total))
    assert sum(found.single.values()) + sum(found.pairs.values()) == pytest.approx(1.0)
    for axis, d in enumerate(SIZES):
        others = tuple(k for k in range(3) if k != axis)
        expected = np.sum(weight * value, axis=others) / np.sum(weight, axis=others)
        assert found.single[d] == pytest.approx(weights[d] @ (expected - mean) ** 2 / total)


def test_one_change_that_moves_all_has_all_of_the_variance():
    def at(*changes):
        return Specification("alignment", changes)

    found = shares("alignment", {at(): 0.2, at(("window", 5)): 0.5, at(("weak", "small")): 0.2})
    assert found.largest == ("window", 1.0)
    assert found.sd == pytest.approx(0.3 * np.sqrt(0.25 * 0.75))


def test_a_pair_is_what_its_choices_do_not_explain():
    def at(*changes):
        return Specification("alignment", changes)

    means = {at(): 0.0, at(("weak", "small")): 1.0, at(("window", 5)): 1.0, at(("weak", "small"), ("window", 5)): 2.0}
    assert shares("alignment", means).pairs == {}
    means[at(("weak", "small"), ("window", 5))] = 5.0
    assert set(shares("alignment", means).pairs) == {("weak", "window")}


@pytest.mark.parametrize("panel", DIMENSIONS)
def test_choices_of_a_dimension_share_one_and_what_was_replaced_has_a_tenth(panel):
    for dimension, choices in DIMENSIONS[panel].items():
        weights = plausibility.plausibility(panel, dimension)
        assert set(weights) == set(choices)
        assert sum(weights.values()) == pytest.approx(1.0)
        assert max(weights.values()) == weights[choices[0]]
    if panel == "alignment":
        changed = [d for d in choices_of_both() if getattr(REVISION_1, d) != getattr(REGISTERED, d)]
        for d in changed:
            assert plausibility.plausibility(panel, d)[getattr(REVISION_1, d)] == pytest.approx(0.1)


def choices_of_both():
    return [d for d in DIMENSIONS["alignment"] if hasattr(REVISION_1, d)]


def test_a_specification_is_as_plausible_as_its_choices():
    assert plausibility.relative(Specification("alignment")) == 1.0
    pair = Specification("alignment", (("weak", "small"), ("window", 5)))
    assert plausibility.relative(pair) == pytest.approx(0.25)
