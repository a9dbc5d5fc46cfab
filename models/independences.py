"""What a causal graph implies of the panel: pairs of nodes that are independent given others, by d-separation.

Every independence is among rows at risk, so given the selection. Region and era point at every node and are always
held. A pair without an arrow that no measured set separates implies nothing that can be tested.
"""

# Networkx leaves open what kind of node its functions take.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import networkx as nx

from models.graph import CURRENT, REVISIONS, graph
from models.graphs.causal_graph import OUTCOME, ROOTS


class Independence(NamedTuple):
    """Two nodes that the graph says are independent given others, region, era and the selection aside."""

    one: str
    other: str
    given: frozenset[str]


def implied(panel: str = "alignment", revision: int = CURRENT) -> list[Independence]:
    """Every testable independence of measured nodes, each given a smallest set that separates the two."""
    causal, dag = REVISIONS[revision][panel], graph(panel, revision)
    measured = set(causal.columns.values())
    held = {*ROOTS, *causal.given}
    out: list[Independence] = []
    for one, other in combinations(sorted(measured - {OUTCOME}), 2):
        if dag.has_edge(one, other) or dag.has_edge(other, one):
            continue
        allowed = (measured | held) - {one, other}
        found = nx.find_minimal_d_separator(dag, one, other, included=held, restricted=allowed)
        if found is not None:
            out.append(Independence(one, other, frozenset(found) - held))
    return out
