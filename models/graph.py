"""Adjustment sets, computed by d-separation from the causal graphs of ``models.graphs``.

Every estimate is made on rows at risk, so given whatever put them at risk. A set is therefore one that, together with
that selection, blocks every path from exposure to outcome but the causal ones (the adjustment criterion of Shpitser,
VanderWeele and Robins 2010 with the selection of Correa, Tian and Bareinboim 2018 held).
"""

# Networkx leaves open what kind of node its functions take.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import networkx as nx

from models.graphs import alignment, chain, ending_and_war, revision_1
from models.graphs.causal_graph import OUTCOME, ROOTS, CausalGraph

CURRENT = 2
GRAPHS: Mapping[str, CausalGraph] = {
    "alignment": alignment.ALIGNMENT,
    "informal": alignment.ALIGNMENT,  # the same states choose for the same causes, whatever the form
    "placebo": alignment.PLACEBO,
    "termination": ending_and_war.TERMINATION,
    "joining": ending_and_war.JOINING,
    "siding": ending_and_war.SIDING,
    "capacity": chain.CAPACITY,
    "income": chain.INCOME,
    "democracy": chain.DEMOCRACY,
    "onset": chain.DURESS,
    "continuation": chain.DURESS,
}
# Each graph as it was, and adjusters measured at t-1.
REVISION_1: Mapping[str, CausalGraph] = {panel: replace(causal, timed=False) for panel, causal in GRAPHS.items()} | {
    "alignment": revision_1.ALIGNMENT,
    "informal": revision_1.ALIGNMENT,
    "placebo": revision_1.PLACEBO,
}
REVISIONS = {1: REVISION_1, CURRENT: GRAPHS}


@dataclass(frozen=True)
class Adjustment:
    """Nodes to adjust for, and whether they identify the total effect in the graph as drawn."""

    nodes: frozenset[str]
    identified: bool


@cache
def graph(panel: str = "alignment", revision: int = CURRENT) -> nx.DiGraph[str]:
    """The causal graph of a panel: one node per construct; region and era point at all others."""
    arrows = [(cause, effect) for cause, effects in REVISIONS[revision][panel].effects.items() for effect in effects]
    nodes = {node for arrow in arrows for node in arrow}
    return nx.DiGraph(arrows + [(root, node) for root in ROOTS for node in sorted(nodes)])


def node(column: str, panel: str = "alignment", revision: int = CURRENT) -> str:
    """The node that a column measures; ValueError for a column that measures none."""
    known = REVISIONS[revision][panel].nodes_of
    if column not in known:
        raise ValueError(
            f"column {column!r} measures no node of the causal graph of {panel}: "
            f"add it to models/graphs, or choose from {', '.join(sorted(known))}"
        )
    return known[column]


def columns(nodes: frozenset[str], panel: str = "alignment", revision: int = CURRENT) -> tuple[str, ...]:
    """Columns of the panel that measure ``nodes`` when they are adjusted for, in the order of the graph."""
    causal = REVISIONS[revision][panel]
    return tuple(column for column, measured in causal.columns.items() if measured in nodes)


def non_causal(dag: nx.DiGraph[str], exposure: str) -> nx.DiGraph[str]:
    """The graph without the arrows that leave ``exposure`` towards the outcome: what is left of it is not causal."""
    out = dag.copy()
    causes = nx.ancestors(dag, OUTCOME) | {OUTCOME}
    out.remove_edges_from([(exposure, effect) for effect in dag.successors(exposure) if effect in causes])
    return out


def observable(dag: nx.DiGraph[str], exposure: str, causal: CausalGraph) -> set[str]:
    """What may be adjusted for: measured, and no effect of the exposure."""
    return set(dag) - causal.hidden - causal.given - nx.descendants(dag, exposure) - {exposure, OUTCOME}


def selected_by_effects(dag: nx.DiGraph[str], exposure: str, causal: CausalGraph) -> bool:
    """Whether selection depends on what the exposure works through, so that no set makes up for it."""
    through = (nx.descendants(dag, exposure) & nx.ancestors(dag, OUTCOME)) | {OUTCOME}
    return any(nx.has_path(dag, mediator, chosen) for mediator in through for chosen in causal.selected & set(dag))


def _separator(dag: nx.DiGraph[str], exposure: str, causal: CausalGraph) -> set[str] | None:
    """A smallest set of measured non-descendants that, given the selection, blocks every path that is not causal."""
    if selected_by_effects(dag, exposure, causal):
        return None
    allowed, given = observable(dag, exposure, causal), causal.given & set(dag) - {exposure}
    if causal.sequential:
        separates = nx.is_d_separator(non_causal(dag, exposure), exposure, OUTCOME, allowed | given)
        return allowed if separates else None
    required = (causal.always - {exposure}) & allowed | given
    found = nx.find_minimal_d_separator(
        non_causal(dag, exposure), exposure, OUTCOME, included=required, restricted=allowed | given
    )
    return None if found is None else found - given


@cache
def adjustment(exposure: str, panel: str = "alignment", revision: int = CURRENT) -> Adjustment:
    """Adjustment set for the total effect of a node on the outcome, among rows at risk.

    Where a hidden cause leaves no valid set, or rows are selected by what the exposure works through, the set is the
    one that would be valid without the hidden nodes, or without the selection, and ``identified`` is False: the effect
    is not identified without assumption.
    """
    causal = REVISIONS[revision][panel]
    choices = set(causal.nodes_of.values())
    if exposure not in choices:
        raise ValueError(f"unknown node {exposure!r}: choose from {', '.join(sorted(choices))}")
    dag = graph(panel, revision)
    selected = selected_by_effects(dag, exposure, causal)
    hidden = causal.hidden - {exposure}
    for left_out in (frozenset[str](), hidden | causal.selected if selected else hidden):
        nodes = _separator(nx.DiGraph(dag.subgraph(set(dag) - left_out)), exposure, causal)
        if nodes is not None:
            return Adjustment(frozenset(nodes), identified=not left_out)
    raise AssertionError("without hidden nodes the parents of the exposure always separate")
