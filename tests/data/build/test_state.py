"""The state panel: what was true of a state in a year, by counts and sums of the raw rows."""

from pathlib import Path

import numpy as np
import pytest

from data import schema
from data.build.state import STATE, donors, per_head, population, state
from data.measures.threat import threat_of_all
from data.period import END, FIRST, LAST_STATE_YEAR
from tests.data.build.test_alignment import differences
from tests.data.states import (
    AFGHANISTAN,
    BOSNIA,
    GERMANY,
    HAITI,
    ISRAEL,
    KIRIBATI,
    KUWAIT,
    SOUTH_VIETNAM,
    UK,
    US,
    WEST_GERMANY,
    YEMEN,
)

COMMITTED = Path(__file__).parents[3] / "data" / "panels" / "state.parquet"


@pytest.fixture(scope="module")
def panel():
    return schema.read(COMMITTED, "state")


@pytest.fixture(scope="module")
def indexed(panel):
    return panel.set_index(["state", "year"]).sort_index()


def test_rows_are_the_members_of_the_state_system(world, panel, indexed):
    assert panel["year"].agg(["min", "max"]).tolist() == [1817, LAST_STATE_YEAR]
    member = world.grid.member[:, 1817 - FIRST : LAST_STATE_YEAR - FIRST + 1]
    assert len(panel) == member.sum()
    assert indexed.loc[US].index.tolist() == list(range(1817, LAST_STATE_YEAR + 1))
    assert (GERMANY, 1950) not in indexed.index  # two Germanies
    assert (panel.loc[panel["year"] > 2011, "era"] == "2002-2015").all()
    assert panel["region"].notna().all()


def test_afghanistan_is_under_duress_from_1978(indexed):
    afghanistan = indexed.loc[AFGHANISTAN]
    war = afghanistan.index[afghanistan["duress_war"] == 1]
    # COW counts the Soviet war of 1980-1989 as extra-state and ends before the war of 2005: both leave gaps.
    assert war[war >= 1950].tolist() == [1978, 1979, 1980, *range(1989, 2002), *range(2008, LAST_STATE_YEAR + 1)]
    assert afghanistan.index[afghanistan["duress_irregular"] == 1].intersection(range(1978, 1990)).tolist() == [
        1978, 1979, 1986]  # fmt: skip
    assert (afghanistan.loc[[1978, 1979, 1980, 1986, 1989], "duress"] == 1).all()
    assert afghanistan.loc[1954:1970, "duress"].sum() == 0
    assert indexed.loc[US].loc[1900:2011, "duress_war"].sum() == 0


def test_duress_is_any_of_its_parts_in_the_year_itself(world, panel, indexed):
    parts = panel[["duress_war", "duress_coup", "duress_irregular"]]
    assert (panel["duress"] == parts.max(axis=1)).all()
    coups = world.raw.read("ptcoups.csv").query("pt_attempt == 1 and gwcode == @HAITI")["year"]
    found = indexed.loc[HAITI, "duress_coup"]
    assert found.index[found == 1].tolist() == sorted(coups[coups <= LAST_STATE_YEAR])
    assert panel.loc[panel["year"] < 1950, "duress_coup"].sum() == 0


def test_capacity_is_that_of_the_same_year(world, indexed):
    raw = world.raw.read("StateCapacityDataset_v1.dta")
    raw = raw[(raw["ccode"] == AFGHANISTAN) & (raw["year"] == 1985)]
    row = indexed.loc[(AFGHANISTAN, 1985)]
    assert row["capacity"] == pytest.approx(raw["Capacity"].item(), rel=1e-5)
    assert row["capacity_sd"] == pytest.approx(raw["Capacity_sd"].item(), rel=1e-5)
    assert row["capacity_measured"] == 1


def test_aid_is_summed_over_donors_per_head(world, indexed):
    raw = world.raw.read("aidDataDisagg.rda")
    rows = raw[(raw["Receiver"] == "Bosnia-Herzegovina") & (raw["year"] == 2000)]
    assert len(rows) > 5
    people = population(world)[int(world.grid.index(BOSNIA)), 2000 - FIRST]
    row = indexed.loc[(BOSNIA, 2000)]
    assert row["aid_governance"] == pytest.approx(np.log1p(rows["govCivilSociety"].sum() / people), rel=1e-5)
    total = rows["commitment_amount_usd_constant_sum"].sum()
    assert row["aid_total"] == pytest.approx(np.log1p(total / people), rel=1e-5)
    assert row["population"] == pytest.approx(np.log(people / 1e6), rel=1e-5)


def test_aid_counts_as_none_in_the_years_covered_and_as_unknown_outside_them(panel, indexed):
    for column, first, last in (("aid_governance", 1973, 2013), ("aid_total", 1973, 2013), ("aid_us", 1946, 2015)):
        known = panel[column].notna()
        assert panel.loc[known, "year"].agg(["min", "max"]).tolist() == [first, last]
        assert known[panel["year"].between(first, last)].mean() > 0.97
    assert indexed.loc[(US, 1990), "aid_total"] == 0
    assert (panel["aid_governance"].dropna() <= panel["aid_total"].dropna()).all()


def test_aid_of_the_united_states_is_what_it_obligated(world, panel, indexed):
    raw = world.raw.read("us_foreign_aid_country.csv").query("transaction_type_name == 'Obligations'")
    people = population(world)
    for name, code, labels in [
        ("Korea Republic", 732, ["1955"]),
        ("Israel", ISRAEL, ["1976", "1976tq"]),  # the quarter between two definitions of the fiscal year
        ("Vietnam (former South)", SOUTH_VIETNAM, ["1965"]),  # without a code in the source
        ("Germany", WEST_GERMANY, ["1956"]),
    ]:
        year = int(labels[0][:4])
        dollars = raw[(raw["country_name"] == name) & raw["fiscal_year"].isin(labels)]["constant_amount"].sum()
        assert dollars > 1e7
        expected = np.log1p(dollars / people[int(world.grid.index(code)), year - FIRST])
        assert indexed.loc[(code, year), "aid_us"] == pytest.approx(expected, rel=1e-5)
    assert panel["aid_us"].min() == 0


def test_codes_of_recipients_are_mapped(world, indexed):
    raw = world.raw.read("aidDataDisagg.rda")
    governance, everything = donors(world)
    for receiver, code, year in [("Kiribati", KIRIBATI, 2005), ("Yemen", YEMEN, 2005), ("Yemen", 678, 1985)]:
        rows = raw[(raw["Receiver"] == receiver) & (raw["year"] == year)]
        i, t = int(world.grid.index(code)), year - FIRST
        assert rows["commitment_amount_usd_constant_sum"].sum() == pytest.approx(everything[i, t])
        assert 0 <= governance[i, t] <= everything[i, t]
    assert indexed.loc[(YEMEN, 2005), "aid_total"] > 0


def test_per_head_is_the_log_of_dollars_and_one():
    dollars, people = np.array([0.0, 5e6, np.nan, 1.0]), np.array([1e6, 5e6, 2e6, np.nan])
    np.testing.assert_allclose(per_head(dollars, people), [0, np.log(2), np.nan, np.nan])


def test_threat_looks_back_ten_years_and_ends_with_the_disputes(world, panel, indexed):
    threat, _ = threat_of_all(world.disputes)
    for code, year in [(KUWAIT, 1992), (ISRAEL, 1973), (UK, 1830)]:
        known = threat[int(world.grid.index(code)), year - FIRST]
        assert indexed.loc[(code, year), "threat"] == pytest.approx(known)
    assert panel["year"].max() == END  # disputes to the year before
    assert panel["threat"].notna().all()


def test_regime_and_majors_are_of_the_same_year(world, indexed):
    raw = world.raw.read("cw_democracy.rda").set_index(["ccode", "year"])
    row = indexed.loc[(HAITI, 1995)]
    assert row["polyarchy"] == pytest.approx(raw.loc[(HAITI, 1995), "v2x_polyarchy"])
    assert row["polity2"] == raw.loc[(HAITI, 1995), "polity2"]  # its codes are right for most states
    # Montenegro is not Kosovo, South Sudan not what is left of Sudan.
    assert indexed.loc[[(341, 2012), (347, 2012), (626, 2013), (625, 2013)], "polity2"].tolist() == [9, 8, 0, -4]
    assert indexed.loc[[(US, 1897), (US, 1898)], "major"].tolist() == [0, 1]


def test_the_panel_is_exactly_what_the_raw_files_make(world, panel):
    assert differences(schema.validate(state(world), "state"), panel) == {}


def test_rows_are_sorted_and_columns_in_the_order_of_the_codebook(panel):
    keys = panel[["state", "year"]]
    assert keys.equals(keys.sort_values(list(keys), ignore_index=True))
    assert list(panel.columns) == list(STATE.columns)
    assert {str(dtype) for dtype in panel.dtypes} == {"int8", "int16", "float32", "category"}
