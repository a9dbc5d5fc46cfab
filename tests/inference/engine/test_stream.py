"""Streamed results are those of plain numpy and ArviZ on stored matrices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from inference.engine import stream
from inference.evidence import predictions
from models.parameters import draw
from tests.fixtures.engine_designs import simulated

pytestmark = pytest.mark.slow
CHAINS, DRAWS = 2, 300


CASES = {
    "two groups": {},
    "four groups": {"extra": {"weak": 9, "aggressor": 5}},
    "slopes by era and a predictor with error": {"by_era": True, "error": True},
    "weighted rows": {"weighted": True},
}


@pytest.fixture(scope="module", params=CASES.values(), ids=list(CASES))
def design(request):
    made = simulated(rows=700, shrunk=2, **request.param)
    return made if made.weight is None else replace(made, weight=np.where(made.y == 1, made.weight, 1.0))


@pytest.fixture(scope="module")
def posterior(design):
    """Draws near one point of the prior, so that weights are neither flat nor wild."""
    rng = np.random.default_rng(5)
    prior = draw(design, 1, rng)
    dims = {"beta": ["predictor"], "gamma": ["exposure", "region"], "sigma_gamma": ["exposure"]}
    dims |= {f"alpha_{name}": [name] for name in design.groups}
    out = {}
    for name, value in prior.items():
        values = value[0] + 0.15 * rng.normal(size=(CHAINS, DRAWS, *value.shape[1:]))
        out[name] = (["chain", "draw", *dims.get(name, [])], values)
    return xr.Dataset(out, {"chain": range(CHAINS), "draw": range(DRAWS)} | design.coords)


@pytest.fixture(scope="module")
def eta(design, posterior):
    """Linear predictors (chain, draw, obs)."""
    x = xr.DataArray(design.x, dims=("obs", "predictor"), coords={"predictor": list(design.terms)})
    out = posterior["alpha"] + (posterior["beta"] * x).sum("predictor")
    for name, group in design.groups.items():
        out = out + posterior[f"alpha_{name}"].isel({name: xr.DataArray(group.index, dims="obs")})
    region = xr.DataArray(design.groups["region"].index, dims="obs")
    for term in design.varying:
        slope = posterior["gamma"].sel(exposure=term).isel(region=region)
        out = out + (slope * x.sel(predictor=term)).drop_vars(("exposure", "predictor"))
    for term, variance in design.error.items():
        out = out + 0.5 * (posterior["beta"].sel(predictor=term) ** 2).drop_vars("predictor") * xr.DataArray(
            variance, dims="obs"
        )
    return out.transpose("chain", "draw", "obs").to_numpy()


def likelihood(design, eta):
    """Log likelihood of each row by its weight (chain, draw, obs)."""
    weight = design.row_weight
    return weight * np.where(design.y == 1, -np.logaddexp(0, -eta), -np.logaddexp(0, eta))


PRECISION = {"float64": 1e-12, "float32": 2e-6}


@pytest.mark.parametrize("dtype", PRECISION)
def test_probability_by_cell_and_overall(design, posterior, eta, dtype):
    p = 1 / (1 + np.exp(-eta))
    region, era = design.groups["region"].index, design.groups["era"].index
    found = stream.cell_probability(design, posterior, dtype)
    assert found.dims == ("chain", "draw", "region", "era")
    for r in range(4):
        for e in range(3):
            expected = p[..., (region == r) & (era == e)].mean(axis=-1)
            np.testing.assert_allclose(found[..., r, e], expected, rtol=PRECISION[dtype])
    overall = stream.mean_probability(design, posterior, design.x, dtype)
    np.testing.assert_allclose(overall, p.mean(axis=-1), rtol=PRECISION[dtype])


def test_probability_by_row(design, posterior, eta):
    p = 1 / (1 + np.exp(-eta))
    for dtype, precision in PRECISION.items():
        found = stream.row_probability(design, posterior, dtype)
        np.testing.assert_allclose(found, p.mean(axis=(0, 1)), rtol=precision)


def test_contrast_of_two_predictor_matrices(design, posterior, eta):
    raised = design.x.copy()
    raised[:, 0] += 1.0
    found = stream.mean_probability(design, posterior, raised, "float64")
    found -= stream.mean_probability(design, posterior, design.x, "float64")
    region = xr.DataArray(design.groups["region"].index, dims="obs")
    slope = posterior["beta"][..., 0] + posterior["gamma"].sel(exposure="x0").isel(region=region)
    slope = slope.transpose("chain", "draw", "obs").to_numpy()
    expected = (1 / (1 + np.exp(-eta - slope)) - 1 / (1 + np.exp(-eta))).mean(axis=-1)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("dtype", PRECISION)
def test_changes_of_any_columns_together_or_alone(design, posterior, dtype):
    rng = np.random.default_rng(3)
    one, all_of_them = design.x.copy(), design.x + rng.normal(size=design.x.shape)
    one[:, 2] = 0.0
    found = stream.mean_probabilities(design, posterior, [design.x, one, all_of_them, design.x], dtype)
    for x, rate in zip((design.x, one, all_of_them), found, strict=False):
        by_cell = stream.cell_probability(replace(design, x=x), posterior, dtype)
        expected = predictions.overall(predictions.cells(design).assign(probability=by_cell))
        np.testing.assert_allclose(rate, expected, rtol=PRECISION[dtype])
    np.testing.assert_array_equal(found[0], found[3])


def test_cells_without_rows_have_no_probability_and_no_events(design, posterior):
    keep = ~((design.groups["region"].index == 1) & (design.groups["era"].index == 2))
    part = design.subset(keep)
    found = stream.cell_probability(part, posterior)
    assert np.isnan(found[..., 1, 2]).all()
    assert int(np.isnan(found).sum()) == CHAINS * DRAWS
    assert (stream.event_counts(part, posterior, seed=1)[..., 1, 2] == 0).all()


def test_replicated_events_have_the_mean_and_variance_of_independent_rows(design, posterior, eta):
    p = 1 / (1 + np.exp(-eta))
    counts = stream.event_counts(design, posterior, seed=3)
    assert counts.dims == ("chain", "draw", "region", "era")
    total, expected = counts.sum(("region", "era")).to_numpy(), p.sum(axis=-1)
    residual = (total - expected) / np.sqrt((p * (1 - p)).sum(axis=-1))
    assert abs(residual.mean()) < 4 / np.sqrt(residual.size)
    assert residual.std() == pytest.approx(1.0, abs=4 / np.sqrt(2 * residual.size))
    cells = design.groups["region"].index * 3 + design.groups["era"].index
    mean = np.stack([p[..., cells == c].sum(axis=-1) for c in range(12)], axis=-1).reshape(counts.shape)
    error = (counts.to_numpy() - mean).mean(axis=(0, 1)) / np.sqrt(mean.mean(axis=(0, 1)) / residual.size)
    assert np.abs(error).max() < 4.5
    np.testing.assert_array_equal(counts, stream.event_counts(design, posterior, seed=3))
    assert not np.array_equal(counts, stream.event_counts(design, posterior, seed=4))


# A density just below 1 has a rounding error of 6e-8 in float32, and so has its logarithm.
def test_replicated_outcomes_have_the_probability_of_their_row(design, posterior, eta):
    p = 1 / (1 + np.exp(-eta))
    found, _ = stream.by_row(design, posterior, seed=3)
    assert (found.dims, found.dtype, found.shape) == (("chain", "draw", "obs"), np.int8, p.shape)
    assert set(np.unique(found)) == {0, 1}
    error = (found.to_numpy() - p).mean(axis=(0, 1)) / np.sqrt((p * (1 - p)).mean(axis=(0, 1)) * p.shape[2] / p.size)
    assert abs(error.mean()) < 4 / np.sqrt(error.size)
    assert error.std() == pytest.approx(1.0, abs=4 / np.sqrt(2 * error.size))
    np.testing.assert_array_equal(found, stream.by_row(design, posterior, seed=3)[0])
    assert not np.array_equal(found, stream.by_row(design, posterior, seed=4)[0])


def test_log_likelihood_of_every_row_in_every_draw(design, posterior, eta):
    _, found = stream.by_row(design, posterior, seed=3)
    assert (found.dims, found.dtype) == (("chain", "draw", "obs"), np.float32)
    np.testing.assert_allclose(found, likelihood(design, eta), rtol=1e-5)


def test_log_likelihood_of_all_rows_together(design, posterior, eta):
    expected = likelihood(design, eta).sum(axis=-1)
    for dtype, precision in PRECISION.items():
        np.testing.assert_allclose(stream.log_likelihood(design, posterior, dtype), expected, rtol=precision)


def test_levels_in_another_order_and_missing_coordinates_mean_the_same(design, posterior):
    expected = stream.mean_probability(design, posterior, design.x)
    turned = posterior.isel(region=slice(None, None, -1), predictor=slice(None, None, -1))
    np.testing.assert_allclose(stream.mean_probability(design, turned, design.x), expected, rtol=1e-12)
    bare = posterior.drop_vars(["region", "era", "predictor"])
    np.testing.assert_allclose(stream.mean_probability(design, bare, design.x), expected, rtol=1e-12)
