r"""A wrong transport, which is harmless, and a wrong Jacobian of the transport, which is not.

The transport is exact for any linear parts and any information K that it takes the data to have: wrong ones only make
the sampler slower, and their own log det is a constant, which no sampler notices. Wrong would be to move by one
transport and to take the log det of another, where it depends on the scales: of the triangular W of a pair of effects,
with :math:`W W' = A^{-1}`,

.. math::  \log\det W = -\tfrac12 \log(a_{11} a_{22}) - \tfrac12 \log\big(1 - a_{12}^2 / (a_{11} a_{22})\big),

the second term is easily forgotten. The sampler then moves by a gradient that agrees with its density, to another
posterior.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log
from typing import Any

import numpy as np
import xarray as xr
from numba import njit
from numpy.typing import NDArray

from inference.calibration import samplers
from inference.calibration.study import DRAWS, THIN, TUNE
from inference.engine.density import assemble
from inference.engine.density.posterior import Posterior, log_density
from inference.engine.density.units import Units
from inference.engine.sampler import sampling
from models.joint import Joint

Float = NDArray[np.float64]
STEP = 1e-5  # of finite differences, relative to a scale
UP = 1.0 + STEP
NUTS_THIN, NUTS_TUNE = 2, 250  # draws of the no-U-turn sampler depend on each other less


def _swap(one: NDArray, other: NDArray) -> None:
    """Exchange the leading parts that two arrays have in common, in place."""
    both = tuple(slice(min(sizes)) for sizes in zip(one.shape, other.shape, strict=True))
    one[both], other[both] = other[both].copy(), one[both].copy()


def swapped_information(posterior: Posterior) -> Units:
    """The effects, with the information and the shifts of the other outcome's effects."""
    information, shift = posterior.units.information.copy(), posterior.units.shift.copy()
    begin = posterior.map.effect_bound[1]
    for values in (information, shift):
        _swap(values[:begin], values[begin:])
    return posterior.units._replace(information=information, shift=shift)


def swapped_parts(posterior: Posterior) -> Posterior:
    """The posterior in coordinates of a wrong transport: outcomes have exchanged root, regression and information."""
    where = posterior.map
    root, regression = where.root.copy(), where.regression.copy()
    effects, fixed = np.diff(where.effect_bound), np.diff(where.fixed_bound)
    _swap(*(root[o, : where.dense[o], : where.dense[o]] for o in range(2)))
    _swap(*(regression[o, : fixed[o], : effects[o]] for o in range(2)))
    return posterior._replace(
        map=where._replace(root=root, regression=regression), units=swapped_information(posterior)
    )


def with_parts_of_the_other(joint: Joint, seed: int) -> xr.DataTree:
    """One chain of the engine in the coordinates of `swapped_parts`, thinned."""
    posterior, sigma = assemble.posterior(joint)
    chain = sampling.one_chain(
        swapped_parts(posterior), sigma, DRAWS * THIN, TUNE, (seed, 0), np.zeros(1, np.bool_), sampling.TARGET_ACCEPT
    )
    found = sampling.named(joint, chain.scales[None, ::THIN], chain.latents[None, ::THIN])
    statistics = sampling.sample_stats(chain.statistics[None], THIN)
    return xr.DataTree.from_dict({"posterior": found, "sample_stats": statistics})


@njit(nogil=True, error_model="numpy")
def _left_out(units: Any, group: int, one: float, two: float, rho: float) -> float:  # noqa: ANN401 (a tuple of arrays)
    """What log det W lacks without the correlation of the pairs of a group, at its scales and its correlation."""
    out, rest = 0.0, 1.0 - rho**2
    for p in range(units.pair_group.size):
        if units.pair_group[p] == group:
            a = units.information[units.pair[p, 0]] + 1.0 / (one**2 * rest)
            c = units.information[units.pair[p, 1]] + 1.0 / (two**2 * rest)
            out += 0.5 * log(1.0 - (rho / (one * two * rest)) ** 2 / (a * c))
    return out


@njit(nogil=True, error_model="numpy")
def wrong_density(target: Any, position: Any, gradient: Any) -> float:  # noqa: ANN401
    """`log_density` of ``target`` with a log det W that takes the effects of a pair to be independent."""
    out = log_density(target, position, gradient)
    units, t = target.units, target.transport
    for g in range(t.rho.size):
        i, j = units.group_scale[g]
        one, two, rho = t.sigma[i], t.sigma[j], t.rho[g]
        out += _left_out(units, g, one, two, rho)
        by_one = _left_out(units, g, one * UP, two, rho) - _left_out(units, g, one / UP, two, rho)
        by_two = _left_out(units, g, one, two * UP, rho) - _left_out(units, g, one, two / UP, rho)
        step = STEP * (1.0 - rho**2)  # of rho; in tau, `STEP`
        by_rho = _left_out(units, g, one, two, rho + step) - _left_out(units, g, one, two, rho - step)
        gradient[i] += by_one / (2.0 * STEP * one) * t.slope[i]
        gradient[j] += by_two / (2.0 * STEP * two) * t.slope[j]
        gradient[t.sigma.size + g] += by_rho / (2.0 * STEP)
    return out


def with_wrong_log_det(joint: Joint, seed: int) -> xr.DataTree:
    """One chain of nutpie on `wrong_density`."""

    def density(mine: Posterior) -> samplers.Density:
        return lambda position, gradient: wrong_density(mine, position, gradient)

    return by_another_sampler(joint, seed, density)


def by_another_sampler(
    joint: Joint, seed: int, density: Callable[[Posterior], samplers.Density] = samplers.exact
) -> xr.DataTree:
    """One chain of nutpie on the engine's density, or on another, thinned."""
    return samplers.by_nutpie(
        joint, *assemble.posterior(joint, "float64"), seed, draws=DRAWS * NUTS_THIN, tune=NUTS_TUNE, chains=1, cores=1,
        thin=NUTS_THIN, density=density,
    )  # fmt: skip
