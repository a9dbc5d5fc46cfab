"""The engine's draws are those of another sampler on its density; of all logits: ``inference.calibration draws``."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from inference.calibration import samplers


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hypothesis", "outcome"), [("continuation", "continued"), ("onset", "onset"), ("cond-5", "joined")]
)
def test_draws_of_registered_logits_are_those_of_nutpie(hypothesis, outcome):
    found = samplers.compare(hypothesis, outcome, seed=5, draws=500)
    assert not found.failed
    assert found.parameters > 20


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
