"""Predictive checks of what rows share: whether replicated events come in clusters as the observed ones do.

A model without effects of years, aggressors or states spreads its events evenly over them. The statistics are the
variance of the events per year, per aggressor-year and per state, the most events of one aggressor in one year (which
is what the largest treaty looks like in rows: all its events fall in its year), and the longest run of years without
an event. Observed events count as decisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
import xarray as xr
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Float = NDArray[np.float64]
KEYS = (("year",), ("aggressor", "year"), ("state",))  # that events are counted by


def statistics(events: NDArray, frame: pd.DataFrame) -> dict[str, Float]:
    """The statistics of replicates ``events`` (replicate, obs), by name (replicate,); those that the rows allow.

    ``frame`` holds the keys of the rows: ``year`` and, of panels that have them, ``state`` and ``aggressor``.
    """
    counts = {"_".join(keys): _counts(events, frame, keys) for keys in KEYS if set(keys) <= set(frame)}
    out = {f"variance_{name}": count.var(axis=1) for name, count in counts.items()}
    if "aggressor_year" in counts:
        out["largest_aggressor_year"] = counts["aggressor_year"].max(axis=1)
    if "year" in counts:
        out["longest_quiet"] = _longest_quiet(counts["year"] > 0)
    return out


def _counts(events: NDArray, frame: pd.DataFrame, keys: Sequence[str]) -> Float:
    """Events of each combination of the keys that has rows (replicate, combination), in the order of the keys."""
    group = frame.groupby(list(keys), observed=True).ngroup().to_numpy()
    shape = (group.size, int(group.max()) + 1)
    indicator = sp.csr_array((np.ones(group.size, np.float32), (np.arange(group.size), group)), shape)
    return np.asarray((indicator.T @ events.T.astype(np.float32)).T, dtype=float)


def _longest_quiet(seen: NDArray[np.bool_]) -> Float:
    """Longest run of years without an event (replicate,), of ``seen`` (replicate, year)."""
    longest = np.zeros(len(seen))
    run = np.zeros(len(seen))
    for year in seen.T:
        run = np.where(year, 0.0, run + 1.0)
        longest = np.maximum(longest, run)
    return longest


def replicated(events: xr.DataArray, frame: pd.DataFrame) -> xr.Dataset:
    """The statistics of replicates ``events`` (chain, draw, obs), each (chain, draw)."""
    values = events.transpose("chain", "draw", "obs").to_numpy()
    found = statistics(values.reshape(-1, values.shape[-1]), frame)
    return xr.Dataset({name: (("chain", "draw"), value.reshape(values.shape[:2])) for name, value in found.items()})


def observed(decisions: Float, frame: pd.DataFrame) -> xr.Dataset:
    """The statistics of the observed ``decisions`` (obs,)."""
    return xr.Dataset({name: value[0] for name, value in statistics(decisions[None], frame).items()})
