"""Transitions: what was known the year before, beside what happened."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.build import transition
from data.codebook.panels import label, panel
from data.period import END
from inference import panels
from inference.panels import PANEL

STATE = Path(PANEL).with_name("state.parquet")


@pytest.fixture(scope="module")
def state():
    return pd.read_parquet(STATE)


@pytest.fixture(scope="module")
def moves(state):
    return transition.transition(state)


def of(table, code, year):
    return table[(table["state"] == code) & (table["year"] == year)].iloc[0]


def test_lags_are_the_values_of_the_year_before(state, moves):
    now, before = of(moves, 541, 1984), of(state, 541, 1983)
    for column in ("capacity", "capacity_sd", "income", "population", "polyarchy"):
        assert now[column] == pytest.approx(before[column])
    assert now["threat"] == of(state, 541, 1984)["threat"]
    assert now["duress_before"] == before["duress"] == 1


def test_recent_duress_is_the_share_of_the_four_years_before_the_last(state, moves):
    years = state[(state["state"] == 541) & state["year"].between(1979, 1982)]
    assert of(moves, 541, 1984)["duress_lately"] == years["duress"].mean() == 1
    assert of(moves, 541, 1981)["duress_lately"] == 0.25  # of 1976-1979 only the last year is one of war
    assert of(moves, 372, 1992)["duress_lately"] == 0  # before it was a state there was no duress of it


def test_aid_is_the_mean_of_five_years(state, moves):
    years = state[(state["state"] == 541) & state["year"].between(1979, 1983)]
    assert of(moves, 541, 1984)["aid_us"] == pytest.approx(years["aid_us"].mean(), rel=1e-5)
    assert of(moves, 541, 1984)["aid_governance"] == pytest.approx(years["aid_governance"].mean(), rel=1e-5)
    early = moves[moves["year"] < 1978]
    assert early["aid_governance"].isna().all()
    assert moves.loc[moves["year"] == 1978, "aid_governance"].notna().all()


def test_a_drop_is_one_of_the_sharpest_falls(state, moves):
    known = moves.dropna(subset=["aid_drop"])
    assert known["year"].min() == 1977
    assert 0.08 < known["aid_drop"].mean() < 0.17
    dropped = known[known["aid_drop"] == 1].iloc[0]
    dollars = {
        k: np.expm1(of(state, dropped["state"], dropped["year"] - k)["aid_total"]) for k in (1, 2, 3, 4)
    }  # fmt: skip
    assert dollars[1] + dollars[2] < dollars[3] + dollars[4]


def test_rows_are_weak_states_in_the_system_in_both_years(state, moves):
    keys = set(zip(state["state"], state["year"], strict=True))
    assert all((code, year - 1) in keys for code, year in zip(moves["state"], moves["year"], strict=True))
    majors = state[state["major"] == 1]
    both = moves.merge(majors[["state", "year"]], on=["state", "year"])
    assert both.empty
    assert (moves["year"].min(), moves["year"].max()) == (1961, END)


@pytest.mark.parametrize("name", ["onset", "continuation", "capacity"])
def test_derived_panels_have_the_columns_of_their_codebook(state, name):
    rows = transition.derived(name, state)
    assert list(rows.columns) == list(panel(name).columns)
    for variable in panel(name).variables:
        values = rows[variable.name]
        assert variable.nullable or values.notna().all(), variable.name
        if variable.kind in {"binary", "outcome", "continuous"} and variable.low is not None:
            assert values.min() >= variable.low, variable.name
    assert not rows.duplicated(["state", "year"]).any()


def test_every_transition_is_an_onset_row_or_a_continuation_row(state, moves):
    onset, stay = (transition.derived(name, state) for name in ("onset", "continuation"))
    assert len(onset) + len(stay) == len(moves)
    assert onset["onset"].sum() + stay["continued"].sum() == moves["duress"].sum()
    assert of(onset, 541, 1979)["onset"] == 1
    assert of(stay, 541, 1984)["continued"] == 1
    assert of(stay, 372, 1995)["continued"] == 0


def test_duress_to_come_looks_ahead_and_never_at_the_year_itself(state):
    rows = panels.read("placebo", PANEL)
    later = of(rows, 541, 1978)["duress_later"]
    assert later == 1  # the war begins in 1979
    georgia = rows[(rows["state"] == 372) & (rows["year"] == 1995)].iloc[0]
    ahead = state[(state["state"] == 372) & state["year"].between(1996, 2000)]["duress"].max()
    assert georgia["duress_later"] == ahead
    known = state.groupby("state")["year"].agg(set)
    missing = rows["duress_later"].isna()
    to_come = [
        bool(known.get(i, set()) & set(range(t + 1, t + 6))) for i, t in zip(rows["state"], rows["year"], strict=True)
    ]
    np.testing.assert_array_equal(missing, ~np.array(to_come))
    assert set(rows.loc[rows["year"] == END, "duress_later"].isna()) == {True}  # the state panel ends with it
    assert label("duress_later", "placebo") == "internal duress still to come"


def test_capacity_rows_are_measured_in_both_years(state):
    rows = transition.derived("capacity", state)
    assert (rows["capacity_measured"] == 1).all()
    one = of(rows, 541, 1984)
    assert one["capacity_next"] == pytest.approx(of(state, 541, 1984)["capacity"])
