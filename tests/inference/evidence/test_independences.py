"""What the causal graph implies of the panel: by d-separation, and tested on rows that do or do not agree."""

import networkx as nx
import numpy as np
import pytest

from inference.evidence import independences
from models.graph import graph
from models.graphs.causal_graph import ROOTS, SELECTED
from models.independences import implied


def test_every_implied_pair_is_separated_given_the_selection_and_no_pair_with_an_arrow_is_there():
    dag, pairs = graph(), implied()
    assert len(pairs) > 20
    for one, other, given in pairs:
        assert not dag.has_edge(one, other)
        assert not dag.has_edge(other, one)
        assert nx.is_d_separator(dag, {one}, {other}, {*given, *ROOTS, SELECTED})
    named = {frozenset(pair[:2]) for pair in pairs}
    assert frozenset({"aggressor power", "proximity"}) not in named  # the selection makes them depend on each other


def test_a_dependence_that_is_put_into_the_panel_is_found_and_no_other(simulated):
    rng = np.random.default_rng(1)
    frame = simulated.assign(**{name: rng.normal(size=len(simulated)) for name in ("democracy", "own_revisionism")})
    before = {(r.one, r.other): r for r in independences.tested(frame)}
    pair = ("democracy", "own_revisionism")
    assert not before[pair].fails
    frame["own_revisionism"] = frame["own_revisionism"] + 0.5 * frame["democracy"]
    found = {(r.one, r.other): r for r in independences.tested(frame)}[pair]
    assert found.fails
    assert found.correlation == pytest.approx(0.5 / np.hypot(1.0, 0.5), abs=4 * found.error)


def test_rows_that_repeat_in_a_cluster_count_once():
    rng = np.random.default_rng(2)
    u, v = rng.normal(size=(2, 200))
    cluster = np.arange(200)
    once = independences._clustered_error(u, v, [cluster, cluster])
    u, v, cluster = (np.repeat(values, 10) for values in (u, v, cluster))
    assert independences._clustered_error(u, v, [cluster, cluster]) == pytest.approx(once)
