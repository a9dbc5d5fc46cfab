"""Signs of alignment before and after events: exact on small numbers, against the sources for named pairs."""

import numpy as np
import pytest

from data.measures.arms import recorded
from data.period import FIRST, YEARS
from data.validation import EVENTS, SPAN, VOTES, beside, changes, mean_of_clusters, validation, votes
from data.world.riskset import Rows

RUSSIA, SYRIA, INDIA, NEPAL = 365, 652, 750, 790


@pytest.fixture(scope="module")
def table(informal_rebuilt, world):
    return changes(informal_rebuilt, world)


@pytest.fixture(scope="module")
def found(informal_rebuilt, world):
    return validation(informal_rebuilt, world)


def test_means_are_taken_over_the_years_beside_t_and_missing_outside_the_grid():
    cube = np.arange(YEARS, dtype=float)[None, None] * np.ones((2, 2, 1))
    rows = Rows(np.array([0, 0, 0]), np.array([1, 1, 1]), np.array([10, 2, YEARS - 3]))
    np.testing.assert_array_equal(beside(rows, cube, range(-5, 0)), [7, np.nan, YEARS - 6])
    np.testing.assert_array_equal(beside(rows, cube, range(1, 6)), [13, 5, np.nan])


def test_standard_errors_are_those_of_independent_clusters():
    values = np.array([1.0, 2.0, 4.0, 9.0])
    mean, error = mean_of_clusters(values, np.arange(4))
    assert mean == 4
    assert error == pytest.approx(values.std(ddof=1) / 2)  # clusters of one: the usual standard error
    twice, doubled = mean_of_clusters(np.repeat(values, 2), np.repeat(np.arange(4), 2))
    assert (twice, doubled) == pytest.approx((mean, error))  # what is written twice says nothing new
    assert np.isnan(mean_of_clusters(values, np.zeros(4))[1])


def test_similar_votes_are_close_to_zero_and_symmetric(world):
    cube = votes(world.raw.read(VOTES), world)
    us, uk, ussr = (int(world.grid.index(code)) for code in (2, 200, RUSSIA))
    t = 1985 - FIRST
    assert cube[us, uk, t] > cube[us, ussr, t] + 1
    assert cube[us, uk, t] == cube[uk, us, t] <= 0
    assert np.isnan(cube[us, uk, 1940 - FIRST])


def test_arms_of_a_named_pair_are_those_of_the_source(table, world):
    i, j = int(world.grid.index(NEPAL)), int(world.grid.index(INDIA))
    row = table[(table["state"] == NEPAL) & (table["aggressor"] == INDIA) & (table["year"] == 1997)]
    row = row[row["sign"].str.startswith("arms")]
    yearly = np.log1p(world.arms[i, j, 1992 - FIRST : 2003 - FIRST].astype(float))
    assert row["before"].item() == pytest.approx(yearly[:SPAN].mean())
    assert row["after"].item() == pytest.approx(yearly[SPAN + 1 :].mean())
    assert row["military_support"].item() == 1


def test_signs_are_compared_where_their_sources_cover_ten_years(table):
    years = table.groupby("sign", sort=False)["year"].agg(["min", "max"])
    assert years.to_numpy().tolist() == [[1976, 2013], [1985, 2005], [1976, 2013]]


def test_rows_without_arms_of_germany_are_left_out(table, world):
    arms = table[table["sign"].str.startswith("arms")]
    grid = world.grid
    rows = Rows(grid.index(arms["state"]), grid.index(arms["aggressor"]), arms["year"].to_numpy(int) - FIRST)
    assert recorded(rows, grid).all()


def test_the_excess_of_quiet_rows_is_zero_in_every_year(table):
    quiet = table[table["quiet"]]
    assert not (quiet[list(EVENTS.values())] == 1).any(axis=None)
    assert quiet.groupby(["sign", "year"])["excess"].mean().abs().max() < 1e-12


def test_the_table_counts_the_events_that_it_compares(table, found):
    assert len(found) == 3 * (len(EVENTS) + 1)
    for sign, rows in table.groupby("sign"):
        mine = found[found["sign"] == sign].set_index("event")
        for event, column in EVENTS.items():
            assert mine["n"][event] == (rows[column] == 1).sum() > 10
            assert mine["change"][event] == pytest.approx(mine["after"][event] - mine["before"][event])
    assert (found[["change_se", "excess_se"]] >= 0).all(axis=None)
