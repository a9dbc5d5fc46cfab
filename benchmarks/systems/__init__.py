"""The systems compared: the function ``sample(model, seed)`` of each module returns a `Run`.

Four chains of 1,000 draws on two cores, unless another `Length` is asked for; warm-up, target acceptance and step
adaptation as each system has them by default. A module that raises NotImplementedError cannot state the model: a
joint one, say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.parameters import is_auxiliary

if TYPE_CHECKING:
    import xarray as xr

    from models.design import Design
    from models.joint import Joint

CORES = 2
SYSTEMS = ("engine", "nutpie", "numpyro", "pymc", "bambi", "pystan", "walnutpie")  # the quick ones first


@dataclass(frozen=True)
class Length:
    """Chains, and draws of each that are kept, the warm-up not among them."""

    chains: int = 4
    draws: int = 1000


FULL = Length()


@dataclass(frozen=True)
class Run:
    """Draws (chain, draw, ...) by parameter, group effects and scales included, and what they cost."""

    draws: Mapping[str, NDArray[np.float64]]
    divergences: int | None  # none where the system knows of no such thing
    sampling: float  # seconds, warm-up included, compilation not
    warmup: int  # draws of each chain


def run_of(tree: xr.DataTree, warmup: int, sampling: float | None = None) -> Run:
    """The draws of an ArviZ tree, helper variables left out; ``sampling`` is by default the tree's own."""
    posterior = tree["posterior"].to_dataset()
    draws = {str(name): values.to_numpy() for name, values in posterior.data_vars.items()}
    return Run(
        parameters(draws),
        int(tree["sample_stats"]["diverging"].to_numpy().sum()),
        posterior.attrs["sampling_time"] if sampling is None else sampling,
        warmup,
    )


def parameters(draws: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """The ``draws`` of parameters, without the standardised ones that a system samples instead."""
    return {name: values for name, values in draws.items() if not is_auxiliary(name)}


def one_design(model: Design | Joint, system: str) -> Design:
    """``model`` as a single design; raises NotImplementedError where ``system`` cannot state all of it."""
    from models.design import Design

    if not isinstance(model, Design):
        raise NotImplementedError(f"{system} states no effects that are correlated between outcomes")
    if model.error or model.weight is not None:
        raise NotImplementedError(f"{system} states neither errors of predictors nor weights of rows here")
    return model
