"""Draws from the priors are those of the PyMC model; the bands that the priors promise hold."""

from dataclasses import replace

import numpy as np
import pymc as pm
import pytest
from scipy.stats import norm

from models import logit
from models.claims.registry import REGISTRY
from models.parameters import draw
from models.priors import DEFAULT, CapacityPriors

DRAWS = 4_000
STANDARD_ERRORS = 5  # of a few hundred comparisons none should be further off


def moments(values):
    """Mean and standard deviation over the first axis, each with its standard error."""
    n, mean, sd = len(values), values.mean(axis=0), values.std(axis=0)
    fourth = ((values - mean) ** 4).mean(axis=0)
    return mean, sd / np.sqrt(n), sd, np.sqrt(np.maximum(fourth - sd**4, 0) / (4 * sd**2 * n))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hypothesis", "outcome", "shrinkage"),
    [("carter-3", "bandwagon", True), ("all-in", "balance", True), ("carter-1", "balance", False)],
)
def test_draws_equal_those_of_the_model_in_distribution(simulated, hypothesis, outcome, shrinkage):
    design = REGISTRY[hypothesis].design(simulated, outcome)
    if not shrinkage:
        design = replace(design, priors=replace(DEFAULT, shrinkage=None))
    ours = draw(design, DRAWS, np.random.default_rng(1))
    with logit.build(design):
        once = {"mode": "FAST_COMPILE"}  # for one call, compiling costs more than it gives
        theirs = pm.sample_prior_predictive(DRAWS, var_names=list(ours), random_seed=2, compile_kwargs=once)["prior"]
    assert ("sigma_beta" in ours) == shrinkage
    for name, values in ours.items():
        other = theirs[name].to_numpy()[0]
        assert other.shape == values.shape, name
        (mean, mean_error, sd, sd_error), (m, m_error, s, s_error) = moments(values), moments(other)
        assert (abs(mean - m) < STANDARD_ERRORS * np.hypot(mean_error, m_error)).all(), f"mean of {name}"
        assert (abs(sd - s) < STANDARD_ERRORS * np.hypot(sd_error, s_error)).all(), f"sd of {name}"


def test_draws_have_the_dims_of_the_model(simulated):
    design = REGISTRY["carter-3"].design(simulated, "bandwagon")
    drawn = draw(design, 7, np.random.default_rng(0))
    coords = design.coords
    assert drawn["beta"].shape == (7, len(coords["predictor"]))
    assert drawn["alpha_region"].shape == (7, len(coords["region"]))
    assert drawn["alpha_era"].shape == (7, len(coords["era"]))
    assert drawn["gamma"].shape == (7, len(coords["exposure"]), len(coords["region"]))
    assert drawn["sigma_gamma"].shape == (7, len(coords["exposure"]))


def test_the_reasons_given_for_the_priors_of_slopes_are_true():
    assert norm(0, DEFAULT.binary.sd).cdf(np.log(4)) * 2 - 1 == pytest.approx(0.95, abs=0.01)
    assert np.exp(1.96 * DEFAULT.continuous.sd) == pytest.approx(2.7, abs=0.05)


def test_priors_are_described_by_parameter():
    described = DEFAULT.describe("bandwagon")
    assert described["alpha"].startswith("Normal(-5, 1): ")
    assert described["sigma_*"].startswith("HalfNormal(0.5): ")
    assert described["beta[binary]"].startswith("Normal(0, 0.7): ")
    assert described["beta[shrunk]"].endswith("times 1.4 for binary and 0.5 for product predictors")
    assert DEFAULT.describe("balance")["alpha"].startswith("Normal(-4, 1): ")
    assert CapacityPriors().describe()["nu"] == "3 + Exponential(0.1)"


@pytest.mark.slow
@pytest.mark.parametrize("prior", [DEFAULT.alpha["balance"], DEFAULT.group_scale, CapacityPriors().excess_nu], ids=str)
def test_a_density_is_that_of_pymc_up_to_a_constant(prior):
    draws = prior.draw(np.random.default_rng(3), (7,))
    with pm.Model() as model:
        prior.variable("x")
    expected = np.asarray(pm.logp(model["x"], draws).eval())
    np.testing.assert_allclose(prior.logp(draws) - prior.logp(draws[:1]), expected - expected[0], atol=1e-12)
