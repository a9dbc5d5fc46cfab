"""Adjustment sets follow from the causal graphs by d-separation, and say what was written down beforehand."""

import re
from dataclasses import replace
from itertools import chain, combinations

import networkx as nx
import pytest

from data.codebook.lags import error_of, lag_of, unlagged
from data.codebook.panels import panel as book
from data.codebook.windows import WINDOWS, window_of
from models.claims import carter, walt
from models.claims.estimand import POSITIVE, RATIO, outcomes_of
from models.claims.links import LINKS
from models.claims.registry import FAMILIES, OUTCOMES, REGISTRY, Estimand, Hypothesis, archive_of, get
from models.graph import GRAPHS, OUTCOME, ROOTS, adjustment, columns, graph, node, selected_by_effects
from models.graphs.causal_graph import SELECTED
from models.terms import needed, variables

TESTED = [hypothesis for hypothesis in REGISTRY.values() if hypothesis.testable]
NODES = [
    (panel, name)
    for panel, which in GRAPHS.items()
    for name in sorted({*which.columns.values(), *which.measures.values()})
]
# Leader orientation, or aid itself, stands behind them; income works through power, which decides who is at risk. From
# year to year leaders' orientation moves capacity and duress, of the past and of this year, so nothing is.
EVERY_YEAR = {"aid", "capacity", "duress", "past duress", "economy", "democracy", "own power", "threat"}
NOT_IDENTIFIED = {
    "alignment": {"aid", "capacity", "duress", "support", "economy"},
    "informal": {"aid", "capacity", "duress", "support", "economy"},
    "placebo": {"aid", "capacity", "duress", "support", "economy", "later duress"},
    "capacity": EVERY_YEAR,
    "income": {"past duress"},  # the past of all else is behind it
    "democracy": {"past duress"},
    "onset": {*EVERY_YEAR, "aid drop"},
    "continuation": {*EVERY_YEAR, "aid drop"},
}
FEW = 8  # nodes whose subsets are all tried
# Revision 1 of a claim, and links that are simulated year by year.
UNTIMED = {"joining", "capacity", "income", "democracy", "onset", "continuation"}
# Written down before any model was fitted: what each total effect adjusts for, region and era aside.
ALWAYS = {"aggressor power", "own power", "history"}
STATED = {
    "proximity": {*ALWAYS, "aggression"},
    "threat": {*ALWAYS, "proximity", "aggression", "offence", "own revisionism"},
    "aggressor power": {"own power", "history", "proximity", "aggression", "offence"},
    "own power": {"aggressor power", "history", "proximity", "aggression", "economy"},
    "aggression": {*ALWAYS, "proximity", "offence"},
    "offence": {*ALWAYS, "aggression"},
    "capacity": {*ALWAYS, "threat", "economy", "democracy"},
    "duress": {*ALWAYS, "threat", "capacity", "economy", "democracy"},
    "support": {*ALWAYS, "threat", "proximity", "aggression", "ideology", "duress"},
    "ideology": {*ALWAYS, "democracy"},
    "penetration": {*ALWAYS, "proximity"},
}
STATED_IN_REVISION_1 = {
    "proximity": {"power", "history"},
    "threat": {"power", "history", "proximity", "own revisionism"},
    "duress": {"power", "history", "threat", "capacity"},
    "support": {"power", "history", "threat", "proximity", "ideology", "duress"},
}


def not_causal(panel, exposure, dag=None):
    """The graph without the arrows by which the exposure reaches the outcome; one into the selection stays."""
    dag = (graph(panel) if dag is None else dag).copy()
    on_paths = nx.ancestors(dag, OUTCOME) | {OUTCOME}
    dag.remove_edges_from([arrow for arrow in dag.out_edges(exposure) if arrow[1] in on_paths])
    return dag


def observable(panel, exposure):
    which, dag = GRAPHS[panel], graph(panel)
    return set(dag) - which.hidden - which.given - nx.descendants(dag, exposure) - {exposure, OUTCOME}


@pytest.mark.parametrize("panel", GRAPHS)
def test_the_graph_has_no_cycle_and_everything_leads_to_the_outcome(panel):
    dag, which = graph(panel), GRAPHS[panel]
    assert nx.is_directed_acyclic_graph(dag)
    apart = ({"later duress"} if panel == "placebo" else set()) | which.selected  # what must not lead to it
    assert nx.ancestors(dag, OUTCOME) == set(dag) - {OUTCOME} - apart
    assert dag.out_degree(OUTCOME) == 0
    for root in ROOTS:
        assert set(dag.successors(root)) == set(dag) - set(ROOTS)
    assert set(which.effects) >= which.hidden
    measured = set(which.nodes_of.values())
    unseen = which.hidden - {"aid"} if panel in {"alignment", "informal", "placebo"} else which.hidden
    assert measured | which.held == set(dag) - {OUTCOME, *ROOTS, *which.selected} - unseen


@pytest.mark.parametrize(("panel", "exposure"), NODES)
def test_an_adjustment_set_holds_only_measured_causes(panel, exposure):
    assert adjustment(exposure, panel).nodes <= observable(panel, exposure)


@pytest.mark.parametrize(("panel", "exposure"), NODES)
def test_an_identified_effect_is_separated_in_the_back_door_graph(panel, exposure):
    chosen, which = adjustment(exposure, panel), GRAPHS[panel]
    given = set() if selected_by_effects(graph(panel), exposure, which) else set(which.given) - {exposure}
    seen = set(graph(panel)) - (which.hidden - {exposure}) - (which.selected - given)
    dag = graph(panel) if chosen.identified else nx.DiGraph(graph(panel).subgraph(seen))
    dag = not_causal(panel, exposure, dag)
    assert nx.is_d_separator(dag, {exposure}, {OUTCOME}, set(chosen.nodes) | given)
    for other in (
        set() if which.sequential else chosen.nodes - which.always
    ):  # nothing beside what is always held is idle
        assert not nx.is_d_separator(dag, {exposure}, {OUTCOME}, (set(chosen.nodes) | given) - {other})


@pytest.mark.parametrize(("panel", "exposure"), NODES)
def test_identified_means_that_some_measured_set_separates_and_not_that_none_was_found(panel, exposure):
    dag, allowed = not_causal(panel, exposure), sorted(observable(panel, exposure))
    given = GRAPHS[panel].given - {exposure}
    # If any set separates, so do all allowed ancestors together (van der Zander, Liskiewicz and Textor 2014).
    of = set().union(*(nx.ancestors(dag, name) for name in (exposure, OUTCOME, *given)))
    exists = nx.is_d_separator(dag, {exposure}, {OUTCOME}, (of & set(allowed)) | given)
    if len(allowed) <= FEW:
        subsets = chain.from_iterable(combinations(allowed, size) for size in range(len(allowed), -1, -1))
        tried = any(nx.is_d_separator(dag, {exposure}, {OUTCOME}, set(subset) | given) for subset in subsets)
        assert tried == exists
    exists &= not selected_by_effects(graph(panel), exposure, GRAPHS[panel])
    expected = exposure not in NOT_IDENTIFIED.get(panel, set())
    assert adjustment(exposure, panel).identified == exists == expected


@pytest.mark.parametrize("exposure", STATED)
def test_the_sets_are_those_stated_beforehand(exposure):
    assert adjustment(exposure).nodes == STATED[exposure] | set(ROOTS)


@pytest.mark.parametrize("exposure", STATED_IN_REVISION_1)
def test_the_sets_of_revision_1_are_kept(exposure):
    assert adjustment(exposure, revision=1).nodes == STATED_IN_REVISION_1[exposure] | set(ROOTS)


def test_selection_makes_power_and_distance_depend_on_each_other():
    """The effect of power needs distance held, as rows are at risk when near or when the aggressor is a major power."""
    pair = {"aggressor power"}, {"proximity"}
    assert nx.is_d_separator(graph(), *pair, set(ROOTS))
    assert not nx.is_d_separator(graph(), *pair, {*ROOTS, SELECTED})
    assert "proximity" in adjustment("aggressor power").nodes
    assert "proximity" not in adjustment("power", revision=1).nodes


def test_no_claim_is_about_what_selection_hides():
    exposed = {node(variables(term)[0]) for h in TESTED if h.panel == "alignment" for term in h.exposures}
    assert not [name for name in exposed if selected_by_effects(graph(), name, GRAPHS["alignment"])]
    assert selected_by_effects(graph(), "economy", GRAPHS["alignment"])


def test_an_unknown_node_or_column_names_the_choices():
    with pytest.raises(ValueError, match="unknown node 'mood': choose from aggression, aggressor power, aid"):
        adjustment("mood")
    with pytest.raises(ValueError, match="column 'mood' measures no node of the causal graph of alignment"):
        node("mood")


@pytest.mark.parametrize("panel", GRAPHS)
def test_columns_measure_the_nodes_and_are_in_the_codebook(panel):
    known = {variable.name for variable in book(panel).variables}
    assert {*GRAPHS[panel].columns, *GRAPHS[panel].measures} <= known
    assert not set(GRAPHS[panel].columns) & set(GRAPHS[panel].measures)


def test_columns_of_a_set_are_in_the_order_of_the_graph():
    expected = ("aggressor_power", "own_power", "past_alliance", "colonial_tie", "aggression")
    assert columns(adjustment("proximity").nodes) == expected


def test_the_family_is_complete():
    published = {carter.SOURCE, walt.SOURCE}
    counts = {name: sum(h.source in published for h in claims) for name, claims in FAMILIES.items()}
    expected = {"balancing": 6, "bandwagoning": 6, "conditions": 5, "ideology": 5, "foreign aid": 6, "penetration": 4}
    assert counts == {"Carter": 4} | expected
    assert sum(h.source in published for h in REGISTRY.values()) == 36
    assert "all-in" in REGISTRY
    assert {name for name, h in REGISTRY.items() if h.status == "no"} == {"ideo-5", "aid-5"}
    assert all(bool(h.reason) != h.testable for h in REGISTRY.values())
    assert all(h.note for h in REGISTRY.values() if h.status == "proxy")


@pytest.mark.parametrize("hypothesis", TESTED, ids=lambda hypothesis: hypothesis.id)
def test_every_registered_claim_is_complete_and_measured(hypothesis):
    assert hypothesis.claim
    assert hypothesis.source
    assert hypothesis.outcomes == outcomes_of(hypothesis.panel)
    assert set(hypothesis.where) | set(needed(hypothesis.terms)) <= {v.name for v in book(hypothesis.panel).variables}
    for estimand in hypothesis.estimands:
        assert estimand.expectation.sign in {-1, 1}
        logits = OUTCOMES if estimand.outcome in {"delta", RATIO} else (estimand.outcome,)
        for outcome in logits:
            assert estimand.outcome == RATIO or estimand.term in hypothesis.equation(outcome).exposures
    for outcome in hypothesis.outcomes:
        equation = hypothesis.equation(outcome)
        assert len(set(equation.terms)) == len(equation.terms)
        for term in equation.terms:  # a product without its parts would be no interaction
            assert len(variables(term)) == 1 or set(variables(term)) <= set(equation.terms)
        assert set(equation.varying) <= set(equation.exposures)


@pytest.mark.parametrize("hypothesis", TESTED, ids=lambda hypothesis: hypothesis.id)
def test_every_claim_adjusts_for_the_computed_set_and_for_the_parts_of_its_products(hypothesis):
    if hypothesis.adjust_for is not None:
        return
    for outcome in hypothesis.outcomes:
        equation = hypothesis.equation(outcome)
        mains = {variables(term)[0] for term in equation.exposures}
        nodes = set().union(*(adjustment(node(m, hypothesis.panel), hypothesis.panel).nodes for m in mains))
        parts = {v for term in equation.exposures for v in variables(term)}
        inside = {"colonial_tie"} if mains & {"ties", "penetration"} else set()
        expected = set(columns(frozenset(nodes), hypothesis.panel)) - inside - set(equation.exposures)
        asked = [name for name in equation.adjustment if name not in parts]
        assert {unlagged(name) for name in asked} == expected - (parts if not GRAPHS[hypothesis.panel].timed else set())
        assert set(equation.adjustment) - set(asked) == parts - set(equation.exposures)


@pytest.mark.parametrize("claim", [*TESTED, *LINKS.values()], ids=lambda claim: claim.id)
def test_what_is_adjusted_for_is_measured_before_the_window_of_the_exposure_begins(claim):
    if claim.adjust_for is not None or not GRAPHS[claim.panel].timed:
        assert claim.id in {"all-in", "cond-1"} or claim.panel in UNTIMED
        return
    for outcome in claim.outcomes:
        equation = claim.equation(outcome)
        window = max(window_of(variables(term)[0]) or 0 for term in equation.exposures)
        moderators = {name for term in equation.exposures for name in variables(term)[1:]}
        for name in set(equation.adjustment) - moderators:
            fixed = window_of(name) is None
            assert fixed or lag_of(name) >= window, (claim.id, outcome, name)


@pytest.mark.parametrize("panel", ["alignment", "informal", "termination", "siding"])
def test_a_window_begins_in_the_first_year_that_the_formula_of_a_column_names(panel):
    unsaid = {  # the same in all years, or by a formula that refers to that of another column
        "colonial_tie", "age", "war_year", "arms_other", "aid_other", "penetration", "threat", "threat_other",
        "wartime_enemy_defeated",
    }  # fmt: skip
    for name, variable in book(panel).columns.items():
        years = [int(year) for year in re.findall(r"\bt-(\d+)\b", f"{variable.unit} {variable.formula}")]
        if name not in unsaid and not lag_of(name) and variable.kind not in {"key", "outcome"}:
            assert max(years, default=1) == window_of(name), (name, variable.formula)
    assert set(WINDOWS) >= unsaid


def test_the_panels_hold_the_lags_that_equations_ask_for_and_no_others():
    asked: dict[str, set] = {"alignment": set(), "termination": set(), "siding": set()}
    for claim in [*TESTED, *LINKS.values()]:
        for outcome in claim.outcomes:
            found = {name for name in claim.equation(outcome).adjustment if lag_of(name)}
            asked.setdefault(claim.panel, set()).update(found)
    for panel in ("placebo", "informal"):  # the same columns as alignment
        asked["alignment"] |= asked.pop(panel, set())
    errors = {error_of(name) for name in asked["alignment"]} - {None}
    held = {panel: {name for name in book(panel).columns if lag_of(name)} for panel in asked}
    assert held["alignment"] == asked["alignment"] | errors
    assert held["termination"] == asked["termination"]
    assert held["siding"] >= asked["siding"]
    assert not any(asked[panel] for panel in set(asked) - {"alignment", "termination", "siding"})


def test_expected_signs_are_those_of_the_sources():
    signs = {(h.id, e.term, e.outcome): e.expectation.sign for h in REGISTRY.values() for e in h.estimands}
    for k, term in enumerate(("threat", "power", "proximity", "offence"), 1):
        assert signs[f"bal-{k}", term, "balance"] == signs[f"bw-{k}", term, "bandwagon"] == 1
        assert signs[f"bal-{k}", term, "delta"] == -signs[f"bw-{k}", term, "delta"] == -1
    assert signs["bal-5", "aggression", "balance"] == -signs["bw-5", "aggression", "balance"] == 1
    assert signs["cond-1", "rate", RATIO] == 1
    assert signs["cond-3", "support", "balance"] == -signs["cond-3", "support^2", "balance"] == 1
    assert signs["carter-1", "threat", "bandwagon"] == 1
    assert signs["carter-2", "proximity", "bandwagon"] == signs["carter-2", "proximity", "delta"] == 1
    assert signs["carter-3", "duress", "bandwagon"] == signs["carter-3", "duress:threat", "bandwagon"] == 1
    assert signs["carter-4", "support", "bandwagon"] == -1


def test_claims_without_a_treaty_are_those_of_carter_about_other_outcomes():
    signs = {(h.id, e.term, e.outcome): e.expectation for h in REGISTRY.values() for e in h.estimands}
    for k in (1, 2, 3, 4):
        original, other = REGISTRY[f"carter-{k}"], REGISTRY[f"informal-{k}"]
        assert other.equation("military_support") == other.equation("defence_agreement")
        equation, of_treaties = other.equation("military_support"), original.equation("bandwagon")
        assert equation == replace(of_treaties, durations=())
        for estimand in original.estimands:
            for outcome in other.outcomes:
                expected = estimand.expectation if estimand.outcome == "bandwagon" else None
                assert expected in {None, signs[other.id, estimand.term, outcome]}
        assert len(other.estimands) == 2 * sum(e.outcome == "bandwagon" for e in original.estimands)


def test_only_identified_effects_are_called_so():
    identified = {hypothesis.id: hypothesis.identified for hypothesis in TESTED}
    not_so = {
        "carter-3",
        "carter-4",
        "informal-3",
        "informal-4",
        "cond-3",
        "aid-1",
        "aid-2",
        "aid-3",
        "aid-4",
        "aid-6",
        "all-in",
    }
    assert {name for name, said in identified.items() if not said} == not_so


def test_adding_a_hypothesis_is_adding_one_value(monkeypatch, simulated):
    estimand = Estimand("similarity", "bandwagon", POSITIVE)
    added = Hypothesis("toy", "Similar regimes ally.", "a test", ("similarity",), (estimand,))
    monkeypatch.setitem(REGISTRY, "toy", added)
    assert get("toy") == [added]
    assert get(None)[-1] is added
    assert tuple(map(unlagged, added.adjustment)) == columns(adjustment("ideology").nodes)
    assert {lag_of(name) for name in added.adjustment if name != "colonial_tie"} == {1}
    assert str(estimand) == "b_bw[similarity] > 0"
    for outcome in OUTCOMES:
        design = added.design(simulated, outcome)
        durations = added.equation(outcome).durations
        assert durations == ("since_treaty", "since_treaty^2", "since_dispute", "since_dispute^2")
        assert design.terms == ("similarity", *added.adjustment, *durations)
        assert design.name == f"toy.{outcome}"
        reduced = added.with_exposures(simulated, outcome, (), "without")
        assert reduced.terms == added.adjustment + durations
        assert (reduced.y == design.y).all()


def test_ids_are_read_from_lists_and_an_unknown_one_names_the_choices():
    assert [h.id for h in get("carter-2, carter-1 carter-2")] == ["carter-2", "carter-1"]
    assert get("") == get(None) == list(REGISTRY.values())
    with pytest.raises(ValueError, match="unknown hypothesis 'carter-9': choose from carter-1, carter-2"):
        get("carter-9")


def test_claims_with_the_same_model_share_a_posterior():
    assert archive_of(REGISTRY["bw-3"]) == "bal-3"
    assert archive_of(REGISTRY["carter-2"]) == "carter-2"  # to her a common enemy is bandwagoning too, not to Walt
    assert archive_of(REGISTRY["bw-5"]) == "bal-5"
    assert archive_of(REGISTRY["bal-1"]) == "bal-1"  # carter-1 has the threat from others beside it
    assert all(archive_of(REGISTRY[archive_of(h)]) == archive_of(h) for h in TESTED)
