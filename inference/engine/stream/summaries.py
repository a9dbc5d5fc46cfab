"""Probabilities, replicated outcomes and log likelihoods of the rows under the draws."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.engine.density import assemble
from inference.engine.density import layout as lay
from inference.engine.stream.draws import Draws, Float, by_draw, draws_of, linear_predictors, over_draws, over_rows
from inference.engine.stream.sweep import count_events, each_row, sum_changed, sum_probability, sum_softplus
from models.design import Design


def cell_probability(design: Design, posterior: xr.Dataset, dtype: str = "float32") -> xr.DataArray:
    """Mean probability of the rows of each cell (chain, draw, region, era); NaN in cells without rows."""
    totals = _cell_totals(sum_probability, design, draws_of(design, posterior), dtype)
    with np.errstate(invalid="ignore"):
        return _by_cell(design, posterior, totals / lay.sum_by_cell(design))


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
    rows, _ = assemble.pack_columns(design, np.column_stack(columns), dtype)
    totals = np.zeros((len(draws.slope), len(bound) - 1))
    over_draws(sum_changed, rows, draws, (totals,), (np.array(bound), np.array(of, np.int64)))
    return (totals.T / design.y.size).reshape(-1, *draws.shape)


def event_counts(design: Design, posterior: xr.Dataset, seed: int) -> xr.DataArray:
    """Events of each cell (chain, draw, region, era) in one replicated data set for each draw."""
    draws = draws_of(design, posterior)
    totals = _cell_totals(count_events, design, draws, "float32", _keys(draws, seed))
    return _by_cell(design, posterior, totals.astype(np.int64))


def by_row(design: Design, posterior: xr.Dataset, seed: int) -> tuple[xr.DataArray, xr.DataArray]:
    """A replicated outcome of every row for each draw, and the log likelihood of the observed (chain, draw, obs).

    The one function with rows x draws in memory: for few draws.
    """
    draws = draws_of(design, posterior)
    rows, order = assemble.pack_columns(design, assemble.columns(design), "float32")
    shape = (len(draws.slope), design.y.size)
    replicated, log_likelihood = np.empty(shape, np.int8), np.empty(shape, np.float32)
    by_sample = (replicated, log_likelihood, _keys(draws, seed))
    over_draws(each_row, rows, draws, by_sample, (order, design.y.astype(np.float32)))
    if design.weight is not None:
        log_likelihood *= design.weight.astype(np.float32)
    dims, coords = ("chain", "draw", "obs"), {dim: posterior[dim] for dim in ("chain", "draw")}
    of_draws, of_rows = (xr.DataArray(v.reshape(*draws.shape, -1), dims=dims, coords=coords) for v in by_sample[:2])
    return of_draws, of_rows


def row_probability(design: Design, posterior: xr.Dataset, dtype: str = "float32") -> Float:
    """Probability of each row (obs,), averaged over the draws."""
    draws = draws_of(design, posterior)
    rows, order = assemble.pack_columns(design, assemble.columns(design), dtype)
    out = np.empty(design.y.size)
    out[order] = over_rows(rows, draws) / len(draws.slope)
    return out


def log_likelihood(design: Design, posterior: xr.Dataset, dtype: str = "float32") -> xr.DataArray:
    """Log likelihood of all rows together (chain, draw), each by its weight."""
    draws = draws_of(design, posterior)
    total = -_cell_totals(sum_softplus, design, draws, dtype).sum(axis=1)
    cell, x, level = assemble.events(design)
    if design.weight is not None:  # the loop counts every row as one
        for some, eta in linear_predictors(design, draws, np.flatnonzero(design.weight != 1.0)):
            total += (1.0 - design.weight[some]) @ np.logaddexp(0.0, eta)
    total += draws.intercept @ cell + np.einsum("srk,rk->s", draws.slope, x) + draws.level @ level
    return by_draw(posterior, total)


def _cell_totals(loop: Callable[..., None], design: Design, draws: Draws, dtype: str, *by_sample: NDArray) -> Float:
    """Totals (sample, cell) that ``loop`` sums over the rows of ``design``."""
    rows, _ = assemble.pack_columns(design, assemble.columns(design), dtype)
    totals = np.zeros(draws.intercept.shape)
    over_draws(loop, rows, draws, (totals, *by_sample))
    return totals


def _keys(draws: Draws, seed: int) -> NDArray[np.uint64]:
    """Where the random numbers of each draw begin (sample,)."""
    return np.random.SeedSequence(seed).generate_state(1, np.uint64) + np.arange(len(draws.slope), dtype=np.uint64)


def _by_cell(design: Design, posterior: xr.Dataset, values: NDArray) -> xr.DataArray:
    """Values (sample, cell) by region and era, as far as the design has them."""
    named = {name: design.groups[name].levels for name in ("region", "era") if name in design.groups}
    shape = (posterior.sizes["chain"], posterior.sizes["draw"], *(len(levels) for levels in named.values()))
    coords = {dim: posterior[dim] for dim in ("chain", "draw")} | {name: list(levels) for name, levels in named.items()}
    return xr.DataArray(values.reshape(shape), dims=("chain", "draw", *named), coords=coords)
