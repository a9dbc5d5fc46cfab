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

from inference.engine.density import assemble
from inference.engine.density.layout import Float, places
from inference.engine.density.posterior import Posterior
from inference.engine.sampler import hmc
from models.design import Design
from models.joint import Joint, as_joint

TARGET_ACCEPT = 0.75
STATISTICS = (*hmc.Statistics._fields, "log_likelihood")  # the last is that of all rows together
KINDS = {"n_steps": np.int64, "diverging": np.bool_}  # of the statistics that are no floats
CORES = 1 if multiprocessing.parent_process() else 2  # a process of a fleet keeps to one


class Chain(NamedTuple):
    """Draws of one chain."""

    scales: Float  # (draw, scale + correlation)
    latents: Float  # (draw, latent)
    statistics: Float  # (draw, statistic), in the order of `STATISTICS`


def sample(
    model: Design | Joint,
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
    """Draw from the posterior of ``model``, of one outcome or of two together, by Hamiltonian Monte Carlo.

    Parameters
    ----------
    model : Design or Joint
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
        ``sigma_gamma`` and ``gamma`` where slopes vary, and the scales that slopes share) and ``sample_stats``. Of two
        outcomes, names and own dims are those of `models.logit`: ``<outcome>::alpha`` and so on, with ``rho_<group>``.

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
    posterior, sigma = assemble.posterior(model, dtype, packed)
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
            "posterior": named(model, scales[:, ::thin], latents[:, ::thin]).assign_attrs(attrs),
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
    target, centre = assemble.for_chain(posterior), assemble.origin(posterior, sigma)
    scales, dim = centre.size - posterior.prior.mean.size, centre.size
    variance = np.ones(dim)
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


def named(model: Design | Joint, scales: Float, theta: Float) -> xr.Dataset:
    """Draws by parameter from ``scales`` (chain, draw, scale + correlation) and ``theta`` (chain, draw, latent)."""
    joint = as_joint(model)
    where, draw, coords = places(joint), ("chain", "draw"), joint.coords
    out: dict[str, tuple[tuple[str, ...], Float]] = {
        f"rho_{name}": (draw, scales[..., where.scales + g]) for name, g in where.rho.items()
    }
    for design, own in zip(joint.designs, where.outcomes, strict=True):
        prefix = joint.prefix(design.outcome)
        for parameter in design.parameters:
            dims = tuple(dim if dim in coords else prefix + dim for dim in parameter.dims)
            values, index = (theta, own.latents) if parameter.name in own.latents else (scales, own.scales)
            at = index[parameter.name]
            out[prefix + parameter.name] = (*draw, *dims), values[..., at if dims else at[0]]
    return xr.Dataset(out, {"chain": np.arange(theta.shape[0]), "draw": np.arange(theta.shape[1])} | coords)
