import pandas as pd
import pytest

from data.measures.duress import DURESS, irregular
from data.period import FIRST
from tests.data.states import (
    CHILE,
    FINLAND,
    GERMANY,
    HONDURAS,
    JAPAN,
    NORWAY,
    PERU,
    ROMANIA,
    SWEDEN,
    US,
    USSR,
    YUGOSLAVIA,
)


def test_a_coup_is_duress_for_five_years_and_not_in_its_own(dyad):
    # Powell and Thyne code one attempted coup in Chile between 1950 and 2011: 1973.
    out = DURESS.columns(dyad(CHILE, PERU, 1973, 1974, 1978, 1979))
    assert out["duress_coup"].tolist() == [0, 1, 1, 0]


def test_a_civil_war_is_duress_and_its_foreign_backer_foments_it(dyad):
    # Finland 1918: Soviet Russia fought beside the Reds.
    case = DURESS.columns(dyad(FINLAND, USSR, 1918, 1919, 1923, 1924))
    assert case["duress_war"].tolist() == [0, 1, 1, 0]
    assert case["duress_fomented"].tolist() == [0, 1, 1, 0]
    assert DURESS.columns(dyad(FINLAND, GERMANY, 1920))["duress_fomented"].item() == 0


def test_an_irregular_change_of_leader_is_duress(dyad):
    # Romania: 1930, then the fall of King Carol II in 1940, of Antonescu in 1944 and of King Michael in 1947.
    out = DURESS.columns(dyad(ROMANIA, USSR, 1935, 1936, 1940, 1941, 1952, 1953))
    assert out["duress_irregular"].tolist() == [1, 0, 0, 1, 1, 0]


@pytest.fixture(scope="module")
def changes(world):
    """State and year -> whether a leader enters or leaves irregularly in it."""
    field = irregular(world)
    return lambda state, year: bool(field[int(world.grid.index(state)), year - FIRST])


def test_the_entry_of_a_leader_who_will_leave_irregularly_is_none(changes):
    # Kennedy, Gorbachev, Palme and Zelaya took office by the rules and lost it otherwise.
    for state, entry, end in ((US, 1961, 1963), (USSR, 1985, 1991), (SWEDEN, 1982, 1986), (HONDURAS, 2006, 2009)):
        assert (changes(state, entry), changes(state, end)) == (False, True), state


def test_an_irregular_entry_counts_in_its_year_though_the_leader_leaves_by_the_rules(changes):
    # Lenin's end is natural (the source ends it with his stroke of March 1923), Pinochet handed over in 1990.
    assert [changes(USSR, year) for year in (1917, 1923)] == [True, False]
    assert [changes(CHILE, year) for year in (1973, 1990)] == [True, False]


def test_what_a_foreign_state_forces_is_no_internal_duress(changes):
    # Norway 1940, Japan 1945: leaders forced out and, in Norway, imposed by another state.
    assert not changes(NORWAY, 1940)
    assert not changes(JAPAN, 1945)


def test_leaders_are_filed_under_the_code_of_their_state_in_the_year(changes):
    # Archigos follows Gleditsch and Ward: Serbia, whose king was killed in 1903, is 340 there.
    assert changes(YUGOSLAVIA, 1903)


def test_no_leader_counts_before_the_source_begins(world):
    leaders = world.raw.read("archigos.rda")
    early = pd.to_datetime(leaders["startdate"].astype(str)).dt.year < 1875
    assert (leaders.loc[early, "entry"] == "Irregular").sum() > 10  # known only of those still in office in 1875
    assert not irregular(world)[:, : 1875 - FIRST].any()


def test_duress_is_any_of_its_components(rebuilt):
    parts = rebuilt[["duress_war", "duress_coup", "duress_irregular"]].max(axis=1)
    assert (rebuilt["duress"] == parts).all()
    assert all(rebuilt[name].sum() > 100 for name in ("duress_war", "duress_coup", "duress_irregular"))
