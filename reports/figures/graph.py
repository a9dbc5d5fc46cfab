"""The causal graphs that adjustment sets are computed from, drawn in layers from cause to effect."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx
import numpy as np

from models.graph import GRAPHS, OUTCOME, ROOTS, graph
from models.terms import variables
from reports.style import COLOURS, LINE, SHADE_DARK, WIDTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from models.claims.registry import Hypothesis

    Values = NDArray[np.float64]

Places = dict[str, tuple[float, float]]
STARTS = 12  # orders that the search for a layout begins from
HALF_WIDTH, HALF_HEIGHT = 0.37, 0.45  # of a box, in layers and slots
# What a layout pays for: a box on an arrow, neighbours without a gap, two arrows crossing, a slope.
HIT, CROWD, CROSSING, STEEP = 40.0, 4.0, 1.0, 0.03
PALE = "#B5B5B5"
TITLES = {
    "alignment": "bandwagoning and balancing, with and without a treaty",
    "termination": "dissolution",
    "siding": "the side joined in a war",
}


class Marks(NamedTuple):
    """Nodes of a claim: the exposures, and what is adjusted for."""

    exposed: frozenset[str]
    adjusted: frozenset[str]

    def of_node(self, node: str) -> tuple[str, str]:
        """Colours of a node's box and of its name."""
        if node in self.exposed:
            return LINE, "white"
        return (SHADE_DARK if node in self.adjusted else "white"), "black"

    def paths(self, dag: nx.DiGraph) -> set[tuple[str, str]]:
        """Arrows on directed paths from an exposure to the outcome without an adjusted node."""
        free = dag.subgraph(set(dag) - self.adjusted)
        after = self.exposed.union(*(nx.descendants(free, node) for node in self.exposed if node in free))
        before = nx.ancestors(free, OUTCOME) | {OUTCOME}
        return {(a, b) for a, b in free.edges if a in after and b in before}


def drawn(panel: str) -> nx.DiGraph:
    """The graph without region and era, which point at every other node."""
    dag = graph(panel).copy()
    dag.remove_nodes_from(ROOTS)  # a subgraph by a set of nodes would put the arrows in another order in every process
    return dag


def _over(begin: Values, end: Values, nodes: Values) -> NDArray[np.bool_]:
    """Whether each arrow (edge, 2) runs over the box around each node (node, 2): (edge, node)."""
    step = np.where(end == begin, 1e-9, end - begin)[:, None]
    offset, half = nodes[None] - begin[:, None], np.array([HALF_WIDTH, HALF_HEIGHT])
    one, other = (offset - half) / step, (offset + half) / step
    enter, leave = np.minimum(one, other).max(axis=-1), np.maximum(one, other).min(axis=-1)
    return (enter < leave) & (leave > 0) & (enter < 1)


def _crossings(a: Values, b: Values) -> int:
    """Pairs of arrows, from ``a`` to ``b`` (edge, 2), that cross."""

    def turn(p: Values, q: Values, r: Values) -> Values:
        u, v = q - p, r - p
        return u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]

    sides = turn(a[:, None], b[:, None], a[None]) * turn(a[:, None], b[:, None], b[None])  # (edge, edge)
    return int(((sides < -1e-9) & (sides.T < -1e-9)).sum()) // 2


def _cost(edges: NDArray[np.intp], nodes: Values) -> float:
    """What a layout (node, 2) costs; ``edges`` (edge, 2) are pairs of nodes."""
    begin, end = nodes[edges[:, 0]], nodes[edges[:, 1]]
    over = _over(begin, end, nodes)
    touching = np.zeros_like(over)
    np.put_along_axis(touching, edges, values=True, axis=1)
    x, y = nodes.T
    crowded = int(((x[:, None] == x) & (np.abs(y[:, None] - y) < 2)).sum() - x.size) // 2
    steep = float(np.abs(end - begin)[:, 1].sum())
    return HIT * int((over & ~touching).sum()) + CROWD * crowded + CROSSING * _crossings(begin, end) + STEEP * steep


def _start(layers: list[list[str]], slots: int, k: int) -> Values:
    """The nodes (node, 2) of each layer evenly spread, in the ``k``-th of some orders."""
    rng, out = np.random.default_rng(k), []
    for x, layer in enumerate(layers):
        heights = [round((i + 1) * (slots - 1) / (len(layer) + 1)) for i in range(len(layer))]
        out += [(x, y) for y in rng.permutation(heights)]
    return np.array(out, dtype=float)


def _descend(edges: NDArray[np.intp], nodes: Values, slots: int) -> tuple[float, Values]:
    """Move single nodes to other heights, or swap two, as long as that costs less."""
    best, moved = _cost(edges, nodes), True
    while moved:
        moved = False
        for node, slot in product(range(len(nodes)), range(slots)):
            x, y = nodes[node]
            trial = nodes.copy()
            trial[(nodes[:, 0] == x) & (nodes[:, 1] == slot), 1] = y
            trial[node, 1] = slot
            if slot != y and (cost := _cost(edges, trial)) < best - 1e-9:
                nodes, best, moved = trial, cost, True
    return best, nodes


@cache
def layout(panel: str) -> Places:
    """Places of the nodes, (layer, height): the best that descents from several orders arrive at."""
    dag = drawn(panel)
    layers = [sorted(layer) for layer in nx.topological_generations(dag)]
    names = [name for layer in layers for name in layer]
    edges = np.array([[names.index(end) for end in edge] for edge in dag.edges])
    slots = 2 * max(map(len, layers)) + 3
    found = [_descend(edges, _start(layers, slots, k), slots) for k in range(STARTS)]
    best = min(found, key=lambda item: item[0])[1]
    return {name: (float(x), float(y)) for name, (x, y) in zip(names, best, strict=True)}


def hits(panel: str) -> list[tuple[str, str, str]]:
    """Arrows of a drawn graph that run over the box of a node they do not touch: (cause, effect, node)."""
    places, edges = layout(panel), list(drawn(panel).edges)
    begin, end = (np.array([places[edge[k]] for edge in edges]) for k in (0, 1))
    found = np.argwhere(_over(begin, end, np.array(list(places.values()))))
    named = [(*edges[e], list(places)[n]) for e, n in found]
    return [hit for hit in named if hit[2] not in hit[:2]]


def causal_graphs() -> Figure:
    """The causal graph of every panel; what is not observed, or not over all years, is dashed."""
    import matplotlib.pyplot as plt

    heights = [
        max(y for _, y in places.values()) - min(y for _, y in places.values()) for places in map(layout, TITLES)
    ]
    figure, column = plt.subplots(
        len(TITLES),
        1,
        figsize=(WIDTH, 0.42 * sum(heights) + 2.4),
        height_ratios=[h + 1.8 for h in heights],
        layout="none",
    )
    # The solver of the usual layout rounds differently from one process to the next.
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.97, hspace=0.1)
    for axes, panel in zip(column, TITLES, strict=True):
        _draw(axes, panel)
        axes.set_title(TITLES.get(panel, panel))
    return figure


def claim_graph(hypothesis: Hypothesis) -> Figure:
    """The graph of a claim's panel with its exposures filled, what is adjusted for shaded, the outcome framed.

    Arrows on the directed paths from an exposure to the outcome that pass no adjusted node are dark.
    """
    import matplotlib.pyplot as plt

    panel = hypothesis.panel
    known = {**GRAPHS[panel].columns, **GRAPHS[panel].measures}
    mains = {variables(term)[0] for o in hypothesis.outcomes for term in hypothesis.equation(o).exposures}
    exposed = {known[name] for name in mains if name in known}
    adjusted = {known[name] for name in hypothesis.adjustment if name in known} - exposed
    heights = [y for _, y in layout(panel).values()]
    size = (WIDTH, 0.42 * (max(heights) - min(heights)) + 0.9)
    figure, axes = plt.subplots(figsize=size, layout="none")
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.99)
    _draw(axes, panel, Marks(frozenset(exposed), frozenset(adjusted)))
    return figure


def _edge(node: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Where the line from the middle of a node's box to another node leaves the box."""
    dx, dy = other[0] - node[0], other[1] - node[1]
    along = min(HALF_WIDTH / abs(dx) if dx else 1.0, HALF_HEIGHT / abs(dy) if dy else 1.0)
    return node[0] + along * dx, node[1] + along * dy


def _draw(axes: Axes, panel: str, marks: Marks | None = None) -> None:
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    dag, places, hidden = drawn(panel), layout(panel), GRAPHS[panel].hidden
    for node, (x, y) in places.items():
        face, ink = marks.of_node(node) if marks else ("white", "black")
        box = FancyBboxPatch(
            (x - HALF_WIDTH, y - HALF_HEIGHT), 2 * HALF_WIDTH, 2 * HALF_HEIGHT,
            boxstyle="round,pad=0,rounding_size=0.12", facecolor=face, linewidth=1.3, zorder=3,
            edgecolor=COLOURS["delta"] if node == OUTCOME else LINE, linestyle="--" if node in hidden else "-",
        )  # fmt: skip
        axes.add_patch(box)
        axes.text(
            x, y, node.replace(" ", "\n"), ha="center", va="center", fontsize=9, zorder=4, linespacing=0.95, color=ink
        )
    pale = {(a, b) for a, b in dag.edges if b == OUTCOME} if marks is None else set(dag.edges) - marks.paths(dag)
    for cause, effect in dag.edges:
        axes.add_patch(
            FancyArrowPatch(
                _edge(places[cause], places[effect]), _edge(places[effect], places[cause]), shrinkA=1, shrinkB=1.5,
                arrowstyle="-|>", mutation_scale=10, linewidth=0.9, zorder=1 if (cause, effect) in pale else 2,
                color=PALE if (cause, effect) in pale else LINE, linestyle="--" if cause in hidden else "-",
            )
        )  # fmt: skip
    heights = [y for _, y in places.values()]
    axes.set(xlim=(-0.5, max(x for x, _ in places.values()) + 0.5), ylim=(min(heights) - 0.9, max(heights) + 0.9))
    axes.set_axis_off()
