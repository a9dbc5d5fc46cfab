import numpy as np
import pandas as pd
import pytest

from data.period import FIRST, LAST, YEARS
from data.world.grid import grid, spells, window
from data.world.riskset import Rows, before


def test_window_sums_the_years_before_and_never_the_year_itself():
    events = np.array([[1, 2, 4, 8, 16]], np.int32)
    assert window(events, 2).tolist() == [[0, 1, 3, 6, 12]]
    assert window(events, 10).tolist() == [[0, 1, 3, 7, 15]]


@pytest.mark.parametrize("years", [1, 5, 20])
def test_window_does_not_see_the_present_or_the_future(years):
    rng = np.random.default_rng(0)
    events = rng.poisson(1.0, (3, 3, 40)).astype(np.int32)
    changed = events.copy()
    changed[..., 25:] += 7
    difference = window(changed, years) - window(events, years)
    assert not difference[..., :26].any()
    assert (difference[..., 26] == 7).all()


def test_window_is_a_plain_sum_of_slices():
    events = np.random.default_rng(1).poisson(0.5, (4, 30)).astype(np.int32)
    expected = [[row[max(t - 10, 0) : t].sum() for t in range(30)] for row in events]
    np.testing.assert_array_equal(window(events, 10), expected)


def test_before_shifts_by_one_year_and_starts_empty():
    assert before(np.array([[True, False, True, True]])).tolist() == [[False, True, False, True]]
    assert before(np.array([5, 6, 7])).tolist() == [0, 5, 6]


def test_spells_give_one_row_per_year_cut_to_the_grid():
    table = pd.DataFrame(
        {"id": ["a", "b", "c", "d"], "first": [1950, 1700, 2015, 2020], "last": [1952, 1817, 2030, 2030]}
    )
    long = spells(table, "first", "last")
    years = {name: rows["year"].tolist() for name, rows in long.groupby("id")}
    assert years == {"a": [1950, 1951, 1952], "b": [1816, 1817], "c": [*range(2015, LAST + 1)]}


def test_spells_of_nothing_are_empty():
    assert spells(pd.DataFrame({"first": [2020], "last": [2030]}), "first", "last").empty


def test_index_finds_members_and_only_members(toy_grid):
    assert toy_grid.index([310, 2, 305, 9999, np.nan, -8]).tolist() == [3, 0, -1, -1, -1, -1]


def test_field_puts_values_at_state_and_year_and_leaves_the_rest_missing(toy_grid):
    table = pd.DataFrame(
        {"code": [300, 300, 999, 310], "year": [1900, 1901, 1900, 2050], "value": [1.5, 2.5, 9.0, 9.0]}
    )
    field = toy_grid.field(table, "code", "value")
    assert field[2, 1900 - FIRST : 1903 - FIRST].tolist()[:2] == [1.5, 2.5]
    assert np.isfinite(field).sum() == 2


def test_count_adds_repetitions_and_passes_over_strangers(toy_grid):
    i, j = toy_grid.index([300, 300, 300, 999]), toy_grid.index([310, 310, 2, 2])
    cube = toy_grid.count(i, j, np.array([1900, 1900, LAST + 1, 1900]))
    assert cube[2, 3, 1900 - FIRST] == 2
    assert cube.sum() == 2


def test_grid_covers_every_year_a_spell_touches():
    states = pd.DataFrame(
        {
            "ccode": [300, 2, 300],
            "statenme": ["A", "US", "A"],
            "styear": [1816, 1816, 1950],
            "endyear": [1918, 2016, 1955],
        }
    )
    majors = pd.DataFrame({"ccode": [2], "styear": [1898], "endyear": [2016]})
    made = grid(states, majors)
    assert made.states.tolist() == [2, 300]
    assert made.names == ("US", "A")
    years = np.arange(FIRST, LAST + 1)
    assert years[made.member[1]].tolist() == [*range(1816, 1919), *range(1950, 1956)]
    assert years[made.major[0]].tolist() == [*range(1898, 2017)]
    assert not made.major[1].any()


def test_rows_read_a_cube_and_a_field_the_year_before_unless_told(toy_grid):
    rows = Rows(np.array([2]), np.array([3]), np.array([100]))
    field = np.arange(4 * YEARS).reshape(4, YEARS)
    cube = np.zeros(toy_grid.shape, int)
    cube[2, 3, 99], cube[2, 3, 100], cube[3, 2, 99] = 1, 2, 3
    assert rows.at(cube).tolist() == [1]
    assert rows.at(cube, lag=0).tolist() == [2]
    assert rows.of_i(field).tolist() == [2 * YEARS + 99]
    assert rows.of_j(field, lag=0).tolist() == [3 * YEARS + 100]


def test_logarithms_of_counts_are_taken_in_64_bits(toy_grid):
    events = toy_grid.count(*(np.array([2, 2]) for _ in range(2)), np.array([1900, 1901]))
    for counts in (window(events, 10), window(events > 0, 10)):
        assert np.log1p(counts).dtype == np.float64
