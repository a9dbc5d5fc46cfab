"""Draws from the priors are those of the PyMC model; the bands that the priors promise hold."""

from dataclasses import replace

import numpy as np
import pymc as pm
import pytest
from scipy.stats import norm

from models import logit
from models.claims.registry import REGISTRY
from models.parameters import draw
from models.priors import DEFAULT, CapacityPriors, Correlation
from tests.fixtures.moments import assert_equal_in_distribution

DRAWS = 4_000


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
    assert_equal_in_distribution(ours, {name: theirs[name].to_numpy()[0] for name in ours})


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
    assert described["sigma_era"] == described["sigma_year"] == DEFAULT.scale_of("era").description
    assert described["sigma_gamma"].startswith("HalfNormal(0.25): a region's slope")
    assert described["beta[binary]"].startswith("Normal(0, 0.7): ")
    assert described["beta[shrunk]"].endswith("times 1.4 for binary and 0.5 for product predictors")
    assert described["rho_*"].startswith("Correlation(2): ")
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


@pytest.mark.slow
@pytest.mark.parametrize("eta", [0.7, 2.0])
def test_the_density_of_a_correlation_is_that_of_pymc_up_to_a_constant(eta):
    prior = Correlation(eta, "")
    rho = prior.draw(np.random.default_rng(4), (9,))
    assert (np.abs(rho) < 1).all()
    with pm.Model() as model:
        prior.variable("rho")
    expected = np.asarray(pm.logp(model["half_rho"], 0.5 * (1.0 + rho)).eval())
    np.testing.assert_allclose(prior.logp(rho) - prior.logp(rho[:1]), expected - expected[0], atol=1e-12)
