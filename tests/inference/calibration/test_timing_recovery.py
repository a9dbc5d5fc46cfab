"""Worlds in which timing is nothing: what is nil in them, and that the g-formula finds no difference."""

import numpy as np
import pytest

from inference.calibration.worlds import timing_recovery, truths
from inference.counterfactual.simulation.equal_exposure import HORIZONS
from models.claims.registry import OUTCOMES


def test_a_world_without_timing_keeps_the_direct_effect_of_capacity_alone():
    one = truths.truth(np.random.default_rng(1))
    without = truths.without_timing(one)
    assert without.onset[1] == without.stay[1] == 0
    assert (without.onset[0], without.onset[2]) == (one.onset[0], one.onset[2])
    assert without.pull == (0.0, 0.0)
    assert without.rho == 1.0
    assert not any((*without.exogenous.values(), *without.regions["capacity"], without.aid, without.drift))
    for outcome in OUTCOMES:
        slopes = without.outcomes[outcome]
        assert slopes["duress"] == slopes["product"] == 0
        assert slopes["capacity"] == one.outcomes[outcome]["capacity"] != 0


def test_shares_far_below_the_probability_are_not_accepted():
    found = [timing_recovery.accepted(covered, 100) for covered in (70, 80, 82, 90, 98, 100)]
    assert found == [False, False, True, True, True, True]


@pytest.mark.slow
@pytest.mark.campaign
def test_the_g_formula_finds_no_difference_in_a_world_without_timing():
    rows = timing_recovery.replicate(7)
    assert {(row.outcome, row.years) for row in rows} == {(o, h) for o in OUTCOMES for h in HORIZONS}
    assert all(row.low < row.mean < row.high for row in rows)
    assert sum(row.covered for row in rows) >= len(rows) - 1
