"""The whole chain in a few simulated worlds, whose effects are known."""

import pytest

from inference.calibration.worlds import effect_recovery, simulated_world

pytestmark = pytest.mark.slow


@pytest.mark.campaign  # the g-formula beside brute force with links that are known is in test_g_formula.py
@pytest.mark.parametrize("seed", [11, 12])
def test_a_fitted_chain_finds_the_effects_of_its_world(seed):
    """Some of the worlds of ``python -m inference.calibration chain``, links fitted from the data."""
    for row in effect_recovery.replicate(seed):
        width = row.high - row.low
        assert row.low - width < row.truth < row.high + width, row


def test_worlds_differ_and_are_reproducible():
    one, again, other = (simulated_world.world(seed) for seed in (1, 1, 2))
    assert one.state.equals(again.state)
    assert one.truth != other.truth
