"""Likelihoods with an effect integrated out are those of brute force, of one outcome and of two."""

from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import multivariate_normal, norm

from inference.engine import sample
from inference.evidence.left_out import integrated
from models.joint import as_joint, view
from tests.fixtures.engine_designs import paired, simulated

LEVEL = 3
NODES = 600  # of a scale of 0.05 between -4 and 4, four to each


of_legendre = cache(np.polynomial.legendre.leggauss)


def drawn(joint):
    return sample(joint, chains=1, draws=6, tune=50, seed=3)["posterior"].to_dataset()


def linear_predictor(design, one):
    """Log odds of rows under a draw, without the effect of the year."""
    eta = float(one["alpha"]) + design.x @ one["beta"].to_numpy()
    for name, group in design.groups.items():
        if name != "year":
            eta += one[f"alpha_{name}"].to_numpy()[group.index]
    for k, column in enumerate(design.varying_columns):
        eta += design.x[:, column] * one["gamma"].to_numpy()[k][design.groups["region"].index]
    return eta


def likelihood(design, eta, keep, u):
    """Likelihood of the rows ``keep`` at one or many effects of the year, above the linear predictor ``eta``."""
    odds = eta[keep] + np.asarray(u)[..., None]
    return np.exp((design.y[keep] * odds - np.logaddexp(0.0, odds)) @ (design.row_weight * 1.0)[keep])


def likelihoods(design, one, inside):
    """Functions of the effect: likelihood of all rows of the level, and of those that are not inside."""
    rows, eta = np.flatnonzero(design.groups["year"].index == LEVEL), linear_predictor(design, one)
    return partial(likelihood, design, eta, rows), partial(likelihood, design, eta, np.setdiff1d(rows, inside))


def both_integrated(first, second, prior):
    """The integral of the product over both effects between -4 and 4, on a grid: adaptive quadrature takes a minute."""
    effect, width = (4.0 * values for values in of_legendre(NODES))
    density = prior.pdf(np.stack(np.meshgrid(effect, effect, indexing="ij"), axis=-1))
    return (first(effect) * width) @ density @ (second(effect) * width)


def clusters(joint):
    """Every second row of the level of each outcome."""
    return [np.flatnonzero(design.groups["year"].index == LEVEL)[::2] for design in joint.designs]


def norm_expect(prior, function):
    return quad(lambda u: function(u) * prior.pdf(u), -8, 8)[0]


def test_of_one_outcome():
    joint = as_joint(simulated(rows=400, varying=1, extra={"state": 8, "year": 9}))
    draws, inside = drawn(joint), clusters(joint)
    found = integrated.likelihood(joint, draws, "year", inside)
    assert found.own.shape == (1, 6)
    assert found.own[0] == pytest.approx(found.together)
    for s in range(6):
        one = draws.isel(chain=0, draw=s)
        prior = norm(0.0, float(one["sigma_year"]))
        all_rows, others = likelihoods(joint.designs[0], one, inside[0])
        top, bottom = (norm_expect(prior, f) for f in (all_rows, others))
        assert found.own[0, s] == pytest.approx(np.log(top / bottom), abs=1e-4)


def test_of_two_outcomes_the_effects_of_a_year_go_together():
    joint = paired(rows=300, varying=1, extra={"state": 8, "year": 9})
    draws, inside = drawn(joint), clusters(joint)
    found = integrated.likelihood(joint, draws, "year", inside)
    for s in (0, 5):
        one = draws.isel(chain=0, draw=s)
        views = [view(one, joint, outcome) for outcome in joint.outcomes]
        sigma, rho = [float(v["sigma_year"]) for v in views], float(one["rho_year"])
        law: Any = multivariate_normal
        prior = law(np.zeros(2), np.outer(sigma, sigma) * np.array([[1.0, rho], [rho, 1.0]]))
        parts = zip(joint.designs, views, inside, strict=True)
        (all_1, others_1), (all_2, others_2) = (likelihoods(d, v, i) for d, v, i in parts)

        without, first, second, both = (
            both_integrated(f, g, prior)
            for f, g in ((others_1, others_2), (all_1, others_2), (others_1, all_2), (all_1, all_2))
        )
        assert found.together[s] == pytest.approx(np.log(both / without), abs=1e-3)
        assert found.own[0, s] == pytest.approx(np.log(first / without), abs=1e-3)
        assert found.own[1, s] == pytest.approx(np.log(second / without), abs=1e-3)


def test_a_cluster_that_is_a_whole_level_is_integrated_over_the_prior():
    joint = as_joint(simulated(rows=200, varying=0, extra={"war": 9}))
    inside = [np.flatnonzero(joint.designs[0].groups["war"].index == LEVEL)]
    draws = drawn(joint)
    assert integrated.local_of(joint) == "war"
    found = integrated.likelihood(joint, draws, "war", inside)
    assert np.isfinite(found.own).all()
    assert (found.own < 0).all()


def test_a_model_of_regions_and_eras_has_nothing_to_integrate_out():
    assert integrated.local_of(as_joint(simulated(rows=100))) is None
