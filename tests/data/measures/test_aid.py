from math import log

import pytest

from data.measures.aid import AID
from data.period import FIRST
from tests.data.measures.test_arms import spent
from tests.data.states import CUBA, IRAQ, ISRAEL, MOROCCO, SPAIN, TURKEY, US, USSR


def test_us_aid_made_turkey_rich_in_aid_in_the_1950s(world, dyad):
    table = world.raw.read("us_foreign_aid_country.csv").query("transaction_type_id == 2 and country_code == 'TUR'")
    table = table.assign(year=table["fiscal_year"].str[:4].astype(int))
    people = 1000 * world.raw.read("cow_nmc.rda").query("ccode == 640 and year == 1955")["tpop"].item()
    dollars = spent(table, "region_id > 0", "constant_amount", 1956) / people
    assert dollars > 300
    assert AID.columns(dyad(TURKEY, US, 1956))["aid"].item() == pytest.approx(log(1 + dollars), rel=1e-6)
    out = AID.columns(dyad(TURKEY, USSR, 1950, 1951, 1956))
    assert out["aid"].tolist()[1:] == [0, 0]
    assert out.isna().any(axis=1).tolist() == [True, False, False]
    assert out["aid_other"].iloc[2] == pytest.approx(log(1 + dollars), rel=1e-6)


def test_the_quarter_of_1976_is_part_of_1976_and_nothing_counts_twice(world, dyad):
    table = world.raw.read("us_foreign_aid_country.csv").query("country_code == 'ISR'")
    obliged = table.query("transaction_type_id == 2")
    years = obliged["fiscal_year"].str[:4].astype(int)
    dollars = obliged.loc[years.between(1976, 1980), "constant_amount"].sum()
    assert (obliged["fiscal_year"] == "1976tq").sum() == 1
    people = 1000 * world.raw.read("cow_nmc.rda").query("ccode == 666 and year == 1980")["tpop"].item()
    out = AID.columns(dyad(ISRAEL, US, 1981))["aid"].item()
    assert out == pytest.approx(log(1 + dollars / people), rel=1e-6)
    # In the 2000s the file has disbursements too, and AidData has US commitments.
    both = table[table["fiscal_year"].between("2000", "2004")].groupby("transaction_type_id")["constant_amount"].sum()
    assert (both > 0).all()
    cube = world.aid[world.grid.index(ISRAEL), world.grid.index(US), 2000 - FIRST : 2005 - FIRST].sum(dtype=float)
    assert cube == pytest.approx(both[2], rel=1e-6)


def test_spain_gives_aid_to_morocco_and_those_who_give_none_give_zero(world, dyad):
    table = world.raw.read("aidDataDisagg.rda").query("ccodeR == 600")
    people = 1000 * world.raw.read("cow_nmc.rda").query("ccode == 600 and year == 2009")["tpop"].item()
    own = spent(table, "ccodeS == 230", "commitment_amount_usd_constant_sum", 2010) / people
    out = AID.columns(dyad(MOROCCO, SPAIN, 2010))
    assert out["aid"].item() == pytest.approx(log(1 + own), rel=1e-6)
    others = spent(table, "ccodeS not in (2, 230)", "commitment_amount_usd_constant_sum", 2010) / people
    assert out["aid_other"].item() > log(1 + others)  # and the US
    for giver in (USSR, IRAQ, CUBA):
        assert (AID.columns(dyad(MOROCCO, giver, 1985, 2010))["aid"] == 0).all()


def test_aid_that_is_taken_back_is_set_off_and_never_negative(rebuilt):
    assert (rebuilt[["aid", "aid_other"]].min() >= 0).all()
    assert rebuilt.loc[rebuilt["year"] <= 1950, "aid"].isna().all()
    covered = rebuilt["year"].between(1951, 2014)  # AidData ends in 2013
    assert (rebuilt["aid_other"].notna() == covered).all()
    assert (rebuilt["aid"].notna() == covered).all()
