"""Early and late programmes at equal exposure: which histories and years count, and that nothing else differs."""

from dataclasses import replace

import numpy as np
import pytest

from inference.calibration.worlds.effect_recovery import SCENARIO
from inference.counterfactual import timing
from inference.counterfactual.simulation import equal_exposure, g_formula, programme, unit_terms
from inference.counterfactual.simulation.equal_exposure import HORIZONS, WHEN
from inference.counterfactual.simulation.named_state import _logistic
from inference.counterfactual.simulation.programme import AHEAD, ARMS, ARROWS, BASELINE, LEAD, Arm
from inference.engine.forward import Programme
from models.claims.registry import OUTCOMES
from models.terms import variables

pytestmark = pytest.mark.slow
WANTED = [programme.whole(arm) for arm in (BASELINE, *equal_exposure.arms())]


@pytest.fixture(scope="module")
def since(events):
    return events.since


def test_both_programmes_are_the_same_but_for_their_start(chain, states):
    effect = programme.elicited(chain, 1)
    onset = np.where(np.arange(chain.draws) % 3 == 0, 2, 9).astype(np.intp)
    every = programme.programmes(SCENARIO, chain, states, 0, effect, onset, onset)
    pair = [every[ARMS.index(Arm("given", when))] for when in WHEN]
    ahead, late = (one.start for one in pair)
    for name in set(Programme._fields) - {"start"}:
        np.testing.assert_array_equal(getattr(pair[0], name), getattr(pair[1], name))
    assert (late - ahead == LEAD)[onset == 9].all()
    assert (ahead[onset == 2] >= SCENARIO.years).all()  # not enough years before the onset


def test_events_since_the_start_are_the_sums_of_probabilities(chain, states, since):
    """Beside a sum row by row, of one arrow."""
    arrow, years = ARROWS.index("given"), states.years.size
    averted = {o: np.zeros((len(WHEN), len(HORIZONS), chain.draws)) for o in OUTCOMES}
    rows_of = {o: np.zeros_like(averted[o]) for o in OUTCOMES}
    programmes = np.zeros((len(HORIZONS), chain.draws))
    for unit, history in g_formula.every_history(SCENARIO, chain, states, 1, range(states.states.size)):
        duress = history.duress[ARMS.index(BASELINE)]
        late = np.where(duress.any(axis=0), duress.argmax(axis=0) + 1, 10 * years)
        for h, horizon in enumerate(HORIZONS):
            valid = (late >= LEAD) & (late + horizon <= years)
            programmes[h] += valid
            for outcome in OUTCOMES:
                rows = states.alignment[outcome]
                year, zero = rows.year[rows.unit == unit], np.zeros(chain.draws, np.float32)
                terms = unit_terms.outcome_terms(chain.outcomes[outcome], rows, unit, history.more, zero, chain.freer)
                for w, start in enumerate((late - LEAD, late)):
                    arms = [ARMS.index(arm) for arm in (BASELINE, Arm("given", WHEN[w]))]
                    none, treated = (
                        _logistic((terms.base + terms.duress * history.window[a, year] + terms.past[a, year]
                                   + terms.capacity * history.before[a, year]).astype(np.float64))
                        for a in arms
                    )  # fmt: skip
                    inside = valid & (year[:, None] >= start) & (year[:, None] < start + horizon)
                    averted[outcome][w, h] += ((none - treated) * inside).sum(axis=0)
                    rows_of[outcome][w, h] += inside.sum(axis=0)
    np.testing.assert_array_equal(since.programmes, programmes)
    assert programmes.sum() > 0
    for outcome in OUTCOMES:
        np.testing.assert_array_equal(since.dyad_years[outcome], rows_of[outcome])
        np.testing.assert_allclose(since.averted[outcome][arrow], averted[outcome], atol=1e-4)


def test_both_programmes_cost_the_same_where_as_many_people_live(chain, states):
    assert states.people.min() > 0
    late = np.random.default_rng(1).integers(0, 2 * SCENARIO.years, chain.draws)
    for running in (3, 10, 20):
        since = equal_exposure.SinceStart.empty(SCENARIO, chain.draws, WANTED)
        since.add_programmes(late, np.full(SCENARIO.years, 2.5), running)
        for h, horizon in enumerate(HORIZONS):
            valid = (late >= LEAD) & (late + horizon <= SCENARIO.years)
            assert valid.any()
            np.testing.assert_allclose(since.person_years[:, h], [2.5 * min(running, horizon) * valid] * 2)


def test_in_a_world_where_timing_is_nothing_it_makes_no_difference(chain, states):
    """Duress does nothing, neither do regions and eras, and a rise in capacity does the same whenever it comes."""

    def flat(logit):
        moved = [k for k, term in enumerate(logit.design.terms) if variables(term) == ("capacity",)]
        slope = np.zeros_like(logit.slope)
        slope[:, moved] = logit.slope[:, moved]
        return replace(logit, slope=slope, intercept=np.full_like(logit.intercept, -9.0), level=0 * logit.level)

    zero = np.zeros(chain.draws)
    link = chain.capacity
    still = replace(
        link, alpha=zero, rho=zero + 1, beta=0 * link.beta, region=0 * link.region, era=0 * link.era,
        scale=dict.fromkeys(link.scale, zero),
    )  # fmt: skip
    calm = chain.cut("capacity")  # duress comes and goes whatever capacity is
    kept = {name: replace(link, beta=0 * link.beta) for name, link in chain.scores.items()}
    neutral = replace(
        calm, capacity=still, scores=kept, outcomes={o: flat(logit) for o, logit in chain.outcomes.items()}
    )
    found = g_formula.run(SCENARIO, neutral, states, WANTED, seed=1).since
    rows = timing.equal_exposure(timing.dataset(found, neutral)[timing.GROUP], SCENARIO.dollars)
    for row in (row for row in rows if row.arrow == "given"):
        assert abs(row.late.value) > 0
        assert row.difference.value == pytest.approx(0, abs=1e-4 * abs(row.late.value))
        assert row.per_hundred.value == pytest.approx(0, abs=1e-4)


def test_few_years_leave_no_horizon(chain):
    brief = replace(SCENARIO, horizon=4, lead=0)
    assert equal_exposure.SinceStart.empty(brief, chain.draws, WANTED).horizons == ()
    assert equal_exposure.SinceStart.empty(SCENARIO, chain.draws, WANTED[:2]).horizons == ()
    assert timing.dataset(equal_exposure.SinceStart.empty(brief, chain.draws, WANTED), chain) == {}
    assert AHEAD in WHEN
