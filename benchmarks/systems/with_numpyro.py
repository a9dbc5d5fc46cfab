"""The logit restated in numpyro, in its default single precision, one device for each chain."""

# Installed in the environment of the peers only.
# pyright: reportMissingImports=false

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np
import numpyro
import numpyro.distributions as dist

numpyro.set_host_device_count(4)  # before jax is used

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
from numpyro.infer import MCMC, NUTS  # noqa: E402

from benchmarks.cases import Model  # noqa: E402
from benchmarks.systems import FULL, Length, Run, parameters  # noqa: E402
from models.design import Design  # noqa: E402
from models.joint import Joint, as_joint  # noqa: E402

WARMUP = 1000  # numpyro has no default: Stan's and PyMC's
Array = Any  # arrays while tracing
Rows = list[tuple[Array, Array]]


def _standard(name: str, *shape: int) -> Array:
    return numpyro.sample(name, dist.Normal(jnp.zeros(shape), 1.0).to_event(len(shape)))


def _slopes(design: Design, prefix: str) -> Array:
    mean, sd, shared = jnp.asarray(design.slope_mean), jnp.asarray(design.slope_sd), design.shared_scales
    if not shared:
        return numpyro.sample(f"{prefix}beta", dist.Normal(mean, sd).to_event(1))
    for name, (prior, slopes) in shared.items():
        sd *= jnp.where(slopes, numpyro.sample(f"{prefix}{name}", dist.HalfNormal(prior.sd)), 1.0)
    return numpyro.deterministic(f"{prefix}beta", mean + _standard(f"{prefix}z_beta", len(design.terms)) * sd)


def _effects(joint: Joint, prefixes: list[str]) -> list[dict[str, Array]]:
    """Effects of the groups, by outcome and group; those on a second outcome go with those on the first."""
    out: list[dict[str, Array]] = [{} for _ in prefixes]
    for name in joint.groups:
        one, first = joint.designs[0], None
        for mine, prefix in zip(out, prefixes, strict=True):
            sigma = numpyro.sample(f"{prefix}sigma_{name}", dist.HalfNormal(one.scales[f"sigma_{name}"].sd))
            z = standard = _standard(f"{prefix}z_alpha_{name}", len(one.groups[name].levels))
            if first is not None:
                eta = one.priors.correlation.eta
                rho = numpyro.deterministic(
                    f"rho_{name}", 2 * numpyro.sample(f"half_rho_{name}", dist.Beta(eta, eta)) - 1
                )
                z = rho * first + jnp.sqrt(1 - rho**2) * standard
            mine[name], first = numpyro.deterministic(f"{prefix}alpha_{name}", sigma * z), standard
    return out


def _logit(design: Design, prefix: str, effects: dict[str, Array], x: Array, y: Array) -> None:
    """The logit of one outcome, given the effects of its groups."""
    intercept, beta = design.priors.alpha[design.outcome], _slopes(design, prefix)
    eta = numpyro.sample(f"{prefix}alpha", dist.Normal(intercept.mean, intercept.sd)) + x @ beta
    for name, variance in design.error.items():
        eta += 0.5 * jnp.asarray(variance) * beta[design.terms.index(name)] ** 2
    for name, group in design.groups.items():
        eta += effects[name][group.index]
    if design.varying:
        region, count = design.groups["region"], len(design.varying)
        scale = dist.HalfNormal(design.scales["sigma_gamma"].sd * jnp.ones(count)).to_event(1)
        sigma = numpyro.sample(f"{prefix}sigma_gamma", scale)
        gamma = _standard(f"{prefix}z_gamma", count, len(region.levels)) * sigma[:, None]
        gamma = numpyro.deterministic(f"{prefix}gamma", gamma)
        eta += (x[:, design.varying_columns] * gamma[:, region.index].T).sum(axis=1)
    weight = 1.0 if design.weight is None else jnp.asarray(design.weight)
    numpyro.factor(f"{prefix}y", (weight * dist.Bernoulli(logits=eta).log_prob(y)).sum())


def model(joint: Joint, rows: Rows) -> None:
    """``models.logit`` in numpyro; ``rows`` are x and y of each outcome."""
    prefixes = [joint.prefix(outcome) for outcome in joint.outcomes]
    for design, prefix, effects, (x, y) in zip(joint.designs, prefixes, _effects(joint, prefixes), rows, strict=True):
        _logit(design, prefix, effects, x, y)


def sample(fitted: Model, seed: int, length: Length = FULL) -> Run:
    """Sample ``fitted``; the seconds include the compilation, which is not apart from sampling."""
    joint = as_joint(fitted)
    mcmc = MCMC(
        NUTS(partial(model, joint)), num_warmup=WARMUP, num_samples=length.draws, num_chains=length.chains,
        progress_bar=False,
    )  # fmt: skip
    rows = [(jnp.asarray(d.x, jnp.float32), jnp.asarray(d.y, jnp.int32)) for d in joint.designs]
    begin = time.perf_counter()
    mcmc.run(jax.random.PRNGKey(seed), rows)
    draws = {name: np.asarray(values, float) for name, values in mcmc.get_samples(group_by_chain=True).items()}
    seconds = time.perf_counter() - begin
    diverging = np.asarray(mcmc.get_extra_fields(group_by_chain=True)["diverging"])
    return Run(parameters(draws), int(diverging.sum()), seconds, WARMUP)
