"""Rows sorted by cell and packed in runs, as the compiled loops read them.

A run holds at most 512 rows of one cell, column after column, so that its predictors stay in the processor's first
cache. Rows of zeros pad it to a multiple of 16.

Rows of a cell are sorted by their levels in the further groupings. So they fall into segments of at most 16 rows, in
which each grouping keeps its level, but for at most one, whose level counts up by one from row to row: the years of a
pair of states, say. The loops then add effects, and sum what belongs to a level, segment by segment and not row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LANES = 16
RUN = 512
LINE = 64  # bytes
STAYS, BREAKS = -1, -2


class Segments(NamedTuple):
    """Rows that follow each other in a run and in levels; of a run, those from ``of_run[run]`` to ``of_run[run + 1]``.

    Levels of all groupings are in one count. Behind the last stand 16 that are nobody's: they take the place of the
    grouping that counts up in ``fixed``, and of none that does in ``moving``.
    """

    of_run: NDArray[np.int64]  # (run + 1,)
    first: NDArray[np.int64]  # (segment,): first row in its run
    size: NDArray[np.int64]  # (segment,)
    fixed: NDArray[np.int64]  # (segment, grouping): level of all rows
    moving: NDArray[np.int64]  # (segment,): level of the first row, which counts up


class Rows(NamedTuple):
    """Predictors of all rows, packed; ``width`` columns, whichever of them a design uses."""

    x: NDArray  # (padded row * width,): run after run, in each column after column
    segments: Segments
    padded: NDArray[np.int64]  # (run,) rows with padding
    size: NDArray[np.int64]  # (run,) rows without padding
    cell: NDArray[np.int64]  # (run,)
    region: NDArray[np.int64]  # (run,)
    width: int
    weight: NDArray  # of the rows of those runs in which some do not weigh one
    start: NDArray[np.int64]  # (run,): its first padded row
    outcome: NDArray[np.int64]  # (run,)
    weight_start: NDArray[np.int64]  # (run,): where its weights begin, or -1 where all are one


def pack_rows(
    x: NDArray[np.float64],
    cell: NDArray[np.intp],
    eras: int,
    levels: NDArray[np.intp],
    nobody: int,
    dtype: str = "float32",
) -> tuple[Rows, NDArray[np.intp]]:
    """Sort the rows ``x`` (obs, column) by cell and pack them; returns them and the order (obs,) they were put in.

    ``cell`` (obs,) is ``region * eras + era``, ``levels`` (further grouping, obs) are below
    ``nobody``. All rows weigh one.
    """
    order = np.lexsort([*levels[::-1], cell])
    cells, first, count = np.unique(cell[order], return_index=True, return_counts=True)
    pieces = -(-count // RUN)
    run_cell = np.repeat(cells, pieces)
    piece = np.arange(run_cell.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    n, k = np.repeat(count, pieces), np.repeat(pieces, pieces)
    begin, end = n * piece // k, n * (piece + 1) // k
    size = end - begin
    padded = -(-size // LANES) * LANES
    start = np.cumsum(padded) - padded

    width, total = x.shape[1], int(padded.sum())
    packed = aligned(total * width, dtype)
    source = np.repeat(first, pieces) + begin
    for s, m, p, to in zip(source, size, padded, start, strict=True):
        rows = order[s : s + m]
        packed[to * width : (to + p) * width].reshape(width, p)[:, :m] = x[rows].T
    weights, weight_start = pack_weights(None, size, dtype)
    segments = _segments(levels[:, order], nobody, size)
    region, outcome = run_cell // max(eras, 1), np.zeros(size.size, np.int64)
    return Rows(packed, segments, padded, size, run_cell, region, width, weights, start, outcome, weight_start), order


def _segments(levels: NDArray[np.intp], nobody: int, size: NDArray) -> Segments:
    """The segments of runs of the sizes ``size``, by the ``levels`` (grouping, row) of their rows."""
    bounds = np.concatenate([[0], np.cumsum(size)])
    if not len(levels):
        nothing = np.zeros(0, np.int64)
        return Segments(np.zeros(size.size + 1, np.int64), nothing, nothing, np.zeros((0, 0), np.int64), nothing)
    move = np.diff(levels, axis=1)
    kind = np.where((move == 0).all(axis=0), STAYS, BREAKS)  # of the step from each row to the next
    for g in range(len(levels)):
        kind[(move[g] == 1) & (np.delete(move, g, axis=0) == 0).all(axis=0)] = g
    kind[bounds[1:-1] - 1] = BREAKS
    starts, counts = _cut(kind.tolist(), int(bounds[-1]))
    start, counting = np.array(starts, np.int64), np.array(counts, np.int64)
    run = np.searchsorted(bounds, start, side="right") - 1
    fixed, some = levels[:, start].T.astype(np.int64), np.flatnonzero(counting >= 0)
    moving = np.full(start.size, nobody, np.int64)
    moving[some] = fixed[some, counting[some]]
    fixed[some, counting[some]] = nobody
    length = np.diff(np.append(start, bounds[-1]))
    return Segments(np.searchsorted(start, bounds), start - bounds[run], length, np.ascontiguousarray(fixed), moving)


def _cut(kind: list[int], rows: int) -> tuple[list[int], list[int]]:
    """First row of each segment, and the grouping that counts up in it or `STAYS`."""
    starts, counts, at = [], [], 0
    while at < rows:
        last, own = at + 1, STAYS
        if last < rows and kind[at] != BREAKS:
            own = kind[at]
            while last < rows and kind[last - 1] == own and last - at < LANES:
                last += 1
        starts.append(at)
        counts.append(own)
        at = last
    return starts, counts


def pack_weights(weight: NDArray[np.float64] | None, size: NDArray, dtype: str) -> tuple[NDArray, NDArray[np.int64]]:
    """Weights of the runs that have one beside 1, and where those of each run begin (run,)."""
    begin, end = np.cumsum(size) - size, np.cumsum(size)
    kept, where, at = [np.zeros(0)], np.full(size.size, -1, np.int64), 0
    if weight is None:
        return np.zeros(0, dtype), where
    for run in range(size.size):
        mine = weight[begin[run] : end[run]]
        if (mine != 1.0).any():
            where[run], at = at, at + mine.size
            kept.append(mine)
    return np.concatenate(kept).astype(dtype), where


def stack(parts: Sequence[Rows], cells: int, regions: int, shared: bool) -> Rows:
    """The rows of several outcomes as one: runs of outcome o have its cells and regions, counted on from o - 1's.

    Where ``shared``, all have the same rows, which are kept once: runs then differ in outcome and weights only, and
    those of the same rows follow one another.
    """
    if len(parts) == 1:
        return parts[0]
    first, runs = parts[0], [part.size.size for part in parts]
    rows = np.cumsum([0] + [0 if shared else int(part.padded.sum()) for part in parts[:-1]])
    weights = np.cumsum([0, *(part.weight.size for part in parts[:-1])])
    order = np.argsort(np.concatenate([np.arange(n) for n in runs]), kind="stable") if shared else np.arange(sum(runs))

    def joined(name: str, offset: Sequence[int] | NDArray) -> NDArray:
        return np.concatenate([getattr(part, name) + o for part, o in zip(parts, offset, strict=True)])[order]

    count, none = range(len(parts)), [0] * len(parts)
    starts = [np.where(p.weight_start < 0, -1, p.weight_start + w) for p, w in zip(parts, weights, strict=True)]
    x = first.x
    if not shared:
        x = aligned(sum(part.x.size for part in parts), first.x.dtype.name)
        x[:] = np.concatenate([part.x for part in parts])
    return Rows(
        x=x,
        segments=_joined_segments([part.segments for part in parts], order),
        padded=joined("padded", none),
        size=joined("size", none),
        cell=joined("cell", [cells * o for o in count]),
        region=joined("region", [regions * o for o in count]),
        width=first.width,
        weight=np.concatenate([part.weight for part in parts]),
        start=joined("start", rows),
        outcome=joined("outcome", list(count)),
        weight_start=np.concatenate(starts)[order],
    )


def _joined_segments(parts: Sequence[Segments], order: NDArray) -> Segments:
    """The segments of the runs of all parts, the runs in another ``order``."""
    first, size, fixed, moving = (np.concatenate(arrays) for arrays in zip(*(part[1:] for part in parts), strict=True))
    offset = np.cumsum([0] + [part.size.size for part in parts])[:-1]
    begin, end = (
        np.concatenate([part.of_run[which] + o for part, o in zip(parts, offset, strict=True)])[order]
        for which in (slice(None, -1), slice(1, None))
    )
    pick = np.concatenate([np.zeros(0, np.intp), *(np.arange(b, e) for b, e in zip(begin, end, strict=True))])
    of_run = np.concatenate([[0], np.cumsum(end - begin)])
    return Segments(of_run, first[pick], size[pick], np.ascontiguousarray(fixed[pick]), moving[pick])


def aligned(size: int, dtype: str) -> NDArray:
    """Zeros (size,) that begin with a line of the cache, lest vectors of them lie across two lines."""
    item = np.dtype(dtype).itemsize
    room = np.zeros(size + LINE // item, dtype)
    skip = -room.ctypes.data % LINE // item
    return room[skip : skip + size]
