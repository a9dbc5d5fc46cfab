from math import log

import numpy as np
import pytest

from data.measures.power import POWER, power
from data.world.riskset import Rows
from tests.data.states import FINLAND, US, USSR


def test_power_is_the_log_ratio_of_capabilities_the_year_before(world, dyad):
    out = POWER.columns(dyad(FINLAND, USSR, 1948))
    raw = world.raw.read("cow_nmc.rda").query("year == 1947").set_index("ccode")["cinc"]
    assert out["power"].item() == pytest.approx(log(raw[USSR] / raw[FINLAND]))
    assert out["own_power"].item() == pytest.approx(log(raw[FINLAND]))
    assert out["aggressor_major"].item() == 1


def test_the_knot_is_where_one_state_holds_a_third_of_all_capabilities():
    cinc = np.array([[0.01, 9], [0.3, 9], [0.5, 9], [np.nan, 9]])
    rows = Rows(np.zeros(3, int), np.array([1, 2, 3]), np.ones(3, int))
    np.testing.assert_allclose(power(rows, cinc, np.zeros((4, 2), bool))["power_knot"], [0, 0.5 - 1 / 3, np.nan])


def test_few_aggressors_ever_held_a_third(rebuilt):
    knot = rebuilt[rebuilt["power_knot"] > 0]
    assert set(zip(knot["aggressor"], knot["year"], strict=True)) == {(US, 1920)}
