from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from data.codes import GLEDITSCH_WARD, NOT_MEMBERS, POLITY, recode, to_cow, unmapped

GERMANY, WEST_GERMANY, YEMEN, NORTH_YEMEN, YUGOSLAVIA = 255, 260, 679, 678, 345


@pytest.mark.parametrize(
    ("name", "code", "year", "system", "expected"),
    [
        ("West Germany", 260, 1989, "gw", WEST_GERMANY),
        ("Germany", 260, 1990, "gw", GERMANY),
        ("Germany", 255, 1938, "gw", GERMANY),
        ("North Yemen", 678, 1989, "gw", NORTH_YEMEN),
        ("Yemen", 678, 1990, "gw", YEMEN),
        ("Serbia", 340, 1900, "gw", YUGOSLAVIA),
        ("Serbia", 340, 2010, "gw", YUGOSLAVIA),
        ("Kiribati", 970, 2000, "gw", 946),
        ("Nauru", 971, 2000, "gw", 970),
        ("Tonga", 972, 2000, "gw", 955),
        ("Tuvalu", 973, 2000, "gw", 947),
        ("Vietnam", 816, 1990, "gw", 816),
        ("Vietnam", 818, 1980, "polity", 816),
        ("South Vietnam", 817, 1970, "polity", 817),
        ("USSR", 364, 1980, "polity", 365),
        ("Russia", 365, 2000, "polity", 365),
        ("Serbia and Montenegro", 347, 1995, "polity", YUGOSLAVIA),
        ("Serbia", 342, 2010, "polity", YUGOSLAVIA),
        ("Montenegro", 348, 2010, "polity", 341),
        ("Kosovo", 341, 2010, "polity", 347),
        ("Montenegro", 341, 2010, "gw", 341),
        ("Pakistan with Bangladesh", 769, 1965, "polity", 770),
        ("Ethiopia", 529, 2000, "polity", 530),
        ("Sudan before 2012", 626, 2000, "polity", 626),
        ("Sudan without the South", 626, 2012, "polity", 625),
        ("South Sudan", 525, 2012, "polity", 626),
        ("Germany", 260, 2000, "cow", WEST_GERMANY),
    ],
)
def test_named_states(name, code, year, system, expected):
    assert to_cow([code], [year], system).tolist() == [expected], name


def test_missing_codes_stay_missing_and_the_argument_is_left_alone():
    codes = np.array([np.nan, 260.0])
    out = to_cow(codes, [2000, 2000], "gw")
    assert np.isnan(out[0])
    assert codes[1] == WEST_GERMANY


def test_an_unknown_system_names_the_choices():
    with pytest.raises(ValueError, match=r"unknown code system 'iso3': choose from cow, gw, polity"):
        to_cow([1], [2000], "iso3")


def test_recode_changes_one_column_of_a_copy():
    table = pd.DataFrame({"gwcode": [260], "year": [1995], "value": [1.0]})
    assert recode(table, "gwcode", "gw").to_numpy().tolist() == [[255, 1995, 1]]
    assert table["gwcode"].tolist() == [260]


def test_unmapped_names_codes_that_are_neither_members_nor_known_not_to_be():
    table = pd.DataFrame({"gwcode": [2, 563, 12345, np.nan], "year": [1900] * 4})
    assert unmapped(table, "gwcode", "gw", [2, 200]) == [12345]


def test_every_target_of_a_remap_is_a_member(world):
    assert {remap.cow for remap in (*GLEDITSCH_WARD, *POLITY)} <= set(world.grid.states.tolist())
    assert not set(NOT_MEMBERS) & set(world.grid.states.tolist())


# Files with one row for each state and year: file, column of the code, code system, column of the year.
ONE_ROW_A_YEAR = [
    ("archigossums.rda", "gwcode", "gw", "year"),
    ("ptcoups.csv", "gwcode", "gw", "year"),
    ("epr_epr-yearly.csv", "gwcode", "gw", "year"),
    ("states-v12-mod.rds", "gwcode", "gw", "year"),
    ("StateCapacityDataset_v1.dta", "ccode", "polity", "year"),
]


@pytest.mark.parametrize(("file", "code", "system", "year"), ONE_ROW_A_YEAR)
def test_two_source_codes_meet_in_one_state_only_in_the_year_of_a_change(world, file, code, system, year):
    """Otherwise the rows of one state would silently overwrite those of another, as Kosovo's did Montenegro's."""
    table = world.raw.read(file).dropna(subset=[code])
    table = pd.DataFrame({"source": table[code], "cow": to_cow(table[code], table[year], system), "year": table[year]})
    meeting = table.groupby(["cow", "year"])["source"].nunique()
    years = meeting[meeting > 1].reset_index().groupby("cow")["year"].agg(list)
    assert all(later - earlier > 1 for spell in years for earlier, later in pairwise(sorted(spell))), years.to_dict()


@pytest.mark.parametrize(
    ("file", "code", "system", "year"),
    [*ONE_ROW_A_YEAR, ("AutocraticRulingPartiesDataset_cy.dta", "ccode", "polity", "Year")],
)
def test_every_code_of_a_raw_file_maps(world, file, code, system, year):
    table = world.raw.read(file).dropna(subset=[code])
    assert unmapped(table, code, system, world.grid.states, year) == []


def test_every_code_of_leaders_and_conflicts_maps(world):
    leaders = world.raw.read("archigos.rda")
    leaders = leaders.assign(year=leaders["startdate"].astype(str).str[:4].astype(int))
    assert unmapped(leaders, "gwcode", "gw", world.grid.states) == []
    conflicts = world.raw.read("ucdp_acd.rda")
    for side in ("gwno_a", "gwno_b_2nd"):
        assert unmapped(conflicts.dropna(subset=[side]), side, "gw", world.grid.states) == [], side
