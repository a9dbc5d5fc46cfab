"""Which latent stands where, and which learnt scale multiplies it.

The latents of a joint model are, outcome by outcome: alpha, beta, the effects of each group, and the slopes that vary
by region. Scales come outcome by outcome too, then the correlations of the groups.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.design import Design
from models.joint import Joint
from models.structure import CELLS

Float = NDArray[np.float64]
Int = NDArray[np.int64]


class Own(NamedTuple):
    """Positions of the latents and scales of one outcome, by name, in the shapes of the parameters."""

    latents: dict[str, Int]
    scales: dict[str, Int]


class Places(NamedTuple):
    """Positions of every latent and scale of a joint model."""

    outcomes: tuple[Own, ...]
    rho: dict[str, int]  # position among the correlations, by grouping
    latents: int
    scales: int


def further_groups(design: Design) -> list[str]:
    """Groupings beside region and era."""
    return [name for name in design.groups if name not in CELLS]


def places(joint: Joint) -> Places:
    """Positions of the latents and scales of ``joint``."""
    latents = scales = 0
    outcomes = []
    for design in joint.designs:
        shapes: dict[str, tuple[int, ...]] = {"alpha": (1,), "beta": (len(design.terms),)}
        shapes |= {f"alpha_{name}": (len(group.levels),) for name, group in design.groups.items()}
        own_scales: dict[str, tuple[int, ...]] = {f"sigma_{name}": (1,) for name in design.groups}
        if design.varying:
            shapes["gamma"] = len(design.varying), len(design.groups["region"].levels)
            own_scales["sigma_gamma"] = (len(design.varying),)
        own_scales |= dict.fromkeys(design.shared_scales, (1,))
        placed, latents = _numbered(shapes, latents)
        placed_scales, scales = _numbered(own_scales, scales)
        outcomes.append(Own(placed, placed_scales))
    rho = {name.removeprefix("rho_"): i for i, name in enumerate(joint.correlations)}
    return Places(tuple(outcomes), rho, latents, scales)


def _numbered(shapes: dict[str, tuple[int, ...]], at: int) -> tuple[dict[str, Int], int]:
    """Consecutive positions from ``at`` in arrays of the given shapes, and the next position."""
    out = dict[str, Int]()
    for name, shape in shapes.items():
        size = int(np.prod(shape))
        out[name] = np.arange(at, at + size, dtype=np.int64).reshape(shape)
        at += size
    return out, at


class Entries(NamedTuple):
    """How each row enters the latents of its outcome: ``value`` (obs, entry) times the latent ``column``, summed."""

    column: Int  # (obs, entry), counted from the first latent of the outcome
    value: Float


def entries(design: Design, own: Own) -> Entries:
    """The intercept, each predictor, the effect of each grouping, and each slope that varies by region."""
    first, slopes = int(own.latents["alpha"][0]), len(design.terms)
    shape = design.y.size, 1 + slopes + len(design.groups) + len(design.varying)
    column, value = np.zeros(shape, np.int64), np.ones(shape)  # filled in place: rows are many, and copies slow
    column[:, 1 : 1 + slopes], value[:, 1 : 1 + slopes] = own.latents["beta"] - first, design.x
    for k, (name, group) in enumerate(design.groups.items(), 1 + slopes):
        column[:, k] = own.latents[f"alpha_{name}"][group.index] - first
    for k, varying in enumerate(design.varying_columns):
        at = k - len(design.varying)
        column[:, at] = own.latents["gamma"][k, design.groups["region"].index] - first
        value[:, at] = design.x[:, varying]
    return Entries(column, value)


class Scaled(NamedTuple):
    """Of one outcome: prior mean and sd of each latent, and the scale that multiplies the sd (-1: none)."""

    mean: Float
    sd: Float
    scale: Int

    def precision(self, sigma: Float) -> Float:
        """Prior precision of each latent (latent,) at the scales ``sigma``, which are counted as ``scale`` counts."""
        return 1.0 / (self.sd * np.append(sigma, 1.0)[self.scale]) ** 2


def scaled(design: Design, own: Own) -> Scaled:
    """Prior means, standard deviations and scales of the latents of one outcome, in their order."""
    first = int(own.latents["alpha"][0])
    count = sum(index.size for index in own.latents.values())
    mean, sd, scale = np.zeros(count), np.ones(count), np.full(count, -1, np.int64)
    mean[0], sd[0] = design.priors.alpha[design.outcome].mean, design.priors.alpha[design.outcome].sd
    beta = own.latents["beta"] - first
    mean[beta], sd[beta] = design.slope_mean, design.slope_sd
    for name, shared in design.shared_scales.items():
        scale[beta[shared.slopes]] = own.scales[name][0]
    for name in design.groups:
        scale[own.latents[f"alpha_{name}"] - first] = own.scales[f"sigma_{name}"][0]
    if design.varying:
        scale[own.latents["gamma"] - first] = own.scales["sigma_gamma"][:, None]
    return Scaled(mean, sd, scale)


def scale_sds(joint: Joint, where: Places) -> Float:
    """Prior standard deviation of each half-normal scale (scale,)."""
    out = np.zeros(where.scales)
    for design, own in zip(joint.designs, where.outcomes, strict=True):
        for name, index in own.scales.items():
            out[index] = design.scales[name].sd
    return out


def cell_index(design: Design) -> NDArray[np.intp]:
    """Cell of each row (obs,), ``region * eras + era``."""
    nothing = np.zeros(design.y.size, np.intp)
    region, era = (design.groups[g].index if g in design.groups else nothing for g in CELLS)
    return region * sizes(design).eras + era


class Sizes(NamedTuple):
    """How many regions and eras a design has (1 without the grouping), columns of rows, and further levels."""

    regions: int
    eras: int
    columns: int
    levels: int

    @property
    def cells(self) -> int:
        """Pairs of a region and an era."""
        return self.regions * self.eras


def sizes(design: Design) -> Sizes:
    """The sizes of a design."""
    regions, eras = (len(design.groups[g].levels) if g in design.groups else 1 for g in CELLS)
    levels = sum(len(design.groups[name].levels) for name in further_groups(design))
    return Sizes(regions, eras, len(design.terms) + len(design.error), levels)


def level_index(design: Design) -> NDArray[np.intp]:
    """Level of each row in each further grouping (grouping, obs), levels of all groupings in one count."""
    out = np.zeros((len(further_groups(design)), design.y.size), np.intp)
    offset = 0
    for row, name in zip(out, further_groups(design), strict=True):
        row[:] = design.groups[name].index + offset
        offset += len(design.groups[name].levels)
    return out


def sum_by_cell(design: Design, values: NDArray | None = None) -> NDArray:
    """Sums of ``values`` (obs,) over the rows of each cell (cell,); without values, the number of rows."""
    return np.bincount(cell_index(design), values, minlength=sizes(design).cells)
