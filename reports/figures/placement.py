"""Where the boxes of a drawn graph stand in their layers: simulated annealing over their heights.

Kirkpatrick, Gelatt and Vecchi (1983), Science 220, 671. The same graph gets the same places in every process. Those of
the registered graphs take seconds each and stand in `heights.json`, which ``python -m reports.figures.graph`` writes.
"""

# An element of an array at a position out of another array is a number, which pyright takes to be an array.
# pyright: reportArgumentType=false, reportReturnType=false

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
from numba import njit
from numpy.typing import NDArray

Values = NDArray[np.float64]
KNOWN = Path(__file__).with_name("heights.json")
HALF_WIDTH, HALF_HEIGHT = 0.37, 0.45  # of a box, in layers and slots
# What a layout pays for: a box on an arrow, neighbours without a gap, two arrows crossing, a slope.
HIT, CROWD, CROSSING, STEEP = 40.0, 400.0, 1.0, 0.03
GAP = 1.5  # slots between neighbours of a layer
STARTS, STEPS = 3, 250_000
HOT, SWAPPED = 30.0, 0.4  # temperature at the start, and share of steps that swap two boxes of a layer


@njit(cache=True)
def over(x0: float, y0: float, x1: float, y1: float, x: float, y: float) -> bool:
    """Whether the line between two points runs over the box around a third."""
    dx = x1 - x0 if x1 != x0 else 1e-9
    dy = y1 - y0 if y1 != y0 else 1e-9
    left, right = (x - x0 - HALF_WIDTH) / dx, (x - x0 + HALF_WIDTH) / dx
    low, high = (y - y0 - HALF_HEIGHT) / dy, (y - y0 + HALF_HEIGHT) / dy
    enter, leave = max(min(left, right), min(low, high)), min(max(left, right), max(low, high))
    return enter < leave and leave > 0.0 and enter < 1.0


@njit(cache=True)
def _cross(x: Values, y: Values, a: int, b: int, p: int, q: int) -> bool:
    """Whether the lines a-b and p-q cross between their ends."""
    one = (x[b] - x[a]) * (y[p] - y[a]) - (y[b] - y[a]) * (x[p] - x[a])
    two = (x[b] - x[a]) * (y[q] - y[a]) - (y[b] - y[a]) * (x[q] - x[a])
    three = (x[q] - x[p]) * (y[a] - y[p]) - (y[q] - y[p]) * (x[a] - x[p])
    four = (x[q] - x[p]) * (y[b] - y[p]) - (y[q] - y[p]) * (x[b] - x[p])
    return one * two < -1e-9 and three * four < -1e-9


@njit(cache=True)
def cost(edges: NDArray[np.intp], clear: int, x: Values, y: Values) -> float:
    """What a layout costs: of each arrow its slope, and of the first ``clear`` ones what they run over and cross.

    ``edges`` (edge, 2) are pairs of nodes, ``x`` and ``y`` (node,) the layers and heights of these.
    """
    total = 0.0
    for k in range(clear, len(edges)):
        total += STEEP * abs(y[edges[k, 1]] - y[edges[k, 0]])
    for k in range(clear):
        a, b = edges[k, 0], edges[k, 1]
        total += STEEP * abs(y[b] - y[a])
        first, last = min(x[a], x[b]), max(x[a], x[b])  # what lies in none of the layers between is not met
        for node in range(len(x)):
            near = x[node] + HALF_WIDTH > first and x[node] - HALF_WIDTH < last
            if near and node not in (a, b) and over(x[a], y[a], x[b], y[b], x[node], y[node]):
                total += HIT
        for other in range(k):
            p, q = edges[other, 0], edges[other, 1]
            near = max(x[p], x[q]) > first and min(x[p], x[q]) < last
            if near and _cross(x, y, a, b, p, q):
                total += CROSSING
    for i in range(len(x)):
        for j in range(i):
            if x[i] == x[j] and abs(y[i] - y[j]) < GAP:
                total += CROWD
    return total


@njit(cache=True)
def _anneal(edges: NDArray[np.intp], clear: int, x: Values, slots: int, seed: int) -> tuple[float, Values]:
    np.random.seed(seed)  # numba has no other generator  # noqa: NPY002
    y = np.random.randint(0, slots, len(x)).astype(np.float64)  # noqa: NPY002
    now = cost(edges, clear, x, y)
    least, best = now, y.copy()
    for step in range(STEPS):
        temperature = HOT * (1.0 - step / STEPS) ** 2 + 0.01
        i, j = np.random.randint(len(x)), np.random.randint(len(x))  # noqa: NPY002
        before_i, before_j = y[i], y[j]
        if x[i] == x[j] and np.random.random() < SWAPPED:  # noqa: NPY002
            y[i], y[j] = before_j, before_i
        else:
            y[i] = np.random.randint(2 * slots) / 2  # noqa: NPY002
        then = cost(edges, clear, x, y)
        if then <= now or np.random.random() < np.exp((now - then) / temperature):  # noqa: NPY002
            now = then
            if now < least:
                least, best = now, y.copy()
        else:
            y[i], y[j] = before_i, before_j
    return least, best


def heights(edges: NDArray[np.intp], clear: int, x: Values) -> Values:
    """Heights (node,) of the nodes of layers ``x`` (node,), from 0 up: those known, or found now.

    ``edges`` (edge, 2) are their arrows, of which the first ``clear`` keep clear of boxes.
    """
    known = json.loads(KNOWN.read_text()).get(key(edges, clear, x)) if KNOWN.is_file() else None
    return found(edges, clear, x) if known is None else np.array(known)


def key(edges: NDArray[np.intp], clear: int, x: Values) -> str:
    """A hash of a graph and of what its layout pays for."""
    rules = [HALF_WIDTH, HALF_HEIGHT, HIT, CROWD, CROSSING, STEEP, GAP, STARTS, STEPS, HOT, SWAPPED]
    return hashlib.sha256(json.dumps([edges.tolist(), clear, x.tolist(), rules]).encode()).hexdigest()


def found(edges: NDArray[np.intp], clear: int, x: Values) -> Values:
    """`heights` by annealing."""
    _, crowd = np.unique(x, return_counts=True)
    slots = 3 * int(crowd.max()) + 3
    layouts = [_anneal(edges, clear, x, slots, seed) for seed in range(STARTS)]
    best = min(layouts, key=lambda item: item[0])[1]
    return best - best.min()
