"""From a joint model to the posterior that the compiled code works on."""

from __future__ import annotations

from dataclasses import fields
from math import lgamma, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inference.engine.density import layout as lay
from inference.engine.density import transport
from inference.engine.density.layout import Float, Places, Scaled
from inference.engine.density.posterior import Data, Layout, Posterior
from inference.engine.density.reference import Reference, reference
from inference.engine.density.transport import Map, Prior
from inference.engine.density.units import Units
from inference.engine.rows import kernel
from inference.engine.rows.pack import LANES, Rows, pack_rows, pack_weights, stack
from models.design import Design
from models.joint import Joint, as_joint
from models.priors import Priors
from models.structure import CELLS

COVERED = {
    Design: "name outcome terms varying shrunk x y groups scaling priors rows lost error weight product_sd",
    Priors: "alpha continuous binary product era_scale group_scale time_scale slope_scale correlation shrinkage",
}
Model = Design | Joint


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


def columns(design: Design, x: Float | None = None) -> Float:
    """The predictors ``x`` (by default the design's own) and the error variances beside them (obs, column)."""
    return np.column_stack([design.x if x is None else x, *design.error.values()])


def column_names(design: Design) -> list[str]:
    """Names of `columns`: the terms, then the error variances."""
    return [*design.terms, *(f"{name} error" for name in design.error)]


class Packed(NamedTuple):
    """Rows packed once for several designs."""

    rows: Rows
    order: NDArray[np.intp]
    terms: tuple[str, ...]
    positions: NDArray[np.intp]  # of the rows in the panel


def pack(*designs: Design, dtype: str = "float32") -> Packed:
    """Pack the predictors of all ``designs``, which must have the same rows and groups; weights are not packed.

    A design then selects its columns. Raises ValueError where rows, groups or a shared predictor differ.
    """
    first = designs[0]
    for design in designs:
        if not same_rows(design, first):
            raise ValueError(f"{design.name} and {first.name} have different rows or groups: pack them separately")
    known, differing = _by_name(designs)
    if differing is not None:
        raise ValueError(f"{differing} from that of another design in the pack")
    x = np.column_stack(list(known.values())) if known else np.zeros((first.y.size, 0))
    rows, order = pack_columns(first, x, dtype)
    return Packed(rows, order, tuple(known), first.rows)


def same_rows(one: Design, other: Design) -> bool:
    """Whether two designs have the same rows, in the same groups."""
    return (
        np.array_equal(one.rows, other.rows)
        and list(one.groups) == list(other.groups)
        and all(np.array_equal(g.index, other.groups[n].index) for n, g in one.groups.items())
    )


def _by_name(designs: tuple[Design, ...]) -> tuple[dict[str, Float], str | None]:
    """Columns of all designs by name, and what says which of them differs between two, if any.

    They do where designs of two samples are cut to the rows of both: each keeps its own scaling.
    """
    known: dict[str, Float] = {}
    for design in designs:
        for name, column in zip(column_names(design), columns(design).T, strict=True):
            if not np.array_equal(known.setdefault(name, column), column):
                return known, f"{design.name}: predictor {name!r} differs"
    return known, None


def pack_columns(design: Design, x: Float, dtype: str) -> tuple[Rows, NDArray[np.intp]]:
    """Pack ``x`` (obs, column) in the cells of ``design``; returns the rows and the order (obs,) they were put in."""
    size = lay.sizes(design)
    return pack_rows(x, lay.cell_index(design), size.eras, lay.level_index(design), size.levels, dtype)


def events(design: Design) -> tuple[Float, Float, Float]:
    """Events by cell (cell,), their summed columns (region, column), and events by further level (level,)."""
    size, y = lay.sizes(design), design.y == 1
    weight = design.row_weight[y]
    cell = lay.cell_index(design)[y]
    x = np.zeros((size.regions, size.columns))
    np.add.at(x, cell // size.eras, weight[:, None] * columns(design)[y])
    level = np.zeros(size.levels)
    for group in lay.level_index(design):
        level += np.bincount(group[y], weight, minlength=size.levels)
    return np.bincount(cell, weight, minlength=size.cells), x, level


def posterior(model: Model, dtype: str = "float32", packed: Packed | None = None) -> tuple[Posterior, Float]:
    """The posterior of ``model``, and the scales of its reference point (scale,)."""
    joint = as_joint(model)
    for design in joint.designs:
        check(design)
    names = column_names_of(joint, packed)
    where = lay.places(joint)
    priors = [lay.scaled(design, own) for design, own in zip(joint.designs, where.outcomes, strict=True)]
    sigma_sd = lay.scale_sds(joint, where)
    references, sigma = [], np.zeros(where.scales)
    for design, own, prior in zip(joint.designs, where.outcomes, priors, strict=True):
        mine = np.concatenate([*own.scales.values()]) if own.scales else np.zeros(0, np.int64)
        first = int(mine.min(initial=where.scales))
        scale = np.where(prior.scale < 0, -1, prior.scale - first)
        references.append(reference(design, own, prior._replace(scale=scale), sigma_sd[mine]))
        sigma[mine] = references[-1].sigma
    units, effects, fixed = _units(where, priors, references)
    parts = (
        _data(joint, names, packed, dtype),
        _prior(joint, where, priors, sigma_sd, fixed),
        units,
        _map(references, effects, fixed),
    )
    data = parts[0]
    return Posterior(_layout(joint, where, names), *parts, *_scratch(data, units, where)), sigma


def column_names_of(joint: Joint, packed: Packed | None) -> list[str]:
    """Names of the columns that the rows of a model are read in."""
    own = list(dict.fromkeys(name for design in joint.designs for name in column_names(design)))
    missing = [name for name in own if packed and name not in packed.terms]
    if missing or (packed and not all(np.array_equal(packed.positions, d.rows) for d in joint.designs)):
        raise ValueError(f"{joint.designs[0].name} is not among the designs that were packed")
    return own


def _data(joint: Joint, names: list[str], packed: Packed | None, dtype: str) -> Data:
    """Rows of all outcomes, packed once where they and their predictors are the same."""
    designs = joint.designs
    shared = all(same_rows(design, designs[0]) for design in designs) and _by_name(designs)[1] is None
    packs = [packed or pack(*designs, dtype=dtype)] * len(designs) if shared else _packed_apart(designs, names, dtype)
    parts = []
    for design, mine in zip(designs, packs, strict=True):
        weight = None if design.weight is None else design.weight[mine.order]
        values, start = pack_weights(weight, mine.rows.size, mine.rows.x.dtype.name)
        parts.append(mine.rows._replace(weight=values, weight_start=start))
    size = lay.sizes(designs[0])
    rows = stack(parts, size.cells, size.regions, shared)
    cell, x, level = zip(*(events(design) for design in designs), strict=True)
    by_name = [np.zeros((size.regions, len(names))) for _ in designs]
    for out, design, summed in zip(by_name, designs, x, strict=True):
        out[:, [names.index(name) for name in column_names(design)]] = summed
    columns_of = np.array([packs[0].terms.index(name) for name in names], np.int64)
    return Data(rows, columns_of, np.concatenate(cell), np.concatenate(by_name), np.stack(level))


def _packed_apart(designs: tuple[Design, ...], names: list[str], dtype: str) -> list[Packed]:
    """Each design packed by itself, with a column of zeros for a term of the other."""
    out = []
    for design in designs:
        x = np.zeros((design.y.size, len(names)))
        x[:, [names.index(name) for name in column_names(design)]] = columns(design)
        rows, order = pack_columns(design, x, dtype)
        out.append(Packed(rows, order, tuple(names), design.rows))
    return out


def _layout(joint: Joint, where: Places, names: list[str]) -> Layout:
    """Positions of the latents behind intercepts, slopes and levels."""
    size, outcomes = lay.sizes(joint.designs[0]), len(joint.designs)
    cells = np.full((outcomes, size.regions, size.eras, 3), -1, np.int64)
    slopes = np.full((outcomes, size.regions, len(names), 2), -1, np.int64)
    squared = np.zeros(slopes.shape[:3], bool)
    levels = np.zeros((outcomes, size.levels), np.int64)
    for o, (design, own) in enumerate(zip(joint.designs, where.outcomes, strict=True)):
        cells[o, ..., 0] = own.latents["alpha"][0]
        for part, name in enumerate(CELLS, 1):
            if name in design.groups:
                effect = own.latents[f"alpha_{name}"]
                cells[o, ..., part] = effect[:, None] if name == "region" else effect
        for k, name in enumerate(design.terms):
            slopes[o, :, names.index(name), 0] = own.latents["beta"][k]
        for k, name in enumerate(design.varying):
            slopes[o, :, names.index(name), 1] = own.latents["gamma"][k]
        for name in design.error:
            column = names.index(f"{name} error")
            slopes[o, :, column, 0] = own.latents["beta"][design.terms.index(name)]
            squared[o, :, column] = True
        further = [own.latents[f"alpha_{name}"] for name in lay.further_groups(design)]
        levels[o] = np.concatenate([np.zeros(0, np.int64), *further])
    blocks = outcomes * size.regions
    return Layout(
        cells.reshape(-1, 3), slopes.reshape(blocks, len(names), 2), squared.reshape(blocks, len(names)), levels
    )


def _units(
    where: Places, priors: list[Scaled], references: list[Reference]
) -> tuple[Units, NDArray[np.int64], NDArray[np.int64]]:
    """Effects alone and in pairs; positions of all effects, then of all fixed latents, among the latents."""
    first = [int(own.latents["alpha"][0]) for own in where.outcomes]
    effects = np.concatenate([r.effect + at for r, at in zip(references, first, strict=True)]).astype(np.int64)
    fixed = np.concatenate([r.fixed + at for r, at in zip(references, first, strict=True)]).astype(np.int64)
    position = np.full(where.latents, -1, np.int64)
    position[effects] = np.arange(effects.size)
    pairs, group, scales = [np.zeros((0, 2), np.int64)], [np.zeros(0, np.int64)], []
    for name, g in where.rho.items():
        both = [position[own.latents[f"alpha_{name}"]] for own in where.outcomes]
        pairs.append(np.stack(both, axis=1))
        group.append(np.full(len(both[0]), g))
        scales.append([int(own.scales[f"sigma_{name}"][0]) for own in where.outcomes])
    pair = np.concatenate(pairs)
    single = np.setdiff1d(np.arange(effects.size), pair)
    sd, scale = (np.concatenate([getattr(prior, name) for prior in priors]) for name in ("sd", "scale"))
    units = Units(
        single=single,
        single_scale=scale[effects[single]],
        single_sd=sd[effects[single]],
        pair=pair,
        pair_group=np.concatenate(group),
        group_scale=np.array(scales, np.int64).reshape(-1, 2),
        information=np.concatenate([r.information for r in references]),
        shift=np.concatenate([r.shift for r in references]),
    )
    return units, effects, fixed


def _map(references: list[Reference], effects: NDArray[np.int64], fixed: NDArray[np.int64]) -> Map:
    """The linear parts of the transport, those of each outcome padded to the same size."""
    regression, fixed_root = (_padded([getattr(r, name) for r in references]) for name in ("regression", "fixed_root"))
    root = _padded([r.root for r in references]).astype(np.float32)
    diagonals = [np.diag(part)[: len(r.root)] for part, r in zip(root.astype(float), references, strict=True)]
    log_det = sum(np.log(np.diag(r.fixed_root)).sum() for r in references) + np.log(np.concatenate(diagonals)).sum()
    return Map(
        fixed,
        effects,
        np.cumsum([0, *(r.fixed.size for r in references)]),
        np.cumsum([0, *(r.effect.size for r in references)]),
        np.array([len(r.root) for r in references]),
        np.concatenate([r.centre for r in references]),
        regression,
        fixed_root,
        root,
        float(log_det),
    )


def _padded(parts: list[Float]) -> Float:
    """Matrices on top of each other, smaller ones padded with zeros behind their rows and columns."""
    out: Float = np.zeros((len(parts), *(max(part.shape[axis] for part in parts) for axis in (0, 1))))
    for room, part in zip(out, parts, strict=True):
        room[: part.shape[0], : part.shape[1]] = part
    return out


def _prior(joint: Joint, where: Places, priors: list[Scaled], sigma_sd: Float, fixed: NDArray[np.int64]) -> Prior:
    """Priors of all latents, scales and correlations."""
    mean, sd = (np.concatenate([getattr(prior, name) for prior in priors]) for name in ("mean", "sd"))
    eta = np.array([prior.eta for prior in joint.correlations.values()])
    constant = -0.5 * np.log(2 * np.pi) * where.latents - np.log(sd[fixed]).sum()
    constant += np.sum(0.5 * np.log(2 / np.pi) - np.log(sigma_sd))
    constant += sum(lgamma(2 * e) - 2 * lgamma(e) - (2 * e - 1) * log(2) for e in eta)
    return Prior(mean, sd[fixed], sigma_sd, eta, float(constant))


def for_chain(posterior: Posterior) -> Posterior:
    """The same posterior with scratch of its own, for a chain beside others."""
    t = posterior.transport
    room = transport.transport(t.theta.size, t.y.size, t.sigma.size, t.rho.size)
    return posterior._replace(**dict(zip(SCRATCH, _room(posterior.data, room), strict=True)))


SCRATCH = ("effects", "sums", "transport", "likelihood")


def _scratch(data: Data, units: Units, where: Places) -> tuple[kernel.Effects, kernel.Sums, transport.Transport, Float]:
    room = transport.transport(where.latents, units.shift.size, where.scales, len(where.rho))
    return _room(data, room)


def _room(data: Data, room: transport.Transport) -> tuple[kernel.Effects, kernel.Sums, transport.Transport, Float]:
    """Room for the work of one chain, the last parts of a `Posterior`."""
    dtype, cells = data.rows.x.dtype.name, data.events_cell.size
    slopes, levels = data.events_x.shape, (len(data.events_level), data.events_level.shape[1] + LANES)
    effects = kernel.Effects(np.zeros(cells, dtype), np.zeros(slopes, dtype), np.zeros(levels, dtype))
    return effects, kernel.empty_sums(cells, slopes, levels, dtype), room, np.zeros(1)


def origin(posterior: Posterior, sigma: Float) -> Float:
    """The position of scales ``sigma``, no correlation and z = 0."""
    tau = transport.scales_inverse(sigma / posterior.prior.sigma_sd)
    t = posterior.transport
    return np.concatenate([tau, np.zeros(t.rho.size + t.theta.size)])
