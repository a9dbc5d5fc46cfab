"""Packed rows: every row is in one segment, and the kernel's sums are those of plain numpy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.engine.density import assemble, layout
from inference.engine.rows import kernel
from inference.engine.rows.pack import LANES, pack_rows
from models.design import Group
from models.joint import as_joint
from tests.fixtures.engine_designs import changed, paired, simulated

ROWS, STATES, YEARS = 1500, 25, 60
EXTRA = {"state": STATES, "year": YEARS}


def as_in_a_panel(design):
    """The design with the rows of each pair of states year after year; regions and eras follow from state and year."""
    at = np.arange(design.y.size)
    state, year = at // YEARS % STATES, at % YEARS
    index = {"state": state, "year": year, "region": state % 4, "era": year // 20}
    return changed(design, groups={name: Group(index[name], g.levels) for name, g in design.groups.items()})


def joint_as_in_a_panel(**values):
    joint = paired(ROWS, extra=EXTRA, **values)
    return replace(joint, designs=tuple(map(as_in_a_panel, joint.designs)))


MODELS = {
    "no further group": lambda: simulated(ROWS),
    "random levels": lambda: simulated(ROWS, extra=EXTRA),
    "sorted levels": lambda: as_in_a_panel(simulated(ROWS, extra=EXTRA)),
    "random levels, weights": lambda: simulated(ROWS, extra=EXTRA, weighted=True),
    "sorted levels, weights": lambda: as_in_a_panel(simulated(ROWS, extra=EXTRA, weighted=True)),
    "two outcomes, random levels": lambda: paired(ROWS, extra=EXTRA),
    "two outcomes, sorted levels": joint_as_in_a_panel,
    "two outcomes on other rows, random levels": lambda: paired(ROWS, extra=EXTRA, apart=True),
    "two outcomes on other rows, sorted levels": lambda: joint_as_in_a_panel(apart=True),
}


@pytest.mark.parametrize("model", MODELS)
def test_every_row_is_in_one_segment_with_its_levels(model):
    for design in as_joint(MODELS[model]()).designs:
        size, levels = layout.sizes(design), layout.level_index(design)
        nothing = np.zeros((design.y.size, 0))
        rows, order = pack_rows(nothing, layout.cell_index(design), size.eras, levels, size.levels)
        assert sorted(order) == list(range(design.y.size))
        segments, begin = rows.segments, np.cumsum(rows.size) - rows.size
        assert (segments.size <= LANES).all()
        for run in range(rows.size.size if len(levels) else 0):
            mine = range(segments.of_run[run], segments.of_run[run + 1])
            found = [i for s in mine for i in range(segments.first[s], segments.first[s] + segments.size[s])]
            assert found == list(range(rows.size[run]))
            for s in mine:
                place = order[begin[run] + segments.first[s] + np.arange(segments.size[s])]
                known = np.repeat(segments.fixed[s][:, None], place.size, axis=1)
                counts = segments.fixed[s] == size.levels
                assert counts.sum() == (segments.moving[s] != size.levels) <= 1
                known[counts] = segments.moving[s] + np.arange(place.size)
                np.testing.assert_array_equal(known, levels[:, place])
        assert segments.of_run[-1] == segments.size.size


def test_years_of_a_pair_share_segments():
    sizes = []
    for design in (simulated(ROWS, extra=EXTRA), as_in_a_panel(simulated(ROWS, extra=EXTRA))):
        size = layout.sizes(design)
        levels = layout.level_index(design)
        rows, _ = pack_rows(design.x, layout.cell_index(design), size.eras, levels, size.levels)
        sizes.append(rows.segments.size.mean())
    assert sizes[0] < 3
    assert sizes[1] > 5


def numpy_sums(joint, names, effects):
    """Sums over rows as of `kernel.Sums`, and that of log(1 + exp(eta)), by plain algebra."""
    size = layout.sizes(joint.designs[0])
    cell, slope = np.zeros(size.cells * len(joint.designs)), np.zeros(effects.slope.shape)
    level, total = np.zeros(effects.level.shape), 0.0
    for o, design in enumerate(joint.designs):
        x, levels = np.zeros((design.y.size, len(names))), layout.level_index(design)
        x[:, [names.index(name) for name in assemble.column_names(design)]] = assemble.columns(design)
        at = layout.cell_index(design) + o * size.cells
        region = at // size.eras
        eta = effects.intercept[at] + (x * effects.slope[region]).sum(axis=1)
        for group in levels:
            eta += effects.level[o][group]
        weight = design.row_weight
        p = weight / (1.0 + np.exp(-eta))
        total += np.sum(weight * np.logaddexp(0.0, eta))
        cell += np.bincount(at, p, minlength=cell.size)
        np.add.at(slope, region, p[:, None] * x)
        for group in levels:
            level[o] += np.bincount(group, p, minlength=level[o].size)
    return total, cell, slope, level


@pytest.mark.parametrize(("dtype", "precision"), [("float64", 1e-11), ("float32", 2e-5)])
@pytest.mark.parametrize("model", MODELS)
def test_sums_over_rows_are_those_of_numpy(model, dtype, precision):
    joint = as_joint(MODELS[model]())
    target, _ = assemble.posterior(joint, dtype)
    names, rng = assemble.column_names_of(joint, None), np.random.default_rng(8)
    room = target.effects
    drawn = kernel.Effects(*(rng.normal(0.0, 0.5, values.shape).astype(dtype) for values in room))
    drawn.intercept[:] -= 2.0
    nobody = target.data.events_level.shape[1]
    drawn.level[:, nobody:] = 0.0
    # A column of a term that the outcome lacks is read where rows are shared: its slope is 0 in the model.
    for o, design in enumerate(joint.designs):
        lacks = [k for k, name in enumerate(names) if name not in assemble.column_names(design)]
        drawn.slope.reshape(len(joint.designs), -1, len(names))[o][:, lacks] = 0.0
    found = kernel.log_likelihood_sums(target.data.rows, target.data.columns, drawn, target.sums)
    total, cell, slope, level = numpy_sums(joint, names, kernel.Effects(*(v.astype(float) for v in drawn)))
    assert found == pytest.approx(total, rel=precision)
    np.testing.assert_allclose(target.sums.cell, cell, rtol=precision)
    scale = ROWS * precision
    for o, design in enumerate(joint.designs):
        known = [names.index(name) for name in assemble.column_names(design)]
        shape = (len(joint.designs), -1, len(names))
        mine, theirs = (values.reshape(shape)[o][:, known] for values in (target.sums.slope, slope))
        np.testing.assert_allclose(mine, theirs, rtol=precision, atol=scale)
    np.testing.assert_allclose(target.sums.level[:, :nobody], level[:, :nobody], rtol=precision, atol=1e-30)
