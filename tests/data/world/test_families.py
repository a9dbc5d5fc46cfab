"""No source has a state under the code of its successor, predecessor or neighbour while its own code lacks the year."""

import pytest

from data.period import FIRST, LAST
from data.world.codes import to_cow
from data.world.grid import spells, year_of

# Codes of several systems that stand for one land: those of states that split, merged, or were renamed.
FAMILIES = {
    "Germany": (255, 260, 265),
    "Austria": (300, 305),
    "Czechoslovakia": (315, 316, 317),
    "Italy": (324, 325),
    "Yugoslavia": (340, 342, 345, 347, 348),
    "Russia": (364, 365, 393),
    "Ethiopia": (529, 530, 531),
    "Tanzania": (510, 511),
    "Congo": (484, 490),
    "Sudan": (525, 624, 625, 626),
    "Egypt and Syria": (651, 652),
    "Yemen": (678, 679, 680),
    "China": (710, 713),
    "Korea": (730, 731, 732),
    "Pakistan": (769, 770, 771),
    "Vietnam": (815, 816, 817, 818),
    "islands": (946, 947, 955, 970, 971, 972, 973),
}
# File, column of the code, code system, column of the year or first and last year of a spell.
YEARLY = [
    ("archigossums.rda", "gwcode", "gw", "year"),
    ("ptcoups.csv", "gwcode", "gw", "year"),
    ("epr_epr-yearly.csv", "gwcode", "gw", "year"),
    ("states-v12-mod.rds", "gwcode", "gw", "year"),
    ("StateCapacityDataset_v1.dta", "ccode", "polity", "year"),
    ("polity5.rda", "cown", "polity5", "year"),
    ("cow_nmc.rda", "ccode", "cow", "year"),
    ("cw_democracy.rda", "ccode", "cow", "year"),
    ("cw_gdppop.rda", "ccode", "cow", "year"),
    ("terrthreat.rda", "ccode", "cow", "year"),
    ("creg.rda", "ccode", "cow", "year"),
    ("global_leader_ideologies.csv", "country_code_cow", "cow", "year"),
    ("IdealpointsJuly2025.dta", "ccode", "votes", "year"),
]
SPELLS = [
    ("archigos.rda", "gwcode", "gw", ("startdate", "enddate")),
    ("cow_capitals.rda", "ccode", "cow", ("stdate", "enddate")),
]
# What is left: file -> family: years.
EXPLAINED = {"creg.rda": {"Germany": {1945}}}  # counted in 1945 as the two that it was to become


def code_years(world, file, code, system, when):
    """Every (COW code, year) of a source, from the first year of the grid to the last."""
    table = world.raw.read(file).dropna(subset=[code])
    if isinstance(when, tuple):
        first, last = when
        table = spells(table.assign(first=year_of(table[first]), last=year_of(table[last])), "first", "last")
        when = "year"
    table = table[table[when].between(FIRST, LAST)]
    codes = to_cow(table[code], table[when], system).astype(int)
    return set(zip(codes.tolist(), table[when].astype(int).tolist(), strict=True))


def astray(world, found):
    """Years of each family in which a code is found that is no member, while one that is a member is not found."""
    member = {
        (int(code), FIRST + t)
        for code, years in zip(world.grid.states, world.grid.member, strict=True)
        for t in years.nonzero()[0].tolist()
    }
    years = sorted({year for _, year in found})
    out = {}
    for family, codes in FAMILIES.items():
        lost = {
            year
            for year in years
            if any((code, year) in found and (code, year) not in member for code in codes)
            and any((code, year) in member and (code, year) not in found for code in codes)
        }
        if lost:
            out[family] = lost
    return out


@pytest.mark.parametrize(("file", "code", "system", "when"), YEARLY + SPELLS)
def test_no_member_is_missing_while_its_family_is_there_under_another_code(world, file, code, system, when):
    assert astray(world, code_years(world, file, code, system, when)) == EXPLAINED.get(file, {})


@pytest.mark.parametrize(
    ("file", "code", "family", "year"),
    [
        ("polity5.rda", "cown", "Austria", 1900),
        ("StateCapacityDataset_v1.dta", "ccode", "Pakistan", 1970),
        ("archigos.rda", "gwcode", "Yugoslavia", 2008),
        ("ptcoups.csv", "gwcode", "Yemen", 2000),
        ("IdealpointsJuly2025.dta", "ccode", "China", 1947),
    ],
)
def test_codes_taken_as_they_stand_go_astray(world, file, code, family, year):
    when = next(when for name, _, _, when in YEARLY + SPELLS if name == file)
    assert year in astray(world, code_years(world, file, code, "cow", when))[family]


def test_a_source_of_dyads_has_every_member(world):
    found = {
        pair for side in ("ccode1", "ccode2") for pair in code_years(world, "cow_igo_ndy.rda", side, "cow", "year")
    }
    assert astray(world, found) == {}
