"""The sampler: moments of known targets, the same draws everywhere, the posterior of the reference engine."""

from __future__ import annotations

import subprocess
import sys
from types import FunctionType
from typing import NamedTuple

import numpy as np
import pytest
from numba import njit

from inference.engine import sample
from inference.engine.sampler import hmc, sampling
from inference.engine.sampler.adaptation import Normal
from models.design import Group
from tests.fixtures.engine_designs import changed, simulated


class Gaussian(NamedTuple):
    """A normal target."""

    mean: np.ndarray
    precision: np.ndarray
    last: np.ndarray  # where the density was last computed


def gaussian(mean, precision):
    return Gaussian(np.asarray(mean), np.asarray(precision), np.zeros(len(mean)))


@njit
def density_of_gaussian(target, position, gradient):
    out = 0.0
    for i in range(position.size):
        gradient[i] = 0.0
        for j in range(position.size):
            gradient[i] -= target.precision[i, j] * (position[j] - target.mean[j])
        out += 0.5 * gradient[i] * (position[i] - target.mean[i])
    target.last[:] = position
    return out


@njit
def position_of_gaussian(target, out):
    out[:] = target.last


def for_gaussians():
    """The sampler with the density of another target; without the cache, which is for the programs' own."""
    world = vars(hmc) | {"log_density": density_of_gaussian, "parameters": position_of_gaussian}
    for name in ("advance", "transition", "sample_chain"):
        world[name] = njit(FunctionType(getattr(hmc, name).py_func.__code__, world))
    return world["advance"], world["sample_chain"]


advance, sample_chain = for_gaussians()


def run(target, guess, adapted, draws=4000, tune=400, seed=1):
    dim = target.mean.size
    positions, statistics = np.zeros((draws, dim)), np.zeros((draws, len(hmc.STATISTICS)))
    done, stop = np.zeros(1, np.int64), np.zeros(1, np.bool_)
    rng = np.random.default_rng(seed)
    sample_chain(target, target.mean + 1.0, guess, adapted, rng, tune, 0.85, positions, statistics, done, stop)
    assert done[0] == draws + tune
    return positions, statistics


@pytest.mark.slow
def test_moments_of_a_correlated_normal():
    correlation = np.array([[1.0, 0.8, 0.0], [0.8, 1.0, -0.3], [0.0, -0.3, 1.0]])
    sd, mean = np.array([0.2, 1.0, 1.5]), np.array([3.0, -1.0, 0.5])
    covariance = correlation * np.outer(sd, sd)
    target = gaussian(mean, np.linalg.inv(covariance))
    draws, statistics = run(target, Normal(np.zeros(3), np.ones(3)), adapted=3)
    np.testing.assert_allclose(draws.mean(axis=0), mean, atol=0.06 * sd.max())
    np.testing.assert_allclose(np.cov(draws.T), covariance, atol=0.12)
    assert not statistics[:, hmc.STATISTICS.index("diverging")].any()


@pytest.mark.slow
def test_a_target_equal_to_the_guess_needs_two_steps_and_has_no_error():
    target = gaussian(np.array([1.0, -2.0]), np.eye(2))
    draws, statistics = run(target, Normal(target.mean, np.ones(2)), adapted=0)
    assert (statistics[:, hmc.STATISTICS.index("n_steps")] == 2).all()
    np.testing.assert_allclose(statistics[:, hmc.STATISTICS.index("acceptance_rate")], 1.0, rtol=1e-9)
    np.testing.assert_allclose(draws.std(axis=0), 1.0, atol=0.05)


@pytest.mark.slow
def test_draws_of_a_target_equal_to_the_guess_are_as_correlated_as_the_angles_say():
    target = gaussian(np.zeros(4), np.eye(4))
    draws, _ = run(target, Normal(target.mean, np.ones(4)), adapted=0)
    low, high = hmc.ANGLES
    cosine = (np.sin(high) - np.sin(low)) / (high - low)
    square = 0.5 + (np.sin(2 * high) - np.sin(2 * low)) / (4 * (high - low))
    for values, expected in ((draws, cosine), (draws**2, square)):
        standard = (values - values.mean(axis=0)) / values.std(axis=0)
        assert (standard[1:] * standard[:-1]).mean() == pytest.approx(expected, abs=0.04)


@pytest.mark.slow
def test_a_trajectory_that_is_turned_round_comes_back():
    target = gaussian([1.0, -2.0], [[2.0, 0.6], [0.6, 0.5]])
    normal = Normal(np.array([0.5, 0.0]), np.array([0.7, 2.0]))
    point = np.array([[0.3, -0.4], [1.1, 0.2], [0.0, 0.0]])
    density_of_gaussian(target, point[0], point[2])
    start = point.copy()
    for _ in range(5):
        advance(target, point, 0.6, normal)
    assert np.abs(point[0] - start[0]).max() > 0.5
    point[1] *= -1.0
    for _ in range(5):
        advance(target, point, 0.6, normal)
    np.testing.assert_allclose(point[0], start[0], atol=1e-12)
    np.testing.assert_allclose(-point[1], start[1], atol=1e-12)


SCRIPT = """
import hashlib, sys
from inference.engine import sample
from models.design import Group
from tests.fixtures.engine_designs import changed, simulated
tree = sample(simulated(rows=300), seed=11, chains=2, draws=60, tune=60, cores=int(sys.argv[1]))
print(hashlib.sha256(b"".join(v.to_numpy().tobytes() for v in tree["posterior"].data_vars.values())).hexdigest())
"""


@pytest.mark.slow
def test_the_same_seed_gives_the_same_draws_on_one_core_two_cores_and_in_a_fresh_process():
    import hashlib

    digests = set()
    for cores in (1, 2):
        tree = sample(simulated(rows=300), seed=11, chains=2, draws=60, tune=60, cores=cores)
        values = b"".join(v.to_numpy().tobytes() for v in tree["posterior"].data_vars.values())
        digests.add(hashlib.sha256(values).hexdigest())
        fresh = subprocess.run([sys.executable, "-c", SCRIPT, str(cores)], capture_output=True, text=True, check=True)
        digests.add(fresh.stdout.strip())
    assert len(digests) == 1
    other = sample(simulated(rows=300), seed=12, chains=2, draws=60, tune=60)
    assert not np.array_equal(other["posterior"]["alpha"], tree["posterior"]["alpha"])
    assert not np.array_equal(tree["posterior"]["alpha"][0], tree["posterior"]["alpha"][1])


@pytest.mark.slow
def test_names_dims_and_statistics():
    seen = []
    design = simulated(rows=300, shrunk=2, extra={"weak": 6})
    tree = sample(design, seed=1, chains=2, draws=50, tune=50, progress=lambda done, total: seen.append((done, total)))
    dims = {name: v.dims[2:] for name, v in tree["posterior"].data_vars.items()}
    assert dims == {
        "alpha": (), "beta": ("predictor",), "sigma_beta": (), "sigma_gamma": ("exposure",),
        "gamma": ("exposure", "region"), "sigma_region": (), "alpha_region": ("region",), "sigma_era": (),
        "alpha_era": ("era",), "sigma_weak": (), "alpha_weak": ("weak",),
    }  # fmt: skip
    assert list(tree["posterior"]["exposure"]) == ["x0", "x1"]
    statistics = tree["sample_stats"]
    assert statistics["diverging"].dtype == bool
    assert {"lp", "energy", "n_steps", "step_size", "acceptance_rate"} <= set(statistics.data_vars)
    assert tree["posterior"].attrs["tuning_steps"] == 50
    assert seen[-1][0].tolist() == [100, 100]
    assert seen[-1][1] == 100


def test_arguments_that_make_no_sense_are_refused():
    for wrong in ({"chains": 0}, {"draws": 0}, {"tune": -1}, {"dtype": "float16"}):
        with pytest.raises(ValueError, match="must be"):
            sample(simulated(rows=50), seed=1, **wrong)


@pytest.mark.slow
def test_draws_are_those_of_pymc():
    import pymc as pm
    from arviz_stats.base import array_stats

    from models import logit

    design = simulated(rows=300, predictors=3, varying=1, shrunk=2)
    with logit.build(design):
        expected = pm.sample(
            1000, tune=700, chains=2, cores=2, random_seed=3, target_accept=0.95,
            progressbar=False, compute_convergence_checks=False,
        )["posterior"]  # fmt: skip
    found = sample(design, seed=3)["posterior"]
    for name, values in found.data_vars.items():
        for method, moment in (("mean", np.mean), ("sd", np.std)):
            estimates = []
            for source in (values, expected[name].transpose(*values.dims)):
                flat = source.to_numpy().reshape(*source.shape[:2], -1)
                error = [array_stats.mcse(flat[..., i], method=method) for i in range(flat.shape[2])]
                estimates.append((moment(flat, axis=(0, 1)), np.array(error)))
            (ours, error), (theirs, their_error) = estimates
            assert (np.abs(ours - theirs) < 4 * np.hypot(error, their_error)).all(), (name, method)


@pytest.mark.slow
def test_without_rows_the_draws_are_those_of_the_prior():
    from models.parameters import draw

    design = simulated(rows=10, predictors=3, varying=1, shrunk=2)
    groups = {name: Group(group.index[:0], group.levels) for name, group in design.groups.items()}
    empty = changed(design, x=design.x[:0], y=design.y[:0], rows=design.rows[:0], groups=groups)
    found = sample(empty, seed=5)["posterior"]
    expected = draw(empty, 100_000, np.random.default_rng(1))
    quantiles = (0.05, 0.25, 0.5, 0.75, 0.95)
    for name, values in found.data_vars.items():
        theirs = expected[name].reshape(100_000, -1)
        ours = values.to_numpy().reshape(4000, -1)
        for p, quantile in zip(quantiles, np.quantile(theirs, quantiles, axis=0), strict=True):
            assert (np.abs((ours < quantile).mean(axis=0) - p) < 0.035).all(), (name, p)


def test_thinning_keeps_one_of_many_draws_and_every_divergence():
    design = simulated(rows=300, varying=1)
    whole, thin = (sample(design, seed=5, draws=n, thin=k, tune=50, chains=2) for n, k in ((120, 1), (40, 3)))
    np.testing.assert_array_equal(thin["posterior"]["beta"], whole["posterior"]["beta"][:, ::3])
    values = np.zeros((6, len(sampling.STATISTICS)))
    values[4, hmc.STATISTICS.index("diverging")] = 1
    values[:, 0] = np.arange(6)
    kept = sampling._thinned(values, 3)
    assert kept[:, hmc.STATISTICS.index("diverging")].tolist() == [0, 1]
    assert kept[:, 0].tolist() == [0, 3]
