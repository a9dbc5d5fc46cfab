"""The g-formula against brute force and algebra, in worlds whose chain is known."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from inference.calibration import aid_study
from inference.counterfactual import effects, population, programme, simulate, unit
from inference.counterfactual.programme import BASELINE, DRAWN, Arm, biased, confounded, whole
from inference.counterfactual.scenario import Scenario
from inference.engine import forward
from inference.fitting import capacity
from models.claims.registry import OUTCOMES
from tests.fixtures import chain_truth

SCENARIO = aid_study.SCENARIO
MAIN = [whole(arm) for arm in programme.ARMS]
GIVEN, ESTIMATED = aid_study.ARMS
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def w():
    return chain_truth.world()


@pytest.fixture(scope="module")
def chain(w):
    return chain_truth.known(w)


@pytest.fixture(scope="module")
def who(w, chain):
    return population.assemble(SCENARIO, chain, w.alignment, w.state)


@pytest.fixture(scope="module")
def events(chain, who):
    return simulate.run(SCENARIO, chain, who, MAIN, seed=1)


def changes(chain, who, scenario=SCENARIO, wanted=MAIN, seed=1):
    """Draws of the change in the rate of each outcome under each evaluation."""
    found = simulate.run(scenario, chain, who, wanted, seed)
    groups = effects.dataset(scenario, chain, who, wanted, found)["events"]
    base = {o: effects.rate(groups, o, BASELINE.name, scenario.horizon) for o in OUTCOMES}
    return {
        (e.name, o): (effects.rate(groups, o, e.name, scenario.horizon) - base[o]).to_numpy().ravel()
        for e in wanted
        for o in OUTCOMES
    }


@pytest.mark.parametrize("arm", aid_study.ARMS, ids=lambda arm: arm.name)
def test_effects_are_those_of_brute_force(w, chain, who, arm):
    found = changes(chain, who)
    true = aid_study.brute_force(w, SCENARIO, arm, programme.sd_of_capacity(chain), copies=500, seed=2)
    for outcome in OUTCOMES:
        draws = found[arm.name, outcome]
        error = np.hypot(
            draws.std() / np.sqrt(draws.size), draws.std() / np.sqrt(500)
        )  # the g-formula's and the force's
        assert abs(draws.mean() - true[outcome]) < 4 * error, (outcome, draws.mean(), true[outcome], error)
        assert abs(true[outcome]) > 4 * error or arm == ESTIMATED  # the comparison could fail


def test_the_baseline_is_that_of_brute_force(w, who, events):
    begin, last = SCENARIO.begin - aid_study.FIRST, SCENARIO.last - aid_study.FIRST + 1
    duress = w.state["duress"].to_numpy().reshape(24, -1)
    start = (np.repeat(w.capacity[:, None], 500, 1), np.repeat(duress[:, None], 500, 1).astype(float))
    path = aid_study.chain_world.forward(
        w.truth, w.columns, start, np.arange(24) // 6, np.random.default_rng(5), first=begin, last=last
    )
    true = aid_study._rates(w, SCENARIO, *path)
    for outcome in OUTCOMES:
        rows, total = (
            effects.exposure(SCENARIO, who, outcome, 20)[0],
            events.by_year[outcome][0, SCENARIO.lead :].sum(0),
        )
        rate = 1000 * total / rows
        assert rate.mean() == pytest.approx(true[outcome], abs=4 * rate.std() * np.sqrt(1 / rate.size + 1 / 500))


@pytest.mark.parametrize(
    ("link", "untouched"), [("aid", {"estimated, US aid"}), ("capacity", {"given", "elicited", "estimated, US aid"})]
)
def test_without_a_link_there_is_no_effect(chain, who, link, untouched):
    found = changes(chain.cut(link), who)
    for arm in programme.ARMS:
        if arm.arrow in untouched:
            assert all((found[arm.name, outcome] == 0).all() for outcome in OUTCOMES), arm


def test_duress_that_does_nothing_leaves_the_other_path(chain, who):
    wanted = [whole(BASELINE), *programme.paths(GIVEN), whole(GIVEN)]
    found = changes(chain.cut("duress"), who, wanted=wanted)
    for outcome in OUTCOMES:
        assert (found[f"{GIVEN.name} | duress alone", outcome] == 0).all()
        alone = found[f"{GIVEN.name} | capacity alone", outcome]
        np.testing.assert_array_equal(alone, found[GIVEN.name, outcome])
        assert alone.std() > 0


def test_an_unknown_link_is_named(chain):
    with pytest.raises(ValueError, match="choose from aid, capacity, duress"):
        chain.cut("support")


def test_to_do_what_was_done_is_the_natural_course(chain, who):
    nothing = replace(SCENARIO, size=0.0, dollars=0.0)
    found = changes(chain, who, nothing)
    for arm in programme.MAIN:
        if arm.arrow != "elicited":
            assert all((found[arm.name, outcome] == 0).all() for outcome in OUTCOMES), arm


def test_numbers_do_not_depend_on_the_cores(chain, who, events, monkeypatch):
    monkeypatch.setattr(simulate, "CORES", 1)
    again = simulate.run(SCENARIO, chain, who, MAIN, seed=1)
    for outcome in OUTCOMES:
        np.testing.assert_array_equal(again.by_year[outcome], events.by_year[outcome])
    assert (simulate.run(SCENARIO, chain, who, MAIN, seed=2).by_year["balance"] != events.by_year["balance"]).any()


def test_compiled_events_are_the_sums_of_probabilities(chain, who):
    _, what = next(iter(simulate.every_history(SCENARIO, chain, who, 1, range(1))))
    for outcome in OUTCOMES:
        end = simulate.ends(chain.outcomes[outcome], who, outcome, 0)
        out = np.zeros((len(MAIN), who.years.size, chain.draws))
        zero = np.zeros((len(MAIN), chain.draws), np.float32)
        scratch = np.zeros((2, chain.draws), np.float32)
        forward.add_events(
            end, what.window, what.before, what.running, simulate.sources(MAIN), zero, zero, zero[0], *scratch, out
        )
        p = unit.probabilities(chain, who, outcome, what)
        for k in range(who.years.size):
            np.testing.assert_allclose(out[:, k], p[:, end.year == k].sum(axis=1), rtol=2e-5, atol=1e-6)


def test_probabilities_are_those_of_the_design(w, chain, who):
    """The row's own predictors, duress and capacity put where they were observed, give the design's log odds."""
    for outcome, link in chain.outcomes.items():
        end, rows = simulate.ends(link, who, outcome, 0), who.alignment[outcome]
        at = rows.positions[rows.unit == 0]
        design, frame = link.design, w.alignment.iloc[link.design.rows].iloc[at]
        direct = link.intercept[design.groups["region"].index[at], design.groups["era"].index[at], 0]
        direct = direct + design.x[at] @ link.slope[design.groups["region"].index[at][0], :, 0]
        duress, score = (frame[name].to_numpy(float) for name in ("duress", "capacity"))
        eta = end.base[:, 0] + end.duress[:, 0] * duress + end.capacity[0] * score
        np.testing.assert_allclose(eta, direct, atol=2e-5)


def test_a_late_programme_waits_for_duress_and_an_early_one_does_not(chain, who):
    names = [arm.name for arm in programme.ARMS]
    early, late = (names.index(Arm("given", timing).name) for timing in programme.TIMINGS)
    for _, what in simulate.every_history(SCENARIO, chain, who, 1, range(4)):
        assert (what.started[early] == 0).all()
        ever = what.duress[late, :-1].any(axis=0)
        first = what.duress[late, :-1].argmax(axis=0)
        np.testing.assert_array_equal(what.started[late], np.where(ever, first + 1, -1))
        before = np.arange(who.years.size)[:, None] <= first
        np.testing.assert_array_equal(what.before[late][before], what.before[0][before])


def test_a_given_effect_is_reached_at_the_end_of_the_programme_and_fades(chain, who):
    flat = replace(chain, capacity=replace(chain.capacity, beta=0 * chain.capacity.beta))
    _, what = next(iter(simulate.every_history(SCENARIO, flat, who, 1, range(1))))
    given = [arm.name for arm in programme.ARMS].index(GIVEN.name)
    rise, size = what.before[given] - what.before[0], SCENARIO.size * programme.sd_of_capacity(chain)
    np.testing.assert_allclose(rise[SCENARIO.duration], size, rtol=1e-4)
    np.testing.assert_allclose(rise[SCENARIO.duration + 3], size * chain.capacity.rho**3, rtol=1e-4)
    np.testing.assert_allclose(rise[5], size * 5 / SCENARIO.duration, rtol=1e-4)


def test_a_sudden_drop_of_aid_brings_duress_on(chain, who):
    dropped = replace(SCENARIO, withdrawal=5, size=0.0)
    given = [arm.name for arm in programme.ARMS].index(GIVEN.name)
    more = []
    for k, what in simulate.every_history(dropped, chain, who, 1, range(who.states.size)):
        del k
        more.append(what.duress[given].mean(axis=1) - what.duress[0].mean(axis=1))
    change = np.mean(more, axis=0)
    assert (change[:5] == 0).all()
    assert (change[5:7] > 0.02).all()  # the drop raises the log odds of an onset by 1 for two years


@pytest.mark.parametrize("which", programme.SLOPES)
def test_a_confounder_turns_one_slope_and_nothing_else(chain, who, which):
    pair = (BASELINE, GIVEN)
    wanted = [*map(whole, pair), *(biased(arm, which, 0.5) for arm in pair), *map(confounded, pair)]
    found = changes(chain, who, wanted=wanted)
    groups = {o: found[f"{GIVEN.name} | {which} 0.5", o] - found[f"none | {which} 0.5", o] for o in OUTCOMES}
    outcomes = {}
    for name, link in chain.outcomes.items():
        slope, scale = link.slope.copy(), link.design.scaling["capacity"].scale / programme.sd_of_capacity(chain)
        slope[:, link.design.terms.index(which)] -= 0.5 * (scale if which == "capacity" else 1.0)
        outcomes[name] = replace(link, slope=slope)
    turned = changes(replace(chain, outcomes=outcomes), who, wanted=wanted[:2])
    for outcome in OUTCOMES:
        np.testing.assert_allclose(groups[outcome], turned[GIVEN.name, outcome], atol=1e-3)
    drawn = found[f"{GIVEN.name} | {DRAWN}", "bandwagon"] - found[f"none | {DRAWN}", "bandwagon"]
    assert drawn.std() > found[GIVEN.name, "bandwagon"].std()


@pytest.fixture(scope="module")
def own(w, chain):
    scenario = Scenario("own", "a state", 1992, lead=0, horizon=10, state=402, size=1.0)
    return scenario, population.assemble(scenario, chain, w.alignment, w.state)


def test_without_a_programme_its_history_is_its_own(chain, own):
    what = unit.replay(own[0], chain, own[1], seed=1)
    duress, score = unit.observed(own[1])
    np.testing.assert_array_equal(what.duress[0], np.repeat(duress[:, None], chain.draws, 1))
    error = chain.capacity.error[402]
    np.testing.assert_allclose(what.before[0][1:], score[:-1, None] + error, atol=1e-4)


def test_its_events_are_its_own_and_a_programme_that_does_nothing_keeps_them(chain, own):
    scenario, who = own
    changed = {}
    for size in (1.0, 0.0):
        groups = unit.groups(replace(scenario, size=size), chain, who, seed=1)["unit"]
        for outcome in OUTCOMES:
            happened = int(groups[f"{outcome}_observed"].sum())
            np.testing.assert_allclose(groups[f"{outcome}_events"].sel(arm="none"), happened, atol=1e-6)
            events = groups[f"{outcome}_events"].sel(arm=GIVEN.name)
            changed[size, outcome] = float(np.abs(events - happened).max())
    assert max(changed[0.0, outcome] for outcome in OUTCOMES) < 1e-6
    assert max(changed[1.0, outcome] for outcome in OUTCOMES) > 1e-3


def test_the_coupling_keeps_the_probability():
    before, after = np.array([[0.2, 0.2], [0.6, 0.6]]), np.array([[0.1, 0.3], [0.9, 0.3]])
    y = np.array([1, 0], np.int8)
    still = unit.still(before, after, y)
    not_y = unit.still(before, after, 1 - y)
    own = np.where(y[:, None] == 1, before, 1 - before)
    np.testing.assert_allclose(own * still + (1 - own) * not_y, after)
    assert still[0, 1] == 1 and still[1, 1] == 0


def test_a_thinned_run_keeps_every_nth_draw_and_every_divergence():
    draws = np.arange(12.0).reshape(2, 6)
    diverging = np.zeros((2, 6), bool)
    diverging[1, 4] = True  # between two draws that are kept
    dims, coords = ("chain", "draw"), {"chain": [0, 1], "draw": np.arange(6)}
    posterior = xr.Dataset({"rho": (dims, draws)}, coords)
    statistics = {"diverging": (dims, diverging), "reached_max_treedepth": (dims, ~diverging), "energy": (dims, draws)}
    tree = capacity.thinned(posterior, xr.Dataset(statistics, coords), 3)
    np.testing.assert_array_equal(tree["posterior"]["rho"], draws[:, ::3])
    np.testing.assert_array_equal(tree["sample_stats"]["energy"], draws[:, ::3])
    np.testing.assert_array_equal(tree["sample_stats"]["diverging"], [[False, False], [False, True]])
    assert tree["sample_stats"]["reached_max_treedepth"].all()
    np.testing.assert_array_equal(tree["posterior"]["draw"], [0, 1])
