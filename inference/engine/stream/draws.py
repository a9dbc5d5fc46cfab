"""Draws as the compiled loops take them, and the loops over parts of them in threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.engine.density import assemble
from inference.engine.density import layout as lay
from inference.engine.rows.kernel import Effects, empty_scratch
from inference.engine.rows.pack import LANES, Rows
from inference.engine.sampler.sampling import CORES
from inference.engine.stream.sweep import Predictor, sum_rows
from models.design import Design

Float = NDArray[np.float64]
BLOCK = 256  # rows of which every draw is held at a time


class Draws(NamedTuple):
    """Draws of intercepts and slopes, flattened over chains."""

    intercept: Float  # (sample, region * era)
    slope: Float  # (sample, region, predictor + error)
    level: Float  # (sample, level of the further groups)
    shape: tuple[int, int]  # chain, draw

    def effects(self, dtype: str) -> Effects:
        """The draws in the precision of the rows, in C order: compiled code is for one order of its arrays."""
        level = np.pad(self.level, ((0, 0), (0, LANES)))
        return Effects(*(np.ascontiguousarray(values, dtype) for values in (self.intercept, self.slope, level)))


def draws_of(design: Design, posterior: xr.Dataset) -> Draws:
    """The parameters of ``design`` in ``posterior``, flattened over chains and draws."""
    size, further = lay.sizes(design), lay.further_groups(design)
    error = [design.terms.index(name) for name in design.error]

    def flat(name: str, *dims: str) -> Float:
        values = posterior[name].transpose("chain", "draw", *dims)
        known = {dim: design.coords[dim] for dim in dims if dim in values.coords}
        values = values.sel(known).to_numpy()
        return values.reshape(values.shape[0] * values.shape[1], *values.shape[2:]).astype(float)

    alpha, beta = flat("alpha"), flat("beta", "predictor")
    samples = alpha.size
    region = flat("alpha_region", "region") if "region" in design.groups else np.zeros((samples, 1))
    era = flat("alpha_era", "era") if "era" in design.groups else np.zeros((samples, 1))
    slope = np.repeat(np.hstack([beta, 0.5 * beta[:, error] ** 2])[:, None], size.regions, axis=1)
    if design.varying:
        slope[:, :, design.varying_columns] += flat("gamma", "region", "exposure")
    effects = [flat(f"alpha_{name}", name) for name in further] or [np.zeros((samples, 0))]
    intercept = alpha[:, None, None] + region[:, :, None] + era[:, None, :]
    shape = (posterior.sizes["chain"], posterior.sizes["draw"])
    return Draws(intercept.reshape(samples, -1), slope, np.concatenate(effects, axis=1), shape)


def by_draw(posterior: xr.Dataset, values: Float) -> xr.DataArray:
    """Values of all draws, in their order, named as in ``posterior`` (chain, draw)."""
    coords = {dim: posterior[dim] for dim in ("chain", "draw")}
    return xr.DataArray(values.reshape([each.size for each in coords.values()]), coords)


def linear_predictors(design: Design, draws: Draws, rows: NDArray[np.intp]) -> Iterator[tuple[NDArray[np.intp], Float]]:
    """Blocks of some ``rows``, each of one cell, and their linear predictors (row, sample)."""
    levels, cell = lay.level_index(design), lay.cell_index(design)
    region = cell // lay.sizes(design).eras
    x, order = assemble.columns(design), rows[np.argsort(cell[rows], kind="stable")]
    for of_cell in np.split(order, np.flatnonzero(np.diff(cell[order])) + 1):
        for start in range(0, of_cell.size, BLOCK):
            block = of_cell[start : start + BLOCK]
            eta = x[block] @ draws.slope[:, region[block[0]]].T + draws.intercept[:, cell[block[0]]]
            for group in levels:
                eta += draws.level[:, group[block]].T
            yield block, eta


def over_draws(
    loop: Callable[..., None], rows: Rows, draws: Draws, by_sample: Sequence[NDArray], shared: Sequence[NDArray] = ()
) -> None:
    """Run a ``loop`` of `sweep` on parts of the draws at the same time.

    Each part gets its own samples of the arrays ``by_sample`` (sample, ...), and all of those in ``shared``.
    """
    dtype = rows.x.dtype.name
    columns, effects = np.arange(draws.slope.shape[2]), draws.effects(dtype)

    def part(bounds: tuple[int, int]) -> None:
        samples = slice(*bounds)
        own = Effects(*(values[samples] for values in effects))
        predictor = Predictor(rows, columns, own, empty_scratch(dtype))
        loop(predictor, *(values[samples] for values in by_sample), *shared)

    _in_threads(part, len(draws.slope))


def over_rows(rows: Rows, draws: Draws) -> Float:
    """`sum_rows` on parts of the packed rows at the same time; the sums (row,) are in their order."""
    dtype = rows.x.dtype.name
    columns, effects, start = np.arange(rows.width), draws.effects(dtype), np.cumsum(rows.size) - rows.size
    sums = np.zeros(rows.size.sum())

    def part(bounds: tuple[int, int]) -> None:
        predictor = Predictor(rows, columns, effects, empty_scratch(dtype))
        sum_rows(predictor, *bounds, start, sums)

    _in_threads(part, rows.size.size)
    return sums


def _in_threads(part: Callable[[tuple[int, int]], None], count: int) -> None:
    """Call ``part`` on consecutive ranges of ``count`` at the same time."""
    bounds = np.linspace(0, count, CORES + 1).astype(int).tolist()
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(part, pairwise(bounds)))
