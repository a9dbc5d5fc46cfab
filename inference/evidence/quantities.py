"""A reported quantity: its posterior mean, the Monte Carlo error of that, and its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import xarray as xr

from inference.sampling.diagnostics import mcse_mean, mcse_share

CI_PROB, CI_KIND = 0.90, "equal-tailed"
CI_BOUNDS = ((1 - CI_PROB) / 2, (1 + CI_PROB) / 2)


@dataclass(frozen=True)
class Quantity:
    """Posterior mean ``value`` of a quantity, its Monte Carlo standard error, and its 90 % equal-tailed interval."""

    value: float
    mcse: float
    low: float
    high: float

    @classmethod
    def of(cls, draws: xr.DataArray, scale: float = 1.0) -> Self:
        """The quantity of draws (chain, draw), each times ``scale``; what does not vary has no error."""
        values = scale * draws.transpose("chain", "draw").to_numpy().astype(float)
        low, high = np.quantile(values, CI_BOUNDS)
        error = mcse_mean(values) if values.std() > 0 else 0.0
        return cls(float(values.mean()), error, float(low), float(high))


@dataclass(frozen=True)
class Share:
    """Share ``value`` of draws for which something holds, and its Monte Carlo standard error."""

    value: float
    mcse: float

    @classmethod
    def of(cls, holds: xr.DataArray) -> Self:
        """The share of draws (chain, draw) that are true."""
        values = holds.transpose("chain", "draw").to_numpy()
        return cls(float(values.mean()), mcse_share(values))
