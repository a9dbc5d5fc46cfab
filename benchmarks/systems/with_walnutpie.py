"""Walnutpie on the PyMC model, whose density numba compiles: steps that adapt within each trajectory."""

# Installed in the environment of the peers only.
# pyright: reportMissingImports=false

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import walnutpie
from numpy.typing import NDArray
from pymc.blocking import DictToArrayBijection, RaveledVars

from benchmarks.cases import Model
from benchmarks.systems import CORES, FULL, Length, Run, parameters
from models import logit

WARMUP = 1000  # the most that its default admits
known: dict[str, Any] = {}  # what the processes of the chains find when they are forked: the compiled density


def sample(model: Model, seed: int, length: Length = FULL) -> Run:
    """Compile and sample the PyMC model of ``model``, a process for each chain, as its density is not of one thread.

    Chains are of a set length, which switches off the adaptive stopping; the sampler has no divergences, it shortens
    its steps instead.
    """
    pymc = logit.build(model)
    density: Any = pymc.logp_dlogp_function(ravel_inputs=True, mode="NUMBA")
    start = DictToArrayBijection.map(pymc.initial_point()).data
    density.set_extra_values({})
    density(start)  # compiles
    known.update(density=density, start=start)
    begin = time.perf_counter()
    with ProcessPoolExecutor(CORES, multiprocessing.get_context("fork")) as pool:
        chains = np.stack(list(pool.map(partial(_chain, seed=seed, draws=length.draws), range(length.chains))))
    return Run(parameters(_named(pymc, chains)), None, time.perf_counter() - begin, WARMUP)


def _chain(number: int, seed: int, draws: int) -> NDArray[np.float64]:
    """Draws (draw, free value) of one chain, from near the start of the model."""
    noise = np.random.default_rng((seed, number)).uniform(-1.0, 1.0, known["start"].size)
    found = walnutpie.walnuts_pyfunc(
        lambda x: known["density"](x.copy()), inits=known["start"] + noise, num_chains=1, seed=seed, id=number + 1,
        min_warmup_iter=WARMUP, max_warmup_iter=WARMUP, min_sampling_iter=draws, max_sampling_iter=draws,
    )  # fmt: skip
    return np.asarray(found[0])


def _named(pymc: Any, chains: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:  # noqa: ANN401 (a model)
    """Draws by variable (chain, draw, ...), scales and correlations as they are."""
    point = pymc.initial_point()
    info = DictToArrayBijection.map(point).point_map_info
    evaluate = pymc.compile_fn(pymc.unobserved_value_vars, inputs=pymc.value_vars, mode="FAST_COMPILE")
    names = [variable.name for variable in pymc.unobserved_value_vars]
    flat = [evaluate(DictToArrayBijection.rmap(RaveledVars(x, info))) for x in chains.reshape(-1, chains.shape[-1])]
    stacked = {name: np.stack([values[k] for values in flat]) for k, name in enumerate(names)}
    transformed = {variable.name for variable in pymc.value_vars if variable.name.endswith("__")}
    return {
        name: values.reshape(*chains.shape[:2], *values.shape[1:])
        for name, values in stacked.items()
        if name not in transformed
    }
