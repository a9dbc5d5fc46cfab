r"""What follows from draws and rows, in blocks: never rows x draws in memory.

Probabilities are computed in float32, where they are right to some six digits, and summed in float64.

All functions take the draws of any engine by the names of the parameters. With the likelihood
:math:`L_{ns} = p_{ns}` of an event and :math:`1 - p_{ns}` otherwise, under draw s, the raw leave-one-out weight of
row n is :math:`1 / L_{ns}`. Where the log weights of a row differ by less than 0.2 they have no tail to smooth,
and importance sampling is plain,

.. math::  \text{elpd}_n = -\log \frac1S \sum_s \frac{1}{L_{ns}} .

Elsewhere ArviZ smooths the weights [1]_. (At 30,000 rows the two differ by 0.002 in the sum over the rows left
unsmoothed, whose Pareto k, computed all the same, are below 0.5.) Monte Carlo errors are those of a ratio of
sums, :math:`\sum_s w_s^2 (L_s - \hat L)^2 / (\sum_s w_s)^2 / \hat L^2`, over the relative efficiency of the draws.

.. [1] Vehtari, Simpson, Gelman, Yao and Gabry (2024), Journal of Machine Learning Research 25(72).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.engine.density import assemble
from inference.engine.rows import kernel, sweep
from inference.engine.rows.kernel import Rows
from inference.engine.sampler.sampling import CORES
from models.design import Design

Float = NDArray[np.float64]
NO_TAIL = 0.2  # range of log weights below which nothing is smoothed
BLOCK = 256  # rows smoothed at a time


class Draws(NamedTuple):
    """Draws as the kernel takes them, the draw first."""

    intercept: Float  # (sample, region * era)
    slope: Float  # (sample, region, predictor + error)
    extra: Float  # (sample, level of the extra groups)
    shape: tuple[int, int]  # chain, draw


def draws_of(design: Design, posterior: xr.Dataset) -> Draws:
    """The parameters of ``design`` in ``posterior``, flattened over chains and draws."""
    where, extra = assemble.layout(design), assemble.extra_groups(design)

    def flat(name: str, *dims: str) -> Float:
        values = posterior[name].transpose("chain", "draw", *dims)
        known = {dim: design.coords[dim] for dim in dims if dim in values.coords}
        values = values.sel(known).to_numpy()
        return values.reshape(values.shape[0] * values.shape[1], *values.shape[2:]).astype(float)

    alpha = flat("alpha")
    samples = alpha.size
    region = flat("alpha_region", "region") if where.has_region else np.zeros((samples, 1))
    era = flat("alpha_era", "era") if where.has_era else np.zeros((samples, 1))
    slope = np.repeat(flat("beta", "predictor")[:, None], where.regions, axis=1)
    if design.varying:
        slope[:, :, where.varying] += flat("gamma", "region", "exposure")
    square = 0.5 * flat("beta", "predictor")[:, where.error] ** 2  # slopes of the error variances
    slope = np.concatenate([slope, np.repeat(square[:, None], where.regions, axis=1)], axis=2)
    effects = [flat(f"alpha_{name}", name) for name in extra] or [np.zeros((samples, 0))]
    intercept = alpha[:, None, None] + region[:, :, None] + era[:, None, :]
    shape = (posterior.sizes["chain"], posterior.sizes["draw"])
    return Draws(intercept.reshape(samples, -1), slope, np.concatenate(effects, axis=1), shape)


def cell_probability(design: Design, posterior: xr.Dataset, dtype: str = "float32") -> xr.DataArray:
    """Mean probability of the rows of each cell (chain, draw, region, era); NaN in cells without rows."""
    draws = draws_of(design, posterior)
    rows, count = _packed(design, assemble.columns(design), dtype)
    totals = _totals(sweep.sum_probability, rows, draws, count.size)
    with np.errstate(invalid="ignore"):
        return _by_cell(design, posterior, totals / count)


def mean_probability(design: Design, posterior: xr.Dataset, x: Float, dtype: str = "float32") -> Float:
    """Probability averaged over all rows (chain, draw), their predictors being ``x`` (obs, predictor)."""
    return mean_probabilities(design, posterior, [x], dtype)[0]


def mean_probabilities(
    design: Design, posterior: xr.Dataset, changed: Iterable[Float], dtype: str = "float32"
) -> Float:
    """Probability averaged over all rows under each of some predictors (change, chain, draw).

    Each of ``changed`` is (obs, predictor); of them all, one at a time is in memory. The linear predictor of the
    design's own predictors is computed once, and what the columns that differ add to it for each: changes of few
    columns are cheap.
    """
    draws, columns, of, bound = draws_of(design, posterior), [assemble.columns(design)], [], [0]
    for x in changed:
        differing = np.flatnonzero((x != design.x).any(axis=0))
        columns.append(x[:, differing] - design.x[:, differing])
        of.extend(differing)
        bound.append(len(of))
    rows, count = _packed(design, np.column_stack(columns), dtype)
    totals = _totals(sweep.sum_changed, rows, draws, len(bound) - 1, np.array(bound), np.array(of, np.int64))
    return (totals.T / count.sum()).reshape(-1, *draws.shape)


def event_counts(design: Design, posterior: xr.Dataset, seed: int) -> xr.DataArray:
    """Events of each cell (chain, draw, region, era) in one replicated data set for each draw."""
    draws = draws_of(design, posterior)
    rows, count = _packed(design, assemble.columns(design), "float32")
    totals = _totals(sweep.count_events, rows, draws, count.size, _key(seed))
    return _by_cell(design, posterior, totals.astype(np.int64))


def by_row(design: Design, posterior: xr.Dataset, seed: int) -> tuple[xr.DataArray, xr.DataArray]:
    """A replicated outcome of every row for each draw, and the log likelihood of the observed (chain, draw, obs).

    The one function with rows x draws in memory: for few draws.
    """
    draws, (rows, order) = _cast(draws_of(design, posterior), "float32"), _pack(design, assemble.columns(design))
    shape, columns = (len(draws.slope), design.y.size), np.arange(draws.slope.shape[2])
    simulated, log_likelihood = np.empty(shape, np.int8), np.empty(shape, np.float32)
    more = (order, design.y.astype(np.float32), _key(seed), simulated, log_likelihood)

    def part(bounds: tuple[int, int]) -> None:
        scratch = kernel.sums(0, 0, 0, 0, "float32")
        sweep.each_row(rows, columns, draws.intercept, draws.slope, draws.extra, *bounds, scratch, *more)

    _in_threads(part, len(draws.slope))
    dims, coords = ("chain", "draw", "obs"), {dim: posterior[dim] for dim in ("chain", "draw")}
    of_draws, of_rows = (xr.DataArray(v.reshape(*draws.shape, -1), dims=dims, coords=coords) for v in more[-2:])
    return of_draws, of_rows


def row_probability(design: Design, posterior: xr.Dataset, dtype: str = "float32") -> Float:
    """Probability of each row (obs,), averaged over the draws."""
    draws = draws_of(design, posterior)
    return _row_sums(design, draws, np.ones(design.y.size), dtype)[0] / len(draws.slope)


def log_likelihood(design: Design, posterior: xr.Dataset, dtype: str = "float32") -> xr.DataArray:
    """Log likelihood of all rows together (chain, draw)."""
    draws = draws_of(design, posterior)
    if design.weight is not None:
        raise NotImplementedError(f"{design.name}: the summed log likelihood of weighted rows is not defined here")
    rows, count = _packed(design, assemble.columns(design), dtype)
    total = -_totals(sweep.sum_softplus, rows, draws, count.size).sum(axis=1)
    cell, x, level = assemble.events(design, assemble.layout(design), draws.extra.shape[1])
    total += draws.intercept @ cell + np.einsum("srk,rk->s", draws.slope, x) + draws.extra @ level
    dims = ("chain", "draw")
    return xr.DataArray(total.reshape(draws.shape), dims=dims, coords={dim: posterior[dim] for dim in dims})


def loo(design: Design, posterior: xr.Dataset, dtype: str = "float32") -> xr.Dataset:
    """Leave-one-out predictive densities by Pareto-smoothed importance sampling.

    Returns ``elpd``, ``lppd``, ``p_loo``, ``mcse`` (of ``elpd``) and ``pareto_k`` by row (obs,); ``pareto_k`` is 0
    where nothing is smoothed. The sums over rows are those of ``az.loo``.
    """
    if design.weight is not None:
        raise NotImplementedError(f"{design.name}: leave-one-out densities of weighted rows are not defined here")
    draws, efficiency = draws_of(design, posterior), _relative_efficiency(posterior)
    samples = len(draws.slope)
    total, inverse, square, low, high = _row_sums(design, draws, np.where(design.y == 1, 1.0, -1.0), dtype)
    variance = np.maximum(square * samples / inverse**2 - 1.0, 0.0) / samples
    out = {
        "elpd": -np.log(inverse / samples),
        "mcse": np.sqrt(variance / efficiency),
        "pareto_k": np.zeros(design.y.size),
    }
    spread = np.logaddexp(0.0, -low) - np.logaddexp(0.0, -high)
    for rows, log_likelihood in _blocks(design, draws, np.flatnonzero(spread >= NO_TAIL)):
        for name, values in zip(out, _smoothed(log_likelihood, efficiency), strict=True):
            out[name][rows] = values
    out["lppd"] = np.log(total / samples)
    out["p_loo"] = out["lppd"] - out["elpd"]
    return xr.Dataset({name: ("obs", values) for name, values in out.items()})


def _smoothed(log_likelihood: Float, efficiency: float) -> tuple[Float, Float, Float]:
    """elpd, its Monte Carlo error and Pareto k of rows of ``log_likelihood`` (row, sample)."""
    from arviz_stats.base import array_stats

    log_weight, pareto_k = array_stats.psislw(log_likelihood, r_eff=efficiency)  # pyright: ignore[reportArgumentType] - any number
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    density = np.exp(log_likelihood)
    mean = (weight * density).sum(axis=1)
    variance = (weight**2 * (density - mean[:, None]) ** 2).sum(axis=1)
    return np.log(mean), np.sqrt(variance / efficiency) / mean, pareto_k


def _relative_efficiency(posterior: xr.Dataset) -> float:
    """Mean effective sample size of all parameters over the number of draws, as in ArviZ; 1 for one chain."""
    from arviz_stats.base import array_stats

    if posterior.sizes["chain"] == 1:
        return 1.0
    ess = []
    for values in posterior.data_vars.values():
        flat = values.transpose("chain", "draw", ...).to_numpy()
        flat = flat.reshape(*flat.shape[:2], -1)
        ess.append(np.ravel(array_stats.ess(flat, method="mean", chain_axis=0, draw_axis=1)))
    return float(np.concatenate(ess).mean() / (posterior.sizes["chain"] * posterior.sizes["draw"]))


def _pack(design: Design, columns: Float, dtype: str = "float32") -> tuple[Rows, NDArray[np.intp]]:
    """The rows with ``columns`` (obs, column), packed, and the order (obs,) they were put in."""
    region, era, levels = assemble.indices(design)
    return kernel.pack(columns, region, era, assemble.layout(design).eras, levels, dtype)


def _packed(design: Design, columns: Float, dtype: str) -> tuple[Rows, Float]:
    """The rows with ``columns`` (obs, column), packed, and the number of rows of each cell."""
    where, (region, era, _) = assemble.layout(design), assemble.indices(design)
    count = np.bincount(region * where.eras + era, minlength=where.regions * where.eras).astype(float)
    return _pack(design, columns, dtype)[0], count


def _key(seed: int) -> NDArray:
    return np.random.SeedSequence(seed).generate_state(1, np.uint64)


def _cast(draws: Draws, dtype: str) -> Draws:
    # Always in C order: compiled code is for one order of its arrays.
    intercept, slope, extra = (np.ascontiguousarray(values, dtype) for values in draws[:3])
    return Draws(intercept, slope, extra, draws.shape)


def _row_sums(design: Design, draws: Draws, sign: Float, dtype: str) -> Float:
    """Sums over draws (5, obs) of L, 1 / L and 1 / L^2, and the range of sign * eta; L = logistic(sign * eta)."""
    rows, order = _pack(design, assemble.columns(design), dtype)
    start = np.cumsum(rows.size) - rows.size
    columns, out, sorted_sign = np.arange(rows.width), np.zeros((5, order.size)), sign[order].astype(dtype)
    mine = _cast(draws, dtype)

    def part(bounds: tuple[int, int]) -> None:
        scratch = kernel.sums(0, 0, 0, 0, dtype)
        sweep.sum_rows(rows, columns, mine.intercept, mine.slope, mine.extra, *bounds, scratch, start, sorted_sign, out)

    _in_threads(part, rows.size.size)
    unsorted = np.empty_like(out)
    unsorted[:, order] = out
    return unsorted


def _by_cell(design: Design, posterior: xr.Dataset, values: NDArray) -> xr.DataArray:
    """Values (sample, cell) by region and era, as far as the design has them."""
    named = {name: design.groups[name].levels for name in ("region", "era") if name in design.groups}
    shape = (posterior.sizes["chain"], posterior.sizes["draw"], *(len(levels) for levels in named.values()))
    coords = {dim: posterior[dim] for dim in ("chain", "draw")} | {name: list(levels) for name, levels in named.items()}
    return xr.DataArray(values.reshape(shape), dims=("chain", "draw", *named), coords=coords)


def _predictors(design: Design, draws: Draws, rows: NDArray[np.intp]) -> Iterator[tuple[NDArray[np.intp], Float]]:
    """Blocks of ``rows``, each of one cell, and their linear predictor (row, sample)."""
    region, era, levels = assemble.indices(design)
    x, cell = assemble.columns(design), region * assemble.layout(design).eras + era
    order = rows[np.argsort(cell[rows], kind="stable")]
    for mine in np.split(order, np.flatnonzero(np.diff(cell[order])) + 1):
        for block in np.split(mine, range(BLOCK, mine.size, BLOCK)):
            if block.size:
                eta = x[block] @ draws.slope[:, region[block[0]]].T + draws.intercept[:, cell[block[0]]]
                for group in levels:
                    eta += draws.extra[:, group[block]].T
                yield block, eta


def _blocks(design: Design, draws: Draws, rows: NDArray[np.intp]) -> Iterator[tuple[NDArray[np.intp], Float]]:
    """Blocks of ``rows``, each of one cell, and their log likelihood (row, sample)."""
    for block, eta in _predictors(design, draws, rows):
        yield block, -np.logaddexp(0.0, np.where(design.y[block, None] == 1, -eta, eta))


def _in_threads(part: Callable[[tuple[int, int]], None], count: int) -> None:
    """Call ``part`` on consecutive ranges of ``count`` at the same time."""
    bounds = np.linspace(0, count, CORES + 1).astype(int).tolist()
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(part, pairwise(bounds)))


def _totals(function: Callable[..., None], rows: Rows, draws: Draws, count: int, *more: NDArray) -> Float:
    """Totals (sample, count) that ``function`` sums, on parts of the draws at the same time."""
    columns, out = np.arange(draws.slope.shape[2]), np.zeros((len(draws.slope), count))
    mine = _cast(draws, rows.x.dtype.name)

    def part(bounds: tuple[int, int]) -> None:
        scratch = kernel.sums(0, 0, 0, 0, rows.x.dtype.name)
        function(rows, columns, mine.intercept, mine.slope, mine.extra, *bounds, scratch, out, *more)

    _in_threads(part, len(out))
    return out
