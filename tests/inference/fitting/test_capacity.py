"""Draws of the capacity link."""

import numpy as np
import xarray as xr

from inference.fitting import capacity


def test_a_thinned_run_keeps_every_nth_draw_and_every_divergence():
    draws = np.arange(12.0).reshape(2, 6)
    diverging = np.zeros((2, 6), bool)
    diverging[1, 4] = True  # between two draws that are kept
    dims, coords = ("chain", "draw"), {"chain": [0, 1], "draw": np.arange(6)}
    posterior = xr.Dataset({"rho": (dims, draws)}, coords)
    statistics = {"diverging": (dims, diverging), "reached_max_treedepth": (dims, ~diverging), "energy": (dims, draws)}
    tree = capacity.thinned(posterior, xr.Dataset(statistics, coords), 3)
    np.testing.assert_array_equal(tree["posterior"]["rho"], draws[:, ::3])
    np.testing.assert_array_equal(tree["sample_stats"]["energy"], draws[:, ::3])
    np.testing.assert_array_equal(tree["sample_stats"]["diverging"], [[False, False], [False, True]])
    assert tree["sample_stats"]["reached_max_treedepth"].all()
    np.testing.assert_array_equal(tree["posterior"]["draw"], [0, 1])
