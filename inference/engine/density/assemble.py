"""From a design to the posterior that the compiled code works on."""

from __future__ import annotations

from dataclasses import fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inference.engine.density import transport
from inference.engine.density.arrowhead import Float, arrow
from inference.engine.density.laplace import SortedRows, fit_quadratic
from inference.engine.density.posterior import Data, Layout, Posterior, Quadratic
from inference.engine.density.transport import Prior
from inference.engine.rows import kernel
from inference.engine.rows.pack import Rows, pack_rows
from models.design import Design
from models.priors import Priors

COVERED = {
    Design: "name outcome terms varying shrunk x y groups scaling priors rows lost error weight",
    Priors: "alpha continuous binary product era_scale group_scale shrinkage",
}


def check(design: Design) -> None:
    """Raise for a design that this engine would get wrong, naming the reason and the remedy."""
    for value, kind in ((design, Design), (design.priors, Priors)):
        unknown = {field.name for field in fields(value)} - set(COVERED[kind].split())
        if unknown:
            raise NotImplementedError(
                f"{design.name}: the kernel engine does not know {', '.join(sorted(unknown))} of {kind.__name__}; "
                "sample it with the engine nutpie, which compiles the PyMC model itself"
            )
    bad = [term for term, finite in zip(design.terms, np.isfinite(design.x).all(axis=0), strict=True) if not finite]
    if bad:
        raise ValueError(f"{design.name}: predictor {bad[0]!r} has values that are not finite; leave out these rows")
    if not np.isin(design.y, (0, 1)).all():
        raise ValueError(f"{design.name}: {design.outcome} must be 0 or 1, got {np.setdiff1d(design.y, (0, 1))[0]}")
    if design.varying and "region" not in design.groups:
        raise ValueError(
            f"{design.name}: slopes of {', '.join(design.varying)} vary by region, but the groups are "
            f"{', '.join(design.groups) or 'none'}; add 'region' or let no slope vary"
        )


def extra_groups(design: Design) -> list[str]:
    """Groups beside region and era."""
    return [name for name in design.groups if name not in ("region", "era")]


def scale_names(design: Design) -> list[str]:
    """The group scales in the sampler's order; one ``sigma_gamma`` for each exposure."""
    names = [f"sigma_{name}" for name in ("region", "era", *extra_groups(design)) if name in design.groups]
    names += ["sigma_gamma"] * len(design.varying)
    return names + list(design.shared_scales)


def layout(design: Design) -> Layout:
    """How the latents of ``design`` are arranged."""
    region, era = design.groups.get("region"), design.groups.get("era")
    return Layout(
        regions=len(region.levels) if region else 1,
        eras=len(era.levels) if era else 1,
        predictors=len(design.terms),
        has_region=int(region is not None),
        has_era=int(era is not None),
        varying=design.varying_columns.astype(np.int64),
        error=np.array([design.terms.index(term) for term in design.error], np.int64),
    )


def columns(design: Design, x: Float | None = None) -> Float:
    """The predictors ``x`` (by default the design's own) and the error variances beside them (obs, column)."""
    return np.column_stack([design.x if x is None else x, *design.error.values()])


def prior(design: Design, where: Layout) -> Prior:
    """Priors of the latents and scales of ``design``."""
    names, scales = scale_names(design), design.scales
    intercept = design.priors.alpha[design.outcome]

    def along(group: str, count: int, offset: int = 0) -> Float:
        return np.full(count, names.index(f"sigma_{group}") + offset)

    own = [along("region", 1)] if where.has_region else []
    own += [along("gamma", 1, k) for k in range(len(where.varying))]
    free = np.full(1 + where.predictors, -1)
    for name, shared in design.shared_scales.items():
        free[1:][shared.slopes] = names.index(name)
    scale = [np.tile(np.concatenate(own), where.regions)] if own else []
    scale += [free, along("era", where.eras)] if where.has_era else [free]
    scale += [along(name, len(design.groups[name].levels)) for name in extra_groups(design)]
    scale = np.concatenate(scale).astype(np.int64)

    at = where.regions * where.own
    mean, sd = np.zeros(scale.size), np.ones(scale.size)
    mean[at], sd[at] = intercept.mean, intercept.sd
    slopes = slice(at + 1, at + 1 + where.predictors)
    mean[slopes], sd[slopes] = design.slope_mean, design.slope_sd
    sigma_sd = np.array([scales[name].sd for name in names])
    constant = -0.5 * np.log(2 * np.pi) * scale.size + np.sum(0.5 * np.log(2 / np.pi) - np.log(sigma_sd))
    return Prior(mean, sd, scale, sigma_sd, float(constant))


class Indices(NamedTuple):
    """Where the rows stand in the groups."""

    region: NDArray[np.intp]  # (obs,)
    era: NDArray[np.intp]  # (obs,)
    levels: NDArray[np.intp]  # (extra group, obs): levels of all extra groups in one count


def indices(design: Design) -> Indices:
    """Region, era and levels of each row; 0 for a region or an era that the design lacks."""
    nothing = np.zeros(design.y.size, np.intp)
    region, era = (design.groups[g].index if g in design.groups else nothing for g in ("region", "era"))
    levels, offset = np.zeros((len(extra_groups(design)), design.y.size), np.intp), 0
    for row, name in zip(levels, extra_groups(design), strict=True):
        row[:] = design.groups[name].index + offset
        offset += len(design.groups[name].levels)
    return Indices(region, era, levels)


def cell_index(design: Design) -> NDArray[np.intp]:
    """Cell of each row (obs,), ``region * eras + era``."""
    region, era, _ = indices(design)
    return region * layout(design).eras + era


def sum_by_cell(design: Design, values: NDArray | None = None) -> NDArray:
    """Sums of ``values`` (obs,) over the rows of each cell (cell,); without values, the number of rows."""
    return np.bincount(cell_index(design), values, minlength=layout(design).cells)


def events(design: Design, where: Layout, extra: int) -> tuple[Float, Float, Float]:
    """Events by cell (cell,), their summed predictors (region, predictor), and events by level (extra,)."""
    region, _, levels = indices(design)
    y = design.y == 1
    weight = np.ones(y.sum()) if design.weight is None else design.weight[y]
    cell = sum_by_cell(design, y if design.weight is None else y * design.weight)
    x = np.zeros((where.regions, where.columns))
    np.add.at(x, region[y], weight[:, None] * columns(design)[y])
    level = np.zeros(extra)
    for group in levels:
        level += np.bincount(group[y], weight, minlength=extra)
    return cell, x, level


class Packed(NamedTuple):
    """Rows packed once for several designs."""

    rows: Rows
    order: NDArray[np.intp]
    terms: tuple[str, ...]
    positions: NDArray[np.intp]  # of the rows in the panel


def pack(*designs: Design, dtype: str = "float32") -> Packed:
    """Pack the predictors of all ``designs``, which must have the same rows and groups.

    A design then selects its columns. Raises ValueError where rows, groups or a shared predictor differ.
    """
    first = designs[0]
    known: dict[str, Float] = {}
    for design in designs:
        same = np.array_equal(design.rows, first.rows) and list(design.groups) == list(first.groups)
        same &= np.array_equal(design.weight, first.weight)  # pyright: ignore[reportArgumentType] - None equals None
        if not same or any(not np.array_equal(g.index, first.groups[n].index) for n, g in design.groups.items()):
            raise ValueError(f"{design.name} and {first.name} have different rows or groups: pack them separately")
        for name, column in zip(column_names(design), columns(design).T, strict=True):
            if not np.array_equal(known.setdefault(name, column), column):
                raise ValueError(f"{design.name}: predictor {name!r} differs from that of another design in the pack")
    x = np.column_stack(list(known.values())) if known else np.zeros((first.y.size, 0))
    rows, order = pack_columns(first, x, dtype, first.weight)
    return Packed(rows, order, tuple(known), first.rows)


def pack_columns(design: Design, x: Float, dtype: str, weight: Float | None = None) -> tuple[Rows, NDArray[np.intp]]:
    """Pack ``x`` (obs, column) in the cells of ``design``; returns the rows and the order (obs,) they were put in."""
    return pack_rows(x, cell_index(design), layout(design).eras, indices(design).levels, dtype, weight)


def column_names(design: Design) -> list[str]:
    """Names of `columns`: the terms, then the error variances."""
    return [*design.terms, *(f"{name} error" for name in design.error)]


def posterior(design: Design, dtype: str = "float32", packed: Packed | None = None) -> tuple[Posterior, Float]:
    """The posterior of ``design`` with its quadratic approximation, and the group scales that this was fitted at."""
    check(design)
    packed = packed or pack(design, dtype=dtype)
    out = without_quadratic(design, packed)
    order = packed.order
    weight = np.ones(order.size) if design.weight is None else design.weight[order]
    region, era, levels = (index[..., order] for index in indices(design))
    return out, fit_quadratic(out, SortedRows(design.x[order], region, era, levels, weight))


def without_quadratic(design: Design, packed: Packed) -> Posterior:
    """The posterior of ``design``, its quadratic approximation still zero."""
    where = layout(design)
    names = column_names(design)
    missing = [name for name in names if name not in packed.terms]
    if missing or not np.array_equal(packed.positions, design.rows):
        raise ValueError(f"{design.name} is not among the designs that were packed")
    extra = sum(len(design.groups[name].levels) for name in extra_groups(design))
    where_packed = np.array([packed.terms.index(name) for name in names], np.int64)
    sizes = (where.regions, where.own, where.shared, extra)
    return Posterior(
        where,
        Data(packed.rows, where_packed, *events(design, where, extra)),
        prior(design, where),
        Quadratic(arrow(*sizes), np.zeros(where.regions * where.own + where.shared + extra)),
        *scratch(where, extra, len(scale_names(design)), packed.rows.x.dtype.name),
    )


def for_chain(posterior: Posterior) -> Posterior:
    """The same posterior with scratch of its own, for a chain beside others."""
    levels, scales = posterior.data.events_level.size, posterior.prior.sigma_sd.size
    return Posterior(*posterior[:4], *scratch(posterior.layout, levels, scales, posterior.data.rows.x.dtype.name))


def scratch(
    where: Layout, extra: int, scales: int, dtype: str
) -> tuple[kernel.Effects, kernel.Sums, transport.Transport, Float]:
    """Room for the work of one chain, the last parts of a `Posterior`."""
    shapes = (where.cells, (where.regions, where.columns), extra)
    effects = kernel.Effects(*(np.zeros(shape, dtype) for shape in shapes))
    sums = kernel.empty_sums(where.cells, where.regions, where.columns, extra, dtype)
    return effects, sums, transport.transport(where.regions, where.own, where.shared, extra, scales), np.zeros(1)
