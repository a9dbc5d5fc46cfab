"""From a design to the posterior that the compiled code works on."""

from __future__ import annotations

from dataclasses import fields
from itertools import accumulate

import numpy as np

from inference.engine import kernel, transport
from inference.engine.posterior import Data, Effects, Layout, Posterior, Quadratic
from inference.engine.reference import refer
from inference.engine.transport import Float, Prior
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
                f"{design.name}: the kernel engine does not know {', '.join(sorted(unknown))} of {type(value).__name__}; "
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
    return names + ["sigma_beta"] * bool(design.shrunk.any())


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

    own = [along("region", 1)] * where.has_region + [along("gamma", 1, k) for k in range(len(where.varying))]
    free = np.full(1 + where.predictors, -1)
    if design.shrunk.any():
        free[1:][design.shrunk] = names.index("sigma_beta")
    scale = [np.tile(np.concatenate(own), where.regions)] if own else []
    scale += [free] + [along("era", where.eras)] * where.has_era
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


def posterior(design: Design, dtype: str = "float32") -> tuple[Posterior, Float]:
    """The posterior of ``design`` with its reference, and the group scales found there."""
    check(design)
    where = layout(design)
    nothing = np.zeros(design.y.size, np.intp)
    region = design.groups["region"].index if where.has_region else nothing
    era = design.groups["era"].index if where.has_era else nothing
    extra = [design.groups[name] for name in extra_groups(design)]
    offsets = list(accumulate((len(group.levels) for group in extra), initial=0))
    levels = np.array([g.index + o for g, o in zip(extra, offsets, strict=False)], np.intp).reshape(len(extra), design.y.size)

    rows, order = kernel.pack(design.x, region, era, where.eras, levels, dtype)
    y, x = design.y.astype(float), design.x
    events_x = np.zeros((where.regions, where.predictors))
    np.add.at(events_x, region[design.y == 1], x[design.y == 1])
    cells = where.regions * where.eras
    events_level = np.zeros(offsets[-1])
    for group in levels:
        events_level += np.bincount(group, y, minlength=offsets[-1])
    data = Data(
        rows,
        np.arange(where.predictors),
        np.bincount(region * where.eras + era, y, minlength=cells),
        events_x,
        events_level,
    )
    sizes = (where.regions, where.own, where.shared, offsets[-1])
    out = Posterior(
        where,
        data,
        prior(design, where),
        Quadratic(transport.arrow(*sizes), np.zeros(where.regions * where.own + where.shared + offsets[-1])),
        *scratch(where, offsets[-1], dtype),
    )
    return out, refer(out, x[order], region[order], era[order], levels[:, order])


def scratch(where: Layout, extra: int, dtype: str) -> tuple[Effects, kernel.Sums, transport.Transport]:
    """Room for the work of one chain."""
    cells = where.regions * where.eras
    effects = Effects(np.zeros(cells, dtype), np.zeros((where.regions, where.predictors), dtype), np.zeros(extra, dtype))
    sums = kernel.sums(cells, where.regions, where.predictors, extra, dtype)
    return effects, sums, transport.transport(where.regions, where.own, where.shared, extra)
