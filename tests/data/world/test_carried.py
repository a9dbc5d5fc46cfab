import numpy as np
import pandas as pd
import pytest

from data.period import FIRST, LAST, YEARS
from data.world.carried import CARRIED_YEARS, ongoing, onward, settled

NONE = np.nan


def test_spells_that_last_to_the_end_of_their_source_go_on_for_five_years():
    assert ongoing(pd.Series([1918, 2016, 1990, 2016])).tolist() == [1918, 2016 + CARRIED_YEARS, 1990, 2021]


def test_last_values_are_carried_on_while_both_are_members():
    member = np.ones((2, YEARS), bool)
    member[1, 105:] = False
    cube = np.zeros((2, 2, YEARS))
    cube[0, 1, :101], cube[0, 1, 100] = 7, 9
    out = onward(cube, FIRST + 100, member)
    assert out[0, 1, 98:108].tolist() == [7, 7, 9, 9, 9, 9, 9, 0, 0, 0]
    member[:] = True
    assert onward(cube, FIRST + 100, member)[0, 1, 100:108].tolist() == [9] * 6 + [0] * 2


def januaries(*values):
    """A cube of two states with these values from 1900 on."""
    cube = np.full((2, 2, YEARS), NONE)
    cube[0, 1, 1900 - FIRST : 1900 - FIRST + len(values)] = values
    return cube


def settled_years(values, entry, since=1890):
    member = np.ones((2, YEARS), bool)
    member[1, : entry - FIRST] = False
    return settled(januaries(*values), member, since)[0, 1, 1900 - FIRST : 1900 - FIRST + len(values)]


def test_the_year_of_entry_has_the_distance_of_the_next_first_of_january():
    np.testing.assert_array_equal(settled_years([NONE, NONE, 5, 6], entry=1901), [NONE, 5, 5, 6])


def test_a_known_distance_is_never_replaced_and_nothing_stands_before_entry():
    np.testing.assert_array_equal(settled_years([4, 3, 5, 6], entry=1901), [4, 3, 5, 6])
    np.testing.assert_array_equal(settled_years([NONE, NONE, 5, 6], entry=1902), [NONE, NONE, 5, 6])


def test_a_member_that_the_source_passes_over_keeps_its_last_distance_and_not_the_next():
    np.testing.assert_array_equal(settled_years([4, NONE, NONE, 6], entry=1850), [4, 4, 4, 6])


def test_years_before_the_source_begins_stay_unknown():
    np.testing.assert_array_equal(settled_years([NONE, NONE, 5, 6], entry=1901, since=1902), [NONE, NONE, 5, 6])


@pytest.mark.parametrize("year", range(2017, LAST + 1))
def test_what_stood_when_its_source_ended_stands_to_the_end_of_the_grid(world, year):
    ended, now, (us, canada) = 2016 - FIRST, year - FIRST, world.grid.index([2, 20])
    assert (world.grid.major[:, now] == world.grid.major[:, ended]).all()
    assert (np.isfinite(world.contiguity_km[:, :, now]) == np.isfinite(world.contiguity_km[:, :, ended])).all()
    assert world.igos[us, canada, now] == world.igos[us, canada, 2014 - FIRST] > 0
