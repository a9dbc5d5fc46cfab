"""The engine's draws are those of another sampler on its density; of all models: ``inference.calibration draws``."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from inference.calibration import samplers
from inference.engine import sample
from inference.engine.density import assemble
from tests.fixtures.engine_designs import paired


@pytest.mark.slow
@pytest.mark.campaign
@pytest.mark.parametrize("hypothesis", ["continuation", "onset"])
def test_draws_of_registered_models_of_one_outcome_are_those_of_nutpie(hypothesis):
    found = samplers.compare(hypothesis, seed=5, draws=500)
    assert not found.failed
    assert found.parameters > 20


@pytest.mark.slow
def test_draws_of_two_outcomes_with_crossed_groupings_are_those_of_nutpie():
    joint = paired(rows=600, extra={"state": 12, "year": 15}, shrunk=2)
    ours = sample(joint, chains=4, draws=1000, seed=5)["posterior"].to_dataset()
    theirs = samplers.by_nutpie(joint, *assemble.posterior(joint, "float64"), seed=6, draws=500)
    assert set(theirs["posterior"].to_dataset()) == set(ours)
    found = samplers.differences(ours, theirs["posterior"].to_dataset())
    assert not found.failed
    assert found.parameters > 80


def test_every_registered_model_is_compared_once():
    models = samplers.registered()
    assert {"carter-3", "onset", "continuation"} <= set(models)
    assert all(name == claim.id for name, claim in models.items())


def test_what_lies_too_far_apart_is_named():
    normal = np.random.default_rng(1).normal(size=(2, 4, 1000, 3))
    dims, terms = ("chain", "draw", "predictor"), {"predictor": ["a", "b", "c"]}
    shift, scale = np.array([0.0, 0.5, 0.0]), np.array([1.0, 1.0, 1.3])
    ours, theirs = (xr.Dataset({"beta": (dims, values)}, terms) for values in (normal[0], shift + scale * normal[1]))
    found = samplers.differences(ours, theirs)
    assert found.failed == ("beta[b]", "beta[c]")
    assert found.mean > 10
    assert found.spread == pytest.approx(1 - 1 / 1.3, abs=0.05)
    assert not samplers.differences(ours, ours).failed
