from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from data.world.codes import FORMER, ISO3, NOT_MEMBERS, SYSTEMS, recode, to_cow, unmapped

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
        ("Germany", 260, 1995, "aiddata", GERMANY),
        ("Czechoslovakia", 315, 1992, "aiddata", 315),
        ("Czech Republic", 315, 1993, "aiddata", 316),
        ("Kiribati", 970, 1990, "aiddata", 946),
        ("West Germany", "DEU", 1950, "iso3", WEST_GERMANY),
        ("Germany", "DEU", 1938, "iso3", GERMANY),
        ("Germany", "DEU", 1990, "iso3", GERMANY),
        ("North Yemen", "YEM", 1975, "iso3", NORTH_YEMEN),
        ("Yemen", "YEM", 1990, "iso3", YEMEN),
        ("South Yemen", "Yemen (former P.D.R.)", 1975, "iso3", 680),
        ("Serbia", "SRB", 2010, "iso3", YUGOSLAVIA),
        ("Yugoslavia", "SCG", 1951, "iso3", YUGOSLAVIA),
        ("USSR", "Soviet Union (former)", 1946, "iso3", 365),
        ("Russia", "RUS", 1992, "iso3", 365),
        ("Vietnam", "VNM", 1995, "iso3", 816),
        ("South Vietnam", "Vietnam (former South)", 1960, "iso3", 817),
        ("Ethiopia", "ETH", 1960, "iso3", 530),
        ("Czechoslovakia", "CZE", 1992, "iso3", 315),
        ("Czech Republic", "CZE", 1993, "iso3", 316),
        ("Sudan with the South", "SDF", 1990, "iso3", 625),
        ("South Sudan", "SSD", 2012, "iso3", 626),
        ("the Republic of China on the mainland", "TWN", 1947, "iso3", 710),
        ("Taiwan", "TWN", 1950, "iso3", 713),
        ("Kosovo", "CS-KM", 2010, "iso3", 347),
        ("Serbia", "Serbia", 1999, "sipri", YUGOSLAVIA),
        ("Vietnam in exercises", 817, 2006, "exercises", 816),
        ("Austria before 1867", 305, 1860, "rivalries", 300),
        ("Austria-Hungary's rivalry after its end", 300, 1919, "rivalries", 305),
        ("North Yemen", 679, 1934, "rivalries", NORTH_YEMEN),
        ("Yemen", 679, 1990, "rivalries", YEMEN),
        ("West Germany", 255, 1955, "rivalries", WEST_GERMANY),
        ("Austria-Hungary", 305, 1900, "polity5", 300),
        ("Austria", 305, 1920, "polity5", 305),
        ("the Republic of China on the mainland", 713, 1947, "votes", 710),
        ("Taiwan", 713, 1950, "votes", 713),
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
    with pytest.raises(ValueError, match=r"unknown code system 'fips': choose from cow, gw, polity, aiddata, iso3"):
        to_cow([1], [2000], "fips")


def test_text_that_stands_for_no_member_becomes_missing_and_is_named():
    table = pd.DataFrame({"code": ["FRA", "WLD", None, "ABW"], "year": 2000})
    np.testing.assert_array_equal(to_cow(table["code"], table["year"], "iso3"), [220, np.nan, np.nan, np.nan])
    assert unmapped(table, "code", "iso3", [220]) == ["ABW", "WLD"]


def test_recode_changes_one_column_of_a_copy():
    table = pd.DataFrame({"gwcode": [260], "year": [1995], "value": [1.0]})
    assert recode(table, "gwcode", "gw").to_numpy().tolist() == [[255, 1995, 1]]
    assert table["gwcode"].tolist() == [260]


def test_unmapped_names_codes_that_are_neither_members_nor_known_not_to_be():
    table = pd.DataFrame({"gwcode": [2, 563, 12345, np.nan], "year": [1900] * 4})
    assert unmapped(table, "gwcode", "gw", [2, 200]) == [12345]


def test_every_target_of_a_remap_is_a_member(world):
    targets = {remap.cow for system in SYSTEMS.values() for remap in system}
    assert targets | set(ISO3.values()) | set(FORMER.values()) <= set(world.grid.states.tolist())
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


# Codes of the state capacity data in the column iso3 that are not of ISO 3166: states that are no more.
NOT_ISO = {"GFR", "GDR", "DRV", "RVN", "YAR", "YPR", "YGS", "USR", "YUG", "TAW", "KOS"}


def test_iso_codes_are_the_states_that_the_state_capacity_data_say(world):
    table = world.raw.read("StateCapacityDataset_v1.dta").dropna(subset=["ccode"])
    table = table[~table["iso3"].isin(NOT_ISO)]
    iso, polity = (to_cow(table[name], table["year"], kind) for name, kind in (("iso3", "iso3"), ("ccode", "polity")))
    assert len(table) > 7_000
    assert table[iso != polity][["iso3", "year"]].to_numpy().tolist() == []


def test_every_state_of_today_has_an_iso_code(world):
    today = set(world.grid.states[world.grid.member[:, 2016 - 1816]].tolist())
    assert today - set(ISO3.values()) - set(FORMER.values()) == set()
    assert len(set(ISO3.values())) == len(ISO3)


# Codes that stand for no member of the COW system, in every file that measures read: file, column -> code, why.
TRANSVAAL = {563: "Transvaal", 564: "Orange Free State"}
GEORGIA = {396: "Abkhazia", 397: "South Ossetia"}
STRANGERS = {
    ("archigossums.rda", "gwcode", "gw", "year"): TRANSVAAL | {711: "Tibet", 815: "Annam"},
    ("archigos.rda", "gwcode", "gw", "startdate"): TRANSVAAL | {711: "Tibet", 815: "Annam"},
    ("ptcoups.csv", "gwcode", "gw", "year"): GEORGIA | {711: "Tibet"},
    ("epr_epr-yearly.csv", "gwcode", "gw", "year"): GEORGIA | {711: "Tibet"},
    ("states-v12-mod.rds", "gwcode", "gw", "year"): {},
    ("ucdp_acd.rda", "gwno_a", "gw", "year"): {751: "Hyderabad"},
    ("ucdp_acd.rda", "gwno_b_2nd", "gw", "year"): {},
    ("StateCapacityDataset_v1.dta", "ccode", "polity", "year"): {},
    ("AutocraticRulingPartiesDataset_cy.dta", "ccode", "polity", "Year"): {},
    ("cow_nmc.rda", "ccode", "cow", "year"): {},
    ("cw_democracy.rda", "ccode", "cow", "year"): {},
    ("polity5.rda", "cown", "polity5", "year"): {},
    ("mme-v7-long.csv", "gwcode", "exercises", "year"): {},
    ("MIDB 5.0.csv", "ccode", "cow", "styear"): {},
    ("atop5_1m.csv", "member", "cow", "yrent"): {8152: "non-state signatories"},
    ("DCAD-v1.0-main.csv", "ccode1", "cow", "signYear"): {},
    ("DCAD-v1.0-main.csv", "ccode2", "cow", "signYear"): {},
    ("IdealpointsJuly2025.dta", "ccode", "votes", "year"): {},
    ("creg.rda", "ccode", "cow", "year"): {},
    ("terrthreat.rda", "ccode", "cow", "year"): {},
    ("cw_gdppop.rda", "ccode", "cow", "year"): {},
    ("gml_dirdisp.rda", "ccode1", "cow", "year"): {},
    ("gml_dirdisp.rda", "ccode2", "cow", "year"): {},
    ("cow_war_inter.rda", "ccode1", "cow", "year"): {},
    ("cow_war_intra.rda", "ccodea", "cow", "year"): {-8: "no state"},
    ("cow_war_intra.rda", "ccodeb", "cow", "year"): {-8: "no state"},
    ("tss_rivalries.rda", "ccode1", "rivalries", "start"): {324: "Venice"},
    ("tss_rivalries.rda", "ccode2", "rivalries", "start"): {324: "Venice"},
    ("cow_igo_ndy.rda", "ccode1", "cow", "year"): {},
    ("cow_igo_ndy.rda", "ccode2", "cow", "year"): {},
    ("atop-member-level.csv", "member", "cow", "yrent"): {8152: "non-state signatories"},
    ("coldata110.csv", "ColRuler", "cow", "IndDate"): {-9: "none"},
    ("coldata110.csv", "IndFrom", "cow", "IndDate"): {-9: "none", 89: "United Provinces of Central America"},
    ("sipri-exports-processed.csv", "supplier_cown", "cow", "year"): {},
    ("sipri-exports-processed.csv", "recipient_cown", "cow", "year"): {},
    ("aidDataDisagg.rda", "ccodeS", "aiddata", "year"): {},
    ("aidDataDisagg.rda", "ccodeR", "aiddata", "year"): {},
}


@pytest.mark.parametrize(("file", "code", "system", "year"), STRANGERS)
def test_codes_that_stand_for_no_member_are_exactly_these(world, file, code, system, year):
    table = world.raw.read(file).dropna(subset=[code])
    years = table[year].astype(str).str[:4].astype(int) if year == "startdate" else table[year]
    mapped = to_cow(table[code], years, system)
    found = set(mapped[~np.isnan(mapped)].astype(int).tolist()) - set(world.grid.states.tolist())
    assert found == set(STRANGERS[file, code, system, year])
    assert all(STRANGERS[file, code, system, year].values())


# What US aid goes to that is no member: code or name -> why.
AREAS = (
    "ANS ASN CCN CNA CRN EAG EAQ ECN EEE EEN EES ENS ESN EUN EUS LAN LCN MEN MNA MNS NAN NCN OCN SAG SAN SCN SEA SMN "
    "SSN WAN WEC WHN WLD"
)
DEPENDENT = "ABW AIA ANT BMU COK CUW CYM GUF IOT MSR MTQ NCL PYF TCA VGB"
NO_MEMBER = {
    **dict.fromkeys(AREAS.split(), "a region"),
    **dict.fromkeys(DEPENDENT.split(), "a dependent territory"),
    **dict.fromkeys(("HKG", "MAC", "TIB"), "a part of China"),
    **dict.fromkeys(("PSE", "ESH", "Berlin, West"), "occupied"),
    "PIT": "a trust territory",
}


def test_us_aid_goes_to_members_but_for_exactly_these(world):
    table = world.raw.read("us_foreign_aid_country.csv")
    table = table.assign(
        code=table["country_code"].fillna(table["country_name"]), year=table["fiscal_year"].str[:4].astype(int)
    )
    assert unmapped(table, "code", "iso3", world.grid.states) == sorted(NO_MEMBER)


# Parties to arms transfers that the source gives no code and that are no members: name -> why.
UNCODED = {
    **dict.fromkeys(("Unknown recipient(s)", "Unknown supplier(s)", "Unknown rebel group*"), "unknown"),
    **dict.fromkeys(
        ("African Union**", "European Union**", "NATO**", "OSCE**", "Regional Security System**", "United Nations**"),
        "an organisation",
    ),
    **dict.fromkeys(("Biafra", "Katanga", "Western Sahara", "Palestine"), "no member"),
    **{"Hamas (Palestine)*": "rebels", "Aruba": "a dependent territory"},
}
REBELS = 51  # marked *: they have the code of the state that they fight


def test_arms_go_to_and_come_from_members_but_for_exactly_these(world):
    table = world.raw.read("sipri-exports-processed.csv")
    sides = [table[[side, f"{side}_cown", "year"]].set_axis(["name", "code", "year"], axis=1) for side in
             ("supplier", "recipient")]  # fmt: skip
    both = pd.concat(sides)
    uncoded = both[both["code"].isna()]
    assert unmapped(uncoded, "name", "sipri", world.grid.states) == sorted(UNCODED)
    coded = both.dropna(subset=["code"])
    assert coded.loc[coded["name"].str.endswith("*"), "name"].nunique() == REBELS
    twice = coded[~coded["name"].str.endswith("*")].drop_duplicates(["name", "code"])
    twice = twice[twice.duplicated("code", keep=False)].groupby("code")["name"].agg(sorted).to_dict()
    assert twice == {
        352: ["Cyprus", "Northern Cyprus"],
        365: ["Russia", "Soviet Union"],
        620: ["Libya", "Libya GNC"],
        678: ["North Yemen", "Yemen Arab Republic"],
    }


def test_germany_as_a_donor_changes_its_code_with_unification(world):
    donors = world.raw.read("aidDataDisagg.rda")
    germany = donors[donors["Sender"] == "Germany"]
    mapped = to_cow(germany["ccodeS"], germany["year"], "aiddata")
    assert set(mapped[germany["year"] < 1990]) == {WEST_GERMANY}
    assert set(mapped[germany["year"] >= 1990]) == {GERMANY}
