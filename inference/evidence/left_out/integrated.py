r"""Likelihoods of clusters with the effects of their years integrated out.

A treaty falls into one year, and what is known of that year's effect comes from the treaty itself. Without its rows
the effect is known as little as its prior tells; a mean of the treaty's likelihood over draws of the effect is then one
over few draws that happen to lie high. Given all other parameters the effect needs no draws: with :math:`L_c(u)` the
likelihood of the cluster's rows, :math:`L_o(u)` that of the other rows of the year and :math:`p(u \mid \sigma, \rho)`
the prior, of both outcomes together,

.. math::  \tilde L_c = \frac{\int L_c(u) L_o(u) \, p(u) \, du}{\int L_o(u) \, p(u) \, du}

(as in the integrated predictive densities of Vehtari, Mononen, Tolvanen, Sivula and Winther 2016, Journal of Machine
Learning Research 17(103)). The integrals are sums over products of Gauss-Hermite nodes, placed for each draw and
outcome around the integrand's mode. Of a cluster in several years they are one for each year.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.engine.stream.draws import draws_of, linear_predictors
from inference.evidence.left_out.importance import Float
from models.design import Design
from models.joint import Joint, view

Int = NDArray[np.intp]
NODES = 11
NEWTON = 8
LOCAL = ("year", "war")  # groupings whose effects are integrated out: the first that a model has


def local_of(joint: Joint) -> str | None:
    """The grouping whose effects are integrated out; None in a model without one."""
    return next((name for name in LOCAL if name in joint.groups), None)


class _Rows(NamedTuple):
    """Rows of one outcome and level: odds but for the level's effect (row, draw), weighed events, and weights."""

    odds: Float
    events: Float  # (row,)
    weight: Float  # (row,)
    inside: NDArray[np.bool_]  # (row,): of the cluster

    def log_likelihood(self, effect: Float, *, whole: bool) -> Float:
        """At ``effect`` (draw,): of all rows, or of those outside the cluster."""
        use = slice(None) if whole else ~self.inside
        events = float(self.events[use].sum())
        return self._constant(use) + events * effect - self.weight[use] @ np.log1p(self.odds[use] * np.exp(effect))

    def _constant(self, use: slice | NDArray[np.bool_]) -> Float:
        happened = self.events[use] > 0
        return self.events[use][happened] @ np.log(self.odds[use][happened])

    def mode(self, sigma: Float, *, whole: bool) -> tuple[Float, Float]:
        """Mode and curvature's scale (draw,) of the likelihood times a normal prior of scale ``sigma`` (draw,)."""
        use = slice(None) if whole else ~self.inside
        events, effect = float(self.events[use].sum()), np.zeros(sigma.size)
        precision = curvature = 1.0 / sigma**2
        for _ in range(NEWTON):
            p = self.odds[use] * np.exp(effect)
            p /= 1.0 + p
            slope = events - self.weight[use] @ p - precision * effect
            curvature = self.weight[use] @ (p * (1.0 - p)) + precision
            effect = effect + np.clip(slope / curvature, -1.0, 1.0)
        return effect, 1.0 / np.sqrt(curvature)


def _rows(design: Design, draws: xr.Dataset, local: str, level: int, inside: Int) -> _Rows:
    """The rows of one level of the grouping ``local``."""
    group = design.groups[local]
    rows = np.flatnonzero(group.index == level)
    eta = np.empty((rows.size, draws["alpha"].size))
    for some, values in linear_predictors(design, draws_of(design, draws), rows):
        eta[np.searchsorted(rows, some)] = values
    effect = draws[f"alpha_{local}"].sel({local: group.levels[level]}).transpose("chain", "draw").to_numpy().ravel()
    weight = design.row_weight[rows].astype(float)
    return _Rows(np.exp(eta - effect), design.y[rows].astype(float) * weight, weight, np.isin(rows, inside))


class _Prior(NamedTuple):
    """Scales (outcome, draw) and correlation (draw,) of the effects of a level."""

    sigma: Float
    rho: Float

    def log_density(self, effects: list[Float]) -> Float:
        """Of effects by outcome, each (node, draw) or broadcastable to the same (..., draw)."""
        z = [effect / sigma for effect, sigma in zip(effects, self.sigma, strict=True)]
        norm = np.log(self.sigma).sum(axis=0) + 0.5 * len(z) * np.log(2.0 * np.pi)
        if len(z) == 1:
            return -0.5 * z[0] ** 2 - norm
        rest = 1.0 - self.rho**2
        return -0.5 * (z[0] ** 2 - 2.0 * self.rho * z[0] * z[1] + z[1] ** 2) / rest - norm - 0.5 * np.log(rest)


class _Nodes(NamedTuple):
    """Effects at which an outcome's integrand is evaluated, and its logarithm there but for the prior (node, draw)."""

    effect: Float
    value: Float


def _nodes(rows: _Rows, sigma: Float, *, whole: bool) -> _Nodes:
    """The nodes of one outcome for all of its rows, or for those outside the cluster."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    centre, scale = rows.mode(sigma, whole=whole)
    at = centre + scale * nodes[:, None]
    likelihood = np.stack([rows.log_likelihood(effect, whole=whole) for effect in at])
    return _Nodes(at, likelihood + np.log(weights)[:, None] + 0.5 * nodes[:, None] ** 2 + np.log(scale))


def _integral(outcomes: list[_Nodes], prior: _Prior) -> Float:
    """Log of the integral over the effects of a level on one outcome, or on both (draw,)."""
    from scipy.special import logsumexp

    if len(outcomes) == 1:
        total = outcomes[0].value + prior.log_density([outcomes[0].effect])
    else:
        one, two = outcomes
        density = prior.log_density([one.effect[:, None], two.effect[None]])
        total = (one.value[:, None] + two.value[None] + density).reshape(NODES**2, -1)
    return np.asarray(logsumexp(total, axis=0))


class Likelihood(NamedTuple):
    """Log likelihood of a cluster's rows: of each outcome with those of the other unknown, and of both together."""

    own: Float  # (outcome, draw)
    together: Float  # (draw,)


def likelihood(joint: Joint, posterior: xr.Dataset, local: str, inside: list[Int]) -> Likelihood:
    """Log likelihood of the cluster's rows ``inside`` (row,), effects of the grouping ``local`` integrated out."""
    views = [view(posterior, joint, outcome) for outcome in joint.outcomes]
    sigma = np.stack([draws[f"sigma_{local}"].to_numpy().ravel() for draws in views])
    rho = views[0][f"rho_{local}"].to_numpy().ravel() if joint.correlations else np.zeros(len(sigma[0]))
    prior = _Prior(sigma, rho)
    levels = [design.groups[local].index[own] for design, own in zip(joint.designs, inside, strict=True)]
    own, together = np.zeros(sigma.shape), np.zeros(sigma.shape[1])
    for level in np.unique(np.concatenate(levels)):
        parts = zip(joint.designs, views, inside, strict=True)
        rows = [_rows(design, draws, local, int(level), mine) for design, draws, mine in parts]
        whole, others = (
            [_nodes(mine, scale, whole=every) for mine, scale in zip(rows, sigma, strict=True)]
            for every in (True, False)
        )
        without = _integral(others, prior)
        for o in range(len(views)):
            own[o] += _integral([*others[:o], whole[o], *others[o + 1 :]], prior) - without
        together += _integral(whole, prior) - without
    return Likelihood(own, together)
