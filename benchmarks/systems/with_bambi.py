"""Bambi with nutpie: the sampler that PyMC 6 takes where it is installed."""

# Installed in the environment of the peers only.
# pyright: reportMissingImports=false

from __future__ import annotations

import time

import bambi
import numpy as np
import pandas as pd

from benchmarks.cases import Model
from benchmarks.systems import CORES, FULL, Length, Run, one_design, run_of
from models.priors import HalfNormal

WARMUP = 1000  # Bambi's default


def stated(model: Model) -> bambi.Model:
    """The formula of ``model``; NotImplementedError for slopes that share a learnt scale, and two outcomes.

    Predictors are taken as they are: a centred one would give the prior of the intercept to another quantity.
    """
    design = one_design(model, "bambi")
    if design.shared_scales:
        raise NotImplementedError("bambi states no common scale of several slopes")
    names = {term: f"p{k}" for k, term in enumerate(design.terms)}
    frame = pd.DataFrame(design.x, columns=list(names.values())).assign(y=design.y)
    terms = [*names.values()]
    intercept = design.priors.alpha[design.outcome]
    priors = {"Intercept": bambi.Prior("Normal", mu=intercept.mean, sigma=intercept.sd)}
    for name, mean, sd in zip(names.values(), design.slope_mean, design.slope_sd, strict=True):
        priors[name] = bambi.Prior("Normal", mu=mean, sigma=sd)
    for name, group in design.groups.items():
        frame[name] = np.asarray(group.levels)[group.index]
        slopes = [names[term] for term in design.varying] if name == "region" else []
        terms += [f"(1|{name})", *(f"(0 + {slope}|{name})" for slope in slopes)]
        priors[f"1|{name}"] = _effect(design.scales[f"sigma_{name}"])
        priors |= {f"{slope}|{name}": _effect(design.scales["sigma_gamma"]) for slope in slopes}
    formula = f"y ~ {' + '.join(terms)}"
    out = bambi.Model(formula, frame, family="bernoulli", priors=priors, center_predictors=False)
    out.build()
    return out


def _effect(scale: HalfNormal) -> bambi.Prior:
    """The prior of effects that share a learnt ``scale``."""
    return bambi.Prior("Normal", mu=0, sigma=bambi.Prior("HalfNormal", sigma=scale.sd))


def sample(model: Model, seed: int, length: Length = FULL) -> Run:
    """Sample the formula of ``model``."""
    formula = stated(model)
    begin = time.perf_counter()
    tree = formula.fit(
        draws=length.draws, tune=WARMUP, chains=length.chains, cores=CORES, random_seed=seed,
        inference_method="nutpie", progressbar=False,
    )  # fmt: skip
    seconds = time.perf_counter() - begin
    return run_of(tree, WARMUP, tree["posterior"].attrs.get("sampling_time", seconds))
