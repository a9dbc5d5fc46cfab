"""Rows sorted by cell and packed in runs, as the compiled loops read them.

A run holds at most 512 rows of one cell, column after column, so that its predictors stay in the processor's first
cache. Rows of zeros pad it to a multiple of 16.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LANES = 16
RUN = 512
LINE = 64  # bytes


class Rows(NamedTuple):
    """Predictors of all rows, packed; ``width`` columns, whichever of them a design uses."""

    x: NDArray  # (padded row * width,): run after run, in each column after column
    level: NDArray[np.int32]  # (extra group, padded row): position among all levels of the extra groups
    padded: NDArray[np.int64]  # (run,) rows with padding
    size: NDArray[np.int64]  # (run,) rows without padding
    cell: NDArray[np.int64]  # (run,)
    region: NDArray[np.int64]  # (run,)
    width: int
    weight: NDArray  # (padded row,), or empty where all weigh one


def pack_rows(
    x: NDArray[np.float64],
    cell: NDArray[np.intp],
    eras: int,
    levels: NDArray[np.intp],
    dtype: str = "float32",
    weight: NDArray[np.float64] | None = None,
) -> tuple[Rows, NDArray[np.intp]]:
    """Sort the rows ``x`` (obs, column) by cell and pack them; returns them and the order (obs,) they were put in.

    ``cell`` (obs,) is ``region * eras + era``, ``levels`` (extra group, obs), ``weight`` (obs,) or None.
    """
    order = np.argsort(cell, kind="stable")
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
    level = np.zeros((len(levels), total), np.int32)
    weights = np.zeros(0 if weight is None else total, dtype)
    source = np.repeat(first, pieces) + begin
    for s, m, p, to in zip(source, size, padded, start, strict=True):
        rows = order[s : s + m]
        packed[to * width : (to + p) * width].reshape(width, p)[:, :m] = x[rows].T
        level[:, to : to + m] = levels[:, rows]
        if weight is not None:
            weights[to : to + m] = weight[rows]
    return Rows(packed, level, padded, size, run_cell, run_cell // max(eras, 1), width, weights), order


def aligned(size: int, dtype: str) -> NDArray:
    """Zeros (size,) that begin with a line of the cache, lest vectors of them lie across two lines."""
    item = np.dtype(dtype).itemsize
    room = np.zeros(size + LINE // item, dtype)
    skip = -room.ctypes.data % LINE // item
    return room[skip : skip + size]
