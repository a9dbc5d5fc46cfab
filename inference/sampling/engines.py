"""The samplers that a fit can run on; all return the same named draws of the same model."""

from __future__ import annotations

import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import xarray as xr

    from models.design import Design
    from models.joint import Joint

ENGINES = ("kernel", "nutpie", "pymc", "numpyro")
TUNE = {"kernel": 200, "nutpie": 1000, "pymc": 1000, "numpyro": 1000}
CARE = ((0.75, 1), (0.95, 2), (0.99, 4))  # target acceptance and thinning of the kernel
TARGET_ACCEPT = 0.97  # of the references: at their default of 0.8 the non-centred model diverges now and then


def sample(model: Design | Joint, engine: str, *, chains: int, draws: int, seed: int, care: int = 0) -> xr.DataTree:
    """Posterior draws and sample statistics of ``model``; ValueError for an unknown engine.

    ``care`` 1 and 2 ask the kernel for shorter steps, and for one of two and of four times as many draws.
    """
    if engine == "kernel":
        from inference.engine import sample as kernel

        accept, thin = CARE[care]
        tune = TUNE[engine] * thin
        return kernel(model, chains=chains, draws=draws, tune=tune, seed=seed, target_accept=accept, thin=thin)
    if engine not in ENGINES:
        raise ValueError(f"unknown engine {engine!r}: choose from {', '.join(ENGINES)}")
    return _pymc(model, engine, chains, draws, seed)


def said_of(library: str, begin: float, tune: int) -> dict[str, object]:
    """What draws say of their sampler, as ArviZ's schema asks: a library that is installed, seconds, warm-up draws.

    ``begin`` is what ``time.perf_counter`` said when the library began; it has just ended.
    """
    return {
        "inference_library": library,
        "inference_library_version": version(library),
        "sampling_time": time.perf_counter() - begin,
        "tuning_steps": tune,
    }


def _pymc(model: Design | Joint, engine: str, chains: int, draws: int, seed: int) -> xr.DataTree:
    import pymc as pm
    import xarray as xr

    from models import logit
    from models.parameters import is_auxiliary

    if engine == "numpyro":
        try:
            import numpyro  # noqa: F401  # pyright: ignore[reportMissingImports]
        except ImportError as error:
            raise ValueError("engine 'numpyro' is not installed: python -m pip install 'numpyro>=0.19'") from error
    begin = time.perf_counter()
    with logit.build(model):
        tree = pm.sample(
            draws=draws, tune=TUNE[engine], chains=chains, cores=2, random_seed=seed,
            target_accept=TARGET_ACCEPT, nuts_sampler=cast("Any", engine), progressbar=False,
            compute_convergence_checks=False,
        )  # fmt: skip
    names = [str(name) for name in tree["posterior"].data_vars]
    latent = [name for name in names if is_auxiliary(name)]
    statistics = tree["sample_stats"].to_dataset()
    if "maxdepth_reached" in statistics:  # nutpie's name for it
        statistics = statistics.rename(maxdepth_reached="reached_max_treedepth")
    said = said_of(engine, begin, TUNE[engine])
    return xr.DataTree.from_dict(
        {
            "posterior": tree["posterior"].to_dataset().drop_vars(latent).assign_attrs(said),
            "sample_stats": statistics,
        }
    )
