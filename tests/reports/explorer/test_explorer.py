"""The grids of the explorer against the rows and draws that they stand for, and what its page holds."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from typing import Any

import numpy as np
import pytest

from data import schema, synthetic
from data.groups import ERAS, REGIONS
from inference import panels
from inference.archives.archive import group
from inference.evidence.quantities import CI_PROB
from models.claims.registry import OUTCOMES, REGISTRY
from reports.explorer import explored, grid, neighbours, page
from reports.style import COLOURS
from tests.fixtures.explorer_world import draws_at, exactly, found_of, interpolated, numbers_of, scenario, trees_of

CLAIMS = ("all-in", "carter-1", "carter-2", "carter-3", "carter-4", "bal-3", "bw-3")
TOLERANCE = 1e-3  # of a probability
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A simulated panel, made-up posteriors on it, and the models of the explorer."""
    file = tmp_path_factory.mktemp("explorer") / "panel.parquet"
    schema.write(synthetic.panel(4000, seed=5), file)
    panel = panels.read("alignment", file)
    trees = trees_of(CLAIMS, panel)
    return panel, file, trees, found_of(CLAIMS, trees, file)


@pytest.fixture(scope="module")
def html(world):
    _, _, _, found = world
    return page.render(numbers_of(CLAIMS) | {"counterfactual": scenario()}, found)


def within(html, pattern):
    """What stands where the pattern has its brackets."""
    match = re.search(pattern, html, re.DOTALL)
    assert match
    return match[1]


def held(html):
    return json.loads(within(html, r'<script type="application/json" id="grids">(.*?)</script>'))


def test_claims_with_the_same_model_stand_together_and_the_model_of_everything_first(world):
    found = [(model.id, model.claims) for model in world[3]]
    assert found[0] == ("all-in", ["all-in"])
    assert ("bal-3", ["bal-3", "bw-3"]) in found
    shown = {claim for claim, hypothesis in REGISTRY.items() if explored.movable(hypothesis)}
    assert shown == {*CLAIMS, "bal-1", "bw-1", "cond-3"}  # not those of power, nor of similarity times threat
    mixed = replace(REGISTRY["carter-1"], exposures=("threat", "threat:power"))
    assert not explored.movable(mixed)


def test_every_driver_of_a_model_says_whether_it_is_its_exposure(world):
    roles = {model.id: model.drivers for model in world[3]}
    assert roles["all-in"] == dict.fromkeys(grid.CONTROLS, "exposure")
    assert roles["carter-1"] == {"threat": "exposure"}  # what it adjusts for is of years before
    assert roles["carter-3"] == {"threat": "exposure", "duress": "exposure"}
    assert roles["carter-4"] == {"support": "exposure", "duress": "exposure"}


def test_interpolated_numbers_are_those_of_the_rows_at_a_hundred_random_points(world):
    panel, _, trees, found = world
    rng, errors = np.random.default_rng(0), []
    for _ in range(100):
        model = found[rng.integers(len(found))]
        outcome = OUTCOMES[rng.integers(2)]
        part = model.outcomes[outcome]
        at = int(rng.integers(len(part.places)))
        r, e, *_ = part.places[at]
        design = REGISTRY[model.claims[0]].design(panel, outcome)
        values = {
            name: float(rng.integers(2)) if len(nodes) == 2 else float(rng.uniform(nodes[0], nodes[-1]))
            for name, nodes in part.axes.items()
        }
        posterior = group(trees[model.claims[0]][outcome], "posterior")
        place = (None if r < 0 else list(REGIONS)[r], None if e < 0 else list(ERAS)[e])
        exact = exactly(design, posterior, panel.iloc[design.rows], *place, values)
        errors.append(np.abs(interpolated(part, at, values) - exact).max())
    assert max(errors) < TOLERANCE


def test_bounds_are_the_quantiles_of_the_draws_within_their_error(world):
    panel, _, trees, _ = world
    design = REGISTRY["all-in"].design(panel, "balance")
    posterior, frame = group(trees["all-in"]["balance"], "posterior"), panel.iloc[design.rows]
    for region in design.groups["region"].levels[:4]:
        draws = draws_at(design, posterior, frame, region, None, {"threat": 1.0, "duress": 1.0})
        latent = np.log(draws / (1 - draws))
        asked = np.quantile(latent, [(1 - CI_PROB) / 2, (1 + CI_PROB) / 2])
        error = 2.1 * latent.std() / np.sqrt(draws.size)  # of a normal quantile at 5 or 95 %
        np.testing.assert_allclose(grid.summary(draws[None])[1:, 0], asked, atol=4 * error)


def test_lagrange_polynomials_give_back_a_polynomial():
    nodes, x = grid.chebyshev(-1.0, 3.0, 5), np.linspace(-1, 3, 7)
    assert (nodes[0], nodes[-1]) == (-1.0, 3.0)
    np.testing.assert_allclose((nodes**4 - nodes) @ grid.lagrange(nodes, x), x**4 - x, atol=1e-9)


def test_places_count_the_rows_and_events_of_the_panel(world):
    panel, _, _, found = world
    for model in found:
        for outcome, part in model.outcomes.items():
            design = REGISTRY[model.claims[0]].design(panel, outcome)
            frame = panel.iloc[design.rows]
            assert part.places[0][:4] == (-1, -1, len(frame), int(frame[outcome].sum()))
            r, e, rows, events, typical = part.places[-1]
            mine = frame[(frame["region"] == list(REGIONS)[r]) & (frame["era"] == list(ERAS)[e])]
            assert (rows, events) == (len(mine), int(mine[outcome].sum()))
            assert typical == pytest.approx([mine[name].median() for name in part.axes], abs=1e-4)


def test_neighbours_count_every_row_once(world):
    panel, _, _, found = world
    part = found[0].outcomes["balance"]
    design = REGISTRY["all-in"].design(panel, "balance")
    assert sum(part.neighbours.rows) == design.y.size
    assert sum(part.neighbours.events) == design.y.sum()
    assert min(part.neighbours.rows) >= 1
    assert neighbours.band("proximity", np.array([0.0, -np.log1p(9.0), -5.0])).tolist() == [2, 1, 0]
    assert neighbours.band("threat", np.array([0.0, np.log(2), 1.0, np.log(3)])).tolist() == [0, 1, 1, 2]


def test_the_policy_names_the_script_and_style_of_the_page_and_nothing_else(html):
    policy = within(html, r'Content-Security-Policy" content="([^"]+)"').replace("&#39;", "'")
    script = within(html, r"<script>(.*?)</script>")
    style = within(html, r"<style>(.*?)</style>")
    for text, source in ((script, "script-src"), (style, "style-src")):
        assert f"{source} 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert all(colour in style for colour in (COLOURS[outcome] for outcome in OUTCOMES))
    assert not re.search(r'(?:src|href)="(?!appendix\.html")', html)
    assert len(html.encode()) < 3e6


def test_names_and_claims_are_text_wherever_they_stand(world):
    evil = "</script><img src=x onerror=alert(1)>"
    numbers: dict[str, Any] = numbers_of(CLAIMS) | {"counterfactual": scenario()}
    for entry in numbers["hypotheses"]:
        entry |= {"claim": evil, "remark": evil, "source": evil}
    numbers["counterfactual"]["shipped"][0] |= {"title": evil, "words": evil}
    found = page.render(numbers, world[3])
    assert "<img" not in found
    assert held(found)["programme"]["title"] == evil


def test_a_draft_says_so_and_why(world, html):
    assert "DRAFT" not in html
    draft = page.render(numbers_of(CLAIMS) | {"draft": ["carter-1: fitted on another panel"]}, world[3])
    assert 'aria-hidden="true">DRAFT<' in draft
    assert "carter-1: fitted on another panel" in draft


def test_without_a_counterfactual_there_is_no_programme_and_without_a_model_no_page(world, tmp_path):
    _, file, trees, found = world
    html = page.render(numbers_of(CLAIMS) | {"counterfactual": None}, found)
    assert 'id="size"' not in html
    assert held(html)["programme"] is None
    numbers = numbers_of(("bal-2",))
    none = found_of(("bal-2",), {"bal-2": {}}, file)
    page.write(numbers, none, tmp_path)
    assert page.trace(none) == ()
    assert not list(tmp_path.iterdir())
    numbers = numbers_of(("carter-2",))
    models = found_of(("carter-2",), trees, file)
    page.write(numbers, models, tmp_path)
    (traced, _) = page.trace(models)
    first = held((tmp_path / "explorer.html").read_text())["models"][0]["outcomes"]["bandwagon"]
    assert traced.grid_sha256 == sha256(first["grid"].encode()).hexdigest()
    assert traced.fit_key == first["fit_key"]
