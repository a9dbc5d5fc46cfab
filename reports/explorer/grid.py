r"""The predicted probability on a grid of the drivers, for every region and era, from the draws of one posterior.

In each draw every row of a region and era is given the same values of the drivers, its other columns as observed,
and the probabilities are averaged over the rows, as in the report's curves. Of what a row has besides, :math:`u_n`,
and what it is given, :math:`v`, the average is a smooth function of :math:`v` alone,

.. math::  \bar p(v) = \frac1N \sum_n \operatorname{logistic}(u_n + v) ,

so it is summed at a few values of :math:`v` and carried to the others by a polynomial on the logit scale. Summaries
over the draws are kept on the logit scale too, at Chebyshev-Lobatto points, between which a reader (and the page)
interpolates by the Lagrange polynomials of each driver.

The bounds come from the first four moments of the draws by the expansion of Cornish and Fisher [1]_. Quantiles of the
draws themselves jump from draw to draw as a driver moves and cannot be interpolated; those of the moments are smooth,
and differ from them by less than their Monte Carlo error.

.. [1] Cornish and Fisher (1938), Revue de l'Institut International de Statistique 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import norm

from inference.engine import stream
from inference.engine.density import assemble
from inference.engine.density.layout import cell_index, level_index, sizes
from inference.engine.sampler.sampling import CORES
from inference.evidence.datagrid import REACH
from inference.evidence.predictions import thinned
from inference.evidence.quantities import CI_BOUNDS
from inference.sampling.diagnostics import mcse_mean
from models.design import Design, predictors
from models.terms import variables

if TYPE_CHECKING:
    import xarray as xr

Float = NDArray[np.float64]
CONTROLS = ("threat", "proximity", "support", "duress")
NODES = {"threat": 5, "proximity": 5, "support": 7}  # values of a driver; more where the bounds bend more
SUMMED = 6  # values of v at which the rows are summed
DRAWS = 1000  # evenly spaced; no quantile of a report needs more
BLOCK = 1 << 17  # rows x draws at a time: what a core's cache holds
STATISTICS = ("mean", "low", "high")
EDGE = np.float32(1e-6)  # no probability is nearer to 0 or 1 than this


@dataclass(frozen=True)
class Place:
    """A region and an era, or all of them (None): rows, events, and the median of each driver there."""

    region: str | None
    era: str | None
    rows: int
    events: int
    typical: dict[str, float]


@dataclass(frozen=True)
class Grid:
    """Summaries of one posterior: ``logit`` is (statistic, place, *drivers), on the logit scale.

    ``axes`` holds the values of each driver that the model has. ``mcse`` is the largest Monte Carlo error of a
    mean, as a share of the width of its interval.
    """

    axes: dict[str, Float]
    places: list[Place]
    logit: Float
    mcse: float


def chebyshev(low: float, high: float, count: int) -> Float:
    """Chebyshev-Lobatto points (count,) from ``low`` to ``high``, both included."""
    at = -np.cos(np.pi * np.arange(count) / (count - 1))
    out = (low + high) / 2 + (high - low) / 2 * at
    out[[0, -1]] = low, high
    return out


def lagrange(nodes: Float, x: float | Float) -> Float:
    """Weights (node, ...) of the values at ``nodes`` in the polynomial through them, at ``x``."""
    x = np.asarray(x, float)
    return np.stack(
        [
            np.prod([(x - other) / (own - other) for m, other in enumerate(nodes) if m != j], axis=0)
            for j, own in enumerate(nodes)
        ]
    )


def axes(design: Design, frame: pd.DataFrame) -> dict[str, Float]:
    """Values of each driver in the model: 0 and 1 if binary, else points that span the inner part of the rows."""
    out = {}
    for name in CONTROLS:
        if name in design.scaling:
            low, high = np.quantile(frame[name].to_numpy(float), REACH)
            out[name] = np.array([0.0, 1.0]) if design.scaling[name].binary else chebyshev(low, high, NODES[name])
    return out


def points(values: dict[str, Float]) -> pd.DataFrame:
    """Every combination of the drivers' values (point, driver), the last driver fastest."""
    mesh = np.meshgrid(*values.values(), indexing="ij")
    return pd.DataFrame({name: column.ravel() for name, column in zip(values, mesh, strict=True)})


def _average(u: NDArray[np.float32], v: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean over rows of logistic(u + v), (point, draw), for ``u`` (row, draw) and ``v`` (point, draw)."""
    middle, half = (v.max(axis=0) + v.min(axis=0)) / 2, np.maximum((v.max(axis=0) - v.min(axis=0)) / 2, 1e-6)
    at = chebyshev(-1.0, 1.0, SUMMED)
    odds = np.exp(u)
    shifted = [odds * np.exp(middle + half * t).astype(np.float32) for t in at]
    means = np.clip(np.stack([(w / (1 + w)).mean(axis=0) for w in shifted]), EDGE, 1 - EDGE)
    coefficients = np.linalg.solve(np.vander(at), logit(means.astype(float))).astype(np.float32)
    return expit(np.polyval(list(coefficients[:, None]), (v - middle) / half))


def probabilities(design: Design, posterior: xr.Dataset, at: pd.DataFrame) -> NDArray[np.float32]:
    """Probability averaged over the rows of each cell (cell, point, draw), the drivers set to each row of ``at``.

    Cells are region by region, the eras of each in turn; those without rows hold NaN.
    """
    draws, x = stream.draws_of(design, posterior), assemble.columns(design)
    cells, eras, levels = cell_index(design), sizes(design).eras, level_index(design)
    given = np.array([set(variables(term)) <= set(CONTROLS) for term in design.terms])
    terms = tuple(np.array(design.terms)[given])
    z = predictors(at, terms, {name: s for name, s in design.scaling.items() if name in at})
    kept = np.flatnonzero(np.concatenate([~given, np.ones(x.shape[1] - given.size, bool)]))
    out = np.full((draws.intercept.shape[1], len(at), len(draws.slope)), np.nan, np.float32)

    def fill(cell: int) -> None:  # einsum, since the threads of a matrix product and these wait for each other
        mine, slope = np.flatnonzero(cells == cell), draws.slope[:, cell // eras]
        inside = x[mine][:, kept]
        step = max(1, BLOCK // max(1, len(inside)))
        for start in range(0, len(slope) if len(inside) else 0, step):
            part = slice(start, start + step)
            u = np.einsum("nk,sk->ns", inside, slope[part, kept]) + draws.intercept[part, cell]
            for group in levels:
                u += draws.level[part].T[group[mine]]
            v = np.einsum("pk,sk->ps", z, slope[part, : given.size][:, given])
            out[cell, :, part] = _average(u.astype(np.float32), v.astype(np.float32))

    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(fill, range(len(out))))
    return out


def _places(design: Design, values: dict[str, Float], frame: pd.DataFrame) -> Iterator[tuple[Place, NDArray]]:
    """Every place with rows, all of them first, and the rows that each of its cells has."""
    region, era = (design.groups[name].index for name in ("region", "era"))
    regions, eras = (design.groups[name].levels for name in ("region", "era"))
    columns = {name: frame[name].to_numpy(float) for name in values}
    for r, region_name in ((None, None), *enumerate(regions)):
        for e, era_name in ((None, None), *enumerate(eras)):
            rows = ((region == r) | (r is None)) & ((era == e) | (e is None))
            if rows.any():
                typical = {name: float(np.median(column[rows])) for name, column in columns.items()}
                place = Place(
                    region_name, era_name, int(rows.sum()), round(float(design.decisions[rows].sum())), typical
                )
                cell = (region * len(eras) + era)[rows]
                yield place, np.bincount(cell, minlength=len(regions) * len(eras))


def build(design: Design, posterior: xr.Dataset, frame: pd.DataFrame) -> Grid:
    """The grid of one posterior; ``frame`` holds the rows of its design."""
    values, few = axes(design, frame), thinned(posterior, DRAWS)
    probability = probabilities(design, few, points(values))
    places, summaries, errors = [], [], []
    for place, count in _places(design, values, frame):
        cells = np.flatnonzero(count)
        weight = (count[cells] / place.rows).astype(np.float32)
        mean = probability[cells[0]] if cells.size == 1 else np.einsum("c,cps->ps", weight, probability[cells])
        places.append(place)
        summaries.append(summary(mean))
        errors.append(_error(mean[len(mean) // 2], few.sizes["chain"]))
    shape = (len(STATISTICS), len(places), *(nodes.size for nodes in values.values()))
    return Grid(values, places, np.stack(summaries, axis=1).reshape(shape), max(errors))


def summary(probability: NDArray[np.float32] | Float) -> Float:
    """Mean and bounds of draws (point, draw), on the logit scale (statistic, point)."""
    latent = logit(np.clip(probability, EDGE, 1 - EDGE))
    mean = latent.mean(axis=1, dtype=float)
    latent -= mean[:, None].astype(np.float32)
    square = latent * latent
    sd = np.sqrt(square.mean(axis=1, dtype=float))
    skewness = np.einsum("ps,ps->p", square, latent) / latent.shape[1] / sd**3
    excess = np.einsum("ps,ps->p", square, square) / latent.shape[1] / sd**4 - 3
    bounds = [mean + sd * _quantile(z, skewness, excess) for z in norm.ppf(CI_BOUNDS)]
    return np.stack([logit(probability.mean(axis=1, dtype=float)), *bounds])


def _quantile(z: float, skewness: Float, excess: Float) -> Float:
    """Standardised quantile at normal quantile ``z``."""
    skewed = (z**2 - 1) * skewness / 6 - (2 * z**3 - 5 * z) * skewness**2 / 36
    return z + skewed + (z**3 - 3 * z) * excess / 24


def _error(draws: Float, chains: int) -> float:
    low, high = np.quantile(draws, CI_BOUNDS)
    return mcse_mean(draws.reshape(chains, -1)) / float(high - low)
