"""Disputes: one meaning in two editions, the seam between them, and what counts once."""

import numpy as np
import pandas as pd
import pytest

from data.codings import Coding
from data.period import FIRST
from data.world.disputes import LAST_OF_GML, directed, disputes, spliced
from tests.data.states import ISRAEL, SYRIA

A, B, C = 300, 310, 2
INDIA, PAKISTAN, LIBYA, NORTH_KOREA, SOUTH_KOREA, US = 750, 770, 620, 731, 732, 2
COLUMNS = ["dispnum", "ccode", "styear", "endyear", "sidea", "revstate", "hostlev", "fatality"]


def participants(*rows):
    return pd.DataFrame(list(rows), columns=COLUMNS)


def rows_of(table, first, second):
    return table[(table["ccode1"] == first) & (table["ccode2"] == second)].set_index("year")


def test_two_states_are_in_a_dispute_in_the_years_that_both_are_in_it_on_opposing_sides():
    made = directed(
        participants((1, A, 1950, 1953, 1, 1, 4, -9), (1, B, 1951, 1952, 0, 0, 2, 0), (1, C, 1950, 1950, 1, 0, 1, 0))
    )
    assert len(made) == 4  # A and C are on one side, and C left before B came
    there, back = rows_of(made, A, B), rows_of(made, B, A)
    assert there.index.tolist() == back.index.tolist() == [1951, 1952]
    assert there["midonset"].tolist() == [1, 0]
    assert there[["revstate1", "revstate2", "hostlev1", "hostlev2", "fatality1"]].iloc[0].tolist() == [1, 0, 4, 2, -9]
    assert back[["revstate1", "hostlev1", "fatality2"]].iloc[0].tolist() == [0, 2, -9]


def test_spells_of_a_participant_make_one_row_a_year_with_the_highest_values_and_one_onset():
    made = directed(
        participants(
            (1, A, 1950, 1950, 1, 0, -9, 0), (1, A, 1950, 1951, 1, 1, 3, 0), (1, A, 1953, 1953, 1, 1, 4, 0),
            (1, B, 1950, 1953, 0, 0, 1, 0),
        )
    )  # fmt: skip
    there = rows_of(made, A, B)
    assert there.index.tolist() == [1950, 1951, 1953]
    assert there["midonset"].tolist() == [1, 0, 0]
    assert there["hostlev1"].tolist() == [3, 3, 4]
    assert there["revstate1"].tolist() == [1, 1, 1]


def test_a_state_that_changes_sides_is_against_each_in_its_time():
    made = directed(
        participants(
            (1, A, 1950, 1950, 1, 1, 4, 0), (1, A, 1952, 1952, 0, 0, 4, 0), (1, B, 1950, 1952, 0, 0, 4, 0),
            (1, C, 1950, 1952, 1, 1, 4, 0),
        )
    )  # fmt: skip
    assert rows_of(made, A, B).index.tolist() == [1950]
    assert rows_of(made, A, C).index.tolist() == [1952]


def test_a_dispute_under_way_at_the_seam_is_not_new_after_it():
    before = directed(participants((7, A, 2009, 2010, 1, 1, 4, 0), (7, B, 2009, 2010, 0, 0, 4, 0)))
    after = participants(
        (7, A, 2009, 2012, 1, 1, 4, 0), (7, B, 2009, 2012, 0, 0, 4, 0), (8, A, 2012, 2012, 1, 1, 4, 0),
        (8, B, 2012, 2012, 0, 0, 4, 0),
    )  # fmt: skip
    made = rows_of(spliced([before, after]), A, B)
    assert made[["dispnum", "midonset"]].to_records().tolist() == [
        (2009, 7, 1), (2010, 7, 0), (2011, 7, 0), (2012, 7, 0), (2012, 8, 1)]  # fmt: skip


def test_the_splice_takes_each_edition_in_its_years(world):
    table = world.dispute_years
    early, late = table[table["year"] <= LAST_OF_GML], table[table["year"] > LAST_OF_GML]
    gml = world.raw.read("gml_dirdisp.rda")
    for name in ("dispnum", "ccode1", "year", "midonset", "revstate1", "hostlev1", "fatality2"):
        np.testing.assert_array_equal(early[name], gml[name])
    assert late["year"].agg(["min", "max"]).tolist() == [2011, 2014]
    throughout = world.under(Coding(disputes="mid-5.0")).dispute_years
    assert late.to_numpy().tolist() == throughout[throughout["year"] > LAST_OF_GML].to_numpy().tolist()


@pytest.mark.parametrize(
    ("dispute", "first", "second", "onset"),
    [
        (4585, INDIA, PAKISTAN, 2008),
        (4483, NORTH_KOREA, SOUTH_KOREA, 2009),
        (4575, PAKISTAN, US, 2006),  # which Gibler, Miller and Little dropped
        (4685, US, LIBYA, 2011),
    ],
)
def test_named_disputes_at_the_seam_begin_once(world, dispute, first, second, onset):
    throughout = world.under(Coding(disputes="mid-5.0")).dispute_years
    new = rows_of(throughout[(throughout["dispnum"] == dispute) & (throughout["midonset"] == 1)], first, second)
    assert new.index.tolist() == [onset]
    both = world.dispute_years
    late = both[(both["dispnum"] == dispute) & (both["year"] > LAST_OF_GML)]
    assert len(rows_of(late, first, second)) > 0
    assert late["midonset"].any() == (onset > LAST_OF_GML)


def test_the_editions_agree_where_both_speak(world):
    key = ["dispnum", "ccode1", "ccode2", "year"]
    gml = world.dispute_years.query("year <= @LAST_OF_GML")
    mid = world.under(Coding(disputes="mid-5.0")).dispute_years.query("year <= @LAST_OF_GML")
    both = gml.merge(mid, on=key, suffixes=("", "_mid"))
    assert len(both) > 0.9 * len(gml)
    for name in ("revstate1", "midonset"):
        assert (both[name] == both[f"{name}_mid"]).mean() > 0.98


def test_a_window_counts_different_disputes_whatever_the_number_of_their_onsets(toy_grid):
    rng = np.random.default_rng(3)
    n = 400
    table = pd.DataFrame(
        {
            "dispnum": rng.integers(0, 40, n),
            "ccode1": rng.choice([2, 200, 300, 310], n),
            "ccode2": rng.choice([2, 200, 300, 310], n),
            "year": rng.integers(1900, 1930, n),
        }
    ).drop_duplicates()
    table = table.assign(midonset=1, revstate1=1, hostlev1=4, hostlev2=1, fatality1=0, fatality2=0)
    made = disputes(table, toy_grid)
    for years in (1, 5, 10):
        against, begun = made.against(years), made.begun(years)
        for t in range(1895 - FIRST, 1945 - FIRST):
            seen = table[table["year"].between(t + FIRST - years, t + FIRST - 1)]
            for j, code in enumerate(toy_grid.states):
                own = seen[seen["ccode1"] == code]
                assert begun[j, t] == own["dispnum"].nunique()
                for i, other in enumerate(toy_grid.states):
                    assert against[j, i, t] == own[own["ccode2"] == other]["dispnum"].nunique()


def test_dispute_4182_counts_once_under_both_editions(world):
    j, i = (int(world.grid.index(code)) for code in (ISRAEL, SYRIA))
    at = [1996 - FIRST, 2003 - FIRST]
    assert world.disputes.revisionist[j, i, 1993 - FIRST : 2003 - FIRST].sum() == 5
    assert world.disputes.against(10)[j, i, at].tolist() == [1, 1]
    assert world.under(Coding(disputes="mid-5.0")).disputes.against(10)[j, i, at].tolist() == [1, 1]


def test_onsets_after_the_seam_are_more_within_one_edition(world):
    """The step of 2011 is MID 5.0's own: 23 a year before it in either edition, 49 after."""
    throughout = world.under(Coding(disputes="mid-5.0")).dispute_years
    rates = []
    for table in (world.dispute_years, throughout):
        new = table[(table["midonset"] == 1) & (table["revstate1"] == 1) & (table["hostlev1"] >= 2)]
        first = new.groupby(["dispnum", "ccode1"])["year"].min()
        rates.append([first.between(*span).sum() / (span[1] - span[0] + 1) for span in ((2001, 2010), (2011, 2014))])
    assert rates == [[pytest.approx(22.3), pytest.approx(48.5)], [pytest.approx(23.4), pytest.approx(48.5)]]
    libya = new[(new["dispnum"] == 4685) & (new["year"] == 2011)]["ccode1"].nunique()
    assert libya == 33
