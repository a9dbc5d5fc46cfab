"""Weights add up to one, are ArviZ's where they have a tail, and the ratios themselves where they have none."""

from typing import Any

import numpy as np
import pytest
from arviz_stats.base import array_stats

from inference.evidence.left_out import importance


def test_weights_with_a_tail_are_those_of_arviz_and_others_are_the_ratios():
    rng = np.random.default_rng(1)
    log_ratio = np.stack([rng.normal(0.0, 1.5, 400), rng.uniform(0.0, 0.1, 400)])
    found = importance.smoothed(log_ratio, 0.8)
    np.testing.assert_allclose(np.exp(found.log_weight).sum(axis=1), 1.0)
    arviz: Any = array_stats
    weight, k = arviz.psislw(-log_ratio[0], r_eff=0.8)
    np.testing.assert_allclose(np.diff(found.log_weight[0]), np.diff(weight), atol=1e-12)
    assert found.pareto_k[0] == pytest.approx(float(k))
    assert found.pareto_k[1] == 0.0
    np.testing.assert_allclose(np.diff(found.log_weight[1]), np.diff(log_ratio[1]), atol=1e-12)


def test_one_row_of_ratios_gives_one_k():
    found = importance.smoothed(np.random.default_rng(2).normal(size=300))
    assert found.log_weight.shape == (300,)
    assert found.pareto_k.shape == ()


def test_the_logarithm_of_a_mean_of_tiny_numbers():
    assert importance.log_mean(np.array([-1000.0, -1000.0 + np.log(3.0)])) == pytest.approx(-1000.0 + np.log(2.0))
