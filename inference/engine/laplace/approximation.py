"""Means, standard deviations and signs of the slopes of one logit by nested Laplace approximation.

The latents are taken to be normal about their joint mode, at scales near their posterior means. Three corrections
follow: the mean of the latents by the third derivatives of the likelihood (the first term of Tierney, Kass and Kadane
1989, J. Am. Stat. Assoc. 84, 710), the probability of a sign by the third cumulant (Edgeworth), and the doubt about
each scale (`scales`). `Approximation.moved` says how far the first of them goes: where it is far, do not believe it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import linalg
from scipy.special import ndtr
from threadpoolctl import threadpool_limits

from inference.engine.density import layout
from inference.engine.density.layout import Own, Scaled
from inference.engine.density.reference import halvings
from inference.engine.laplace import loops
from inference.engine.laplace import rows as rows_of
from inference.engine.laplace.rows import Rows
from inference.engine.laplace.scales import Doubt, doubt
from inference.engine.sampler.sampling import named
from models.design import Design
from models.joint import Joint, as_joint

if TYPE_CHECKING:
    import xarray as xr

Float = NDArray[np.float64]
ROUNDS = 6  # of the mode and the scales in turn, at most
STILL = 0.1  # change of the logarithm of every scale below which they stand
SHAPES = 3  # curvatures of a climb, at most
CHORDS, CLOSE = 12, 1e-4  # gradient steps with one curvature, and what is left to gain at the last


def _labels(design: Design, own: Own) -> list[tuple[str, ...]]:
    """Name and coordinates of each latent of a design."""
    dims, coords = {p.name: p.dims for p in design.parameters}, design.coords
    return [(name, *levels) for name in own.latents for levels in product(*(coords[dim] for dim in dims.get(name, ())))]


class Start(NamedTuple):
    """Where another approximation may begin: latents by name and coordinates, their covariance, scales by name."""

    latents: dict[tuple[str, ...], float]
    covariance: Float  # (latent, latent), in the order of ``latents``
    scales: dict[str, Float]


@dataclass(frozen=True)
class Approximation:
    """Mean, sd, probability above 0 and skewness of each slope (predictor,), and the posterior of all latents.

    ``moved`` (predictor,) is by how many of its sds third derivatives and the doubt about scales move the mean,
    ``converged`` whether the mode was found. ``theta`` (latent,) is the mode of the latents at the scales ``sigma``,
    ``centre`` their mean there and ``covariance`` (latent, latent) their covariance. `draws` makes draws of them.
    """

    design: Design
    mean: Float
    sd: Float
    positive: Float
    skewness: Float
    moved: Float
    converged: bool
    theta: Float
    centre: Float
    covariance: Float
    sigma: Float

    def slope(self, term: str) -> tuple[float, float, float]:
        """Mean, sd and probability above 0 of the slope of a term."""
        k = self.design.terms.index(term)
        return float(self.mean[k]), float(self.sd[k]), float(self.positive[k])

    @property
    def start(self) -> Start:
        """Where the approximation of a logit that is like this one may begin."""
        own = _places(self.design)
        latents = dict(zip(_labels(self.design, own), self.theta.tolist(), strict=True))
        return Start(latents, self.covariance, {name: self.sigma[at] for name, at in own.scales.items()})

    def draws(self, count: int, seed: int) -> xr.Dataset:
        """Independent draws of the latents at these scales, one chain, named as `sampling.named` names them."""
        return draws_of(self.design, [self], count, seed)


def draws_of(model: Design | Joint, parts: Sequence[Approximation], count: int, seed: int) -> xr.Dataset:
    """Independent draws of the latents of a model whose outcomes are approximated apart; correlations are 0."""
    rng = np.random.default_rng(seed)
    latents = [
        part.centre + rng.normal(size=(count, part.centre.size)) @ linalg.cholesky(part.covariance, lower=True).T
        for part in parts
    ]
    scales = np.concatenate([*(part.sigma for part in parts), np.zeros(len(as_joint(model).correlations))])
    return named(model, np.broadcast_to(scales, (1, count, scales.size)), np.concatenate(latents, axis=1)[None])


class Model(NamedTuple):
    """A logit as it is approximated: where its latents are, their prior, sds of its scales' priors, and its rows."""

    design: Design
    own: Own
    prior: Scaled
    scale_sd: Float
    rows: Rows


def _places(design: Design) -> Own:
    (own,) = layout.places(as_joint(design)).outcomes
    return own


def model_of(design: Design) -> Model:
    """A design as it is approximated."""
    joint, own = as_joint(design), _places(design)
    scale_sd = layout.scale_sds(joint, layout.places(joint))
    return Model(design, own, layout.scaled(design, own), scale_sd, rows_of.of_design(design, own))


def _covariance(rows: Rows, theta: Float, precision: Float) -> Float:
    out = np.empty((theta.size, theta.size))
    loops.information(rows, theta, out)
    out[np.diag_indices_from(out)] += precision
    factor, invert = linalg.get_lapack_funcs(("potrf", "potri"), (out,))
    root, fault = factor(out, lower=True, overwrite_a=True)
    inverse, also = invert(root, lower=True, overwrite_c=True)
    if fault or also:
        raise linalg.LinAlgError("the curvature of the posterior is not positive")
    return np.tril(inverse) + np.tril(inverse, -1).T


class _Mode(NamedTuple):
    """Where a climb ended, the covariance there, and whether it is the mode."""

    theta: Float
    covariance: Float
    found: bool


def _climb(model: Model, theta: Float, precision: Float, shape: Float | None) -> _Mode:
    """The mode from ``theta`` on, by steps of the covariance ``shape`` until they gain too little."""
    mean, found = model.prior.mean, False

    def at(point: Float) -> tuple[float, Float]:
        out = np.empty(point.size)
        value = loops.gradient(rows_of.linearised(model.rows, model.design, point), point, out)
        return value - 0.5 * float(precision @ (point - mean) ** 2), out - precision * (point - mean)

    def here() -> Float:
        return _covariance(rows_of.linearised(model.rows, model.design, theta), theta, precision)

    value, slope = at(theta)
    for _ in range(SHAPES):
        covariance = here() if shape is None else shape
        for _ in range(CHORDS):
            step = covariance @ slope
            if found := bool(0.5 * slope @ step < CLOSE):
                break
            better = next((now for now in _tried(at, theta, step) if now[1] >= value), None)
            if better is None:
                break
            gained, (theta, value, slope) = better[1] - value, better
            if gained < 0.2 * (slope @ step):
                break  # the curvature is another by now
        if found:
            break
        shape = None
    covariance = here()
    step = covariance @ slope
    return _Mode(theta + step if found else theta, covariance, found or bool(0.5 * slope @ step < 100 * CLOSE))


def _tried(
    at: Callable[[Float], tuple[float, Float]], theta: Float, step: Float
) -> Iterator[tuple[Float, float, Float]]:
    """Points of ever shorter steps with their values and slopes."""
    return ((point, *at(point)) for point in halvings(theta, step))


def _start(model: Model, near: Start | None) -> tuple[Float, Float, Float | None]:
    """Latents, scales and a covariance to begin with: those of ``near`` by name and coordinates, else the prior's."""
    theta, sigma = model.prior.mean.copy(), 0.5 * model.scale_sd
    if near is None:
        return theta, sigma, None
    for name, at in model.own.scales.items():
        if name in near.scales and near.scales[name].shape == at.shape:
            sigma[at] = near.scales[name]
    places = {label: k for k, label in enumerate(near.latents)}
    there = np.array([places.get(label, -1) for label in _labels(model.design, model.own)])
    known = there >= 0
    theta[known] = np.fromiter(near.latents.values(), float)[there[known]]
    shape = np.diag(1.0 / model.prior.precision(sigma))
    shape[np.ix_(known, known)] = near.covariance[np.ix_(there[known], there[known])]
    return theta, sigma, shape


@threadpool_limits.wrap(limits=1, user_api="blas")
def approximate(design: Design, near: Start | None = None) -> Approximation:
    """The approximate posterior of a logit of one outcome; one that is ``near`` makes it faster, not another."""
    model = model_of(design)
    theta, sigma, shape = _start(model, near)
    mode = _climb(model, theta, model.prior.precision(sigma), shape)
    doubts = _doubts(model, mode, sigma)
    for _ in range(ROUNDS - 1):
        new = np.array([one.mean for one in doubts])
        if np.abs(np.log(new / sigma)).max() < STILL:
            break
        sigma = new
        mode = _climb(model, mode.theta, model.prior.precision(sigma), mode.covariance)
        doubts = _doubts(model, mode, sigma)
    return _summarised(model, mode, sigma, doubts)


@threadpool_limits.wrap(limits=1, user_api="blas")
def modes(found: Approximation, outcomes: Iterable[tuple[Float, Float]]) -> list[tuple[Float, Float]]:
    """Modes of the slopes and their sds (predictor,) under other outcomes and weights (obs,), at the scales found."""
    model, out = model_of(found.design), list[tuple[Float, Float]]()
    precision, slopes = model.prior.precision(found.sigma), model.own.latents["beta"]
    for y, weight in outcomes:
        other = model._replace(rows=model.rows._replace(y=y, weight=weight))
        mode = _climb(other, found.theta, precision, found.covariance)
        out.append((mode.theta[slopes], np.sqrt(np.diag(mode.covariance)[slopes])))
    return out


def _doubts(model: Model, mode: _Mode, sigma: Float) -> list[Doubt]:
    slopes = model.own.latents["beta"]
    return [
        doubt(model.prior, k, sd, float(sigma[k]), mode.theta, mode.covariance, slopes)
        for k, sd in enumerate(model.scale_sd.tolist())
    ]


def _summarised(model: Model, mode: _Mode, sigma: Float, doubts: list[Doubt]) -> Approximation:
    theta, covariance, found = mode
    slopes = model.own.latents["beta"]
    rows = rows_of.linearised(model.rows, model.design, theta)
    pull, cubes = np.empty(theta.size), np.empty(rows.dense)
    loops.third(rows, theta, covariance, pull, cubes)
    corrected = covariance @ pull
    moved = corrected[slopes] + np.sum([one.shift for one in doubts], axis=0)
    variance = np.diag(covariance)[slopes] + np.sum([one.spread + one.wider for one in doubts], axis=0)
    sd = np.sqrt(np.maximum(variance, 1e-12))
    mean, skewness = theta[slopes] + moved, cubes[slopes] / sd**3
    return Approximation(
        model.design, mean, sd, above_zero(mean / sd, skewness), skewness, np.abs(moved) / sd, found, theta,
        theta + corrected, covariance, sigma,
    )  # fmt: skip


def above_zero(z: Float, skewness: Float) -> Float:
    """Probability above 0 at ``z`` means per sd and some skewness: the first terms of Edgeworth's series."""
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    return np.clip(ndtr(z) + density * skewness / 6 * (z**2 - 1), 0.0, 1.0)
