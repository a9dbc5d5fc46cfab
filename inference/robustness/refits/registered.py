"""A logit as registered, its approximate posterior, and what refits of it begin with; kept while they are made."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference import panels
from inference.engine import stream
from inference.engine.laplace.approximation import Start, approximate
from inference.engine.laplace.deletion import Deletion
from inference.robustness.refits.refit import SETTINGS
from inference.sampling.settings import seed_of
from models.claims.registry import REGISTRY
from models.design import Design

if TYPE_CHECKING:
    import pandas as pd

Float = NDArray[np.float64]


class Registered(NamedTuple):
    """A logit of a claim as registered, by the claim's id, the outcome and the file of the alignment panel."""

    hypothesis: str
    outcome: str
    panel: str

    @property
    def frame(self) -> pd.DataFrame:
        """The panel of the claim."""
        return panels.read(REGISTRY[self.hypothesis].panel, Path(self.panel))

    @property
    def design(self) -> Design:
        """Its design."""
        return _design(self)

    @property
    def deletion(self) -> Deletion:
        """Its approximate posterior, from which those without some rows follow."""
        return _deletion(self)

    @property
    def start(self) -> Start:
        """Where approximations of its refits begin."""
        return _start(self)

    @property
    def rate(self) -> Rate:
        """Draws of its approximate posterior, and of its rate."""
        return _rate(self)


class Rate(NamedTuple):
    """Draws of the latents, and of the mean probability of all rows (chain, draw)."""

    draws: xr.Dataset
    mean: Float


@lru_cache(maxsize=2)  # the parts of one logit are left out one after another
def _design(of: Registered) -> Design:
    return REGISTRY[of.hypothesis].design(of.frame, of.outcome)


@lru_cache(maxsize=2)
def _deletion(of: Registered) -> Deletion:
    return Deletion.of(approximate(of.design))


@cache
def _start(of: Registered) -> Start:
    return of.deletion.found.start


@lru_cache(maxsize=2)
def _rate(of: Registered) -> Rate:
    seed = seed_of(SETTINGS, f"{of.hypothesis}.{of.outcome}", "rate")
    draws = of.deletion.found.draws(SETTINGS.chains * SETTINGS.draws, seed)
    return Rate(draws, stream.mean_probability(of.design, draws, of.design.x))
