"""A model with more effects than the dense part of its transport holds is sampled as exactly as any other."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from inference.engine.density import assemble, reference
from models.joint import as_joint
from tests.fixtures.coordinates import assert_determinant_is_contained, assert_gradient_is_the_derivative
from tests.fixtures.engine_designs import paired, simulated
from tests.fixtures.pymc_density import assert_density_is_that_of_pymc

MOST = 5
MODELS = {
    "one outcome": lambda rows, **more: simulated(rows, varying=1, shrunk=3, extra={"state": 12}, **more),
    "two outcomes": lambda rows, **more: paired(rows, varying=1, shrunk=3, extra={"state": 12}, **more),
    "other rows": lambda rows, **more: paired(rows, varying=1, extra={"state": 12}, apart=True, **more),
}


@pytest.fixture(autouse=True)
def few_are_dense(monkeypatch):
    monkeypatch.setattr(reference, "MOST", MOST)


def test_the_transport_is_the_same_with_any_number_of_threads(monkeypatch):
    """Of effects so many that BLAS shares its work among threads."""
    monkeypatch.setattr(reference, "MOST", 400)
    model, found = paired(4000, varying=1, shrunk=3, extra={"state": 400}), []
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            found.append(assemble.posterior(model)[0].map)
    for name in ("centre", "regression", "fixed_root", "root"):
        np.testing.assert_array_equal(*(getattr(where, name) for where in found), strict=True)


@pytest.mark.parametrize("model", MODELS)
def test_the_effects_with_the_most_events_are_dense_and_the_others_alone(model):
    joint = as_joint(MODELS[model](400))
    target, _ = assemble.posterior(joint, "float64")
    where = target.map
    assert where.dense.tolist() == [MOST] * len(joint.designs)
    assert where.root.shape == (len(joint.designs), MOST, MOST)
    every = np.concatenate([where.fixed, where.effect])
    np.testing.assert_array_equal(np.sort(every), np.arange(target.prior.mean.size))
    first = 0
    for o, design in enumerate(joint.designs):
        mine = where.effect[where.effect_bound[o] : where.effect_bound[o + 1]]
        events = dict.fromkeys(mine.tolist(), 0.0)
        counted = 1 + len(design.terms)
        for group in design.groups.values():
            summed = np.bincount(group.index, design.decisions, minlength=len(group.levels))
            events |= dict(enumerate(summed, first + counted))
            counted += len(group.levels)
        among = [events[latent] for latent in mine if first + 1 + len(design.terms) <= latent < first + counted]
        assert among == sorted(among, reverse=True)
        first += counted + len(design.varying) * len(design.groups["region"].levels)


@pytest.mark.slow
@pytest.mark.parametrize(
    "model", [pytest.param(m, marks=pytest.mark.campaign) if m == "other rows" else m for m in MODELS]
)
def test_its_log_density_and_gradient_are_those_of_pymc(model):
    assert_density_is_that_of_pymc(MODELS[model](600), seed=2, value32=(1e-4, 0.0), slope32=(1e-3, 0.0))


@pytest.mark.parametrize("model", MODELS)
def test_its_gradient_is_the_derivative_of_the_log_density(model):
    target, rng = assemble.posterior(MODELS[model](400), "float64")[0], np.random.default_rng(3)
    for _ in range(3):
        assert_gradient_is_the_derivative(target, rng)


@pytest.mark.parametrize("model", MODELS)
def test_its_log_density_contains_the_determinant_of_the_change_of_variables(model):
    target = assemble.posterior(MODELS[model](200, regions=2, eras=2), "float64")[0]
    assert_determinant_is_contained(target, np.random.default_rng(4))
