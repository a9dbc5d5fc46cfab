"""Nutpie on the PyMC model, compiled by numba: its default."""

from __future__ import annotations

import time

import nutpie

from benchmarks.cases import Model
from benchmarks.systems import CORES, FULL, Length, Run, run_of
from models import logit


def sample(model: Model, seed: int, length: Length = FULL) -> Run:
    """Compile and sample the PyMC model of ``model``."""
    compiled = nutpie.compile_pymc_model(logit.build(model))
    begin = time.perf_counter()
    tree = nutpie.sample(
        compiled, draws=length.draws, chains=length.chains, cores=CORES, seed=seed, save_warmup=True,
        progress_bar=False,
    )  # fmt: skip
    return run_of(tree, tree["warmup_posterior"].sizes["draw"], time.perf_counter() - begin)
