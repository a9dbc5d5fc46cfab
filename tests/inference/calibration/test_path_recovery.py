"""Worlds in which only one path of an effect is there, or none: what brute force finds in them."""

import numpy as np
import pytest

from inference.calibration.worlds import path_recovery, simulated_world
from inference.calibration.worlds.path_recovery import CAPACITY, DURESS, SCORES, TRUTHS, WHOLE
from models.claims.registry import OUTCOMES

PATHS = (DURESS, CAPACITY, SCORES)
THERE = {"income only": (), "duress only": (DURESS,), "capacity only": (CAPACITY,), "through income": (SCORES,)}


@pytest.mark.slow
@pytest.mark.parametrize("planted", TRUTHS)
def test_a_world_has_the_planted_path_and_no_other(planted):
    w = simulated_world.world(3, TRUTHS[planted])
    true = path_recovery.along(w, sd=0.7, copies=60, seed=1)
    for outcome in OUTCOMES:
        for path in PATHS:
            there = path in THERE[planted]
            assert (true[path, outcome] < -0.1) if there else true[path, outcome] == 0
        alone = sum(true[path, outcome] for path in PATHS)
        assert true[WHOLE, outcome] == pytest.approx(alone)


def test_income_goes_with_capacity_where_it_is_the_only_cause():
    w = simulated_world.world(3, TRUTHS["income only"])
    for frame, income in ((w.state, "income"), (w.alignment, "income_lag5")):
        assert np.corrcoef(frame[income], frame["capacity"])[0, 1] > 0.4


@pytest.mark.slow
@pytest.mark.campaign
def test_the_g_formula_finds_the_planted_paths():
    rows = [row for planted in TRUTHS for row in path_recovery.replicate(planted, 5)]
    assert len(rows) == len(TRUTHS) * (1 + len(PATHS)) * len(OUTCOMES)
    assert sum(row.covered for row in rows) >= len(rows) - 2
