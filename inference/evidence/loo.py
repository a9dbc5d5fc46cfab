"""Predictive densities of single rows, left out one at a time, and differences between models on the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from inference.engine import stream
from inference.sampling import engines
from models.design import Design
from models.structure import CELLS

if TYPE_CHECKING:
    from inference.sampling.settings import Settings

BAD_K = 0.7  # a Pareto k above it: importance sampling is not to be trusted (Vehtari et al. 2024)
MOST_REFITS = 20


def pointwise(design: Design, posterior: xr.Dataset, settings: Settings) -> xr.Dataset:
    """Leave-one-out densities (obs,) by importance sampling, and by an exact refit where Pareto k is above 0.7.

    ``row`` is the row of the panel, ``refitted`` marks the exact ones; their ``pareto_k`` stays as it was. With
    more than 20 such rows none is refitted: the model, not the rows, is then to be looked at. Nor is any where rows
    share more than region and era: one row then says little that its state and year do not.
    """
    out = stream.loo(design, posterior).assign(row=("obs", design.rows))
    bad = np.flatnonzero(out["pareto_k"] > BAD_K)
    refitted = np.zeros(design.y.size, np.int8)
    if bad.size <= MOST_REFITS and set(design.groups) <= set(CELLS):
        refitted[bad] = 1
        for row in bad:
            out["elpd"][row] = _left_out(design, int(row), settings)
    return out.assign(refitted=("obs", refitted))


def _left_out(design: Design, row: int, settings: Settings) -> float:
    """Log predictive density of a row under the posterior of all others."""
    others = design.subset(np.arange(design.y.size) != row)
    tree = engines.sample(
        others, settings.engine, chains=settings.chains, draws=settings.draws, seed=settings.seed + row
    )
    alone = design.subset(np.arange(design.y.size) == row)
    event = stream.row_probability(alone, tree["posterior"].to_dataset(), "float64")[0]
    return float(alone.row_weight[0]) * float(np.log(event if alone.y[0] else 1 - event))


def difference(full: xr.Dataset, reduced: xr.Dataset) -> dict[str, float]:
    """Difference in expected log predictive density of two models on identical rows (Vehtari et al. 2017).

    ``full`` and ``reduced`` come from `pointwise`; refused when their rows differ. ``bad_k`` counts the rows that
    are neither well approximated nor refitted.
    """
    if full.sizes["obs"] != reduced.sizes["obs"] or not np.array_equal(full["row"], reduced["row"]):
        raise ValueError("predictive densities of models on different rows cannot be compared")
    change = (full["elpd"] - reduced["elpd"]).to_numpy()
    bad = [int(((d["pareto_k"] > BAD_K) & (d["refitted"] == 0)).sum()) for d in (full, reduced)]
    return {
        "elpd_diff": float(change.sum()),
        "elpd_diff_se": float(np.sqrt(change.size) * change.std()),
        "bad_k": max(bad),
        "refitted": int(full["refitted"].sum() + reduced["refitted"].sum()),
    }
