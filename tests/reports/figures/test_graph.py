"""The drawn causal graphs: nothing overlaps, arrows go one way, what is hidden is dashed."""

import json
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_hex

from models.claims.registry import REGISTRY
from models.graph import GRAPHS
from reports import style
from reports.figures import graph, placement


@pytest.mark.parametrize("panel", graph.TITLES)
def test_the_causal_graph_is_drawn_without_overlaps(panel):
    places, dag = graph.layout(panel), graph.drawn(panel)
    assert set(places) == set(dag)
    assert graph.hits(panel) == []
    assert all(places[cause][0] < places[effect][0] for cause, effect in dag.edges)
    spots = sorted(places.values())
    gaps = [b[1] - a[1] for a, b in pairwise(spots) if a[0] == b[0]]
    assert min(gaps, default=9) > 2 * graph.HALF_HEIGHT


@pytest.mark.slow
@pytest.mark.campaign
def test_kept_heights_are_those_that_are_found(tmp_path):
    """When this fails a graph has changed: python -m reports.figures.graph."""
    graph.write_heights(tmp_path / "heights.json")
    assert (tmp_path / "heights.json").read_text() == placement.KNOWN.read_text()


def test_kept_heights_are_of_the_graphs_and_of_the_smallest_those_that_are_found(monkeypatch, tmp_path):
    """All are found anew in the campaign."""
    known = json.loads(placement.KNOWN.read_text())
    problems = {panel: graph._problem(panel)[1:] for panel in graph.TITLES}
    assert list(known) == list(dict.fromkeys(placement.key(*problem) for problem in problems.values()))
    smallest = min(problems, key=lambda panel: len(problems[panel][0]))
    monkeypatch.setattr(graph, "TITLES", {smallest: graph.TITLES[smallest]})
    graph.write_heights(tmp_path / "heights.json")
    (made,) = json.loads((tmp_path / "heights.json").read_text()).items()
    assert made in known.items()


def test_a_graph_without_kept_heights_is_laid_out_all_the_same():
    edges, layers = np.array([[0, 1], [1, 2]]), np.array([0.0, 1.0, 2.0])
    assert placement.key(edges, 2, layers) not in placement.KNOWN.read_text()
    assert np.ptp(placement.heights(edges, 2, layers)) == 0.0  # two arrows in a row


def test_the_causal_graphs_dash_what_is_hidden():
    with style.applied():
        figure = graph.causal_graphs()
    for axes, panel in zip(figure.axes, graph.TITLES, strict=True):
        names = {text.get_text().replace("\n", " ") for text in axes.texts}
        assert names == set(graph.drawn(panel))
        dashed = sum(patch.get_linestyle() in {"--", "dashed"} for patch in axes.patches)
        hidden = (GRAPHS[panel].hidden | {graph.PAST}) & names
        assert dashed == len(hidden) + sum(cause in hidden for cause, _ in graph.drawn(panel).edges)


def test_a_claims_graph_fills_its_exposures_and_shades_what_is_adjusted_for():
    hypothesis = REGISTRY["carter-3"]
    with style.applied():
        axes = graph.claim_graph(hypothesis).axes[0]
    names = [text.get_text().replace("\n", " ") for text in axes.texts]
    boxes, arrows = axes.patches[: len(names)], axes.patches[len(names) :]
    faces = dict(zip(names, [to_hex(box.get_facecolor()).upper() for box in boxes], strict=True))
    assert [name for name in names if faces[name] == style.LINE] == ["duress"]
    shaded = {name for name in names if faces[name] == style.SHADE_DARK}
    adjusted = {"history", "aggressor power", "own power", "threat", "capacity", "economy", "democracy"}
    assert shaded == adjusted | {"at risk"}  # which is given for every row
    dark = [arrow for arrow in arrows if to_hex(arrow.get_edgecolor()).upper() == style.LINE]
    paths = graph.Marks(frozenset({"duress"}), frozenset(shaded)).paths(graph.drawn("alignment"))
    assert paths == {("duress", "outcome"), ("duress", "support"), ("support", "outcome")}
    assert len(dark) == len(paths)


def test_arrows_begin_and_end_at_the_edges_of_boxes():
    assert graph._edge((0, 0), (2, 0)) == (graph.HALF_WIDTH, 0)
    assert graph._edge((0, 0), (0, -2)) == (0, -graph.HALF_HEIGHT)
    x, y = graph._edge((1, 1), (2, 3))
    assert y - 1 == pytest.approx(graph.HALF_HEIGHT)
    assert (y - 1) / (x - 1) == pytest.approx(2)
