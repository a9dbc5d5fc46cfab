"""The causal graph as data, and adjustment sets computed from it by d-separation.

Sources of the arrows: Walt (1987) for threat, power, ideology and aid; Carter (2022) for duress and
capacity; Johnson (2017) for power and threat; the arrows into support say that patrons choose whom to
support. Geography is measured by region and proximity, so it has no node of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import networkx as nx

ROOTS = ("region", "era")
OUTCOME = "outcome"
UNOBSERVED = frozenset({"leader orientation", "aid"})
EFFECTS: dict[str, tuple[str, ...]] = {
    "history": ("threat", "ideology", "support", OUTCOME),
    "power": ("threat", "support", OUTCOME),
    "proximity": ("threat", "support", OUTCOME),
    "own revisionism": ("threat", OUTCOME),
    "threat": ("duress", "support", OUTCOME),
    "capacity": ("duress", OUTCOME),
    "duress": ("support", OUTCOME),
    "ideology": ("support", OUTCOME),
    "support": (OUTCOME,),
    "aid": ("capacity", "support", OUTCOME),
    "leader orientation": ("aid", "duress", "support", OUTCOME),
}
# Column of the panel -> node of the graph. Region and era enter every model as group effects.
COLUMNS: dict[str, str] = {
    "power": "power",
    "past_alliance": "history",
    "colonial_tie": "history",
    "proximity": "proximity",
    "own_revisionism": "own revisionism",
    "threat": "threat",
    "threat_other": "threat",
    "capacity": "capacity",
    "duress": "duress",
    "similarity": "ideology",
    "support": "support",
}
# Pre-treatment causes of the outcome that every adjustment set holds.
ALWAYS = frozenset({*ROOTS, "power", "history"})


@dataclass(frozen=True)
class Adjustment:
    """Nodes to adjust for, and whether they identify the total effect in the graph as drawn."""

    nodes: frozenset[str]
    identified: bool

    def columns(self) -> tuple[str, ...]:
        """Columns of the panel that measure the nodes, in the order of the graph."""
        return tuple(column for column, node in COLUMNS.items() if node in self.nodes)


@cache
def graph() -> nx.DiGraph:
    """The causal graph: one node per construct, region and era pointing at all others."""
    arrows = [(cause, effect) for cause, effects in EFFECTS.items() for effect in effects]
    nodes = {node for arrow in arrows for node in arrow}
    return nx.DiGraph(arrows + [(root, node) for root in ROOTS for node in sorted(nodes)])


def _separator(dag: nx.DiGraph, exposure: str) -> set[str] | None:
    """A smallest set of measured non-descendants that blocks every back door from ``exposure``."""
    back_door = dag.copy()
    back_door.remove_edges_from(list(dag.out_edges(exposure)))
    allowed = set(dag) - UNOBSERVED - nx.descendants(dag, exposure) - {exposure}
    required = (ALWAYS - {exposure}) & allowed
    return nx.find_minimal_d_separator(back_door, exposure, OUTCOME, included=required, restricted=allowed)


@cache
def adjustment(exposure: str) -> Adjustment:
    """Adjustment set for the total effect of a node on the outcome (back-door criterion, Pearl 2009).

    Where an unobserved cause leaves no valid set, the set is the one that would be valid without the
    unobserved nodes, and ``identified`` is False: the effect is not identified without assumption.
    """
    if exposure not in set(COLUMNS.values()):
        raise ValueError(f"unknown node {exposure!r}: choose from {', '.join(sorted(set(COLUMNS.values())))}")
    nodes = _separator(graph(), exposure)
    if nodes is not None:
        return Adjustment(frozenset(nodes), identified=True)
    observed = graph().subgraph(set(graph()) - UNOBSERVED)
    nodes = _separator(nx.DiGraph(observed), exposure)
    assert nodes is not None, "without unobserved nodes the parents of the exposure always separate"
    return Adjustment(frozenset(nodes), identified=False)
