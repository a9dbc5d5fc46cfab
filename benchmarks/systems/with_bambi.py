"""Bambi with nutpie: the sampler that PyMC 6 takes where it is installed."""

# Installed in the environment of the peers only.
# pyright: reportMissingImports=false

from __future__ import annotations

import time

import bambi
import numpy as np
import pandas as pd

from benchmarks.cases import Model
from benchmarks.systems import CHAINS, CORES, DRAWS, Run, one_design, run_of

WARMUP = 1000  # Bambi's default


def sample(model: Model, seed: int) -> Run:
    """Sample the formula of ``model``; NotImplementedError for slopes that share a learnt scale, and two outcomes."""
    design = one_design(model, "bambi")
    if design.shrunk.any():
        raise NotImplementedError("bambi states no common scale of several slopes")
    names = {term: f"p{k}" for k, term in enumerate(design.terms)}
    frame = pd.DataFrame(design.x, columns=list(names.values())).assign(y=design.y)
    terms = [*names.values()]
    scale = bambi.Prior("HalfNormal", sigma=design.priors.group_scale.sd)
    effect = bambi.Prior("Normal", mu=0, sigma=scale)
    intercept = design.priors.alpha[design.outcome]
    priors = {"Intercept": bambi.Prior("Normal", mu=intercept.mean, sigma=intercept.sd)}
    for name, mean, sd in zip(names.values(), design.slope_mean, design.slope_sd, strict=True):
        priors[name] = bambi.Prior("Normal", mu=mean, sigma=sd)
    for name, group in design.groups.items():
        frame[name] = np.asarray(group.levels)[group.index]
        slopes = [names[term] for term in design.varying] if name == "region" else []
        terms += [f"(1|{name})", *(f"(0 + {slope}|{name})" for slope in slopes)]
        priors |= {f"{column}|{name}": effect for column in ("1", *slopes)}
    stated = bambi.Model(f"y ~ {' + '.join(terms)}", frame, family="bernoulli", priors=priors)
    stated.build()
    begin = time.perf_counter()
    tree = stated.fit(
        draws=DRAWS, tune=WARMUP, chains=CHAINS, cores=CORES, random_seed=seed, inference_method="nutpie",
        progressbar=False,
    )  # fmt: skip
    seconds = time.perf_counter() - begin
    return run_of(tree, WARMUP, tree["posterior"].attrs.get("sampling_time", seconds))
