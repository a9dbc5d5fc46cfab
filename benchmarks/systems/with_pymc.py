"""PyMC's own sampler."""

from __future__ import annotations

import pymc as pm

from benchmarks.cases import Model
from benchmarks.systems import CHAINS, CORES, DRAWS, Run, run_of
from models import logit

WARMUP = 1000  # PyMC's default


def sample(model: Model, seed: int) -> Run:
    """Sample the PyMC model of ``model``."""
    with logit.build(model):
        tree = pm.sample(
            draws=DRAWS, tune=WARMUP, chains=CHAINS, cores=CORES, random_seed=seed, nuts_sampler="pymc",
            progressbar=False, compute_convergence_checks=False,
        )  # fmt: skip
    return run_of(tree, WARMUP)
