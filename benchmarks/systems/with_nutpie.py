"""Nutpie on the PyMC model, compiled by numba: its default."""

from __future__ import annotations

import time

import nutpie

from benchmarks.systems import CHAINS, CORES, DRAWS, Run, run_of
from models import logit
from models.design import Design


def sample(design: Design, seed: int) -> Run:
    """Compile and sample the PyMC model of ``design``."""
    compiled = nutpie.compile_pymc_model(logit.build(design))
    begin = time.perf_counter()
    tree = nutpie.sample(
        compiled, draws=DRAWS, chains=CHAINS, cores=CORES, seed=seed, save_warmup=True, progress_bar=False
    )
    return run_of(tree, tree["warmup_posterior"].sizes["draw"], time.perf_counter() - begin)
