"""The drawn causal graphs: nothing overlaps, arrows go one way, what is hidden is dashed."""

from itertools import pairwise

import pytest

from models.graph import GRAPHS
from reports import style
from reports.figures import graph


@pytest.mark.parametrize("panel", graph.TITLES)
def test_the_causal_graph_is_drawn_without_overlaps(panel):
    places, dag = graph.layout(panel), graph.drawn(panel)
    assert set(places) == set(dag)
    assert graph.hits(panel) == []
    assert all(places[cause][0] < places[effect][0] for cause, effect in dag.edges)
    spots = sorted(places.values())
    gaps = [b[1] - a[1] for a, b in pairwise(spots) if a[0] == b[0]]
    assert min(gaps, default=9) > 2 * graph.HALF_HEIGHT


def test_the_causal_graphs_dash_what_is_hidden():
    with style.applied():
        figure = graph.causal_graphs()
    for axes, panel in zip(figure.axes, graph.TITLES, strict=True):
        names = {text.get_text().replace("\n", " ") for text in axes.texts}
        assert names == set(graph.drawn(panel))
        dashed = sum(patch.get_linestyle() in {"--", "dashed"} for patch in axes.patches)
        hidden = GRAPHS[panel].hidden
        assert dashed == len(hidden) + sum(cause in hidden for cause, _ in graph.drawn(panel).edges)
