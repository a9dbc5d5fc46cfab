"""The sampler: moments of known targets, the same draws everywhere, the posterior of the reference engine."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np
import pytest
from numba import njit

from inference.engine import sample
from inference.engine.sampler import hmc, sampling
from inference.engine.sampler.adaptation import Normal
from models.joint import draw_prior, view
from tests.fixtures.engine_designs import paired, simulated


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
    positions, statistics = np.zeros((draws, dim)), np.zeros((draws, len(hmc.Statistics._fields)))
    rng, stop = np.random.default_rng(seed), np.zeros(1, np.bool_)
    sample_chain(target, target.mean + 1.0, guess, adapted, rng, tune, 0.85, positions, statistics, stop)
    by_name = dict(zip(hmc.Statistics._fields, statistics.T, strict=True))
    assert (by_name["n_steps"] > 0).all()
    return positions, by_name


@pytest.mark.slow
def test_moments_of_a_correlated_normal():
    correlation = np.array([[1.0, 0.8, 0.0], [0.8, 1.0, -0.3], [0.0, -0.3, 1.0]])
    sd, mean = np.array([0.2, 1.0, 1.5]), np.array([3.0, -1.0, 0.5])
    covariance = correlation * np.outer(sd, sd)
    target = gaussian(mean, np.linalg.inv(covariance))
    draws, statistics = run(target, Normal(np.zeros(3), np.ones(3)), adapted=3)
    np.testing.assert_allclose(draws.mean(axis=0), mean, atol=0.06 * sd.max())
    np.testing.assert_allclose(np.cov(draws.T), covariance, atol=0.12)
    assert not statistics["diverging"].any()


@pytest.mark.slow
def test_a_target_equal_to_the_guess_needs_two_steps_and_has_no_error():
    target = gaussian(np.array([1.0, -2.0]), np.eye(2))
    draws, statistics = run(target, Normal(target.mean, np.ones(2)), adapted=0)
    assert (statistics["n_steps"] == 2).all()
    np.testing.assert_allclose(statistics["acceptance_rate"], 1.0, rtol=1e-9)
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
    state = hmc.State(np.array([0.3, -0.4]), np.array([1.1, 0.2]), np.zeros(2))
    density_of_gaussian(target, state.position, state.gradient)
    start = hmc.State(*(part.copy() for part in state))
    for _ in range(5):
        advance(target, state, 0.6, normal)
    assert np.abs(state.position - start.position).max() > 0.5
    state.momentum[:] *= -1.0
    for _ in range(5):
        advance(target, state, 0.6, normal)
    np.testing.assert_allclose(state.position, start.position, atol=1e-12)
    np.testing.assert_allclose(-state.momentum, start.momentum, atol=1e-12)


SCRIPT = """
import sys
from tests.inference.engine.test_hmc import drawn
print(*(drawn(cores=int(cores))[1] for cores in sys.argv[1:]))
"""


def drawn(cores, seed=11):
    """Draws of a small design, and their digest."""
    draws = sample(simulated(rows=300), seed=seed, chains=2, draws=60, tune=60, cores=cores)["posterior"].to_dataset()
    values = b"".join(v.to_numpy().tobytes() for v in draws.data_vars.values())
    return draws, hashlib.sha256(values).hexdigest()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_draws_on_one_core_two_cores_and_in_a_fresh_process():
    fresh = subprocess.run([sys.executable, "-c", SCRIPT, "1", "2"], capture_output=True, text=True, check=True)
    (draws, one), (_, two) = drawn(cores=1), drawn(cores=2)
    assert {one, two, *fresh.stdout.split()} == {one}
    assert len(fresh.stdout.split()) == 2
    assert not np.array_equal(drawn(cores=2, seed=12)[0]["alpha"], draws["alpha"])
    assert not np.array_equal(draws["alpha"][0], draws["alpha"][1])


@pytest.mark.slow
def test_names_dims_and_statistics():
    design = simulated(rows=300, shrunk=2, extra={"weak": 6})
    tree = sample(design, seed=1, chains=2, draws=50, tune=50)
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


def test_arguments_that_make_no_sense_are_refused():
    wrong: dict[str, Any]
    for wrong in ({"chains": 0}, {"draws": 0}, {"tune": -1}, {"dtype": "float16"}):
        with pytest.raises(ValueError, match="must be"):
            sample(simulated(rows=50), seed=1, **wrong)


@pytest.mark.slow
@pytest.mark.campaign  # test_samplers.py compares fewer draws, test_density.py the density at points
def test_draws_are_those_of_pymc():
    import pymc as pm
    from arviz_stats.base import array_stats

    from models import logit

    design = simulated(rows=300, predictors=3, varying=1, shrunk=2)
    with logit.build(design):
        expected = pm.sample(
            1000, tune=700, chains=2, cores=2, random_seed=3, target_accept=0.95,
            progressbar=False, compute_convergence_checks=False,
        )["posterior"].to_dataset()  # fmt: skip
    found = sample(design, seed=3)["posterior"].to_dataset()
    for name, values in found.data_vars.items():
        for method, moment in (("mean", np.mean), ("sd", np.std)):
            estimates = []
            for source in (values, expected[name].transpose(*values.dims)):
                flat = source.to_numpy().reshape(*source.shape[:2], -1)
                error = [array_stats.mcse(flat[..., i], method=method) for i in range(flat.shape[2])]
                estimates.append((moment(flat, axis=(0, 1)), np.array(error)))
            (ours, error), (theirs, their_error) = estimates
            assert (np.abs(ours - theirs) < 4 * np.hypot(error, their_error)).all(), (name, method)


def assert_same_quantiles(ours, theirs, name):
    """Compare draws (draw, ...) of the sampler with independent ones."""
    quantiles = (0.05, 0.25, 0.5, 0.75, 0.95)
    flat, other = ours.reshape(len(ours), -1), theirs.reshape(len(theirs), -1)
    for p, quantile in zip(quantiles, np.quantile(other, quantiles, axis=0), strict=True):
        assert (np.abs((flat < quantile).mean(axis=0) - p) < 0.035).all(), (name, p)


@pytest.mark.slow
def test_without_rows_the_draws_are_those_of_the_prior():
    from models.parameters import draw

    design = simulated(rows=10, predictors=3, varying=1, shrunk=2)
    empty = design.subset(slice(0, 0))
    found = sample(empty, seed=5)["posterior"].to_dataset()
    expected = draw(empty, 100_000, np.random.default_rng(1))
    for name, values in found.data_vars.items():
        assert_same_quantiles(values.to_numpy().reshape(4000, *values.shape[2:]), expected[str(name)], name)


@pytest.mark.slow
def test_without_rows_the_draws_of_two_outcomes_are_those_of_their_prior():
    joint = paired(rows=10, predictors=3, varying=1, shrunk=2)
    empty = joint.subset([slice(0, 0)] * 2)
    found = sample(empty, seed=5)["posterior"].to_dataset()
    expected = draw_prior(empty, 100_000, np.random.default_rng(1))
    for outcome in empty.outcomes:
        for name, values in view(found, empty, outcome).data_vars.items():
            ours = values.to_numpy().reshape(4000, *values.shape[2:])
            assert_same_quantiles(ours, expected[outcome][str(name)], (outcome, name))
    first, second = (expected[outcome] for outcome in empty.outcomes)
    for group in empty.groups:  # how the effects go together
        ours = np.prod([found[f"{outcome}::alpha_{group}"] for outcome in empty.outcomes], axis=0)
        theirs = first[f"alpha_{group}"] * second[f"alpha_{group}"]
        assert_same_quantiles(ours.reshape(4000, -1), theirs, f"products of {group}")


def test_thinning_keeps_one_of_many_draws_and_every_divergence():
    design = simulated(rows=300, varying=1)
    whole, thin = (sample(design, seed=5, draws=n, thin=k, tune=50, chains=2) for n, k in ((120, 1), (40, 3)))
    np.testing.assert_array_equal(thin["posterior"]["beta"], whole["posterior"]["beta"].isel(draw=slice(None, None, 3)))
    values = np.zeros((1, 6, len(sampling.STATISTICS)))
    values[0, 4, sampling.STATISTICS.index("diverging")] = 1
    values[0, :, 0] = np.arange(6)
    kept = sampling.sample_stats(values, 3)
    assert kept["diverging"][0].to_numpy().tolist() == [False, True]
    assert kept["lp"][0].to_numpy().tolist() == [0, 3]
