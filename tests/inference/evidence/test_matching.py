"""Maps have the moments that they are made for; densities of moved effects are the model's; moved draws are refits'."""

from functools import cache

import numpy as np
import pytest

from inference.engine import sample
from inference.evidence import leave_out, matching
from inference.sampling.settings import Settings
from models.joint import as_joint, view
from tests.fixtures.engine_designs import paired, simulated

RNG = np.random.default_rng(5)


@pytest.mark.parametrize("kind", matching.MAPS)
def test_a_map_gives_draws_the_weighted_moments_and_has_an_inverse(kind):
    x = RNG.normal(size=(400, 3)) @ RNG.normal(size=(3, 3)) + 2.0
    weight = RNG.dirichlet(np.ones(400))
    map_ = matching._map(kind, x, weight)
    moved, mean = map_.forward(x), weight @ x
    np.testing.assert_allclose(moved.mean(axis=0), mean)
    wanted = (x - mean).T @ (weight[:, None] * (x - mean))
    if kind != "mean":
        np.testing.assert_allclose(moved.var(axis=0), np.diag(wanted), rtol=0.01)
    if kind == "covariances":
        np.testing.assert_allclose(np.cov(moved.T), wanted, rtol=1e-9)
    np.testing.assert_allclose(map_.backward(moved), x, atol=1e-9)
    assert map_.log_det == pytest.approx(np.linalg.slogdet(map_.matrix)[1])
    twice = matching._after(map_, map_)
    np.testing.assert_allclose(twice.forward(x), map_.forward(map_.forward(x)), atol=1e-9)
    assert twice.log_det == pytest.approx(2 * map_.log_det)


MODELS = {"one outcome": simulated, "two outcomes": paired}
GROUPS = {"extra": {"state": 12, "year": 15}}


@cache
def drawn(name):
    joint = as_joint(MODELS[name](rows=800, varying=1, **GROUPS))
    return joint, sample(joint, chains=4, draws=250, seed=3)["posterior"].to_dataset()


@pytest.mark.parametrize("name", MODELS)
def test_the_density_of_moved_effects_is_that_of_the_engine(name):
    """The engine's log density of a draw with other effects of some levels, less that of the draw."""
    joint, draws = drawn(name)
    inside = [np.flatnonzero(design.groups["year"].index == 4) for design in joint.designs]
    local = matching.Local(joint, draws, inside)
    moved = local.draws + RNG.normal(0.0, 0.5, local.draws.shape)
    change, own = local.density(moved)
    for s in (0, 17, 400):
        chain, draw = divmod(s, draws.sizes["draw"])
        one = draws.isel(chain=[chain], draw=[draw])
        other, at = one.copy(deep=True), 0
        for outcome in joint.outcomes:
            for group in local.groups:
                rows = np.concatenate([d.groups[group].index[i] for d, i in zip(joint.designs, inside, strict=True)])
                levels = np.unique(rows)
                values = other[f"{joint.prefix(outcome)}alpha_{group}"]
                values.to_numpy()[..., levels] = moved[s, at : at + levels.size]
                at += levels.size
        assert at == local.draws.shape[1]
        expected = log_joint(joint, other) - log_joint(joint, one)
        assert change[s] == pytest.approx(expected, abs=1e-8)
        for o, design in enumerate(joint.designs):
            part = design.subset(inside[o])
            assert own[o, s] == pytest.approx(log_likelihood(part, view(other, joint, design.outcome)), abs=1e-8)


def linear_predictor(design, one):
    eta = float(one["alpha"]) + design.x @ one["beta"].to_numpy()[0, 0]
    for name, group in design.groups.items():
        eta += one[f"alpha_{name}"].to_numpy()[0, 0][group.index]
    for k, column in enumerate(design.varying_columns):
        eta += design.x[:, column] * one["gamma"].to_numpy()[0, 0, k][design.groups["region"].index]
    return eta


def log_likelihood(design, one):
    eta = linear_predictor(design, one)
    return float((design.row_weight * (design.y * eta - np.logaddexp(0.0, eta))).sum())


def log_joint(joint, one):
    """Log likelihood and the log prior density of all effects, by scipy."""
    from scipy.stats import multivariate_normal, norm

    views = [view(one, joint, outcome) for outcome in joint.outcomes]
    out = sum(log_likelihood(design, mine) for design, mine in zip(joint.designs, views, strict=True))
    for name in joint.groups:
        effects = np.stack([mine[f"alpha_{name}"].to_numpy()[0, 0] for mine in views])
        sigma = np.array([float(mine[f"sigma_{name}"]) for mine in views])
        if len(views) == 1:
            out += norm.logpdf(effects[0], 0.0, sigma[0]).sum()
        else:
            rho = float(views[0][f"rho_{name}"])
            covariance = np.outer(sigma, sigma) * np.array([[1.0, rho], [rho, 1.0]])
            out += multivariate_normal.logpdf(effects.T, np.zeros(2), covariance).sum()
    return out


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_moved_draws_agree_with_draws_that_have_not_seen_the_cluster(name, monkeypatch):
    """A whole year is left out, whose effect the draws know well; the errors are those of either estimate."""
    joint, draws = drawn(name)
    year = joint.designs[0].groups["year"].index
    worst = int(np.bincount(year, joint.designs[0].y).argmax())
    inside = [np.flatnonzero(design.groups["year"].index == worst) for design in joint.designs]
    monkeypatch.setattr(matching, "BAD_K", -1.0)  # moved whether need be or not
    moved = matching.matched(matching.Local(joint, draws, inside), 1.0)
    mask = [np.isin(np.arange(d.y.size), rows) for d, rows in zip(joint.designs, inside, strict=True)]
    exact, error = leave_out._refitted(joint, mask, "year", Settings(4, 4000, 7))
    apart = np.abs(moved.elpd - exact) / np.hypot(moved.mcse, error)
    assert moved.pareto_k < 0.7
    assert (apart < 4).all(), (moved, exact, error)
    assert (np.hypot(moved.mcse, error) < 0.2).all()
