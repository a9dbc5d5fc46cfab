from math import log

import numpy as np
import pytest

from data.codings import Coding
from data.measures.threat import THREAT, threat_of_all
from data.period import FIRST
from tests.data.states import IRAN, IRAQ, ISRAEL, KUWAIT, SYRIA


def test_threat_counts_new_revisionist_disputes_of_the_ten_years_before(dyad):
    # Iraq, revisionist, against Kuwait began disputes in 1961, 1967, 1972, 1975, 1985, 1990, 1991 and two in 1992.
    out = THREAT.columns(dyad(KUWAIT, IRAQ, 1972, 1973, 1976, 1986, 1990, 1991, 1993))
    assert out["threat_disputes"].tolist() == [1, 2, 3, 1, 1, 2, 5]
    assert out["rivalry"].tolist() == [1] * 7
    np.testing.assert_allclose(out["threat"], np.log(1.0 + out["threat_disputes"]) + 1, rtol=1e-6)


def test_threat_follows_the_window_of_the_coding(dyad):
    for years, count in ((5, 2), (10, 3), (15, 4)):
        case = dyad(KUWAIT, IRAQ, 1976, coding=Coding(window=years))
        assert THREAT.columns(case)["threat_disputes"].item() == count


def test_threat_runs_from_the_aggressor_to_the_state_and_not_back(dyad):
    assert THREAT.columns(dyad(IRAQ, KUWAIT, 1976))["threat_disputes"].item() == 0


def test_threat_of_others_leaves_the_aggressor_out(dyad):
    # In 1981-1990 Iran began seven disputes against Kuwait; Kuwait's only rival is Iraq.
    assert THREAT.columns(dyad(KUWAIT, IRAQ, 1991))["threat_other"].item() == pytest.approx(log(8))
    # Seen from Iran, the others are Iraq: a rival, with new disputes in 1985 and 1990.
    assert THREAT.columns(dyad(KUWAIT, IRAN, 1991))["threat_other"].item() == pytest.approx(log(3) + 1)


def test_rivalry_is_read_the_year_before(dyad):
    # Iraq and Kuwait are coded as rivals from 1961.
    assert THREAT.columns(dyad(KUWAIT, IRAQ, 1961, 1962))["rivalry"].tolist() == [0, 1]


def test_a_dispute_that_a_state_returns_to_counts_once_in_a_window(dyad):
    # Dispute 4182: Syria is in it beside Hezbollah against Israel in each of 1993-96 and again in 2000-01.
    out = THREAT.columns(dyad(SYRIA, ISRAEL, 1993, 1994, 1996, 2003))
    assert out["threat_disputes"].tolist() == [0, 1, 1, 1]


def test_threat_and_its_rise_from_rows_of_the_raw_table(world):
    raw = world.raw.read("gml_dirdisp.rda")
    raw = raw[(raw["midonset"] == 1) & (raw["revstate1"] == 1) & (raw["hostlev1"] >= 2)]
    threat, rise = threat_of_all(world.disputes)
    for code, year in [(375, 1940), (690, 1992), (640, 1947), (666, 1973), (155, 1830)]:
        against = raw[raw["ccode2"] == code]["year"]
        total, recent = (int(against.between(year - back, year - 1).sum()) for back in (10, 3))
        i, t = int(world.grid.index(code)), year - FIRST
        assert threat[i, t] == pytest.approx(log(1 + total), rel=1e-6)
        assert rise[i, t] == pytest.approx(log(1 + recent) - log(1 + 3 / 7 * (total - recent)), rel=1e-5, abs=1e-7)
