"""The g-formula against brute force and algebra, in worlds whose chain is known."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from inference.calibration.worlds import effect_recovery
from inference.calibration.worlds.effect_recovery import SCENARIO
from inference.counterfactual import effects
from inference.counterfactual.simulation import chain as chain_of
from inference.counterfactual.simulation import g_formula, named_state, population, programme
from inference.counterfactual.simulation.programme import BASELINE, DRAWN, Arm, Evaluation, biased, confounded, whole
from inference.engine import forward, sample
from inference.engine.density.layout import further_groups, level_index
from inference.sampling.diagnostics import mcse_mean
from models import logit
from models.claims.links import LOGITS
from models.claims.registry import OUTCOMES

MAIN = [whole(arm) for arm in programme.ARMS]
GIVEN, ESTIMATED = effect_recovery.ARMS
pytestmark = pytest.mark.slow


def changed(chain, states, scenario=SCENARIO, wanted=MAIN):
    """Draws of the change in the rate of each outcome under each evaluation, with seed 1."""
    events = g_formula.run(scenario, chain, states, wanted, 1)
    return effect_recovery.changes(scenario, chain, states, wanted, events)


@pytest.mark.parametrize("arm", effect_recovery.ARMS, ids=lambda arm: arm.name)
def test_effects_are_those_of_brute_force(w, chain, changes, arm):
    true = effect_recovery.brute_force(w, SCENARIO, arm, programme.sd_of_capacity(chain), copies=500, seed=2)
    for outcome in OUTCOMES:
        draws = changes[arm.name, outcome]
        error = np.hypot(
            draws.std() / np.sqrt(draws.size), draws.std() / np.sqrt(500)
        )  # the g-formula's and the force's
        assert abs(draws.mean() - true[outcome]) < 4 * error, (outcome, draws.mean(), true[outcome], error)
        assert abs(true[outcome]) > 4 * error or arm == ESTIMATED  # the comparison could fail


def test_the_baseline_is_that_of_brute_force(w, states, events):
    true = effect_recovery.rates(w, SCENARIO, *effect_recovery.forced(w, SCENARIO, 500, (5,)))
    for outcome in OUTCOMES:
        rows, total = (
            effects.exposure(SCENARIO, states, outcome, 20)[0],
            events.by_year[outcome][0, SCENARIO.lead :].sum(0),
        )
        rate = 1000 * total / rows
        assert rate.mean() == pytest.approx(true[outcome], abs=4 * rate.std() * np.sqrt(1 / rate.size + 1 / 500))


@pytest.mark.parametrize(
    ("link", "untouched"), [("aid", {"estimated, US aid"}), ("capacity", {"given", "elicited", "estimated, US aid"})]
)
def test_without_a_link_there_is_no_effect(chain, states, link, untouched):
    found = changed(chain.cut(link), states)
    for arm in programme.ARMS:
        if arm.arrow in untouched:
            assert all((found[arm.name, outcome] == 0).all() for outcome in OUTCOMES), arm


def test_duress_that_does_nothing_leaves_the_other_path(chain, states):
    wanted = [whole(BASELINE), *programme.paths(GIVEN), whole(GIVEN)]
    found = changed(chain.cut("duress"), states, wanted=wanted)
    for outcome in OUTCOMES:
        assert (found[f"{GIVEN.name} | duress alone", outcome] == 0).all()
        alone = found[f"{GIVEN.name} | capacity alone", outcome]
        np.testing.assert_array_equal(alone, found[GIVEN.name, outcome])
        assert alone.std() > 0


def test_an_evaluation_is_a_value_with_a_name():
    assert Evaluation("x", BASELINE, BASELINE, BASELINE) == Evaluation("x", BASELINE, BASELINE, BASELINE)
    assert whole(BASELINE).name == "none"


def test_an_unknown_link_is_named(chain):
    with pytest.raises(ValueError, match="choose from aid, capacity, duress"):
        chain.cut("support")


def test_to_do_what_was_done_is_the_natural_course(chain, states):
    nothing = replace(SCENARIO, size=0.0, dollars=0.0)
    found = changed(chain, states, nothing)
    for arm in programme.MAIN:
        if arm.arrow != "elicited":
            assert all((found[arm.name, outcome] == 0).all() for outcome in OUTCOMES), arm


def test_numbers_do_not_depend_on_the_cores(chain, states, events, monkeypatch):
    monkeypatch.setattr(g_formula, "CORES", 1)
    again = g_formula.run(SCENARIO, chain, states, MAIN, seed=1)
    for outcome in OUTCOMES:
        np.testing.assert_array_equal(again.by_year[outcome], events.by_year[outcome])
    assert (g_formula.run(SCENARIO, chain, states, MAIN, seed=2).by_year["balance"] != events.by_year["balance"]).any()


def test_compiled_events_are_the_sums_of_probabilities(chain, states):
    _, history = next(iter(g_formula.every_history(SCENARIO, chain, states, 1, range(1))))
    for outcome in OUTCOMES:
        end = g_formula.outcome_terms(chain.outcomes[outcome], states.alignment[outcome], 0)
        out = np.zeros((len(MAIN), states.years.size, chain.draws))
        zero = np.zeros((len(MAIN), chain.draws), np.float32)
        eta, probability = np.zeros((2, chain.draws), np.float32)
        more = (g_formula.sources(MAIN), zero, zero, zero[0], eta, probability, out)
        forward.add_events(end, history.window, history.before, history.running, *more)
        p = named_state.probabilities(chain, states, outcome, history)
        for k in range(states.years.size):
            np.testing.assert_allclose(out[:, k], p[:, end.year == k].sum(axis=1), rtol=2e-5, atol=1e-6)


def test_probabilities_are_those_of_the_design(w, chain, states):
    """The row's own predictors, duress and capacity put where they were observed, give the design's log odds."""
    for outcome, link in chain.outcomes.items():
        rows = states.alignment[outcome]
        end = g_formula.outcome_terms(link, rows, 0)
        at = rows.positions[rows.unit == 0]
        design, frame = link.design, w.alignment.iloc[link.design.rows].iloc[at]
        direct = link.intercept[design.groups["region"].index[at], design.groups["era"].index[at], 0]
        direct = direct + design.x[at] @ link.slope[design.groups["region"].index[at][0], :, 0]
        duress, score = (frame[name].to_numpy(float) for name in ("duress", "capacity"))
        eta = end.base[:, 0] + end.duress[:, 0] * duress + end.capacity[0] * score
        np.testing.assert_allclose(eta, direct, atol=2e-5)


def test_effects_of_states_aggressors_and_years_enter_the_rows_that_have_them(chain, states):
    rng = np.random.default_rng(4)
    for outcome, link in chain.outcomes.items():
        rows, level = states.alignment[outcome], rng.normal(0, 0.5, link.level.shape)
        assert len(further_groups(link.design)) == 3
        end = [g_formula.outcome_terms(one, rows, 0) for one in (link, replace(link, level=link.level + level))]
        at = rows.positions[rows.unit == 0]
        own = sum(level[group[at]] for group in level_index(link.design))
        np.testing.assert_allclose(end[1].base - end[0].base, own, atol=2e-5)


def test_a_late_programme_waits_for_duress_and_an_early_one_does_not(chain, states):
    names = [arm.name for arm in programme.ARMS]
    early, late = (names.index(Arm("given", timing).name) for timing in programme.TIMINGS)
    for _, history in g_formula.every_history(SCENARIO, chain, states, 1, range(4)):
        assert (history.started[early] == 0).all()
        ever = history.duress[late, :-1].any(axis=0)
        first = history.duress[late, :-1].argmax(axis=0)
        np.testing.assert_array_equal(history.started[late], np.where(ever, first + 1, -1))
        before = np.arange(states.years.size)[:, None] <= first
        np.testing.assert_array_equal(history.before[late][before], history.before[0][before])


def test_a_donor_who_follows_the_rule_reads_scores_and_starts_when_they_are_low_and_fall(chain, states):
    """The score of the year before, not the true capacity that no donor sees."""
    ruled = [arm.name for arm in programme.ARMS].index(Arm("given", programme.RULE).name)
    half = replace(states, low=float(np.median(states.score)))
    started = []
    for unit, history in g_formula.every_history(SCENARIO, chain, half, 1, range(8)):
        score = history.before[0] - g_formula.score_error(chain, half, unit, 1)
        low = score <= min(half.low, half.score[unit] - programme.FALL * programme.sd_of_capacity(chain))
        expected = np.where(low.any(axis=0), low.argmax(axis=0), -1)
        np.testing.assert_array_equal(history.started[ruled], expected)
        started.append(history.started[ruled])
    assert not (np.array(started) == 0).any()  # nothing has fallen as yet
    assert (np.array(started) > 0).any()


def test_a_given_effect_is_reached_at_the_end_of_the_programme_and_fades(chain, states):
    flat = replace(chain, capacity=replace(chain.capacity, beta=0 * chain.capacity.beta))
    _, history = next(iter(g_formula.every_history(SCENARIO, flat, states, 1, range(1))))
    given = [arm.name for arm in programme.ARMS].index(GIVEN.name)
    rise, size = history.before[given] - history.before[0], SCENARIO.size * programme.sd_of_capacity(chain)
    np.testing.assert_allclose(rise[SCENARIO.duration], size, rtol=1e-4)
    np.testing.assert_allclose(rise[SCENARIO.duration + 3], size * chain.capacity.rho**3, rtol=1e-4)
    np.testing.assert_allclose(rise[5], size * 5 / SCENARIO.duration, rtol=1e-4)


def test_a_sudden_drop_of_aid_brings_duress_on(chain, states):
    dropped = replace(SCENARIO, withdrawal=5, size=0.0)
    given = [arm.name for arm in programme.ARMS].index(GIVEN.name)
    more = []
    for _, history in g_formula.every_history(dropped, chain, states, 1, range(states.states.size)):
        more.append(history.duress[given].mean(axis=1) - history.duress[0].mean(axis=1))
    change = np.mean(more, axis=0)
    assert (change[:5] == 0).all()
    assert (change[5:7] > 0.02).all()  # the drop raises the log odds of an onset by 1 for two years


@pytest.mark.parametrize("which", programme.SLOPES)
def test_a_confounder_turns_one_slope_and_nothing_else(chain, states, which):
    pair = (BASELINE, GIVEN)
    wanted = [*map(whole, pair), *(biased(arm, which, 0.5) for arm in pair), *map(confounded, pair)]
    found = changed(chain, states, wanted=wanted)
    groups = {o: found[f"{GIVEN.name} | {which} 0.5", o] - found[f"none | {which} 0.5", o] for o in OUTCOMES}
    outcomes = {}
    for name, link in chain.outcomes.items():
        slope, scale = link.slope.copy(), link.design.scaling["capacity"].scale / programme.sd_of_capacity(chain)
        slope[:, link.design.terms.index(which)] -= 0.5 * (scale if which == "capacity" else 1.0)
        outcomes[name] = replace(link, slope=slope)
    turned = changed(replace(chain, outcomes=outcomes), states, wanted=wanted[:2])
    for outcome in OUTCOMES:
        np.testing.assert_allclose(groups[outcome], turned[GIVEN.name, outcome], atol=1e-3)
    drawn = found[f"{GIVEN.name} | {DRAWN}", "bandwagon"] - found[f"none | {DRAWN}", "bandwagon"]
    assert drawn.std() > found[GIVEN.name, "bandwagon"].std()


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_kernel_and_pymc_agree_on_a_population_contrast(w, outcome):
    """Duress for all against none, at capacity raised by one: probabilities summed by the kernel, and ``pm.do``."""
    design = LOGITS["alignment"].design(w.alignment, outcome)
    posterior = sample(design, chains=2, draws=500, tune=300, seed=1)["posterior"].to_dataset()
    frame = w.alignment.iloc[design.rows].assign(capacity=lambda rows: rows["capacity"] + 1.0)
    rates = [_by_kernel(design, posterior, frame["capacity"].to_numpy(float), duress) for duress in (0.0, 1.0)]
    ours = (rates[1] - rates[0]).reshape(2, 500)
    changed = [_by_pymc(design, posterior, design.predictors(frame.assign(duress=duress))) for duress in (0.0, 1.0)]
    theirs = changed[1] - changed[0]
    error = np.hypot(mcse_mean(ours), mcse_mean(theirs))
    assert abs(ours.mean() - theirs.mean()) < 4 * error
    assert error < 0.2 * ours.std()  # the routes could be told apart


def _by_kernel(design, posterior, capacity, duress):
    """Mean probability (draw,) with duress and true capacity put in by the compiled sums, states region by region."""
    link = chain_of.logit(design, posterior)
    draws = link.slope.shape[2]
    total = np.zeros(draws)
    for region in range(4):
        mine = np.flatnonzero(design.groups["region"].index == region)
        zero = np.zeros(mine.size, int)
        terms = g_formula.outcome_terms(link, population.Rows(design, mine, zero, zero), 0)
        own = 0.5 * design.error["capacity"][mine, None] * link.term("capacity")[region] ** 2
        own = own + terms.capacity * capacity[mine, None]  # of each row: no state has one capacity here
        terms = terms._replace(base=(terms.base + own).astype(np.float32), capacity=np.zeros(draws, np.float32))
        window = np.full((1, 1, draws), int(duress), np.int8)
        before, out = np.zeros((1, 1, draws), np.float32), np.zeros((1, 1, draws))
        nothing, (eta, probability) = np.zeros((1, draws), np.float32), np.zeros((2, draws), np.float32)
        more = (np.zeros((1, 3), int), nothing, nothing, nothing[0], eta, probability, out)
        forward.add_events(terms, window, before, window, *more)
        total += out[0, 0]
    return total / design.y.size


def _by_pymc(design, posterior, x):
    """Share of rows with the outcome (chain, draw) among outcomes drawn from the PyMC model with other predictors."""
    import pymc as pm

    with pm.do(logit.build(design), {"x": x}):
        seen = pm.sample_posterior_predictive(
            _latent(design, posterior), var_names=["y"], predictions=True, random_seed=3, progressbar=False,
            compile_kwargs={"mode": "FAST_COMPILE"},
        )  # fmt: skip
    return seen["predictions"]["y"].mean("obs").transpose("chain", "draw").to_numpy()


def _latent(design, posterior):
    """The posterior with the standardised effects that the PyMC model samples."""
    extra = {f"z_alpha_{g}": posterior[f"alpha_{g}"] / posterior[f"sigma_{g}"] for g in design.groups}
    extra["z_gamma"] = posterior["gamma"] / posterior["sigma_gamma"]
    scale = xr.ones_like(posterior["beta"]) * design.slope_sd
    for name, (_, mine) in design.shared_scales.items():
        scale = scale.where(~xr.DataArray(mine, dims="predictor"), scale * posterior[name])
    extra["z_beta"] = (posterior["beta"] - design.slope_mean) / scale
    return xr.DataTree.from_dict({"posterior": posterior.assign(extra)})
