"""Sampling: chains in threads, draws to named arrays."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.metadata import version
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.engine.density import assemble, transport
from inference.engine.density.arrowhead import Float
from inference.engine.density.posterior import Posterior
from inference.engine.sampler import hmc
from models.design import Design

TARGET_ACCEPT = 0.85
STATISTICS = (*hmc.Statistics._fields, "log_likelihood")  # the last is that of all rows together
KINDS = {"n_steps": np.int64, "diverging": np.bool_}  # of the statistics that are no floats
CORES = 1 if multiprocessing.parent_process() else 2  # a process of a fleet keeps to one


class Chain(NamedTuple):
    """Draws of one chain."""

    scales: Float  # (draw, scale)
    latents: Float  # (draw, latent)
    statistics: Float  # (draw, statistic), in the order of `STATISTICS`


def sample(
    design: Design,
    *,
    chains: int = 4,
    draws: int = 1000,
    tune: int = 200,
    seed: int,
    cores: int = CORES,
    dtype: str = "float32",
    packed: assemble.Packed | None = None,
    target_accept: float = TARGET_ACCEPT,
    thin: int = 1,
) -> xr.DataTree:
    """Draw from the posterior of ``design`` by Hamiltonian Monte Carlo.

    Parameters
    ----------
    design : Design
    chains, draws, tune : int
        Chains, kept draws of each, and warm-up draws of each.
    seed : int
        The same seed gives the same draws, bit by bit, whatever ``cores``.
    cores : int
        Chains that run at the same time.
    dtype : {"float32", "float64"}
        Precision of the rows. Sums are in float64 in either case.
    packed : Packed, optional
        Rows shared with other designs, from `pack`; they bring their own precision.
    target_accept : float
        Mean acceptance that the step is adapted to: nearer to 1 for shorter steps.
    thin : int
        One of how many draws is kept.

    Returns
    -------
    xr.DataTree
        Groups ``posterior`` (``alpha``, ``beta``, for each group ``sigma_<group>`` and ``alpha_<group>``,
        ``sigma_gamma`` and ``gamma`` where slopes vary, and the scales that slopes share) and ``sample_stats``.

    Raises
    ------
    ValueError
        For data that no logit can be fitted to.
    NotImplementedError
        For a design with parts that this engine does not know.
    """
    if dtype not in ("float32", "float64"):
        raise ValueError(f"dtype {dtype!r} of the rows must be 'float32' or 'float64'")
    if min(chains, draws, cores) < 1 or tune < 0:
        raise ValueError(f"chains {chains}, draws {draws} and cores {cores} must be at least 1, tune {tune} at least 0")
    begin = time.perf_counter()
    posterior, sigma = assemble.posterior(design, dtype, packed)
    stop = np.zeros(1, np.bool_)

    def run(chain: int) -> Chain:
        return one_chain(posterior, sigma, draws * thin, tune, (seed, chain), stop, target_accept)

    results = _in_threads(run, chains, cores, stop)
    scales, latents, statistics = (np.stack(parts) for parts in zip(*results, strict=True))
    attrs = {
        "inference_library": "bandwagon kernel engine",
        "inference_library_version": f"numba {version('numba')}, numpy {version('numpy')}",
        "sampling_time": time.perf_counter() - begin,
        "tuning_steps": tune,
        "target_accept": target_accept,
        "thin": thin,
        "seed": seed,
        "dtype": posterior.data.rows.x.dtype.name,
    }
    return xr.DataTree.from_dict(
        {
            "posterior": named(design, scales[:, ::thin], latents[:, ::thin]).assign_attrs(attrs),
            "sample_stats": sample_stats(statistics, thin).assign_attrs(attrs),
        }
    )


def _in_threads(run: Callable[[int], Chain], chains: int, cores: int, stop: NDArray[np.bool_]) -> list[Chain]:
    with ThreadPoolExecutor(cores) as pool:
        futures = [pool.submit(run, chain) for chain in range(chains)]
        try:
            for future in as_completed(futures):
                future.result()  # the first to fail ends all
            return [future.result() for future in futures]
        except BaseException:  # the threads do not hear of an interrupt otherwise
            stop[0] = True
            for future in futures:
                future.cancel()
            raise


def one_chain(
    posterior: Posterior,
    sigma: Float,
    draws: int,
    tune: int,
    seed: tuple[int, int],
    stop: NDArray[np.bool_],
    target_accept: float,
) -> Chain:
    """Sample one chain.

    Parameters
    ----------
    posterior : Posterior
    sigma : np.ndarray
        Group scales near which the chain begins (scale,).
    draws, tune : int
        Kept draws, and warm-up draws.
    seed : tuple of int
        Of the whole run, and the number of the chain.
    stop : np.ndarray
        The chain ends early when ``stop[0]`` is set.
    target_accept : float
        Mean acceptance that the step is adapted to.
    """
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    scales, dim = sigma.size, sigma.size + posterior.prior.mean.size
    target = assemble.for_chain(posterior)
    centre, variance = transport.origin(posterior.prior, sigma), np.ones(dim)
    variance[:scales] = 0.25  # a guess, in units of the prior
    start = centre + rng.normal(0.0, 1.0, dim) * np.sqrt(variance)
    kept, statistics = np.zeros((draws, dim + 1)), np.zeros((draws, len(hmc.Statistics._fields)))
    guess = hmc.Normal(centre, variance)
    hmc.sample_chain(target, start, guess, scales, rng, tune, target_accept, kept, statistics, stop)
    return Chain(kept[:, :scales], kept[:, scales:dim], np.column_stack([statistics, kept[:, dim]]))


def sample_stats(values: Float, thin: int) -> xr.Dataset:
    """Statistics by name of every ``thin``-th draw, from ``values`` (chain, draw, statistic) of all.

    A draw is divergent if any of the draws since was.
    """
    windows = values.reshape(len(values), -1, thin, len(STATISTICS))
    kept = dict(zip(STATISTICS, np.moveaxis(windows[:, :, 0], -1, 0), strict=True))
    kept["diverging"] = windows[..., STATISTICS.index("diverging")].max(axis=2)
    out = {name: (("chain", "draw"), draws.astype(KINDS.get(name, float))) for name, draws in kept.items()}
    return xr.Dataset(out, {"chain": np.arange(windows.shape[0]), "draw": np.arange(windows.shape[1])})


def named(design: Design, scales: Float, theta: Float) -> xr.Dataset:
    """Draws by parameter from ``scales`` (chain, draw, scale) and ``theta`` (chain, draw, latent)."""
    layout = assemble.layout(design)
    regions, own, at = layout.regions, layout.own, layout.regions * layout.own
    names = assemble.scale_names(design)
    by_region = theta[..., :at].reshape(*theta.shape[:2], regions, own)
    sizes = [1, layout.predictors, layout.eras * layout.has_era]
    extra = assemble.extra_groups(design)
    sizes += [len(design.groups[name].levels) for name in extra]
    alpha, beta, era, *effects = np.split(theta[..., at:], np.cumsum(sizes)[:-1], axis=-1)
    effect = dict(zip(extra, effects, strict=True))
    effect |= {"era": era, "region": by_region[..., : layout.has_region].sum(axis=-1)}

    draw = ("chain", "draw")
    out = {"alpha": (draw, alpha[..., 0]), "beta": ((*draw, "predictor"), beta)}
    for name in design.groups:
        out[f"sigma_{name}"] = (draw, scales[..., names.index(f"sigma_{name}")])
        out[f"alpha_{name}"] = ((*draw, name), effect[name])
    if design.varying:
        first = names.index("sigma_gamma")
        out["sigma_gamma"] = ((*draw, "exposure"), scales[..., first : first + len(design.varying)])
        out["gamma"] = ((*draw, "exposure", "region"), np.moveaxis(by_region[..., layout.has_region :], -1, -2))
    for name in design.shared_scales:
        out[name] = (draw, scales[..., names.index(name)])
    coords = {"chain": np.arange(theta.shape[0]), "draw": np.arange(theta.shape[1])} | design.coords
    return xr.Dataset(out, coords)
