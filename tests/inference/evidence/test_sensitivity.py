"""Power-scaling is that of stored log likelihoods; Bayes factors under other priors are those of other posteriors."""

import arviz_stats
import numpy as np
import pytest
import xarray as xr
from scipy.stats import norm

from inference.engine import sample, stream
from inference.engine.density import assemble
from inference.engine.density.layout import places
from inference.evidence import sensitivity
from inference.fitting.logit import prior_draws
from models.joint import together
from tests.fixtures.engine_designs import paired, simulated
from tests.fixtures.pymc_density import Point, log_joint


@pytest.fixture(scope="module")
def fitted():
    design = simulated(rows=600, varying=1, shrunk=2, error=True)
    tree = sample(design, seed=2, draws=500, dtype="float64")
    return design, tree["posterior"].to_dataset(), tree["sample_stats"]["log_likelihood"]


@pytest.mark.slow
def test_log_likelihood_is_that_of_the_engines_density(fitted):
    design, posterior, likelihood = fitted
    found = stream.log_likelihood(design, posterior, "float64")
    assert found.sizes == {"chain": 4, "draw": 500}
    target, _ = assemble.posterior(design, "float64")
    own = places(together([design])).outcomes[0]
    for draw in (0, 7):
        one, sigma, theta = posterior.isel(chain=1, draw=draw), target.prior.sigma_sd.copy(), target.prior.mean.copy()
        for values, positions in ((sigma, own.scales), (theta, own.latents)):
            for name, index in positions.items():
                values[index] = one[name].to_numpy().reshape(index.shape)
        log_joint(target, Point(sigma, np.zeros(0), theta))
        assert float(found[1, draw]) == pytest.approx(target.likelihood[0], rel=1e-9)
    xr.testing.assert_allclose(likelihood, found, rtol=1e-9)


@pytest.mark.slow
def test_log_prior_differs_between_draws_as_the_priors_say(fitted):
    design, posterior, _ = fitted
    found = sensitivity.log_prior(design, posterior).to_numpy()
    alpha = design.priors.alpha["bandwagon"]
    expected = norm.logpdf(posterior["alpha"], alpha.mean, alpha.sd)
    expected = expected + norm.logpdf(posterior["beta"][..., :3], 0, 0.5).sum(axis=-1)
    scales = {"sigma_region": 0.5, "sigma_era": 0.55, "sigma_gamma": 0.25, "sigma_beta": 0.2}
    for name, sd in scales.items():
        term = norm.logpdf(posterior[name], 0, sd)
        expected = expected + term.reshape(*expected.shape, -1).sum(axis=-1)
    np.testing.assert_allclose(found - found[0, 0], expected - expected[0, 0], atol=1e-9)


@pytest.mark.slow
def test_power_scaling_is_that_of_stored_log_likelihoods(fitted):
    design, posterior, likelihood = fitted
    found = sensitivity.power_scaling(design, posterior, likelihood, ("x0",))
    halves = xr.concat([0.3 * likelihood, 0.7 * likelihood], "obs").transpose("chain", "draw", "obs")
    tree = xr.DataTree.from_dict({"posterior": posterior[["beta"]], "log_likelihood": xr.Dataset({"y": halves})})
    expected = arviz_stats.psense(tree, group="likelihood", sample_dims=["chain", "draw"])["beta"].sel(predictor="x0")
    assert float(found["likelihood_sensitivity"].sel(term="x0")) == pytest.approx(float(expected), rel=1e-3)
    prior = xr.Dataset({"joint": sensitivity.log_prior(design, posterior)})
    tree = xr.DataTree.from_dict({"posterior": posterior[["beta"]], "log_prior": prior})
    expected = arviz_stats.psense(tree, group="prior", sample_dims=["chain", "draw"])["beta"].sel(predictor="x0")
    assert float(found["prior_sensitivity"].sel(term="x0")) == pytest.approx(float(expected), rel=1e-9)
    tree = xr.DataTree.from_dict({"posterior": posterior[["sigma_era"]], "log_prior": prior})
    expected = arviz_stats.psense(tree, group="prior", sample_dims=["chain", "draw"])["sigma_era"]
    assert float(found["prior_sensitivity"].sel(term="sigma_era")) == pytest.approx(float(expected), rel=1e-9)
    assert found["term"].to_numpy().tolist() == ["x0", "sigma_beta", "sigma_region", "sigma_era"]


def test_bayes_factors_of_a_normal_posterior_are_exact():
    """With likelihood N(b; m, s) and prior N(0, w) all is known: BF = N(m; 0, sqrt(w^2 + s^2)) / N(m; 0, s)."""
    m, s, w = 0.25, 0.2, 0.5
    var = 1 / (1 / s**2 + 1 / w**2)
    draws = np.random.default_rng(1).normal(var * m / s**2, np.sqrt(var), (4, 25_000))
    for multiple, found in sensitivity.bayes_factors(draws, w).items():
        width = float(multiple) * w
        exact = norm.pdf(m, 0, np.hypot(width, s)) / norm.pdf(m, 0, s)
        assert found == pytest.approx(exact, rel=0.05), multiple
    assert sensitivity.bayes_factors(draws, float("nan")) == {}
    assert sensitivity.bayes_factors(draws + 9.0, w) == {}  # no draw is near zero


def test_priors_that_are_sampled_have_a_log_prior(fitted):
    for joint in (together([fitted[0]]), paired(rows=300)):
        draws = prior_draws(joint, 1)
        for design in joint.designs:
            assert np.isfinite(sensitivity.log_prior(design, draws[design.outcome])).all()
