"""Densities of clusters: of single rows ArviZ's, of others refits'; differences on identical rows, by clusters."""

from itertools import product
from typing import Any

import numpy as np
import pytest
import xarray as xr

from inference.engine import sample, stream
from inference.evidence.left_out import leave_out
from inference.evidence.left_out.folds import Folds
from inference.sampling.settings import Settings
from models.joint import as_joint
from tests.fixtures.engine_designs import paired, simulated


def density(elpd, clusters, k=0.1, refitted=0):
    n = len(elpd)
    columns = {"elpd": elpd, "mcse": np.full(n, 0.1), "pareto_k": np.full(n, k), "refitted": np.full(n, refitted)}
    columns |= {"rows": np.ones(n)}
    return xr.Dataset({name: ("cluster", values) for name, values in columns.items()}, {"cluster": clusters})


def test_difference_and_its_standard_error_are_of_clusters():
    full, reduced = np.array([-1.0, -2.0, -0.5]), np.array([-1.5, -1.0, -0.5])
    out = leave_out.difference(density(full, [3, 4, 5]), density(reduced, [3, 4, 5], k=0.9))
    assert out["elpd_diff"] == pytest.approx(-0.5)
    assert out["elpd_diff_se"] == pytest.approx(np.sqrt(3) * np.std([0.5, -1.0, 0.0], ddof=1))
    assert out["elpd_diff_mcse"] == pytest.approx(np.sqrt(6) * 0.1)
    assert (out["bad_k"], out["refitted"]) == (3, 0)
    mended = leave_out.difference(density(full, [3, 4, 5]), density(reduced, [3, 4, 5], k=0.9, refitted=1))
    assert (mended["bad_k"], mended["refitted"]) == (0, 3)


def test_models_on_different_rows_are_refused():
    with pytest.raises(ValueError, match="different rows"):
        leave_out.difference(density(np.zeros(2), [1, 2]), density(np.zeros(2), [1, 3]))


def singles(rows):
    return Folds(np.arange(rows), tuple(str(i) for i in range(rows)))


def test_clusters_of_one_row_have_the_densities_of_arviz():
    import arviz as az

    design = simulated(rows=400, varying=1)
    posterior = sample(design, chains=4, draws=250, seed=4)["posterior"].to_dataset()
    found = leave_out.densities(as_joint(design), posterior, singles(400), Settings())["bandwagon"]
    _, each = stream.by_row(design, posterior, 0)
    tree = xr.DataTree.from_dict({"posterior": posterior, "log_likelihood": xr.Dataset({"y": each.astype(float)})})
    efficiency = leave_out.relative_efficiency(posterior)
    expected: Any = az.loo(tree, pointwise=True, reff=efficiency)
    np.testing.assert_allclose(found["elpd"], expected.elpd_i, atol=2e-3)
    assert float(found["elpd"].sum()) == pytest.approx(expected.elpd, abs=0.01)
    np.testing.assert_array_equal(found["rows"], 1)
    assert found["events"].sum() == design.y.sum()


def years(joint):
    group = joint.designs[0].groups["year"]
    return Folds(group.index, group.levels)


@pytest.mark.slow
@pytest.mark.campaign
def test_a_refit_agrees_with_both_ways_of_importance_sampling_where_they_are_good(monkeypatch):
    """Small clusters, so that k is small; errors are those of both estimates."""
    joint = paired(rows=500, varying=1, extra={"state": 10, "year": 100}, apart=True)
    posterior = sample(joint, chains=4, draws=1000, seed=4)["posterior"].to_dataset()
    found = leave_out.densities(joint, posterior, years(joint), Settings(seed=3))
    assert all((one["refitted"] == (one["pareto_k"] > leave_out.BAD_K)).all() for one in found.values())
    monkeypatch.setattr(leave_out, "BAD_K", -1.0)
    monkeypatch.setattr(leave_out, "MOST_REFITS", 0)
    without_years = leave_out.densities(joint, posterior, years(joint), Settings(seed=3))
    monkeypatch.setattr(leave_out, "REFIT_DRAWS", 500)
    monkeypatch.setattr(leave_out, "MOST_REFITS", 200)
    exact = leave_out.densities(joint, posterior, years(joint), Settings(seed=3))
    for outcome, weighed in product(joint.outcomes, (found, without_years)):
        good = (weighed[outcome]["pareto_k"] < 0.5).to_numpy()
        one, other = weighed[outcome].isel(cluster=good), exact[outcome].isel(cluster=good)
        assert good.sum() > 20
        assert (one["refitted"] == 0).all()
        assert (other["refitted"] == 1).all()
        error = np.hypot(one["mcse"], other["mcse"])
        assert (np.abs(one["elpd"] - other["elpd"]) < 4 * error + 0.01).all()
        assert float(np.sqrt((error**2).sum())) < 0.5


@pytest.mark.slow
def test_a_model_without_years_is_refitted_too(monkeypatch):
    joint = as_joint(simulated(rows=300, varying=0))
    posterior = sample(joint, chains=4, draws=250, seed=4)["posterior"].to_dataset()
    tens = Folds(np.arange(300) // 10, tuple(map(str, range(30))))
    plain = leave_out.densities(joint, posterior, tens, Settings())["bandwagon"]
    monkeypatch.setattr(leave_out, "BAD_K", -1.0)
    exact = leave_out.densities(joint, posterior, tens, Settings())["bandwagon"]
    error = np.hypot(plain["mcse"], exact["mcse"])
    good = (plain["pareto_k"] < 0.5).to_numpy()
    assert (np.abs(plain["elpd"] - exact["elpd"]) < 4 * error + 0.01)[good].all()
    assert good.sum() > 10


def test_more_bad_clusters_than_can_be_refitted_are_said_to_be_bad(monkeypatch):
    joint = paired(rows=300, varying=0, extra={"year": 8})
    posterior = sample(joint, chains=2, draws=200, seed=4)["posterior"].to_dataset()
    monkeypatch.setattr(leave_out, "BAD_K", -1.0)
    monkeypatch.setattr(leave_out, "MOST_REFITS", 0)
    found = leave_out.densities(joint, posterior, years(joint), Settings())
    assert all((one["refitted"] == 0).all() for one in found.values())
    one, other = found.values()
    assert leave_out.difference(one, other)["bad_k"] == 8
