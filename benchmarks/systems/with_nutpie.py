"""Nutpie on the PyMC model, compiled by numba: its default."""

from __future__ import annotations

import time

import nutpie

from benchmarks.systems import CHAINS, CORES, DRAWS, Run
from models import logit
from models.design import Design


def sample(design: Design, seed: int) -> Run:
    """Compile and sample the PyMC model of ``design``."""
    compiled = nutpie.compile_pymc_model(logit.build(design))
    begin = time.perf_counter()
    tree = nutpie.sample(
        compiled, draws=DRAWS, chains=CHAINS, cores=CORES, seed=seed, save_warmup=True, progress_bar=False
    )
    seconds = time.perf_counter() - begin
    return Run(
        {
            str(name): values.to_numpy()
            for name, values in tree["posterior"].data_vars.items()
            if not str(name).startswith("z_")
        },
        int(tree["sample_stats"]["diverging"].to_numpy().sum()),
        seconds,
        tree["warmup_posterior"].sizes["draw"],
    )
