"""Adjustment sets follow from the causal graph by d-separation, and say what was written down beforehand."""

from itertools import chain, combinations

import networkx as nx
import pytest

from data.codebook import alignment
from models.graph import COLUMNS, EFFECTS, OUTCOME, ROOTS, UNOBSERVED, adjustment, graph
from models.hypotheses import OUTCOMES, REGISTRY, Estimand, Hypothesis, get
from models.terms import variables

NODES = sorted(set(COLUMNS.values()))
IDENTIFIED = {"proximity", "threat", "power", "history", "own revisionism", "ideology"}
# Written down before any model was fitted: what each total effect adjusts for, region and era aside.
STATED = {
    "proximity": {"power", "history"},
    "threat": {"power", "history", "proximity", "own revisionism"},
    "duress": {"power", "history", "threat", "capacity"},
    "support": {"power", "history", "threat", "proximity", "ideology", "duress"},
}


def back_door(exposure, dag=None):
    """The graph without the arrows that leave the exposure."""
    dag = (graph() if dag is None else dag).copy()
    dag.remove_edges_from(list(dag.out_edges(exposure)))
    return dag


def observable(exposure):
    return set(graph()) - UNOBSERVED - nx.descendants(graph(), exposure) - {exposure, OUTCOME}


def test_the_graph_has_no_cycle_and_everything_leads_to_the_outcome():
    assert nx.is_directed_acyclic_graph(graph())
    assert nx.ancestors(graph(), OUTCOME) == set(graph()) - {OUTCOME}
    assert graph().out_degree(OUTCOME) == 0
    for root in ROOTS:
        assert set(graph().successors(root)) == set(graph()) - set(ROOTS)
    assert set(EFFECTS) >= UNOBSERVED
    assert set(COLUMNS.values()) == set(EFFECTS) - UNOBSERVED


@pytest.mark.parametrize("exposure", NODES)
def test_an_adjustment_set_holds_only_measured_causes(exposure):
    assert adjustment(exposure).nodes <= observable(exposure)


@pytest.mark.parametrize("exposure", NODES)
def test_an_identified_effect_is_separated_in_the_back_door_graph(exposure):
    chosen = adjustment(exposure)
    dag = graph() if chosen.identified else nx.DiGraph(graph().subgraph(set(graph()) - UNOBSERVED))
    assert nx.is_d_separator(back_door(exposure, dag), {exposure}, {OUTCOME}, set(chosen.nodes))
    for node in chosen.nodes - set(ROOTS) - {"power", "history"}:  # nothing beside what is always held is idle
        assert not nx.is_d_separator(back_door(exposure, dag), {exposure}, {OUTCOME}, set(chosen.nodes) - {node})


@pytest.mark.parametrize("exposure", NODES)
def test_identified_means_that_some_measured_set_separates_and_not_that_none_was_found(exposure):
    dag, allowed = back_door(exposure), sorted(observable(exposure))
    subsets = chain.from_iterable(combinations(allowed, size) for size in range(len(allowed), -1, -1))
    exists = any(nx.is_d_separator(dag, {exposure}, {OUTCOME}, set(subset)) for subset in subsets)
    assert adjustment(exposure).identified == exists == (exposure in IDENTIFIED)


@pytest.mark.parametrize("exposure", STATED)
def test_the_sets_are_those_stated_beforehand(exposure):
    assert adjustment(exposure).nodes == STATED[exposure] | set(ROOTS)


def test_an_unknown_node_names_the_choices():
    with pytest.raises(ValueError, match="unknown node 'mood': choose from capacity, duress"):
        adjustment("mood")


def test_columns_measure_the_nodes_and_are_in_the_codebook():
    assert set(COLUMNS) <= set(alignment())
    assert adjustment("proximity").columns() == ("power", "past_alliance", "colonial_tie")


@pytest.mark.parametrize("hypothesis", REGISTRY.values(), ids=lambda hypothesis: hypothesis.id)
def test_every_registered_claim_is_complete_and_measured(hypothesis):
    assert hypothesis.claim
    assert hypothesis.source
    assert hypothesis.status in {"now", "proxy", "no"}
    assert set(chain.from_iterable(variables(term) for term in hypothesis.terms)) <= set(alignment())
    assert len(set(hypothesis.terms)) == len(hypothesis.terms)
    for estimand in hypothesis.estimands:
        assert estimand.term in hypothesis.exposures
        assert estimand.outcome in {*OUTCOMES, "delta"}
        assert estimand.sign in {-1, 1}
    for term in hypothesis.terms:  # a product without its parts would be no interaction
        assert len(variables(term)) == 1 or set(variables(term)) <= set(hypothesis.terms)
    assert set(hypothesis.varying) <= set(hypothesis.exposures)


def test_expected_signs_are_those_of_the_sources():
    signs = {(h.id, e.term, e.outcome): e.sign for h in REGISTRY.values() for e in h.estimands}
    assert signs["carter-1", "threat", "bandwagon"] == 1
    assert signs["carter-2", "proximity", "bandwagon"] == signs["carter-2", "proximity", "delta"] == 1
    assert signs["carter-3", "duress", "bandwagon"] == signs["carter-3", "duress:threat", "bandwagon"] == 1
    assert signs["carter-4", "support", "bandwagon"] == -1


def test_only_identified_effects_are_called_so():
    identified = {id_: hypothesis.identified for id_, hypothesis in REGISTRY.items()}
    assert identified == {"carter-1": True, "carter-2": True, "carter-3": False, "carter-4": False, "all-in": False}


def test_adding_a_hypothesis_is_adding_one_value(monkeypatch, simulated):
    estimand = Estimand("similarity", "bandwagon", 1)
    added = Hypothesis("toy", "Similar regimes ally.", "a test", ("similarity",), (estimand,))
    monkeypatch.setitem(REGISTRY, "toy", added)
    assert get("toy") == [added]
    assert get(None)[-1] is added
    assert added.adjustment == adjustment("ideology").columns()
    assert str(estimand) == "b_bw[similarity] > 0"
    for outcome in OUTCOMES:
        design = added.design(simulated, outcome)
        assert design.terms == ("similarity", *added.adjustment)
        assert design.name == f"toy.{outcome}"
        reduced = added.without_exposure(simulated, outcome)
        assert reduced.terms == added.adjustment
        assert (reduced.y == design.y).all()


def test_ids_are_read_from_lists_and_an_unknown_one_names_the_choices():
    assert [h.id for h in get("carter-2, carter-1 carter-2")] == ["carter-2", "carter-1"]
    assert get("") == get(None) == list(REGISTRY.values())
    with pytest.raises(ValueError, match="unknown hypothesis 'carter-9': choose from carter-1, carter-2"):
        get("carter-9")
