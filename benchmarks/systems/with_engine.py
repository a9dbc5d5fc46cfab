"""The engine of the project, through its public interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.cases import Model, few
from benchmarks.systems import CORES, FULL, Length, Run, run_of

if TYPE_CHECKING:
    from inference.engine.density.assemble import Packed


def sample(model: Model, seed: int, length: Length = FULL, packed: Packed | None = None) -> Run:
    """Sample ``model``, from ``packed`` rows if they are given.

    A first call on a few rows loads the compiled code, as other systems compile before they sample.
    """
    from inference.engine import sample as draw

    if packed is None:
        draw(few(model), chains=1, draws=1, tune=1, seed=0)
    tree = draw(model, chains=length.chains, draws=length.draws, cores=CORES, seed=seed, packed=packed)
    return run_of(tree, tree["posterior"].attrs["tuning_steps"])
