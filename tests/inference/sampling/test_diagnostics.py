"""Diagnostics of many quantities at once are ArviZ's of each."""

from typing import Any

import numpy as np
import pytest
import xarray as xr
from arviz_stats.base import array_stats
from numpy.typing import NDArray
from scipy.signal import lfilter

from inference.sampling import diagnostics

ARVIZ: Any = array_stats
AXES = {"chain_axis": 1, "draw_axis": 2}
SHAPES = [(4, 1000), (2, 400), (1, 100), (4, 251), (3, 7), (4, 6), (2, 5), (2, 4)]  # chains, draws


def draws(chains: int, length: int, correlation: float) -> NDArray[np.float64]:
    """Autoregressive quantities, with ties, of two values, tiny, and with chains apart (quantity, chain, draw)."""
    noise = np.random.default_rng(chains * length).normal(size=(diagnostics.BLOCK + 5, chains, length))
    out: np.ndarray = np.asarray(lfilter([1.0], [1.0, -correlation], noise, axis=2), dtype=float)
    out[1], out[2], out[3] = np.round(out[1]), out[2] > 0, 1e-9 * out[3]
    out[4] += np.arange(chains)[:, None]
    return out[out.std(axis=(1, 2)) > 0]


# ArviZ warns where a part of the draws is constant.
@pytest.mark.filterwarnings("ignore:(invalid value|divide by zero):RuntimeWarning")
@pytest.mark.parametrize("correlation", [-0.95, -0.6, 0.0, 0.5, 0.95, 0.999])
@pytest.mark.parametrize(("chains", "length"), SHAPES)
def test_each_is_arviz(chains, length, correlation):
    values = draws(chains, length, correlation)
    found = diagnostics.convergence(values)
    if chains > 1:
        np.testing.assert_allclose(found.rhat, ARVIZ.rhat(values, **AXES), rtol=1e-9)
    tail = ARVIZ.ess(values, method="tail", prob=diagnostics.TAIL, **AXES)
    np.testing.assert_allclose(found.bulk_ess, ARVIZ.ess(values, method="bulk", **AXES), rtol=1e-9)
    np.testing.assert_allclose(found.tail_ess, tail, rtol=1e-9)
    np.testing.assert_allclose(diagnostics.mean_ess(values), ARVIZ.ess(values, method="mean", **AXES), rtol=1e-9)
    errors = [diagnostics.mcse_mean(each) for each in values]
    np.testing.assert_allclose(errors, ARVIZ.mcse(values, method="mean", **AXES), rtol=1e-9)


def test_constant_draws_count_in_full():
    assert diagnostics.mean_ess(np.full((1, 4, 50), 3.0)) == 200 == ARVIZ.ess(np.full((4, 50), 3.0), method="mean")


def test_relative_efficiency_is_the_mean_over_all_parameters():
    values = draws(4, 300, 0.5)
    posterior = xr.Dataset({"one": (("chain", "draw"), values[0]), "more": (("k", "chain", "draw"), values[1:])})
    expected = ARVIZ.ess(values, method="mean", **AXES).mean() / 1200
    assert diagnostics.relative_efficiency(posterior) == pytest.approx(expected, rel=1e-9)
    assert diagnostics.relative_efficiency(posterior.isel(chain=[0])) == 1.0
