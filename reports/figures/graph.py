"""The causal graphs that adjustment sets are computed from, drawn in layers from cause to effect."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

from models.graph import GRAPHS, OUTCOME, ROOTS, graph
from reports.style import COLOURS, LINE, WIDTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

Places = dict[str, tuple[float, float]]
STARTS = 12  # orders that the search for a layout begins from
HALF_WIDTH, HALF_HEIGHT = 0.37, 0.45  # of a box, in layers and slots
# What a layout pays for: a box on an arrow, neighbours without a gap, two arrows crossing, a slope.
HIT, CROWD, CROSSING, STEEP = 40.0, 4.0, 1.0, 0.03
TITLES = {"alignment": "bandwagoning and balancing", "termination": "dissolution", "joining": "joining a war"}


def drawn(panel: str) -> nx.DiGraph:
    """The graph without region and era, which point at every other node."""
    whole = graph(panel)
    return nx.DiGraph(whole.subgraph(set(whole) - set(ROOTS)))


def _ends(dag: nx.DiGraph, places: Places) -> tuple[Values, Values]:
    """Where the arrows begin and end: (edge, 2) each."""
    return tuple(np.array([places[edge[k]] for edge in dag.edges], dtype=float) for k in (0, 1))  # type: ignore[return-value]


def hits(dag: nx.DiGraph, places: Places) -> list[tuple[str, str, str]]:
    """Arrows that run over the box of a node they do not touch: (cause, effect, node)."""
    begin, end = _ends(dag, places)
    centre = np.array(list(places.values()))[None]  # (1, node, 2)
    step = np.where(end == begin, 1e-9, end - begin)[:, None]  # (edge, 1, 2)
    half = np.array([HALF_WIDTH, HALF_HEIGHT])
    sides = np.stack([(centre - half - begin[:, None]) / step, (centre + half - begin[:, None]) / step])
    enter, leave = sides.min(axis=0).max(axis=-1), sides.max(axis=0).min(axis=-1)  # (edge, node)
    inside = (enter < leave) & (leave > 0) & (enter < 1)
    nodes, edges = list(places), list(dag.edges)
    return [(*edges[e], nodes[n]) for e, n in np.argwhere(inside) if nodes[n] not in edges[e]]


def _crossings(dag: nx.DiGraph, places: Places) -> int:
    """Pairs of arrows that cross."""
    a, b = _ends(dag, places)

    def turn(p: Values, q: Values, r: Values) -> Values:
        u, v = q - p, r - p
        return u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]

    p, q, c, d = a[:, None], b[:, None], a[None], b[None]
    over = (turn(p, q, c) * turn(p, q, d) < -1e-9) & (turn(c, d, p) * turn(c, d, q) < -1e-9)
    return int(over.sum()) // 2


def _cost(dag: nx.DiGraph, places: Places) -> float:
    begin, end = _ends(dag, places)
    steep = np.abs(end - begin)[:, 1].sum()
    x, y = np.array(list(places.values())).T
    close = (x[:, None] == x) & (np.abs(y[:, None] - y) < 2)
    crowd = (close.sum() - x.size) // 2
    return HIT * len(hits(dag, places)) + CROWD * crowd + CROSSING * _crossings(dag, places) + STEEP * steep


def _slots(layers: list[list[str]]) -> int:
    """Heights that a node can stand at: twice what the fullest layer needs, and some."""
    return 2 * max(map(len, layers)) + 3


def _start(layers: list[list[str]], k: int) -> Places:
    """The nodes of each layer evenly spread, in the ``k``-th of some orders."""
    rng, out = np.random.default_rng(k), {}
    for x, layer in enumerate(layers):
        heights = [round((i + 1) * (_slots(layers) - 1) / (len(layer) + 1)) for i in range(len(layer))]
        out |= {node: (float(x), float(y)) for node, y in zip(layer, rng.permutation(heights), strict=True)}
    return out


def _descend(dag: nx.DiGraph, places: Places, slots: int) -> tuple[float, Places]:
    """Move single nodes to other heights, or swap two, as long as that costs less."""
    best, moved = _cost(dag, places), True
    while moved:
        moved = False
        for node in places:
            for slot in map(float, range(slots)):
                x, y = places[node]
                swapped = {other: (x, y) for other, place in places.items() if place == (x, slot)}
                trial = places | swapped | {node: (x, slot)}
                if slot != y and (cost := _cost(dag, trial)) < best - 1e-9:
                    places, best, moved = trial, cost, True
    return best, places


@cache
def layout(panel: str) -> Places:
    """Places of the nodes, (layer, height): the best that descents from several orders arrive at."""
    dag = drawn(panel)
    layers = [sorted(layer) for layer in nx.topological_generations(dag)]
    found = [_descend(dag, _start(layers, k), _slots(layers)) for k in range(STARTS)]
    return min(found, key=lambda item: item[0])[1]


def causal_graphs() -> Figure:
    """The causal graph of every panel; what is not observed, or not over all years, is dashed."""
    import matplotlib.pyplot as plt

    heights = [
        max(y for _, y in places.values()) - min(y for _, y in places.values()) for places in map(layout, GRAPHS)
    ]
    figure, column = plt.subplots(
        len(GRAPHS), 1, figsize=(WIDTH, 0.42 * sum(heights) + 2.4), height_ratios=[h + 1.8 for h in heights]
    )
    for axes, panel in zip(column, GRAPHS, strict=True):
        _draw(axes, panel)
        axes.set_title(TITLES.get(panel, panel))
    return figure


def _draw(axes: Axes, panel: str) -> None:
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    dag, places, hidden = drawn(panel), layout(panel), GRAPHS[panel].hidden
    boxes = {}
    for node, (x, y) in places.items():
        boxes[node] = FancyBboxPatch(
            (x - HALF_WIDTH, y - HALF_HEIGHT), 2 * HALF_WIDTH, 2 * HALF_HEIGHT,
            boxstyle="round,pad=0,rounding_size=0.12", facecolor="white", linewidth=1.3, zorder=3,
            edgecolor=COLOURS["delta"] if node == OUTCOME else LINE, linestyle="--" if node in hidden else "-",
        )  # fmt: skip
        axes.add_patch(boxes[node])
        axes.text(x, y, node.replace(" ", "\n"), ha="center", va="center", fontsize=9, zorder=4, linespacing=0.95)
    for cause, effect in dag.edges:
        axes.add_patch(
            FancyArrowPatch(
                places[cause], places[effect], patchA=boxes[cause], patchB=boxes[effect], shrinkA=1, shrinkB=1.5,
                arrowstyle="-|>", mutation_scale=10, linewidth=0.9, zorder=1 if effect == OUTCOME else 2,
                color="#B5B5B5" if effect == OUTCOME else LINE, linestyle="--" if cause in hidden else "-",
            )
        )  # fmt: skip
    heights = [y for _, y in places.values()]
    axes.set(xlim=(-0.5, max(x for x, _ in places.values()) + 0.5), ylim=(min(heights) - 0.9, max(heights) + 0.9))
    axes.set_axis_off()
