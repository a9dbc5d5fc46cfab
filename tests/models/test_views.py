"""The views that panels have of the one list of causes: all at once, and from year to year."""

import networkx as nx
import pytest

from models.graph import GRAPHS, OUTCOME, ROOTS, adjustment, graph, observable
from models.graphs.causes import ALIGNED, CAUSES, YEARLY

NODES = [(p, node) for p, which in GRAPHS.items() if which.sequential for node in sorted({*which.nodes_of.values()})]


def test_every_view_draws_its_arrows_from_the_one_list_of_causes():
    known = {(cause, effect) for which in (CAUSES, YEARLY) for cause, effects in which.items() for effect in effects}
    assert nx.is_directed_acyclic_graph(nx.DiGraph([(c, e) for c, effects in CAUSES.items() for e in effects]))
    drawn = set(graph("alignment").edges) - {(root, other) for root in ROOTS for other in graph("alignment")}
    through = {(c, "duress" if e == "aid drop" else e) for c, e in known if c != "aid drop" and e in CAUSES[c]}
    assert drawn == {(c, OUTCOME if e == ALIGNED else e) for c, e in through}
    outcomes = {"capacity": "capacity", "income": "economy", "democracy": "democracy"}
    for panel, outcome in (outcomes | dict.fromkeys(("onset", "continuation"), "duress")).items():
        for cause, effect in set(graph(panel).edges):
            plain = cause.removeprefix("past "), outcome if effect == OUTCOME else effect.removeprefix("past ")
            assert cause in ROOTS or plain in known or plain[0] == plain[1], (panel, cause, effect)


@pytest.mark.parametrize(("panel", "exposure"), NODES)
def test_from_year_to_year_the_whole_measured_past_is_adjusted_for(panel, exposure):
    assert adjustment(exposure, panel).nodes == observable(graph(panel), exposure, GRAPHS[panel])


def test_capacity_works_on_duress_of_the_year_after_and_aid_before_it():
    dag = graph("onset")
    assert dag.has_edge("capacity", OUTCOME)
    assert dag.has_edge("aid", "capacity")
    assert not dag.has_edge("aid", OUTCOME)
    assert dag.has_edge("past duress", "capacity")
    assert graph("capacity").has_edge("duress", "aid")
