"""Case deletion: step and covariance exactly, moments beside those of an approximation of the rows that stay."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg

from inference.engine.laplace import deletion, loops, rows
from inference.engine.laplace.approximation import approximate
from inference.engine.laplace.deletion import Deletion
from tests.fixtures.engine_designs import simulated

KINDS = {
    "plain": {},
    "further groups, shared scale": {"shrunk": 2, "extra": {"state": 12, "year": 9}},
    "error of a predictor": {"error": True},
    "weighted rows": {"weighted": True},
}
OF_MEAN, OF_SIGN = 0.05, 0.01  # posterior sds, and probability of a sign: half of what refits must keep to


@pytest.mark.parametrize("kind", KINDS)
def test_the_covariance_is_that_of_the_rows_that_stay_and_the_step_newtons(kind):
    design = simulated(rows=200, **KINDS[kind])
    found = approximate(design)
    model, gone = Deletion.of(found).model, np.arange(design.y.size) % 40 == 3
    entered = rows.linearised(model.rows, design, found.theta)
    covariance, step = deletion.one_step(entered, gone, found)
    stay = entered._replace(weight=np.where(gone, 0.0, entered.weight))

    def at(which):
        gradient, information = np.empty(found.theta.size), np.empty((found.theta.size, found.theta.size))
        loops.gradient(which, found.theta, gradient)
        loops.information(which, found.theta, information)
        return gradient, np.tril(information) + np.tril(information, -1).T

    (of_all, curved), (of_stay, less) = at(entered), at(stay)
    assert covariance is not None
    exact = linalg.inv(linalg.inv(found.covariance) - curved + less)
    np.testing.assert_allclose(covariance, exact, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(step, exact @ (of_stay - of_all), rtol=1e-6, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_moments_are_those_of_an_approximation_without_the_rows(kind):
    design = simulated(rows=3000, **KINDS[kind])
    of_all, rng = Deletion.of(approximate(design)), np.random.default_rng(4)
    for few in (1, 3, 8):
        gone = np.zeros(design.y.size, bool)
        gone[rng.choice(np.flatnonzero(design.y == 1), few, replace=False)] = True
        found, exact = of_all.without(gone), approximate(design.subset(~gone))
        assert found is not None
        np.testing.assert_allclose((found.mean - exact.mean) / exact.sd, 0, atol=OF_MEAN)
        np.testing.assert_allclose(found.sd / exact.sd, 1, atol=OF_MEAN)
        np.testing.assert_allclose(found.positive, exact.positive, atol=OF_SIGN)
        assert np.abs(found.mean - of_all.found.mean).max() > 0


def test_many_rows_or_a_far_mode_are_left_to_a_refit(monkeypatch):
    design = simulated(rows=2000)
    of_all = Deletion.of(approximate(design))
    assert of_all.without(np.arange(design.y.size) <= deletion.MOST) is None
    gone = np.zeros(design.y.size, bool)
    gone[np.flatnonzero(design.y == 1)[:3]] = True
    assert of_all.without(gone) is not None
    monkeypatch.setattr(deletion, "NEAR", 0.0)
    assert of_all.without(gone) is None
