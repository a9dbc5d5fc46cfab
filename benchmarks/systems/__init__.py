"""The systems compared: the function ``sample(design, seed)`` of each module returns a `Run`.

Four chains of 1,000 draws on two cores; warm-up, target acceptance and step adaptation as each system has them
by default. A module that raises NotImplementedError cannot state the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CHAINS, DRAWS, CORES = 4, 1000, 2
SYSTEMS = ("engine", "nutpie", "numpyro", "pymc", "bambi", "pystan")  # the quick ones first


@dataclass(frozen=True)
class Run:
    """Draws (chain, draw, ...) by parameter, group effects and scales included, and what they cost."""

    draws: Mapping[str, NDArray[np.float64]]
    divergences: int
    sampling: float  # seconds, warm-up included, compilation not
    warmup: int  # draws of each chain
