"""From a design to the posterior that the compiled code works on."""

from __future__ import annotations

from dataclasses import fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inference.engine import kernel, transport
from inference.engine.posterior import Data, Effects, Layout, Posterior, Quadratic
from inference.engine.reference import refer
from inference.engine.root import Float, arrow
from inference.engine.transport import Prior
from models.design import Design
from models.priors import Priors

COVERED = {
    Design: "name outcome terms varying shrunk x y groups scaling priors rows lost",
    Priors: "alpha continuous binary product group_scale shrinkage",
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


def shrinks(design: Design) -> bool:
    """Whether some slopes share a learnt scale."""
    return design.priors.shrinkage is not None and bool(design.shrunk.any())


def scale_names(design: Design) -> list[str]:
    """The group scales in the sampler's order; one ``sigma_gamma`` for each exposure."""
    names = [f"sigma_{name}" for name in ("region", "era", *extra_groups(design)) if name in design.groups]
    names += ["sigma_gamma"] * len(design.varying)
    return names + ["sigma_beta"] * shrinks(design)


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
    )


def prior(design: Design, where: Layout) -> Prior:
    """Priors of the latents and scales of ``design``."""
    names, p = scale_names(design), design.priors
    intercept, shrinkage = p.alpha[design.outcome], p.shrinkage

    def along(group: str, count: int, offset: int = 0) -> Float:
        return np.full(count, names.index(f"sigma_{group}") + offset)

    own = [along("region", 1)] if where.has_region else []
    own += [along("gamma", 1, k) for k in range(len(where.varying))]
    free = np.full(1 + where.predictors, -1)
    if shrinks(design):
        free[1:][design.shrunk] = names.index("sigma_beta")
    scale = [np.tile(np.concatenate(own), where.regions)] if own else []
    scale += [free, along("era", where.eras)] if where.has_era else [free]
    scale += [along(name, len(design.groups[name].levels)) for name in extra_groups(design)]
    scale = np.concatenate(scale).astype(np.int64)

    at = where.regions * where.own
    mean, sd = np.zeros(scale.size), np.ones(scale.size)
    mean[at], sd[at] = intercept.mean, intercept.sd
    slopes = slice(at + 1, at + 1 + where.predictors)
    mean[slopes], sd[slopes] = design.slope_mean, design.slope_sd
    sigma_sd = np.array([shrinkage.sd if shrinkage and n == "sigma_beta" else p.group_scale.sd for n in names])
    constant = -0.5 * np.log(2 * np.pi) * scale.size + np.sum(0.5 * np.log(2 / np.pi) - np.log(sigma_sd))
    return Prior(mean, sd, scale, sigma_sd, float(constant))


def indices(design: Design) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Region (obs,), era (obs,) and levels (extra group, obs) of each row; levels of all extra groups in one count."""
    nothing = np.zeros(design.y.size, np.intp)
    region, era = (design.groups[g].index if g in design.groups else nothing for g in ("region", "era"))
    levels, offset = np.zeros((len(extra_groups(design)), design.y.size), np.intp), 0
    for row, name in zip(levels, extra_groups(design), strict=True):
        row[:] = design.groups[name].index + offset
        offset += len(design.groups[name].levels)
    return region, era, levels


def events(design: Design, where: Layout, extra: int) -> tuple[Float, Float, Float]:
    """Events by cell (cell,), their summed predictors (region, predictor), and events by level (extra,)."""
    region, era, levels = indices(design)
    y = design.y == 1
    cell = np.bincount((region * where.eras + era)[y], minlength=where.regions * where.eras)
    x = np.zeros((where.regions, where.predictors))
    np.add.at(x, region[y], design.x[y])
    level = np.zeros(extra)
    for group in levels:
        level += np.bincount(group[y], minlength=extra)
    return cell.astype(float), x, level


class Packed(NamedTuple):
    """Rows packed once for several designs."""

    rows: kernel.Rows
    order: NDArray[np.intp]
    terms: tuple[str, ...]
    positions: NDArray[np.intp]  # of the rows in the panel


def pack(*designs: Design, dtype: str = "float32") -> Packed:
    """Pack the predictors of all ``designs``, which must have the same rows and groups.

    A design then selects its columns. Raises ValueError where rows, groups or a shared predictor differ.
    """
    first = designs[0]
    region, era, levels = indices(first)
    columns = {}
    for design in designs:
        same = np.array_equal(design.rows, first.rows) and list(design.groups) == list(first.groups)
        if not same or any(not np.array_equal(g.index, first.groups[n].index) for n, g in design.groups.items()):
            raise ValueError(f"{design.name} and {first.name} have different rows or groups: pack them separately")
        for j, term in enumerate(design.terms):
            if not np.array_equal(columns.setdefault(term, design.x[:, j]), design.x[:, j]):
                raise ValueError(f"{design.name}: predictor {term!r} differs from that of another design in the pack")
    x = np.stack(list(columns.values()), axis=1)
    rows, order = kernel.pack(x, region, era, layout(first).eras, levels, dtype)
    return Packed(rows, order, tuple(columns), first.rows)


def posterior(design: Design, dtype: str = "float32", packed: Packed | None = None) -> tuple[Posterior, Float]:
    """The posterior of ``design`` with its reference, and the group scales found there."""
    check(design)
    where = layout(design)
    packed = packed or pack(design, dtype=dtype)
    missing = [term for term in design.terms if term not in packed.terms]
    if missing or not np.array_equal(packed.positions, design.rows):
        raise ValueError(f"{design.name} is not among the designs that were packed")
    extra = sum(len(design.groups[name].levels) for name in extra_groups(design))
    columns = np.array([packed.terms.index(term) for term in design.terms], np.int64)
    sizes = (where.regions, where.own, where.shared, extra)
    out = Posterior(
        where,
        Data(packed.rows, columns, *events(design, where, extra)),
        prior(design, where),
        Quadratic(arrow(*sizes), np.zeros(where.regions * where.own + where.shared + extra)),
        *scratch(where, extra, len(scale_names(design)), packed.rows.x.dtype.name),
    )
    region, era, levels = indices(design)
    order = packed.order
    return out, refer(out, design.x[order], region[order], era[order], levels[:, order])


def scratch(where: Layout, extra: int, scales: int, dtype: str) -> tuple[Effects, kernel.Sums, transport.Transport]:
    """Room for the work of one chain."""
    cells = where.regions * where.eras
    effects = Effects(
        np.zeros(cells, dtype), np.zeros((where.regions, where.predictors), dtype), np.zeros(extra, dtype)
    )
    sums = kernel.sums(cells, where.regions, where.predictors, extra, dtype)
    return effects, sums, transport.transport(where.regions, where.own, where.shared, extra, scales)
