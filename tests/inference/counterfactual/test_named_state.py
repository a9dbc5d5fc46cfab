"""A named state: its own history without a programme, and events that happen again or not."""

from dataclasses import replace

import numpy as np
import pytest

from inference.calibration.worlds import effect_recovery
from inference.counterfactual.scenario import Scenario
from inference.counterfactual.simulation import named_state, population
from models.claims.registry import OUTCOMES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def own(w, chain):
    scenario = Scenario("own", "a state", 1992, lead=0, horizon=10, state=402, size=1.0)
    return scenario, population.assemble(scenario, chain, w.alignment, w.state)


def test_without_a_programme_its_history_is_its_own(chain, own):
    history = named_state.replay(own[0], chain, own[1], seed=1)
    duress, score = named_state.observed(own[1])
    np.testing.assert_array_equal(history.duress[0], np.repeat(duress[:, None], chain.draws, 1))
    error = chain.capacity.error[402]
    np.testing.assert_allclose(history.before[0][1:], score[:-1, None] + error, atol=1e-4)


def test_its_events_are_its_own_and_a_programme_that_does_nothing_keeps_them(chain, own):
    scenario, states = own
    changed = {}
    for size in (1.0, 0.0):
        groups = named_state.groups(replace(scenario, size=size), chain, states, seed=1)["unit"]
        for outcome in OUTCOMES:
            happened = int(groups[f"{outcome}_observed"].sum())
            np.testing.assert_allclose(groups[f"{outcome}_events"].sel(arm="none"), happened, atol=1e-6)
            events = groups[f"{outcome}_events"].sel(arm=effect_recovery.ARMS[0].name)
            changed[size, outcome] = float(np.abs(events - happened).max())
    assert max(changed[0.0, outcome] for outcome in OUTCOMES) < 1e-6
    assert max(changed[1.0, outcome] for outcome in OUTCOMES) > 1e-3


def test_the_coupling_keeps_the_probability():
    before, after = np.array([[0.2, 0.2], [0.6, 0.6]]), np.array([[0.1, 0.3], [0.9, 0.3]])
    y = np.array([1, 0], np.int8)
    still = named_state.given_observed(before, after, y)
    not_y = named_state.given_observed(before, after, 1 - y)
    own = np.where(y[:, None] == 1, before, 1 - before)
    np.testing.assert_allclose(own * still + (1 - own) * not_y, after)
    assert still[0, 1] == 1 and still[1, 1] == 0
