"""PyMC's own sampler."""

from __future__ import annotations

import pymc as pm

from benchmarks.cases import Model
from benchmarks.systems import CORES, FULL, Length, Run, run_of
from models import logit

WARMUP = 1000  # PyMC's default


def sample(model: Model, seed: int, length: Length = FULL) -> Run:
    """Sample the PyMC model of ``model``."""
    with logit.build(model):
        tree = pm.sample(
            draws=length.draws, tune=WARMUP, chains=length.chains, cores=CORES, random_seed=seed,
            nuts_sampler="pymc", progressbar=False, compute_convergence_checks=False,
        )  # fmt: skip
    return run_of(tree, WARMUP)
