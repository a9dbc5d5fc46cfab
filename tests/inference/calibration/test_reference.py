"""The engine's posterior is the stored one of another sampler, within Monte Carlo errors."""

from __future__ import annotations

import json

import numpy as np
import pytest

from inference.calibration import reference
from inference.engine import sample

STORED = reference.FOLDER / f"{reference.HYPOTHESIS}.{reference.OUTCOME}.json"
# Mean, sd and five quantiles of some 45 parameters are compared. Four errors are exceeded by chance once in
# 16,000 comparisons: by any of some 300, were they independent, in one seed of fifty; and the seed is fixed.
ERRORS = 4.0


@pytest.fixture(scope="module")
def stored():
    return json.loads(STORED.read_text(encoding="utf-8"))


def test_the_stored_posterior_is_that_of_the_registered_design(stored):
    """Otherwise make it anew: python -m inference.calibration reference."""
    assert stored["provenance"]["design_sha256"] == reference.design_sha256(reference.registered())


def test_the_stored_run_converged_on_ten_thousand_draws(stored):
    run = stored["provenance"]
    assert run["largest_rhat"] < 1.01
    assert run["chains"] * run["draws"] == 10_000
    assert min(run["smallest_bulk_ess"], run["smallest_tail_ess"]) > 1000


@pytest.mark.slow
def test_means_sds_and_quantiles_are_within_four_errors_of_the_stored_ones(stored):
    tree = sample(reference.registered(), chains=4, draws=1000, seed=2022)
    found = reference.summarise(reference.parameters(tree["posterior"].to_dataset()))
    assert set(found) == set(stored["parameters"])
    names = [(parameter, kind) for parameter in found for kind in found[parameter]]
    ours, theirs = (np.array([table[p][k] for p, k in names]) for table in (found, stored["parameters"]))
    distance = np.abs(ours[:, 0] - theirs[:, 0]) / np.hypot(ours[:, 1], theirs[:, 1])
    far = {" ".join(name): round(float(d), 1) for name, d in zip(names, distance, strict=True) if not d < ERRORS}
    assert not far
