r"""Draws moved to where a posterior lies that has not seen a cluster of rows (moment matching).

Leaving out a treaty moves the effects of its year, its aggressors and its members, often by several posterior standard
deviations; draws of the full posterior are then few where the other lies. Paananen et al. (2021) move them there by an
affine map T, chosen so that mean, then variances, then covariances of the draws become the weighted ones, and weigh
anew. Here only the effects of those levels move, all other parameters stay. With :math:`\theta` the draws,
:math:`L_c` the likelihood of the cluster's rows,

.. math::  w(\theta) \propto \frac{p(T\theta \mid y)}{p(\theta \mid y) \, L_c(T\theta)} .

A move is kept if it lowers Pareto's k, and maps are tried until none does. Predictive densities are means of
:math:`L_c` under these weights, and weights that suit one may not suit the other: half of the draws are therefore left
where they were, and all are weighed as draws of the mixture of both (the split proposal of the same paper).

Paananen, Piironen, Bürkner and Vehtari (2021), Statistics and Computing 31, 16.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.engine.density import layout as lay
from inference.engine.stream.draws import draws_of, linear_predictors
from inference.evidence.importance import BAD_K, Float, log_mean, smoothed
from models.design import Design
from models.joint import Joint, view

Int = NDArray[np.intp]
MAPS = ("mean", "variances", "covariances")
MOVES = 10  # at most, of one cluster


class Moved(NamedTuple):
    """Log density of a cluster's rows of each outcome (outcome,) given all others, its error and Pareto's k."""

    elpd: Float
    mcse: Float
    pareto_k: float


class Affine(NamedTuple):
    """A map of draws (draw, coordinate): ``(x - from_mean) @ matrix + to_mean``, and its log determinant."""

    from_mean: Float
    matrix: Float
    to_mean: Float
    log_det: float

    def forward(self, x: Float) -> Float:
        """The image of draws."""
        return (x - self.from_mean) @ self.matrix + self.to_mean

    def backward(self, x: Float) -> Float:
        """The draws whose image these are."""
        return np.linalg.solve(self.matrix.T, (x - self.to_mean).T).T + self.from_mean


@dataclass(frozen=True)
class _Reached:
    """Of one outcome: the rows that the effects of some levels enter, and what their likelihood is made of."""

    eta: Float  # (row, draw), as drawn
    y: Float  # (row,)
    weight: Float  # (row,)
    position: Int  # (grouping, row): of the row's effect among the coordinates, the last one past the end for none
    inside: NDArray[np.bool_]  # (row,): of the cluster

    def log_likelihood(self, change: Float) -> tuple[Float, Float]:
        """Log likelihood of all rows and of the cluster's (draw,), coordinates ``change``d (coordinate + 1, draw)."""
        eta = self.eta + sum(change[at] for at in self.position)
        each = self.weight[:, None] * (self.y[:, None] * eta - np.logaddexp(0.0, eta))
        return each.sum(axis=0), each[self.inside].sum(axis=0)


@dataclass(frozen=True)
class _Prior:
    """The effects of some levels of one grouping: positions (outcome, level), scales (outcome, draw), correlation."""

    position: Int
    sigma: Float
    rho: Float

    def log_density(self, u: Float) -> Float:
        """Log prior density (draw,) of coordinates (draw, coordinate), up to what does not depend on them."""
        z = [u[:, at] / sigma[:, None] for at, sigma in zip(self.position, self.sigma, strict=True)]
        square = sum((each**2).sum(axis=1) for each in z)
        if len(z) == 2:
            square = (square - 2.0 * self.rho * (z[0] * z[1]).sum(axis=1)) / (1.0 - self.rho**2)
        return -0.5 * np.asarray(square)


class Local:
    """The effects of the levels that a cluster's rows have, as draws, and the posterior as their function.

    Parameters
    ----------
    joint, posterior : Joint, xr.Dataset
        A model and its draws.
    inside : list
        Of each outcome, the rows (row,) of its design that are in the cluster.
    """

    def __init__(self, joint: Joint, posterior: xr.Dataset, inside: list[Int]) -> None:
        views = [view(posterior, joint, outcome) for outcome in joint.outcomes]
        self.groups = lay.further_groups(joint.designs[0])
        levels = {name: _levels(joint, name, inside) for name in self.groups}
        starts, count, drawn, self._priors = list[dict[str, int]](), 0, list[Float](), list[_Prior]()
        for draws in views:
            starts.append({})
            for name in self.groups:
                starts[-1][name] = count
                values = draws[f"alpha_{name}"].transpose("chain", "draw", name).to_numpy()
                drawn.append(values.reshape(-1, values.shape[-1])[:, levels[name]].astype(float))
                count += levels[name].size
        self.draws = np.hstack(drawn) if drawn else np.zeros((views[0]["alpha"].size, 0))
        for name in self.groups:
            position = np.array([start[name] + np.arange(levels[name].size) for start in starts])
            sigma = np.stack([draws[f"sigma_{name}"].to_numpy().ravel() for draws in views])
            rho = views[0][f"rho_{name}"].to_numpy().ravel() if joint.correlations else np.zeros(len(sigma[0]))
            self._priors.append(_Prior(position, sigma, rho))
        self._reached = [
            _reached(design, draws, levels, start, count, rows)
            for design, draws, start, rows in zip(joint.designs, views, starts, inside, strict=True)
        ]
        self._as_drawn = self._absolute(self.draws)[0]

    def _absolute(self, u: Float) -> tuple[Float, Float]:
        change = np.vstack([(u - self.draws).T, np.zeros(len(u))])
        both = [reached.log_likelihood(change) for reached in self._reached]
        prior = sum(prior.log_density(u) for prior in self._priors)
        return prior + sum(whole for whole, _ in both), np.stack([own for _, own in both])

    def density(self, u: Float) -> tuple[Float, Float]:
        """At coordinates (draw, coordinate): log posterior density less that of the draws (draw,).

        And log likelihood of the cluster's rows by outcome (outcome, draw).
        """
        whole, own = self._absolute(u)
        return whole - self._as_drawn, own


def _levels(joint: Joint, name: str, inside: list[Int]) -> Int:
    """Levels of a grouping that rows of the cluster have, for either outcome."""
    return np.unique(np.concatenate([d.groups[name].index[i] for d, i in zip(joint.designs, inside, strict=True)]))


def _reached(
    design: Design, draws: xr.Dataset, levels: dict[str, Int], start: dict[str, int], count: int, inside: Int
) -> _Reached:
    """The rows of ``design`` that have one of the ``levels``; coordinates of a grouping begin at its ``start``."""
    position = np.full((len(levels), design.y.size), count)
    for at, (name, mine) in enumerate(levels.items()):
        of_level = np.full(len(design.groups[name].levels), count)
        of_level[mine] = start[name] + np.arange(mine.size)
        position[at] = of_level[design.groups[name].index]
    rows = np.flatnonzero((position < count).any(axis=0))
    eta = np.empty((rows.size, draws["alpha"].size))
    at = np.empty(design.y.size, np.intp)
    at[rows] = np.arange(rows.size)
    for some, values in linear_predictors(design, draws_of(design, draws), rows):
        eta[at[some]] = values
    weight = design.row_weight[rows].astype(float)
    return _Reached(eta, design.y[rows].astype(float), weight, position[:, rows], np.isin(rows, inside))


def matched(local: Local, efficiency: float) -> Moved:
    """Predictive densities of the cluster's rows, from draws that are moved while that lowers Pareto's k."""
    at, total = local.draws, _identity(local.draws)
    weights = smoothed(-local.density(at)[1].sum(axis=0), efficiency)
    for _ in range(MOVES):
        if weights.pareto_k <= BAD_K:
            break
        for step in filter(None, (_map(kind, at, np.exp(weights.log_weight)) for kind in MAPS)):
            trial = step.forward(at)
            whole, own = local.density(trial)
            found = smoothed(whole - own.sum(axis=0), efficiency)
            if found.pareto_k < weights.pareto_k:
                at, total, weights = trial, _after(total, step), found
                break
        else:
            break
    return _split(local, total, efficiency)


def _identity(x: Float) -> Affine:
    zero = np.zeros(x.shape[1])
    return Affine(zero, np.eye(x.shape[1]), zero, 0.0)


def _after(first: Affine, then: Affine) -> Affine:
    """The map that does one after the other."""
    matrix = first.matrix @ then.matrix
    return Affine(first.from_mean, matrix, then.forward(first.to_mean[None])[0], first.log_det + then.log_det)


def _map(kind: str, x: Float, weight: Float) -> Affine | None:
    """The map that gives draws (draw, coordinate) the weighted mean and, of a kind, the weighted spread.

    None where the weighted draws are too few to have that spread.
    """
    mean, wanted = x.mean(axis=0), weight @ x
    size, effective = x.shape[1], 1.0 / (weight**2).sum()
    if kind == "mean":
        return Affine(mean, np.eye(size), wanted, 0.0)
    if kind == "variances":
        ratio = np.sqrt((weight @ (x - wanted) ** 2) / x.var(axis=0))
        return Affine(mean, np.diag(ratio), wanted, float(np.log(ratio).sum()))
    if effective < 2 * size:
        return None
    centred = x - wanted
    have = np.linalg.cholesky(np.cov(x.T).reshape(size, size))
    want = np.linalg.cholesky((centred * weight[:, None]).T @ centred)
    matrix = np.linalg.solve(have.T, want.T)
    return Affine(mean, matrix, wanted, float(np.log(np.diag(want) / np.diag(have)).sum()))


def _split(local: Local, map_: Affine, efficiency: float) -> Moved:
    """Densities from half of the draws as they are and half of them moved, weighed as draws of the mixture."""
    x = local.draws
    moved = np.arange(len(x)) % 2 == 1
    points = np.where(moved[:, None], map_.forward(x), x)
    other = np.where(moved[:, None], x, map_.backward(x))  # where the map takes a point from
    (here, own), (there, _) = local.density(points), local.density(other)
    proposal = np.logaddexp(here, there - map_.log_det)
    log_weight, k = smoothed(here - own.sum(axis=0) - proposal, efficiency)
    elpd = log_mean(log_weight + np.log(len(x)) + own)
    weight, relative = np.exp(log_weight), np.exp(own - elpd[:, None])
    mcse = np.sqrt((weight**2 * (relative - 1.0) ** 2).sum(axis=1) / efficiency)
    return Moved(elpd, mcse, float(k))
