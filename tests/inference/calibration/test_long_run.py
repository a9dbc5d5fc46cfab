"""The engine's posterior is the stored one of another sampler, within Monte Carlo errors."""

from __future__ import annotations

import json

import numpy as np
import pytest
import xarray as xr

from inference.calibration import long_run
from inference.engine import sample

STORED = long_run.FOLDER / f"{long_run.HYPOTHESIS}.{long_run.OUTCOME}.json"
# Mean, sd and five quantiles of some 45 parameters are compared. Four errors are exceeded by chance once in
# 16,000 comparisons: by any of some 300, were they independent, in one seed of fifty; and the seed is fixed.
ERRORS = 4.0


@pytest.fixture(scope="module")
def stored():
    return json.loads(STORED.read_text(encoding="utf-8"))


def test_the_stored_posterior_is_that_of_the_registered_design(stored):
    """Otherwise make it anew: python -m inference.calibration long_run."""
    assert stored["provenance"]["design_sha256"] == long_run.design_sha256(long_run.registered())


def test_the_stored_run_converged_on_ten_thousand_draws(stored):
    run = stored["provenance"]
    assert run["largest_rhat"] < 1.01
    assert run["chains"] * run["draws"] == 10_000
    assert min(run["smallest_bulk_ess"], run["smallest_tail_ess"]) > 1000


@pytest.mark.slow
def test_means_sds_and_quantiles_are_within_four_errors_of_the_stored_ones(stored):
    tree = sample(long_run.registered(), chains=4, draws=1000, seed=2022)
    found = long_run.summarise(long_run.parameters(tree["posterior"].to_dataset()))
    assert set(found) == set(stored["parameters"])
    names = [(parameter, kind) for parameter in found for kind in found[parameter]]
    ours, theirs = (np.array([table[p][k] for p, k in names]) for table in (found, stored["parameters"]))
    distance = np.abs(ours[:, 0] - theirs[:, 0]) / np.hypot(ours[:, 1], theirs[:, 1])
    far = {" ".join(name): round(float(d), 1) for name, d in zip(names, distance, strict=True) if not d < ERRORS}
    assert not far


def test_summary_of_draws_has_values_and_errors():
    rng = np.random.default_rng(11)
    values = rng.normal(2.0, 3.0, (4, 1000, 2))
    dims = ("chain", "draw", "predictor")
    posterior = xr.Dataset({"beta": (dims, values), "z_beta": (dims, values)}, {"predictor": ["a", "b"]})
    found = long_run.summarise(long_run.parameters(posterior))
    assert list(found) == ["beta[a]", "beta[b]"]
    mean, error = found["beta[b]"]["mean"]
    assert mean == pytest.approx(values[..., 1].mean())
    assert error == pytest.approx(3.0 / np.sqrt(4000), rel=0.2)
    assert found["beta[a]"]["q95"][0] == pytest.approx(np.quantile(values[..., 0], 0.95))
    density = np.exp(-0.5 * 1.645**2) / np.sqrt(2 * np.pi) / 3.0
    assert found["beta[a]"]["q95"][1] == pytest.approx(np.sqrt(0.95 * 0.05 / 4000) / density, rel=0.3)
