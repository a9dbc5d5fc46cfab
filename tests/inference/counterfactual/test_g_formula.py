"""The g-formula against brute force and algebra, in worlds whose chain is known."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from inference.calibration.worlds import effect_recovery
from inference.calibration.worlds.effect_recovery import SCENARIO
from inference.counterfactual import effects
from inference.counterfactual.simulation import chain as chain_of
from inference.counterfactual.simulation import g_formula, named_state, population, programme, unit_terms
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
    true = effect_recovery.rates(w, SCENARIO, effect_recovery.forced(w, SCENARIO, 500, (5,)))
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
    found = changed(chain.cut("duress").cut("scores"), states, wanted=wanted)
    for outcome in OUTCOMES:
        for path in ("duress alone", "income and democracy alone"):
            assert (found[f"{GIVEN.name} | {path}", outcome] == 0).all()
        alone = found[f"{GIVEN.name} | capacity alone", outcome]
        np.testing.assert_array_equal(alone, found[GIVEN.name, outcome])
        assert alone.std() > 0


def test_an_evaluation_is_a_value_with_a_name():
    one, other = (Evaluation("x", BASELINE, BASELINE, BASELINE, BASELINE) for _ in range(2))
    assert one == other
    assert whole(BASELINE).name == "none"


def test_an_unknown_link_is_named(chain):
    with pytest.raises(ValueError, match="choose from aid, capacity, duress, scores"):
        chain.cut("support")


def test_to_do_what_was_done_is_the_natural_course(chain, states):
    nothing = replace(SCENARIO, size=0.0, dollars=0.0)
    found = changed(chain, states, nothing)
    for arm in programme.MAIN:
        if arm.arrow != "elicited":
            assert all((found[arm.name, outcome] == 0).all() for outcome in OUTCOMES), arm


def test_numbers_do_not_depend_on_the_cores(chain, states, monkeypatch):
    monkeypatch.setattr(chain_of, "PART", 120)
    assert [chain.of_part(k).draws for k in range(chain.parts)] == [120, 120, 120, 120, 20]
    two = g_formula.run(SCENARIO, chain, states, MAIN, seed=1)
    monkeypatch.setattr(g_formula, "CORES", 1)
    one, other = (g_formula.run(SCENARIO, chain, states, MAIN, seed) for seed in (1, 2))
    for outcome in OUTCOMES:
        np.testing.assert_array_equal(one.by_year[outcome], two.by_year[outcome])
        np.testing.assert_array_equal(one.since.averted[outcome], two.since.averted[outcome])
    assert (one.by_year["balance"] != other.by_year["balance"]).any()


def _terms(chain, states, outcome, unit, more=None):
    """The linear predictor's parts of a unit, without aid that runs."""
    none = np.zeros(chain.draws, np.float32)
    more = np.zeros((1, 2, states.years.size, chain.draws), np.float32) if more is None else more
    return unit_terms.outcome_terms(chain.outcomes[outcome], states.alignment[outcome], unit, more, none, chain.freer)


def _counted(chain, states, history, unit=0, hard=0.0, lapse=0.0):
    """Compiled events (outcome, evaluation, year, draw) of a unit, a share ``hard`` of which takes dyads out."""
    out = np.zeros((len(OUTCOMES), len(MAIN), states.years.size, chain.draws))
    zero, one = np.zeros((len(MAIN), chain.draws), np.float32), np.ones(chain.draws)
    forward.add_events(
        tuple(_terms(chain, states, outcome, unit, history.more) for outcome in OUTCOMES),
        unit_terms.at_risk(states, unit, hard * one, lapse * one),
        (history.window, history.before, history.running), g_formula.sources(MAIN), (zero, zero), out,
    )  # fmt: skip
    return out


def _probabilities(chain, states, history, outcome, unit=0):
    """Probability of every row of a unit under every arm (arm, row, draw)."""
    end, rows = _terms(chain, states, outcome, unit, history.more), states.alignment[outcome]
    year = rows.year[rows.unit == unit]
    eta = end.base + end.duress * history.window[:, year] + end.capacity * history.before[:, year] + end.past[:, year]
    return named_state._logistic(eta.astype(float)), year


def test_compiled_events_are_the_sums_of_probabilities(chain, states):
    _, history = next(iter(g_formula.every_history(SCENARIO, chain, states, 1, range(1))))
    out = _counted(chain, states, history)
    for o, outcome in enumerate(OUTCOMES):
        p, year = _probabilities(chain, states, history, outcome)
        for k in range(states.years.size):
            np.testing.assert_allclose(out[o, :, k], p[:, year == k].sum(axis=1), rtol=2e-5, atol=1e-6)


def test_a_dyad_with_a_pact_is_not_at_risk_until_it_ends(chain, states):
    """Beside pacts that are drawn: alignments at random, a share of which stand until they end at random."""
    hard, lapse, copies = 0.6, 0.2, 4000
    _, history = next(iter(g_formula.every_history(SCENARIO, chain, states, 1, range(1))))
    out = _counted(chain, states, history, hard=hard, lapse=lapse)
    rows, rng = states.alignment["bandwagon"], np.random.default_rng(7)
    (one, year), (two, _) = (_probabilities(chain, states, history, outcome) for outcome in OUTCOMES)
    since = rows.since[rows.unit == 0]
    drawn = np.zeros((2, states.years.size))
    free = np.ones(copies, bool)
    for r, k in enumerate(year):
        if since[r] == 0:
            free[:] = True
        for _ in range(since[r] - 1):
            free |= rng.random(copies) < lapse
        drawn[:, k] += [free.mean() * one[0, r, 0], free.mean() * two[0, r, 0]]
        pact = free & (rng.random(copies) < hard * one[0, r, 0])
        free = (free & ~pact) | (~free & (rng.random(copies) < lapse))
    expected, without = out[:, 0, :, 0], _counted(chain, states, history)[:, 0, :, 0]
    np.testing.assert_allclose(expected, drawn, atol=6 * 0.5 / np.sqrt(copies) * max(one.max(), two.max()) * 3)
    assert (expected[:, 1:] < without[:, 1:]).all()
    assert (without - expected).max() > 0.05 * without.max()  # pacts matter here


def test_probabilities_are_those_of_the_design(w, chain, states):
    """The row's own predictors, duress and capacity put where they were observed, give the design's log odds."""
    for outcome, link in chain.outcomes.items():
        rows = states.alignment[outcome]
        end = _terms(chain, states, outcome, 0)
        at = np.searchsorted(link.design.rows, rows.position[rows.unit == 0])
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
        other = replace(chain, outcomes={**chain.outcomes, outcome: replace(link, level=link.level + level)})
        end = [_terms(one, states, outcome, 0) for one in (chain, other)]
        at = np.searchsorted(link.design.rows, rows.position[rows.unit == 0])
        own = sum(level[group[at]] for group in level_index(link.design))
        np.testing.assert_allclose(end[1].base - end[0].base, own, atol=2e-5)


def test_income_and_democracy_are_as_observed_where_duress_and_capacity_are(w, chain, states):
    """Their own shocks stay; a programme moves them as brute force does, under the same noise."""
    unit, arm = 0, [a.name for a in programme.ARMS].index(GIVEN.name)
    _, history = next(iter(g_formula.every_history(SCENARIO, chain, states, 1, range(1))))
    observed = states.frame.iloc[: states.years.size]
    course = w.truth.courses["income"]
    expected = np.zeros(chain.draws)
    for k in range(states.years.size):
        bits = history.duress[arm, max(0, k - 5) : k]
        past = np.repeat(states.past[unit][: 5 - len(bits)][::-1, None], chain.draws, axis=1)
        five = np.concatenate([past, bits])[-5:]
        moved = (
            five[-1] - observed["duress_before"].iloc[k], five[:4].mean(axis=0) - observed["duress_lately"].iloc[k],
            history.before[arm, k] - observed["capacity"].iloc[k] - chain.capacity.error[int(states.states[unit])],
        )  # fmt: skip
        expected = course.rho * expected + sum(s * x for s, x in zip(course.slopes[:3], moved, strict=True))
        np.testing.assert_allclose(history.more[arm, 0, k], expected, atol=1e-4)
    assert np.abs(expected).max() > 0.01


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
        part, none, one = design.subset(mine), np.zeros(draws, np.float32), np.zeros(mine.size, int)
        rows = population.Rows(part, one, one, one == 0, one, mine)
        terms = unit_terms.outcome_terms(link, rows, 0, np.zeros((1, 2, 1, draws), np.float32), none, 0.0)
        own = 0.5 * design.error["capacity"][mine, None] * link.term("capacity")[region] ** 2
        own = own + terms.capacity * capacity[mine, None]  # of each row: no state has one capacity here
        terms = terms._replace(base=(terms.base + own).astype(np.float32), capacity=none)
        window, before = np.full((1, 1, draws), int(duress), np.int8), np.zeros((1, 1, draws), np.float32)
        nothing, out = np.zeros((1, draws), np.float32), np.zeros((2, 1, 1, draws))
        all_at_risk = forward.AtRisk(one, one, none, none)
        sources = np.zeros((1, 4), int)
        forward.add_events((terms, terms), all_at_risk, (window, before, window), sources, (nothing, nothing), out)
        total += out[0, 0, 0]
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
