"""A simulated world whose chain is known exactly, made once for all tests of the counterfactual."""

import pytest

from inference.calibration.worlds import effect_recovery
from inference.counterfactual.simulation import g_formula, population, programme
from tests.fixtures import chain_truth


@pytest.fixture(scope="session")
def w():
    return chain_truth.world()


@pytest.fixture(scope="session")
def chain(w):
    return chain_truth.known(w)


@pytest.fixture(scope="session")
def states(w, chain):
    return population.assemble(effect_recovery.SCENARIO, chain, w.alignment, w.state)


@pytest.fixture(scope="session")
def events(chain, states):
    """Events under every arm, with seed 1."""
    wanted = [programme.whole(arm) for arm in programme.ARMS]
    return g_formula.run(effect_recovery.SCENARIO, chain, states, wanted, seed=1)


@pytest.fixture(scope="session")
def changes(chain, states, events):
    """Draws of the change in the rate of each outcome under every arm, by name of the arm and outcome."""
    wanted = [programme.whole(arm) for arm in programme.ARMS]
    return effect_recovery.changes(effect_recovery.SCENARIO, chain, states, wanted, events)
