"""The logit restated in Stan, with its fused likelihood for generalised linear models."""

# Installed in the environment of the peers only.
# pyright: reportMissingImports=false

from __future__ import annotations

import time

import numpy as np
import stan

from benchmarks.cases import Model
from benchmarks.systems import FULL, Length, Run, one_design, parameters
from models.design import Design

WARMUP = 1000  # Stan's default
CODE = """
data {
  int<lower=1> N, P, R, E;
  int<lower=0> V;
  matrix[N, P] x;
  array[N] int<lower=0, upper=1> y;
  array[N] int<lower=1> region, era;
  array[V] int<lower=1> varying;
  vector[P] slope_mean, slope_sd, shrunk;
  int<lower=0, upper=1> shrinks;
  real alpha_mean, alpha_sd, region_sd, era_sd, gamma_sd, beta_sd;
}
parameters {
  real alpha;
  vector[P] z_beta;
  vector[R] z_region;
  vector[E] z_era;
  matrix[R, V] z_gamma;
  real<lower=0> sigma_region, sigma_era;
  vector<lower=0>[V] sigma_gamma;
  array[shrinks] real<lower=0> sigma_beta;
}
transformed parameters {
  vector[P] beta = slope_mean + slope_sd .* z_beta .* (1 - shrunk + (shrinks ? sigma_beta[1] : 0) * shrunk);
  vector[R] alpha_region = sigma_region * z_region;
  vector[E] alpha_era = sigma_era * z_era;
  matrix[R, V] gamma = diag_post_multiply(z_gamma, sigma_gamma);
}
model {
  vector[N] intercept = alpha + alpha_region[region] + alpha_era[era];
  for (v in 1:V) intercept += gamma[region, v] .* x[, varying[v]];
  alpha ~ normal(alpha_mean, alpha_sd);
  z_beta ~ std_normal();
  z_region ~ std_normal();
  z_era ~ std_normal();
  to_vector(z_gamma) ~ std_normal();
  sigma_region ~ normal(0, region_sd);
  sigma_era ~ normal(0, era_sd);
  sigma_gamma ~ normal(0, gamma_sd);
  sigma_beta ~ normal(0, beta_sd);
  y ~ bernoulli_logit_glm(x, intercept, beta);
}
"""


def data(design: Design) -> dict[str, object]:
    """Data of the Stan program, indices from 1."""
    region, era = design.groups["region"], design.groups["era"]
    intercept, shared = design.priors.alpha[design.outcome], design.shared_scales.get("sigma_beta")
    scales: dict[str, object] = {"gamma_sd": 1.0, "beta_sd": 1.0}  # of no parameter, where the design has none
    scales |= {f"{name.removeprefix('sigma_')}_sd": prior.sd for name, prior in design.scales.items()}
    shrunk = np.zeros(len(design.terms)) if shared is None else shared.slopes.astype(float)
    return scales | {
        "N": design.y.size, "P": len(design.terms), "R": len(region.levels), "E": len(era.levels),
        "V": len(design.varying), "x": design.x.tolist(), "y": design.y.tolist(),
        "region": (region.index + 1).tolist(), "era": (era.index + 1).tolist(),
        "varying": (design.varying_columns + 1).tolist(),
        "slope_mean": design.slope_mean.tolist(), "slope_sd": design.slope_sd.tolist(),
        "shrunk": shrunk.tolist(), "shrinks": int(shared is not None),
        "alpha_mean": intercept.mean, "alpha_sd": intercept.sd,
    }  # fmt: skip


def stated(model: Model, seed: int = 1) -> stan.model.Model:
    """The compiled program with the data of ``model``; NotImplementedError for other groups and for two outcomes."""
    design = one_design(model, "this Stan program")
    if set(design.groups) != {"region", "era"} or design.by_era.any():
        raise NotImplementedError("this Stan program has effects of region and era only")
    return stan.build(CODE, data=data(design), random_seed=seed)


def sample(model: Model, seed: int, length: Length = FULL) -> Run:
    """Compile and sample ``model``; Stan runs the chains in processes of its own."""
    program = stated(model, seed)
    begin = time.perf_counter()
    fit = program.sample(num_chains=length.chains, num_samples=length.draws, num_warmup=WARMUP)
    seconds = time.perf_counter() - begin

    def draws(name: str) -> np.ndarray:
        values = np.asarray(fit[name], float).reshape(-1, length.draws, length.chains)  # (quantity, draw, chain)
        return values[0].T if len(values) == 1 else values.T

    found = {name: draws(name) for name, dims in zip(fit.param_names, fit.dims, strict=True) if 0 not in dims}
    return Run(parameters(found), int(np.asarray(fit["divergent__"]).sum()), seconds, WARMUP)
