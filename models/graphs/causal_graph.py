"""What a causal graph is: arrows, the columns that measure its nodes, and what a panel is selected on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

ROOTS = ("region", "era")
OUTCOME = "outcome"
SELECTED = "at risk"


@dataclass(frozen=True)
class CausalGraph:
    """Causes and effects of one panel's outcome.

    ``effects`` holds the arrows by cause; region and era point at every other node. ``columns`` measure the nodes
    when they are adjusted for, ``measures`` are further measures of a node, used as exposures only. ``hidden``
    nodes are never adjusted for: not observed, or not over all the years. Every adjustment set holds ``always``.
    ``parts`` of a composite measure are not adjusted for beside it. Rows are in the panel because of ``selected``, so
    that every estimate is made given it. ``held`` nodes are given too, without a column: the same in all rows, or held
    by the model itself. Where ``timed``, what is adjusted for is measured before the window of the exposure begins.
    Where ``sequential``, it is the whole measured past: everything measured that is no effect of the exposure.
    """

    effects: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, str]
    measures: Mapping[str, str]
    hidden: frozenset[str]
    always: frozenset[str]
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    selected: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    timed: bool = True
    sequential: bool = False

    @property
    def given(self) -> frozenset[str]:
        """Nodes that every estimate is made given, without a column."""
        return self.selected | self.held

    @property
    def nodes_of(self) -> dict[str, str]:
        """The node that each column measures."""
        return {**self.columns, **self.measures}


def with_later_duress(graph: CausalGraph, causes: tuple[str, ...]) -> CausalGraph:
    """A graph with duress still to come, of these ``causes``, as a further exposure: a negative control.

    It cannot cause an alignment, so a slope of it would show a shared cause.
    """
    effects = {cause: (*own, "later duress") if cause in causes else own for cause, own in graph.effects.items()}
    return replace(graph, effects=effects, measures={**graph.measures, "duress_later": "later duress"})
