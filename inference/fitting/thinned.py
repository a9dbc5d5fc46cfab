"""The archive that ArviZ reads row by row: few draws in a file of their own, every group of the same draws.

``az.loo`` divides the effective size of the draws in ``posterior`` by the number of those in ``log_likelihood``. Beside
all draws a tenth of them would count as ten times as good as independent ones, and it would warn of rows that are in
order. So what has a value for each row of the panel stands beside the posterior of just these draws, with their log
prior density, as ``<hypothesis>.<outcome>.thinned.nc``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from inference.evidence import sensitivity
from inference.evidence.predictions import BY_ROW, thinned

if TYPE_CHECKING:
    import pandas as pd

    from models.design import Design

ROWS = ("posterior_predictive", "log_likelihood")  # groups that stand here and not in the archive of all draws


def tree(groups: Mapping[str, xr.Dataset], design: Design, frame: pd.DataFrame, keys: tuple[str, ...]) -> xr.DataTree:
    """The archive of few draws, from the ``groups`` of all and those of rows; ``frame`` holds the rows.

    Rows are labelled by the ``keys`` of the panel (coordinate ``obs``: "645-630-1980"), which stand beside it too.
    """
    kept = groups["log_likelihood"]
    posterior, statistics = (groups[name].sel(draw=kept["draw"]) for name in ("posterior", "sample_stats"))
    labels = {"obs": labelled(frame, keys), **{f"obs_{key}": ("obs", frame[key].to_numpy()) for key in keys}}
    by_row = {name: groups[name].assign_coords(labels) for name in (*ROWS, "observed_data")}
    return xr.DataTree.from_dict(
        {
            "posterior": posterior,
            "sample_stats": statistics,
            "log_prior": sensitivity.log_priors(design, posterior),
            "prior": thinned(groups["prior"], BY_ROW),
            **by_row,
        }
    )


def labelled(frame: pd.DataFrame, keys: tuple[str, ...]) -> np.ndarray:
    """What rows are called (obs,): their keys in a row, joined by hyphens."""
    return np.array(["-".join(map(str, row)) for row in frame[list(keys)].itertuples(index=False)])
