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

from benchmarks.systems import CHAINS, DRAWS, Run  # noqa: E402
from models.design import Design  # noqa: E402

WARMUP = 1000  # numpyro has no default: Stan's and PyMC's


def _effect(name: str, sigma: Any, *shape: int) -> Any:  # noqa: ANN401 (arrays while tracing)
    z = numpyro.sample(f"z_{name}", dist.Normal(jnp.zeros(shape), 1.0).to_event(len(shape)))
    return numpyro.deterministic(name, z * sigma)


def _slopes(design: Design) -> Any:  # noqa: ANN401
    mean, sd, shrinkage = jnp.asarray(design.slope_mean), jnp.asarray(design.slope_sd), design.priors.shrinkage
    if shrinkage is None or not design.shrunk.any():
        return numpyro.sample("beta", dist.Normal(mean, sd).to_event(1))
    sigma = numpyro.sample("sigma_beta", dist.HalfNormal(shrinkage.sd))
    z = numpyro.sample("z_beta", dist.Normal(jnp.zeros(len(design.terms)), 1.0).to_event(1))
    return numpyro.deterministic("beta", mean + z * sd * jnp.where(design.shrunk, sigma, 1.0))


def model(design: Design, x: Any, y: Any) -> None:  # noqa: ANN401
    """``models.logit`` in numpyro."""
    intercept, scale = design.priors.alpha[design.outcome], design.priors.group_scale.sd
    eta = numpyro.sample("alpha", dist.Normal(intercept.mean, intercept.sd)) + x @ _slopes(design)
    for name, group in design.groups.items():
        sigma = numpyro.sample(f"sigma_{name}", dist.HalfNormal(scale))
        eta += _effect(f"alpha_{name}", sigma, len(group.levels))[group.index]
    if design.varying:
        region = design.groups["region"]
        count = len(design.varying)
        sigma = numpyro.sample("sigma_gamma", dist.HalfNormal(scale * jnp.ones(count)).to_event(1))
        gamma = _effect("gamma", sigma[:, None], count, len(region.levels))
        eta += (x[:, design.varying_columns] * gamma[:, region.index].T).sum(axis=1)
    numpyro.sample("y", dist.Bernoulli(logits=eta), obs=y)


def sample(design: Design, seed: int) -> Run:
    """Sample ``design``; the seconds include the compilation, which is not apart from sampling."""
    mcmc = MCMC(
        NUTS(partial(model, design)), num_warmup=WARMUP, num_samples=DRAWS, num_chains=CHAINS, progress_bar=False
    )
    x, y = jnp.asarray(design.x, jnp.float32), jnp.asarray(design.y, jnp.int32)
    begin = time.perf_counter()
    mcmc.run(jax.random.PRNGKey(seed), x, y)
    draws = {name: np.asarray(values, float) for name, values in mcmc.get_samples(group_by_chain=True).items()}
    seconds = time.perf_counter() - begin
    return Run(
        {name: values for name, values in draws.items() if not name.startswith("z_")},
        int(np.asarray(mcmc.get_extra_fields(group_by_chain=True)["diverging"]).sum()),
        seconds,
        WARMUP,
    )
