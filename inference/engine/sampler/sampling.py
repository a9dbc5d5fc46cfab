"""Sampling: chains in threads, draws to named arrays."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from importlib.metadata import version

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.engine.density import assemble, transport
from inference.engine.density.arrowhead import Float
from inference.engine.density.posterior import Posterior
from inference.engine.sampler import hmc
from models.design import Design

TARGET_ACCEPT = 0.85
STATISTICS = (*hmc.STATISTICS, "log_likelihood")  # the last is that of all rows together
CORES = 1 if multiprocessing.parent_process() else 2  # a process of a fleet keeps to one
Progress = Callable[[NDArray[np.int64], int], None]


def sample(
    design: Design,
    *,
    chains: int = 4,
    draws: int = 1000,
    tune: int = 200,
    seed: int,
    cores: int = CORES,
    dtype: str = "float32",
    progress: Progress | None = None,
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
    progress : callable, optional
        Called every tenth of a second with the draws done by each chain (chain,), warm-up included, and
        their total.
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
    results = _run_chains(posterior, sigma, chains, draws * thin, tune, seed, cores, progress, target_accept)
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
    scales, latent = (np.stack([chain[part][::thin] for chain in results]) for part in range(2))
    statistics = np.stack([_thinned(chain[2], thin) for chain in results])
    return xr.DataTree.from_dict(
        {
            "posterior": named(design, scales, latent).assign_attrs(attrs),
            "sample_stats": _statistics(statistics).assign_attrs(attrs),
        }
    )


def _run_chains(
    posterior: Posterior,
    sigma: Float,
    chains: int,
    draws: int,
    tune: int,
    seed: int,
    cores: int,
    progress: Progress | None,
    target_accept: float,
) -> list[tuple[Float, Float, Float]]:
    done, stop = np.zeros((chains, 1), np.int64), np.zeros(1, np.bool_)

    def run(chain: int) -> tuple[Float, Float, Float]:
        return one_chain(posterior, sigma, draws, tune, (seed, chain), done[chain], stop, target_accept)

    with ThreadPoolExecutor(cores) as pool:
        futures = [pool.submit(run, chain) for chain in range(chains)]
        try:
            _watch(futures, done[:, 0], tune + draws, progress)
            return [future.result() for future in futures]
        except BaseException:  # the threads do not hear of an interrupt otherwise
            stop[0] = True
            for future in futures:
                future.cancel()
            raise


def _watch(futures: list[Future], done: NDArray[np.int64], total: int, progress: Progress | None) -> None:
    waiting = set(futures)
    while waiting:
        finished, waiting = wait(waiting, timeout=0.1)
        for future in finished:
            future.result()
        if progress:
            progress(done.copy(), total)


def one_chain(
    posterior: Posterior,
    sigma: Float,
    draws: int,
    tune: int,
    seed: tuple[int, int],
    done: NDArray[np.int64],
    stop: NDArray[np.bool_],
    target_accept: float,
) -> tuple[Float, Float, Float]:
    """Group scales (draw, scale), latents (draw, latent) and statistics (draw, statistic) of one chain."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    scales, dim = sigma.size, sigma.size + posterior.prior.mean.size
    mine = assemble.for_chain(posterior)
    centre, variance = transport.origin(posterior.prior, sigma), np.ones(dim)
    variance[:scales] = 0.25  # a guess, in units of the prior
    start = centre + rng.normal(0.0, 1.0, dim) * np.sqrt(variance)
    kept, statistics = np.zeros((draws, dim + 1)), np.zeros((draws, len(hmc.STATISTICS)))
    guess = hmc.Normal(centre, variance)
    hmc.sample_chain(mine, start, guess, scales, rng, tune, target_accept, kept, statistics, done, stop)
    return kept[:, :scales], kept[:, scales:dim], np.column_stack([statistics, kept[:, dim]])


def _thinned(statistics: Float, thin: int) -> Float:
    """Statistics of the kept draws (draw, statistic); a divergence counts whichever draw it befell."""
    windows = statistics.reshape(-1, thin, statistics.shape[1])
    out, diverging = windows[:, 0].copy(), STATISTICS.index("diverging")
    out[:, diverging] = windows[:, :, diverging].max(axis=1)
    return out


def named(design: Design, scales: Float, theta: Float) -> xr.Dataset:
    """Draws by parameter from ``scales`` (chain, draw, scale) and ``theta`` (chain, draw, latent)."""
    where = assemble.layout(design)
    regions, own, at = where.regions, where.own, where.regions * where.own
    names = assemble.scale_names(design)
    mine = theta[..., :at].reshape(*theta.shape[:2], regions, own)
    sizes = [1, where.predictors, where.eras * where.has_era]
    extra = assemble.extra_groups(design)
    sizes += [len(design.groups[name].levels) for name in extra]
    alpha, beta, era, *effects = np.split(theta[..., at:], np.cumsum(sizes)[:-1], axis=-1)
    effect = dict(zip(extra, effects, strict=True)) | {"era": era, "region": mine[..., : where.has_region].sum(axis=-1)}

    draw = ("chain", "draw")
    out = {"alpha": (draw, alpha[..., 0]), "beta": ((*draw, "predictor"), beta)}
    for name in design.groups:
        out[f"sigma_{name}"] = (draw, scales[..., names.index(f"sigma_{name}")])
        out[f"alpha_{name}"] = ((*draw, name), effect[name])
    if design.varying:
        first = names.index("sigma_gamma")
        out["sigma_gamma"] = ((*draw, "exposure"), scales[..., first : first + len(design.varying)])
        out["gamma"] = ((*draw, "exposure", "region"), np.moveaxis(mine[..., where.has_region :], -1, -2))
    for name in design.shared_scales:
        out[name] = (draw, scales[..., names.index(name)])
    coords = {"chain": np.arange(theta.shape[0]), "draw": np.arange(theta.shape[1])} | design.coords
    return xr.Dataset(out, coords)


def _statistics(values: Float) -> xr.Dataset:
    kinds = {"n_steps": np.int64, "diverging": np.bool_}
    out = {
        name: (("chain", "draw"), values[..., i].astype(kinds.get(name, float))) for i, name in enumerate(STATISTICS)
    }
    return xr.Dataset(out, {"chain": np.arange(values.shape[0]), "draw": np.arange(values.shape[1])})
