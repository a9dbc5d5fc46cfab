"""The causal graphs that adjustment sets are computed from, drawn in layers from cause to effect."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from data.codebook.lags import unlagged
from models.graph import GRAPHS, OUTCOME, ROOTS, graph
from models.graphs.views import past
from models.terms import variables
from reports.figures import placement
from reports.figures.placement import HALF_HEIGHT, HALF_WIDTH
from reports.style import COLOURS, LINE, SHADE_DARK, WIDTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from models.claims.registry import Hypothesis


Places = dict[str, tuple[float, float]]
PALE = "#B5B5B5"
PAST = "the past"
TITLES = {
    "alignment": "bandwagoning and balancing, with and without a treaty",
    "capacity": "a state's capacity, from year to year",
    "onset": "a state's duress, from year to year",
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
    """The graph without region and era, which point at every other node; what is unseen of the past is one box."""
    dag = graph(panel).copy()
    dag.remove_nodes_from(ROOTS)  # a subgraph by a set of nodes would put the arrows in another order in every process
    unseen = {node: PAST for node in dag if node in GRAPHS[panel].hidden and node.startswith(past(""))}
    named = [(unseen.get(cause, cause), unseen.get(effect, effect)) for cause, effect in dag.edges]
    return nx.DiGraph([arrow for arrow in named if len({*arrow}) == 2]) if unseen else dag


@cache
def layout(panel: str) -> Places:
    """Places of the nodes, (layer, height), of those found the one that costs least.

    Arrows into the outcome, which nearly every node has, are not asked to keep clear of boxes.
    """
    names, edges, clear, layers = _problem(panel)
    heights = placement.heights(edges, clear, layers)
    return {name: (float(x), float(y)) for name, x, y in zip(names, layers, heights, strict=True)}


def _problem(panel: str) -> tuple[list[str], NDArray[np.intp], int, placement.Values]:
    """Names of the nodes of a drawn graph, and what `placement` asks for."""
    dag = drawn(panel)
    layers = {name: x for x, layer in enumerate(nx.topological_generations(dag)) for name in sorted(layer)}
    names = list(layers)
    between = _between_causes(dag)
    arrows = between + [arrow for arrow in dag.edges if arrow[1] == OUTCOME]
    edges = np.array([[names.index(end) for end in arrow] for arrow in arrows])
    return names, edges, len(between), np.array([float(layers[name]) for name in names])


def write_heights(path: Path = placement.KNOWN) -> None:
    """Find the heights of all drawn graphs anew and keep them."""
    problems = [_problem(panel)[1:] for panel in TITLES]
    known = {placement.key(*one): placement.found(*one).tolist() for one in problems}
    path.write_text(json.dumps(known, indent=1) + "\n")


def _between_causes(dag: nx.DiGraph) -> list[tuple[str, str]]:
    """The arrows between causes."""
    return [(cause, effect) for cause, effect in dag.edges if effect != OUTCOME]


def hits(panel: str) -> list[tuple[str, str, str]]:
    """Arrows between causes that run over the box of a node they do not touch: (cause, effect, node)."""
    places = layout(panel)
    return [
        (cause, effect, node)
        for cause, effect in _between_causes(drawn(panel))
        for node in places
        if node not in (cause, effect) and placement.over(*places[cause], *places[effect], *places[node])
    ]


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
    known = GRAPHS[panel].nodes_of
    mains = {variables(term)[0] for o in hypothesis.outcomes for term in hypothesis.equation(o).exposures}
    exposed = {known[name] for name in mains if name in known}
    adjusted = {known[name] for name in map(unlagged, hypothesis.adjustment) if name in known} - exposed
    adjusted |= GRAPHS[panel].selected
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

    dag, places, hidden = drawn(panel), layout(panel), GRAPHS[panel].hidden | {PAST}
    for node, (x, y) in places.items():
        plain = (SHADE_DARK if node in GRAPHS[panel].selected else "white"), "black"
        face, ink = marks.of_node(node) if marks else plain
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


if __name__ == "__main__":
    write_heights()
