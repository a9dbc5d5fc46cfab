"""The nested Laplace approximation: its loops and scales exactly, its moments beside those of draws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg
from scipy.special import expit

from inference.engine import sample
from inference.engine.density import layout
from inference.engine.density.layout import Scaled
from inference.engine.laplace import approximation, loops, rows, scales
from inference.engine.laplace.approximation import approximate
from models.joint import as_joint
from tests.fixtures.engine_designs import simulated

KINDS = {
    "plain": {},
    "further groups, shared scale": {"shrunk": 2, "extra": {"state": 12, "year": 9}},
    "error of a predictor": {"error": True},
    "weighted rows": {"weighted": True},
}
OF_MEAN, OF_SIGN = 0.1, 0.02  # posterior sds, and probability of a sign: what refits must keep to


def dense(design, theta):
    """The matrix (obs, latent) of how rows enter the latents at ``theta``, and the offset, from their definition."""
    (own,) = layout.places(as_joint(design)).outcomes
    u, obs = np.zeros((design.y.size, theta.size)), np.arange(design.y.size)
    u[:, own.latents["alpha"][0]] = 1.0
    u[:, own.latents["beta"]] = design.x
    offset = np.zeros(design.y.size)
    for name, variance in design.error.items():
        at = own.latents["beta"][design.terms.index(name)]
        u[:, at] += theta[at] * variance
        offset -= 0.5 * theta[at] ** 2 * variance
    for name, group in design.groups.items():
        u[obs, own.latents[f"alpha_{name}"][group.index]] += 1.0
    for k, column in enumerate(design.varying_columns):
        u[obs, own.latents["gamma"][k, design.groups["region"].index]] += design.x[:, column]
    return u, offset


@pytest.mark.parametrize("kind", KINDS)
def test_loops_are_sums_over_rows(kind):
    design = simulated(rows=120, **KINDS[kind])
    model, rng = approximation.model_of(design), np.random.default_rng(1)
    theta = rng.normal(0, 0.5, model.prior.mean.size)
    entered = rows.linearised(model.rows, design, theta)
    u, offset = dense(design, theta)
    eta = u @ theta + offset
    weight, p = design.row_weight, expit(eta)
    w, t = weight * p * (1 - p), weight * p * (1 - p) * (1 - 2 * p)
    gradient, information = np.empty(theta.size), np.empty((theta.size, theta.size))
    value = loops.gradient(entered, theta, gradient)
    assert value == pytest.approx(float(np.sum(weight * (design.y * eta - np.logaddexp(0, eta)))), rel=1e-12)
    np.testing.assert_allclose(gradient, u.T @ (weight * (design.y - p)), rtol=1e-9, atol=1e-10)
    loops.information(entered, theta, information)
    np.testing.assert_allclose(np.tril(information), np.tril((u.T * w) @ u), rtol=1e-9, atol=1e-10)
    root = rng.normal(size=(theta.size, theta.size))
    covariance, some = root @ root.T / theta.size, np.arange(1 + len(design.terms))
    mean, cubes = np.empty(theta.size), np.empty(some.size)
    loops.third(entered, theta, covariance, mean, cubes)
    spread = np.einsum("ni,ij,nj->n", u, covariance, u)
    np.testing.assert_allclose(mean, -0.5 * u.T @ (t * spread), rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(cubes, -((u @ covariance[:, some]) ** 3 * t[:, None]).sum(axis=0), rtol=1e-9)


def test_the_gradient_is_that_of_the_density_with_the_error_of_a_predictor():
    """Entries with an error variance hold the derivative of its square."""
    design = simulated(rows=120, error=True)
    model = approximation.model_of(design)
    theta = np.random.default_rng(2).normal(0, 0.5, model.prior.mean.size)
    out, step = np.empty(theta.size), 1e-5

    def value(point):
        return loops.gradient(rows.linearised(model.rows, design, point), point, np.empty(theta.size))

    loops.gradient(rows.linearised(model.rows, design, theta), theta, out)
    for k in range(theta.size):
        along = step * np.eye(theta.size)[k]
        assert out[k] == pytest.approx((value(theta + along) - value(theta - along)) / (2 * step), abs=1e-5)


def test_the_doubt_about_a_scale_is_exact_for_a_normal_likelihood():
    """Moments under every scale of the grid, by linear algebra, beside those of one eigendecomposition."""
    rng, n, sigma, prior_sd = np.random.default_rng(3), 9, 0.6, 0.8
    prior = Scaled(
        rng.normal(size=n), np.array([2.0, 1.0, 1.0, *np.full(6, 0.5)]), np.array([-1, -1, -1, *np.zeros(6, int)])
    )
    root, data = rng.normal(size=(30, n)), rng.normal(size=30)
    some = np.array([1, 2])

    def posterior(scale):
        precision = 1 / (prior.sd * np.append([scale], 1.0)[prior.scale]) ** 2
        covariance = linalg.inv(root.T @ root + np.diag(precision))
        mean = covariance @ (root.T @ data + precision * prior.mean)
        noise = linalg.inv(np.eye(30) - root @ covariance @ root.T)  # of the data, by Woodbury
        off = data - root @ prior.mean
        marginal = -0.5 * np.linalg.slogdet(noise)[1] - 0.5 * off @ linalg.solve(noise, off)
        return mean, covariance, marginal

    mode, covariance, _ = posterior(sigma)
    found = scales.doubt(prior, 0, prior_sd, sigma, mode, covariance, some)
    grid = prior_sd * scales.GRID
    means, covariances, marginals = map(np.array, zip(*(posterior(scale) for scale in grid), strict=True))
    density = np.exp(marginals - marginals.max() - 0.5 * (grid / prior_sd) ** 2) * grid
    density /= density.sum()
    shift = means[:, some] - mode[some]
    assert found.mean == pytest.approx(density @ grid, rel=1e-6)
    np.testing.assert_allclose(found.shift, density @ shift, rtol=1e-6)
    np.testing.assert_allclose(found.spread, density @ (shift - density @ shift) ** 2, rtol=1e-6)
    change = np.array([np.diag(one)[some] for one in covariances]) - np.diag(covariance)[some]
    np.testing.assert_allclose(found.wider, density @ change, rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_moments_are_those_of_draws(kind):
    design = simulated(rows=2000, **KINDS[kind])
    found = approximate(design)
    drawn = sample(design, chains=4, draws=2000, seed=3)["posterior"]["beta"].to_numpy().reshape(8000, -1)
    mean, sd = drawn.mean(axis=0), drawn.std(axis=0)
    assert found.converged
    assert (np.abs(found.mean - mean) / sd < OF_MEAN).all()
    assert (np.abs(found.sd / sd - 1) < OF_MEAN).all()
    assert (np.abs(found.positive - (drawn > 0).mean(axis=0)) < OF_SIGN).all()


def test_where_it_begins_does_not_matter_and_other_levels_do_not_disturb():
    design = simulated(rows=800, shrunk=2, extra={"state": 12})
    there = approximate(design)
    again = approximate(design, there.start)
    assert (np.abs(again.mean - there.mean) / there.sd < 0.05).all()
    np.testing.assert_allclose(again.sd, there.sd, rtol=0.05)
    fewer = design.subset(np.arange(800) % 3 > 0)
    cold, warm = approximate(fewer), approximate(fewer, there.start)
    assert (np.abs(cold.mean - warm.mean) / cold.sd < 0.05).all()


def test_draws_have_its_moments_and_the_names_of_a_posterior():
    design = simulated(rows=500, extra={"state": 6})
    found = approximate(design)
    drawn = found.draws(20_000, 5)
    names = sample(design, chains=1, draws=2, tune=2, seed=1)["posterior"].to_dataset()
    assert {name: values.dims for name, values in drawn.items()} == {name: v.dims for name, v in names.items()}
    beta = drawn["beta"].to_numpy()[0]
    (own,) = layout.places(as_joint(design)).outcomes
    at = own.latents["beta"]
    np.testing.assert_allclose(np.cov(beta.T), found.covariance[np.ix_(at, at)], atol=0.03 * found.sd.max() ** 2)
    assert (np.abs(beta.mean(axis=0) - found.centre[at]) < 0.03 * found.sd).all()
