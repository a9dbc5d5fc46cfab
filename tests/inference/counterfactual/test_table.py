"""Results of a scenario are what its archive holds."""

import numpy as np
import pytest
import xarray as xr

from inference.counterfactual import effects, run, table
from inference.counterfactual.scenario import Scenario
from inference.counterfactual.simulation import population
from inference.counterfactual.simulation.programme import Arm

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tree(w, chain):
    scenario = Scenario("small", "a small world", 1992, rule="all", size=1.0, dollars=5.0)
    return run.simulated(scenario, chain, population.assemble(scenario, chain, w.alignment, w.state), seed=1)


@pytest.fixture(scope="module")
def found(tree):
    return table.collect(tree)


def effect(found, horizon, outcome):
    """The effect of the early given programme."""
    wanted = ("given", "early", outcome, horizon)
    return next(e for e in found.effects if (e.arrow, e.timing, e.outcome, e.horizon) == wanted)


def test_a_table_says_what_the_archive_holds(tree, found):
    groups = tree["events"].to_dataset()
    row = effect(found, 10, "balance")
    base, treated = (effects.rate(groups, "balance", name, 10) for name in ("none", "given, early"))
    assert row.difference.value == pytest.approx(float((treated - base).mean()))
    assert row.p_fewer == pytest.approx(float((treated < base).mean()))
    assert row.decade.baseline.value == pytest.approx(
        1000 * float(groups["events"].sel(outcome="balance", evaluation="none", horizon=10).mean()) / 240
    )  # 24 states, all threatened, for ten years
    averted = (base - treated).mean() * groups["dyad_years"].sel(outcome="balance", horizon=10) / 1000
    assert row.nnt.value == pytest.approx(24 / float(averted))


def test_paths_and_what_they_do_together_are_the_whole(found):
    for outcome in ("bandwagon", "balance"):
        wanted = ("given", "early", outcome)
        parts = [p.difference.value for p in found.paths if (p.arrow, p.timing, p.outcome) == wanted]
        whole = effect(found, 20, outcome)
        assert sum(parts) == pytest.approx(whole.difference.value, abs=1e-6)


def test_a_larger_programme_does_more_and_a_threshold_lies_between_its_neighbours(tree, found):
    groups = tree["events"].to_dataset()
    for outcome in ("bandwagon", "balance"):
        ratio = [q.value for q in found.dose.ratio["early"][outcome]]
        steps = np.diff(ratio)
        assert (steps < 0).all() or (steps > 0).all()
        for t in (t for t in found.threshold if t.outcome == outcome and t.timing == "early"):
            if t.size is None:
                assert min(ratio) > 1 - t.cut
            else:
                assert np.interp(t.size, found.dose.sizes, ratio) == pytest.approx(1 - t.cut)
    same = effects.rate(groups, "balance", Arm("given", "early", 1.0).name, 20)
    np.testing.assert_array_equal(same, effects.rate(groups, "balance", Arm("given", "early").name, 20))


@pytest.mark.parametrize(
    ("draws", "words"),
    [
        ((0.1, 0.02), "10 programmes avert one event (8 to 14)"),
        ((-0.1, 0.02), "10 programmes cause one event (8 to 14)"),
        ((0.01, 0.1), "through no effect"),
        ((0.0, 0.0), "no event is averted or caused"),
        ((np.nan, 0.0), "no programme is started"),
    ],
)
def test_programmes_per_event_say_when_the_sign_is_not_known(draws, words):
    mean, sd = draws
    values = mean + sd * np.linspace(-1.645, 1.645, 4000).reshape(4, 1000)
    assert words in table.needed(xr.DataArray(values, dims=("chain", "draw"))).words


def test_the_natural_course_counts_every_event_once(tree, w):
    found = table.natural_course(tree)
    for outcome in ("bandwagon", "balance"):
        mine = [r for r in found if r.outcome == outcome]
        whole = next(r for r in mine if r.by == "all")
        counted = w.alignment[w.alignment["year"] >= 1992]
        assert whole.observed == counted[outcome].sum()
        for by in ("region", "era"):
            assert sum(r.observed for r in mine if r.by == by) == whole.observed
        assert 0.001 < whole.p < 0.999  # the world is the model's own


def test_where_nothing_like_it_was_seen_a_scenario_says_so(tree, found):
    flags = " ".join(found.flags)
    assert "extrapolate" in flags
    counts = tree["positivity"].to_dataset()
    assert int(counts["states"].sum()) == 24
    assert counts["gains"].sum() > 500


def test_the_effect_beside_a_signed_cause_is_that_of_its_own_slopes(tree, found):
    groups = tree["events"].to_dataset()
    for outcome in ("bandwagon", "balance"):
        plain, signed = (effects.rate(groups, outcome, f"given, early{end}", 20) for end in ("", " | signed"))
        assert float((signed - plain).std()) > 0
        row = effect(found, 20, outcome)
        base = effects.rate(groups, outcome, "none | signed", 20)
        assert row.signed.value == pytest.approx(float((signed - base).mean()))


def test_an_unobserved_cause_is_measured_by_the_measured_ones(found):
    for row in found.benchmarks:
        assert (row.times is None) == (row.zero is None or row.bias.low <= 0 <= row.bias.high)
        if row.times is not None:
            assert row.times * row.bias.value == pytest.approx(row.zero)
    assert {row.slope for row in found.benchmarks} == {"duress", "capacity"}
