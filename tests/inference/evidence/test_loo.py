"""Densities of rows left out: differences on identical rows only, exact refits where importance sampling fails."""

import numpy as np
import pytest
import xarray as xr

from inference.engine import sample
from inference.evidence import loo
from inference.sampling.settings import Settings
from tests.fixtures.engine_designs import simulated


def pointwise(elpd, rows, k=0.1, refitted=0):
    n = len(elpd)
    columns = {"elpd": elpd, "row": rows, "pareto_k": np.full(n, k), "refitted": np.full(n, refitted)}
    return xr.Dataset({name: ("obs", values) for name, values in columns.items()})


def test_difference_and_its_standard_error():
    full, reduced = np.array([-1.0, -2.0, -0.5]), np.array([-1.5, -1.0, -0.5])
    out = loo.difference(pointwise(full, [3, 4, 5]), pointwise(reduced, [3, 4, 5], k=0.9))
    assert out["elpd_diff"] == pytest.approx(-0.5)
    assert out["elpd_diff_se"] == pytest.approx(np.sqrt(3) * np.std([0.5, -1.0, 0.0]))
    assert (out["bad_k"], out["refitted"]) == (3, 0)
    mended = loo.difference(pointwise(full, [3, 4, 5]), pointwise(reduced, [3, 4, 5], k=0.9, refitted=1))
    assert (mended["bad_k"], mended["refitted"]) == (0, 3)


def test_models_on_different_rows_are_refused():
    with pytest.raises(ValueError, match="different rows"):
        loo.difference(pointwise(np.zeros(2), [1, 2]), pointwise(np.zeros(2), [1, 3]))


@pytest.mark.slow
def test_an_exact_refit_agrees_with_importance_sampling_where_that_is_good(monkeypatch):
    design, settings = simulated(rows=400, varying=1), Settings(chains=4, draws=1000, seed=3)
    posterior = sample(design, seed=4)["posterior"].to_dataset()
    plain = loo.pointwise(design, posterior, settings)
    assert not plain["refitted"].any()
    worst = np.sort(plain["pareto_k"].to_numpy())[-3:]
    assert worst[-1] < loo.BAD_K
    monkeypatch.setattr(loo, "BAD_K", (worst[0] + worst[1]) / 2)
    exact = loo.pointwise(design, posterior, settings)
    chosen = exact["refitted"].to_numpy() == 1
    assert chosen.sum() == 2
    np.testing.assert_allclose(exact["elpd"][chosen], plain["elpd"][chosen], atol=0.05)
    np.testing.assert_array_equal(exact["elpd"][~chosen], plain["elpd"][~chosen])
    monkeypatch.setattr(loo, "MOST_REFITS", 1)
    assert not loo.pointwise(design, posterior, settings)["refitted"].any()
