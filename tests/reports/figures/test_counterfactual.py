"""Figures of the counterfactual as data: what they draw is what the archive holds."""

import numpy as np
import pytest

from inference.counterfactual import run, table
from inference.counterfactual.scenario import Scenario
from inference.counterfactual.simulation import population, programme
from inference.counterfactual.simulation.programme import ARROWS
from inference.plain import plain
from inference.robustness import aid as robustness
from inference.robustness import specifications
from models.claims.registry import OUTCOMES
from reports.figures import counterfactual, world_map
from tests.fixtures import chain_truth
from tests.fixtures.drawn import marked, x_of, y_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tree():
    w = chain_truth.world()
    links = chain_truth.known(w)
    scenario = Scenario("small", "a small world", 1992, rule="all", size=1.0, dollars=5.0)
    return run.simulated(scenario, links, population.assemble(scenario, links, w.alignment, w.state), seed=1)


@pytest.fixture(scope="module")
def found(tree):
    return plain(table.collect(tree))


def effect(found, arrow, timing, outcome, horizon=20):
    wanted = (arrow, timing, outcome, horizon)
    return next(e for e in found["effects"] if (e["arrow"], e["timing"], e["outcome"], e["horizon"]) == wanted)


def test_the_fan_ends_where_the_table_does(tree, found):
    figure = counterfactual.fan(found, tree["trajectory"].to_dataset())
    upper, lower = np.array(figure.axes).reshape(2, 2)
    for column, outcome in enumerate(OUTCOMES):
        row = effect(found, "given", "early", outcome)
        none, given = (y_of(line)[-1] for line in upper[column].lines)
        assert (none, given) == pytest.approx((row["baseline"]["value"], row["treated"]["value"]), rel=1e-4)
        assert len(upper[column].collections) == 2  # an interval around each
        ends = [y_of(line)[-1] for line in lower[column].lines if len(x_of(line)) == 20]
        expected = [effect(found, arrow, "early", outcome)["difference"]["value"] for arrow in ARROWS]
        np.testing.assert_allclose(ends, expected, atol=1e-3)
        assert upper[column].get_ylim()[0] == 0


def test_timing_shows_every_arrow_early_and_late_with_both_intervals(found):
    figure = counterfactual.timing(found)
    upper, lower = np.array(figure.axes).reshape(2, 2)
    for axes, outcome in zip(lower, OUTCOMES, strict=True):
        rows = [r for r in found["equal_exposure"] if (r["outcome"], r["years"]) == (outcome, 10)]
        assert {row["arrow"] for row in rows} == {"estimated, US aid", "elicited", "given"}  # the world has no other
        values = [x_of(line)[0] for line in marked(axes, "o", "s")]
        np.testing.assert_allclose(values, [row[when]["value"] for row in rows for when in ("ahead", "late")])
    for axes, outcome in zip(upper, OUTCOMES, strict=True):
        dots = marked(axes, "o", "s")
        assert len(dots) == 2 * len(ARROWS)
        values = [x_of(line)[0] for line in dots]
        expected = [effect(found, a, t, outcome)["difference"]["value"] for a in ARROWS for t in programme.TIMINGS]
        np.testing.assert_allclose(values, expected)
        assert len(axes.collections) == 4 * len(ARROWS)
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()][-1] == "capacity raised by 1 sd"


def test_the_dose_begins_at_no_change(found):
    figure = counterfactual.dose(found)
    for axes, outcome in zip(figure.axes, OUTCOMES, strict=True):
        early = axes.lines[0]
        assert y_of(early)[0] == 1
        ratio = [q["value"] for q in found["dose"]["ratio"]["early"][outcome]]
        np.testing.assert_allclose(y_of(early), ratio)


def test_the_paths_are_drawn_beside_their_whole(found):
    figure = counterfactual.paths(found)
    for axes, outcome in zip(figure.axes, OUTCOMES, strict=True):
        whole = marked(axes, "D")[0]
        assert x_of(whole)[0] == pytest.approx(effect(found, "given", "early", outcome)["difference"]["value"])
        assert len(marked(axes, "o")) == len(programme.PATHS) + 1  # and what they do together


def test_the_map_has_a_number_for_each_region_and_a_cross_for_the_rest(found):
    axes = counterfactual.region_map(found).axes[0]
    regions = found["regions"]["bandwagon"]
    assert set(regions) == {"West Africa", "Central and East Africa", "Southern Africa", "Middle East"}
    assert len(axes.texts) == len(regions)
    crosses = [[x_of(line)[0], y_of(line)[0]] for line in marked(axes, "x")]
    # In this order, whatever the order of a set of names is in this process: the same figure, the same bytes.
    assert crosses == [list(place) for region, place in world_map.ANCHORS.items() if region not in regions]
    value = regions["West Africa"]["value"]
    assert any(text.get_text().startswith(f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")) for text in axes.texts)


def test_regions_and_cells_add_up_to_all_events_averted(found):
    for outcome in OUTCOMES:
        whole = effect(found, "given", "early", outcome)["difference"]["value"]
        total = sum(q["value"] for q in found["regions"][outcome].values())
        assert total == pytest.approx(-whole * found["dyad_years"][outcome] / 1000, rel=1e-3)
        cells = sum(c["averted"]["value"] for c in found["cells"] if c["outcome"] == outcome)
        assert cells == pytest.approx(total, rel=1e-3)


def test_the_coast_is_that_of_the_earth():
    outlines = list(world_map.lines("gshhs"))
    points = np.concatenate(outlines)
    assert len(outlines) > 100
    assert np.abs(points[:, 1]).max() <= 90
    assert (points[:, 0] >= -181).all()
    assert (points[:, 0] <= 361).all()
    cape = next(o for o in outlines if np.hypot(o[:, 0] - 18.5, o[:, 1] + 34.3).min() < 1)  # of Good Hope
    assert np.hypot(cape[:, 0] - 51.3, cape[:, 1] - 11.8).min() < 1.5  # on one coast with Cape Guardafui


def test_the_tipping_contour_has_no_bias_in_its_middle(found):
    figure = counterfactual.tipping(found)
    assert len(figure.axes) == 5
    for rows in found["tipping"].values():
        for outcome in OUTCOMES:
            middle = next(row for row in rows[outcome] if row["bias"] == 0)
            assert middle["difference"] == effect(found, "given", "early", outcome)["difference"]


def test_natural_course_and_positivity_draw_every_cell(tree, found):
    figure = counterfactual.natural_course(found)
    for axes, outcome in zip(figure.axes, OUTCOMES, strict=True):
        rows = [r for r in found["natural_course"] if r["outcome"] == outcome]
        observed = [x_of(line)[0] for line in marked(axes, "D")]
        assert observed == [r["observed"] for r in rows]
    counts = tree["positivity"].to_dataset()
    figure = counterfactual.positivity(counts)
    assert len(figure.axes[0].texts) == counts["gains"].size


def test_a_summary_of_refits_has_a_row_for_each_change_arm_and_outcome():
    effects = (robustness.AidEffect("given", "early", "all", "bandwagon", 5.0, -0.1, 0.01, -0.2, 0.0, 0.9),)
    results = {
        "chain.registered": robustness.AidRefit(effects=effects),
        "chain.weak=small": robustness.AidRefit(failed=("bandwagon: R-hat",), effects=effects),
        "chain.without.365": robustness.AidRefit(impossible="no events"),
        "chain.undone.scores-held": robustness.AidRefit(effects=effects),
    }
    rows = robustness.summary(results)
    assert rows["kind"].tolist() == ["coding", "coding", "aggressor", "undone"]
    assert rows["what"].tolist() == ["registered", "weak=small", "365", "scores-held"]
    assert rows["failed"].tolist() == ["", "bandwagon: R-hat", "", ""]
    assert rows["impossible"].tolist() == ["", "", "no events", ""]
    choices = specifications.DIMENSIONS["alignment"].values()
    assert len(robustness.codings()) == sum(len(each) - 1 for each in choices)  # without the multinomial logit
