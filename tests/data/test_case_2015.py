"""The case of 2015: which pairs are rows, which condition the others fail, and what every source says of them."""

import numpy as np
import pytest

from data.build.alignment import rows_at_risk
from data.case_2015 import STATES, YEARS, case_2015, failing
from data.codings import Coding
from data.period import FIRST

RUSSIA, SYRIA, IRAN, IRAQ = 365, 652, 630, 645
REGIONAL = Coding(reach="regional-powers")


@pytest.fixture(scope="module")
def case(world):
    return case_2015(world).set_index(["state", "aggressor", "year"]).sort_index()


def test_every_ordered_pair_has_every_year(case):
    assert len(case) == 12 * len(YEARS)
    assert case.index.is_unique
    assert all(state != aggressor for state, aggressor, _ in case.index)


@pytest.mark.parametrize("coding", [Coding(), REGIONAL], ids=str)
def test_a_row_is_there_where_no_condition_fails(world, coding):
    rows, states = rows_at_risk(world, coding), world.grid.states
    there = set(zip(states[rows.i].tolist(), states[rows.j].tolist(), (rows.t + FIRST).tolist(), strict=True))
    table = failing(world, coding)
    for state, aggressor, year, fails in table.itertuples(index=False, name=None):
        assert ((state, aggressor, year) in there) == (fails == ""), (STATES[state], STATES[aggressor], year)


@pytest.mark.parametrize(
    ("state", "aggressor", "fails"),
    [
        (SYRIA, RUSSIA, ""),
        (IRAN, RUSSIA, ""),
        (IRAQ, RUSSIA, ""),
        (IRAQ, IRAN, ""),
        (SYRIA, IRAN, "in reach"),  # no common border, and Iran is no major power
        (IRAN, IRAQ, "weak"),
    ],
)
def test_what_keeps_a_pair_out_in_all_years(case, state, aggressor, fails):
    assert set(case.loc[(state, aggressor), "fails"]) == {fails}


def test_no_one_is_a_weak_state_beside_russia(case):
    assert not case.loc[RUSSIA, "at_risk"].any()
    assert case.loc[RUSSIA, "fails"].str.contains("weak").all()


def test_syria_and_iran_are_a_row_where_regional_powers_are_in_reach(world):
    table = failing(world, REGIONAL)
    pair = table[(table["state"] == SYRIA) & (table["aggressor"] == IRAN)]
    assert (pair["fails"] == "").all()


def test_the_alignment_of_2015_left_no_treaty(case):
    for pair in ((SYRIA, IRAN), (IRAQ, RUSSIA), (IRAQ, IRAN)):
        assert set(case.loc[pair, "treaties"]) == {"none"}
    assert set(case.loc[(SYRIA, RUSSIA), "treaties"]) == {"3880: nonagg, consul"}  # friendship treaty of 1980
    assert set(case.loc[(IRAN, RUSSIA), "treaties"]) == {"4968: neutral, nonagg, consul"}  # treaty of 2001
    # Syria's membership of the Arab League was suspended in 2011, which ends the pact of 1950 with Iraq in the source.
    assert "3205: defense" in case.loc[(SYRIA, IRAQ, 2011), "treaties"]
    assert case.loc[(SYRIA, IRAQ, 2012), "treaties"] == "none"


def test_support_begins_before_the_intervention(case):
    new = case[case["new_support"] != "none"]["new_support"]
    assert new.to_dict() == {
        (SYRIA, RUSSIA, 2011): "299 (pooled)",
        (SYRIA, RUSSIA, 2015): "13604",  # against the Islamic State
        (SYRIA, IRAN, 2011): "299 (pooled)",
        (SYRIA, IRAN, 2014): "13604",
        (SYRIA, IRAQ, 2011): "299 (pooled)",
        (SYRIA, IRAQ, 2014): "13604",
        (IRAQ, RUSSIA, 2014): "259 (pooled)",
        (IRAQ, IRAN, 2014): "259 (pooled)",
        (IRAQ, SYRIA, 2014): "259 (pooled)",
    }
    assert (case.loc[(SYRIA, [RUSSIA, IRAN]), "support"] != "none").all()


def test_agreements_exercises_arms_and_votes_of_named_pairs(case):
    assert case.loc[(SYRIA, IRAN, 2015), "agreements"] == "1997, 2007, 2009"
    assert case.loc[(IRAN, RUSSIA, 2015), "agreements"] == "2001"
    assert case.loc[(SYRIA, RUSSIA, 2015), "exercises"] == "1981, 1997"
    arms = case["arms"]
    assert arms[SYRIA, RUSSIA].iloc[:3].min() > 400 > arms[SYRIA, RUSSIA].iloc[3:].max()
    assert (arms[SYRIA, IRAN] > 0).all()
    assert (arms.loc[RUSSIA] == 0).all()
    points = case["votes"]
    assert (points[SYRIA, IRAN].to_numpy() > points[SYRIA, RUSSIA].to_numpy() + 1).all()
    np.testing.assert_array_equal(points[SYRIA, IRAN].to_numpy(), points[IRAN, SYRIA].to_numpy())
