"""The causal graphs as data, one for each panel, and adjustment sets computed from them by d-separation.

Sources of the arrows: Walt (1987) for threat, power, ideology, aid and penetration; Carter (2022) for duress
and capacity; Johnson (2017) for power and threat; the arrows into support and aid say that patrons choose whom
to help. Geography is measured by region and proximity, so it has no node of its own. Walt's elements of threat
(offensive capability, aggressiveness and its persistence) are measures of the node threat, each taken alone.
"""

# Networkx leaves open what kind of node its functions take.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import networkx as nx

ROOTS = ("region", "era")
LATER = ("duress", "threat", "capacity", "leader orientation")  # causes of duress in later years
OUTCOME = "outcome"


@dataclass(frozen=True)
class CausalGraph:
    """Causes and effects of one panel's outcome.

    ``effects`` holds the arrows by cause; region and era point at every other node. ``columns`` measure the nodes
    when they are adjusted for, ``measures`` are further measures of a node, used as exposures only. ``hidden``
    nodes are never adjusted for: not observed, or not over all the years. Every adjustment set holds ``always``.
    ``parts`` of a composite measure are not adjusted for beside it.
    """

    effects: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, str]
    measures: Mapping[str, str]
    hidden: frozenset[str]
    always: frozenset[str]
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


ALIGNMENT = CausalGraph(
    effects={
        "history": ("threat", "ideology", "support", "penetration", "aid", OUTCOME),
        "power": ("threat", "support", "penetration", "aid", OUTCOME),
        "proximity": ("threat", "support", "penetration", OUTCOME),
        "own revisionism": ("threat", OUTCOME),
        "threat": ("duress", "support", "aid", OUTCOME),
        "capacity": ("duress", OUTCOME),
        "duress": ("support", OUTCOME),
        "ideology": ("support", "aid", OUTCOME),
        "penetration": ("aid", OUTCOME),
        "support": (OUTCOME,),
        "aid": ("capacity", "support", OUTCOME),
        "leader orientation": ("aid", "duress", "support", OUTCOME),
    },
    columns={
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
        "ties": "penetration",
        "support": "support",
    },
    measures={
        "own_power": "power",
        "offence": "threat",
        "aggression": "threat",
        "persistence": "threat",
        "similarity_ally": "ideology",
        "imposed_leader": "penetration",
        "penetration": "penetration",
        "aid": "aid",
        "aid_other": "aid",
        "arms": "aid",
        "arms_other": "aid",
        "arms_share": "aid",
        "dependence": "aid",
    },
    # Aid is measured from the 1950s only, so it is an exposure there and adjusted for nowhere.
    hidden=frozenset({"leader orientation", "aid"}),
    always=frozenset({*ROOTS, "power", "history"}),
    parts={"ties": ("colonial_tie",), "penetration": ("colonial_tie",)},
)
TERMINATION = CausalGraph(
    effects={
        "power": ("threat", "war", OUTCOME),
        "size": (OUTCOME,),
        "age": (OUTCOME,),
        "obligation": (OUTCOME,),
        "threat": ("war", "victory", OUTCOME),
        "war": ("obligation", "size", "victory", OUTCOME),
        "victory": (OUTCOME,),
        "ideology": ("obligation", "size", OUTCOME),
    },
    columns={
        "power_ratio": "power",
        "size": "size",
        "age": "age",
        "defence": "obligation",
        "threat": "threat",
    },
    measures={
        "wartime": "war",
        "enemy_defeated": "victory",
        "victory_lately": "victory",
        "threat_rise": "threat",
        "marxist_pair": "ideology",
        "similarity": "ideology",
    },
    hidden=frozenset(),
    always=frozenset({*ROOTS, "power"}),
)
JOINING = CausalGraph(
    effects={
        "power": ("proximity", "allied", OUTCOME),
        "proximity": ("rivalry", "allied", OUTCOME),
        "rivalry": ("allied", OUTCOME),
        "allied": (OUTCOME,),
        "duration": ("success", OUTCOME),
        "success": (OUTCOME,),
    },
    columns={
        "power": "power",
        "major": "power",
        "proximity": "proximity",
        "rival": "rivalry",
        "allied": "allied",
        "allied_other": "allied",
        "war_year": "duration",
    },
    measures={"side_share": "success"},
    hidden=frozenset(),
    always=frozenset({*ROOTS, "power", "proximity", "allied"}),
)
# The same causes as differences between the sides: with whom a state that joins fights.
SIDING = replace(
    JOINING,
    columns={
        "power": "power",
        "major": "power",
        "nearer": "proximity",
        "enemy": "rivalry",
        "ally": "allied",
        "war_year": "duration",
    },
    measures={"lead": "success"},
)
# A negative control: duress still to come cannot cause an alignment, so a slope of it would show a shared cause.
PLACEBO = replace(
    ALIGNMENT,
    effects={
        cause: (*effects, "later duress") if cause in LATER else effects for cause, effects in ALIGNMENT.effects.items()
    },
    measures={**ALIGNMENT.measures, "duress_later": "later duress"},
)
# The chain of the counterfactual: aid to capacity, capacity to duress a year later. Capacity of the year before enters
# the autoregression as its lag, so no column adjusts for it.
STATE_COLUMNS = {
    "duress_lately": "past duress",
    "income": "economy",
    "population": "population",
    "polyarchy": "democracy",
    "threat": "threat",
}
CAPACITY = CausalGraph(
    effects={
        "past duress": ("past capacity", "economy", "democracy", "aid", OUTCOME),
        "past capacity": ("aid", OUTCOME),
        "economy": ("democracy", "past capacity", "aid", OUTCOME),
        "population": ("past capacity", "aid", OUTCOME),
        "democracy": ("past capacity", "aid", OUTCOME),
        "threat": ("past duress", "past capacity", "aid", OUTCOME),
        "aid": (OUTCOME,),
        "leader orientation": ("past duress", "aid", OUTCOME),
    },
    columns={"duress_before": "past duress", **STATE_COLUMNS},
    measures={"capacity": "past capacity", "aid_governance": "aid", "aid_us": "aid"},
    hidden=frozenset({"leader orientation"}),
    always=frozenset(ROOTS),
)
DURESS = CausalGraph(
    effects={
        "past duress": ("economy", "democracy", "capacity", "aid", "aid drop", OUTCOME),
        "economy": ("democracy", "capacity", "aid", OUTCOME),
        "population": ("capacity", "aid", OUTCOME),
        "democracy": ("capacity", "aid", "aid drop", OUTCOME),
        "threat": ("past duress", "capacity", "aid", OUTCOME),
        "aid": ("capacity", "aid drop", OUTCOME),
        "capacity": (OUTCOME,),
        "aid drop": (OUTCOME,),
        "leader orientation": ("past duress", "aid", "aid drop", OUTCOME),
    },
    columns={**STATE_COLUMNS, "aid_us": "aid", "capacity": "capacity"},
    measures={"aid_drop": "aid drop"},
    hidden=frozenset({"leader orientation"}),
    always=frozenset(ROOTS),
)
GRAPHS = {
    "alignment": ALIGNMENT,
    "informal": ALIGNMENT,  # the same states choose for the same causes, whatever the form: so claims can be compared
    "termination": TERMINATION,
    "joining": JOINING,
    "siding": SIDING,
    "placebo": PLACEBO,
    "capacity": CAPACITY,
    "onset": DURESS,
    "continuation": DURESS,
}


@dataclass(frozen=True)
class Adjustment:
    """Nodes to adjust for, and whether they identify the total effect in the graph as drawn."""

    nodes: frozenset[str]
    identified: bool


@cache
def graph(panel: str = "alignment") -> nx.DiGraph[str]:
    """The causal graph of a panel: one node per construct; region and era point at all others."""
    arrows = [(cause, effect) for cause, effects in GRAPHS[panel].effects.items() for effect in effects]
    nodes = {node for arrow in arrows for node in arrow}
    return nx.DiGraph(arrows + [(root, node) for root in ROOTS for node in sorted(nodes)])


def node(column: str, panel: str = "alignment") -> str:
    """The node that a column measures; ValueError for a column that measures none."""
    known = {**GRAPHS[panel].columns, **GRAPHS[panel].measures}
    if column not in known:
        raise ValueError(
            f"column {column!r} measures no node of the causal graph of {panel}: "
            f"add it to models/graph.py, or choose from {', '.join(sorted(known))}"
        )
    return known[column]


def columns(nodes: frozenset[str], panel: str = "alignment") -> tuple[str, ...]:
    """Columns of the panel that measure ``nodes`` when they are adjusted for, in the order of the graph."""
    return tuple(column for column, measured in GRAPHS[panel].columns.items() if measured in nodes)


def _separator(dag: nx.DiGraph[str], exposure: str, panel: str) -> set[str] | None:
    """A smallest set of measured non-descendants that blocks every back door from ``exposure``."""
    causal = GRAPHS[panel]
    back_door = dag.copy()
    back_door.remove_edges_from(list(dag.out_edges(exposure)))
    allowed = set(dag) - causal.hidden - nx.descendants(dag, exposure) - {exposure}
    required = (causal.always - {exposure}) & allowed
    return nx.find_minimal_d_separator(back_door, exposure, OUTCOME, included=required, restricted=allowed)


@cache
def adjustment(exposure: str, panel: str = "alignment") -> Adjustment:
    """Adjustment set for the total effect of a node on the outcome (back-door criterion, Pearl 2009).

    Where a hidden cause leaves no valid set, the set is the one that would be valid without the hidden nodes,
    and ``identified`` is False: the effect is not identified without assumption.
    """
    causal = GRAPHS[panel]
    choices = {*causal.columns.values(), *causal.measures.values()}
    if exposure not in choices:
        raise ValueError(f"unknown node {exposure!r}: choose from {', '.join(sorted(choices))}")
    nodes = _separator(graph(panel), exposure, panel)
    if nodes is not None:
        return Adjustment(frozenset(nodes), identified=True)
    observed = graph(panel).subgraph(set(graph(panel)) - (causal.hidden - {exposure}))
    nodes = _separator(nx.DiGraph(observed), exposure, panel)
    assert nodes is not None, "without hidden nodes the parents of the exposure always separate"
    return Adjustment(frozenset(nodes), identified=False)
