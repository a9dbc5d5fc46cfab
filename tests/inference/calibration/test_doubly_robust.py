"""The second estimator: right in randomised data, robust to either model, and near the project's own."""

from dataclasses import replace

import numpy as np
import pytest

from inference.calibration.worlds import doubly_robust, effect_recovery, simulated_world
from inference.calibration.worlds.doubly_robust import BY_WEIGHTS, DOUBLE, OURS, without_error
from models.claims.links import ALIGNMENT


@pytest.fixture(scope="module")
def w():
    return simulated_world.world(4, without_error)


@pytest.fixture(scope="module")
def design(w):
    return effect_recovery.logit_design(w, ALIGNMENT, "bandwagon")


def test_where_duress_is_drawn_at_random_it_is_the_difference_of_means(w, design):
    rng, scaling = np.random.default_rng(1), design.scaling["duress"]
    x, d = design.x.copy(), rng.random(design.y.size) < 0.5
    x[:, design.terms.index("duress")] = (d - scaling.centre) / scaling.scale
    random = replace(design, x=x, y=(rng.random(design.y.size) < 0.1 + 0.1 * d).astype(np.int8))
    states = w.alignment["state"].to_numpy()[design.rows]
    for constant in (True, False):
        value, error = doubly_robust.doubly_robust(random, states, constant=constant)
        plain = 1000 * (random.y[d].mean() - random.y[~d].mean())
        assert value == pytest.approx(plain, abs=error)
        assert abs(value - 100) < 4 * error < 100


def test_the_logit_is_the_maximum_of_its_likelihood():
    rng = np.random.default_rng(2)
    x, b = np.column_stack([np.ones(4000), rng.normal(size=(4000, 2))]), np.array([-1.0, 0.7, -0.4])
    y = (rng.random(4000) < 1 / (1 + np.exp(-x @ b))).astype(float)
    found = doubly_robust.logit(x, y)
    np.testing.assert_allclose(x.T @ (y - 1 / (1 + np.exp(-x @ found))) - 2 * doubly_robust.RIDGE * found, 0, atol=0.05)


@pytest.mark.slow
def test_both_estimators_agree_and_find_the_truth():
    found = {r.by: r for r in doubly_robust.replicate(4) if r.outcome == "bandwagon"}
    assert found[OURS].truth == found[DOUBLE].truth > 20  # there is something to find
    for by in (DOUBLE, BY_WEIGHTS):
        assert abs(found[by].value - found[OURS].value) < 2 * found[by].error
    for one in found.values():
        assert abs(one.value - one.truth) < 3 * one.error
