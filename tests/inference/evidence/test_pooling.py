"""Pooled slopes are those of the hierarchical model, by brute force."""

import numpy as np
import pytest
from scipy.stats import norm

from inference.evidence import pooling


def simulated(mean, sd, prior_sd, draws=2_000_000):
    """The same by draws from the family's prior, weighed by what the data say of each slope alone."""
    rng = np.random.default_rng(1)
    spread, centre = np.abs(rng.normal(0, pooling.SD, draws)), rng.normal(0, pooling.SD, draws)
    slopes = centre + spread * rng.normal(size=(mean.size, draws))
    precision = sd**-2.0 - prior_sd**-2.0
    known = precision > 0
    alone = (mean / sd**2)[known] / precision[known]
    log_weight = -0.5 * (precision[known, None] * (alone[:, None] - slopes[known]) ** 2).sum(axis=0)
    return np.average(slopes > 0, axis=1, weights=np.exp(log_weight - log_weight.max()))


def test_pooled_slopes_are_those_of_the_model():
    mean, sd, prior_sd = np.array([0.3, 0.1, -0.2, 0.0]), np.array([0.1, 0.2, 0.25, 0.5]), np.full(4, 0.5)
    found = pooling.positive(mean, sd, prior_sd)
    np.testing.assert_allclose(found, simulated(mean, sd, prior_sd), atol=0.005)


def test_a_family_without_estimands_has_no_signs():
    assert pooling.positive(*np.zeros((3, 0))).size == 0


def test_one_precise_slope_keeps_its_sign_and_noise_around_zero_is_pulled_in():
    assert pooling.positive(np.array([1.0]), np.array([0.01]), np.array([0.5]))[0] == pytest.approx(1.0, abs=1e-6)
    rng = np.random.default_rng(3)
    sd = np.full(30, 0.2)
    noise = rng.normal(0, 0.2, 30)
    alone, pooled = norm.cdf(noise / sd), pooling.positive(noise, sd, np.full(30, 50.0))
    assert (np.abs(pooled - 0.5) > 0.45).sum() < (np.abs(alone - 0.5) > 0.45).sum()


def test_a_posterior_as_wide_as_its_prior_follows_the_family():
    sure = np.array([0.5, 0.4, 0.6, 0.5, 0.0]), np.array([0.05, 0.05, 0.05, 0.05, 0.5]), np.full(5, 0.5)
    assert pooling.positive(*sure)[-1] > 0.95
