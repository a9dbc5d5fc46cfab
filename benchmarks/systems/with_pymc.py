"""PyMC's own sampler."""

from __future__ import annotations

import pymc as pm

from benchmarks.systems import CHAINS, CORES, DRAWS, Run, run_of
from models import logit
from models.design import Design

WARMUP = 1000  # PyMC's default


def sample(design: Design, seed: int) -> Run:
    """Sample the PyMC model of ``design``."""
    with logit.build(design):
        tree = pm.sample(
            draws=DRAWS, tune=WARMUP, chains=CHAINS, cores=CORES, random_seed=seed, nuts_sampler="pymc",
            progressbar=False, compute_convergence_checks=False,
        )  # fmt: skip
    return run_of(tree, WARMUP)
