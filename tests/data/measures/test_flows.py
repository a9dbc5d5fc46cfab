"""Arms, aid and dependence against sums over the raw tables."""

from math import log

import numpy as np
import pandas as pd
import pytest

from data.codings import REGISTERED
from data.measures.aid import aid
from data.measures.arms import arms, lately
from data.measures.dependence import PRICES_1990, dependence, part, yearly
from data.world.grid import FIRST, YEARS
from data.world.riskset import Rows

EGYPT, USSR, TURKEY, US, UK, MOROCCO, SPAIN, ISRAEL = 651, 365, 640, 2, 200, 600, 230, 666
IRAQ, IRAN, LEBANON, WEST_GERMANY, GERMANY, POLAND, CUBA, YUGOSLAVIA = 645, 630, 660, 260, 255, 290, 40, 345


@pytest.fixture(scope="module")
def dyad(world):
    """Rows of one state and one aggressor in some years, at risk or not."""

    def make(state, aggressor, *years):
        i, j = (np.full(len(years), int(world.grid.index(code))) for code in (state, aggressor))
        return Rows(i, j, np.array(years) - FIRST)

    return make


def spent(table, condition, column, year):
    """Sum of a column in the five years before ``year``."""
    return table.query(f"{condition} and {year - 5} <= year < {year}")[column].sum()


def test_the_window_is_the_five_years_before_and_exact_for_little_after_much():
    flow = np.zeros(12, np.float32)
    flow[[1, 7, 9]] = [1e10, 1, 3]
    assert lately(flow).tolist() == [0, 0, *[np.float32(1e10)] * 5, 0, 1, 1, 4, 4]


def test_egypt_of_the_1960s_has_its_arms_from_the_ussr(world, dyad):
    table = world.raw.read("sipri-exports-processed.csv")
    received = spent(table, "recipient == 'Egypt'", "value", 1967)
    soviet = spent(table, "recipient == 'Egypt' and supplier == 'Soviet Union'", "value", 1967)
    out = arms(dyad(EGYPT, USSR, 1967), world, REGISTERED)
    assert out["arms"].item() == pytest.approx(log(1 + soviet))
    assert out["arms_share"].item() == pytest.approx(soviet / received)
    assert soviet > 4_000
    assert out["arms_share"].item() > 0.95
    # The rest came from Czechoslovakia, an ally of the USSR, and from others.
    czech = spent(table, "recipient == 'Egypt' and supplier == 'Czechoslovakia'", "value", 1967)
    assert czech > 0
    assert out["arms_other"].item() == pytest.approx(log(1 + received - soviet - czech))
    assert arms(dyad(EGYPT, ISRAEL, 1967), world, REGISTERED)["arms"].item() == 0


def test_arms_of_the_aggressors_allies_are_not_from_others(world, dyad):
    # The Warsaw pact binds Czechoslovakia and Poland to the USSR, and not the others who armed Iraq by 1980.
    table = world.raw.read("sipri-exports-processed.csv")
    allies = world.grid.states[world.treaties.defence[:, world.grid.index(USSR), 1979 - FIRST]].tolist()
    assert {290, 315} <= set(allies)
    suppliers = table.query("recipient == 'Iraq' and 1975 <= year < 1980")
    free = suppliers[suppliers["supplier_cown"].notna() & ~suppliers["supplier_cown"].isin([*allies, USSR])]
    assert 0 < free["value"].sum() < suppliers["value"].sum() - suppliers.query("supplier_cown == 365")["value"].sum()
    out = arms(dyad(IRAQ, USSR, 1980), world, REGISTERED)
    assert out["arms_other"].item() == pytest.approx(log(1 + free["value"].sum()))


def test_arms_of_rebels_are_not_those_of_the_state_they_fight(world, dyad):
    # Iran armed Hezbollah in Lebanon and the rebels in Afghanistan; the source gives them their states' codes.
    table = world.raw.read("sipri-exports-processed.csv")
    assert spent(table, "supplier == 'Iran' and recipient_cown == 660", "value", 1996) > 0
    assert arms(dyad(LEBANON, IRAN, 1996), world, REGISTERED)["arms"].item() == 0


def test_serbia_of_the_1990s_is_armed_though_the_source_gives_it_no_code(world, dyad):
    table = world.raw.read("sipri-exports-processed.csv")
    russian = spent(table, "recipient == 'Serbia' and supplier == 'Russia'", "value", 2000)
    assert russian > 0
    assert arms(dyad(YUGOSLAVIA, USSR, 2000), world, REGISTERED)["arms"].item() == pytest.approx(log(1 + russian))


def test_arms_begin_with_a_full_window_and_are_missing_where_the_file_lacks_the_germanies(world, dyad):
    assert arms(dyad(EGYPT, UK, 1954, 1955), world, REGISTERED)["arms"].isna().tolist() == [True, False]
    names = set(world.raw.read("sipri-exports-processed.csv").query("recipient_cown == 255 or supplier_cown == 260")
                ["year"])  # fmt: skip
    assert min(names) == 1991
    for case, missing in (
        (dyad(WEST_GERMANY, USSR, 1965, 1990), [True, True]),
        (dyad(GERMANY, USSR, 1995, 1996), [True, False]),
        (dyad(POLAND, GERMANY, 1995, 1996), [True, False]),
    ):
        for measure in (arms, dependence):
            assert measure(case, world, REGISTERED).isna().all(axis=1).tolist() == missing


def test_us_aid_made_turkey_rich_in_aid_in_the_1950s(world, dyad):
    table = world.raw.read("us_foreign_aid_country.csv").query("transaction_type_id == 2 and country_code == 'TUR'")
    table = table.assign(year=table["fiscal_year"].str[:4].astype(int))
    people = 1000 * world.raw.read("cow_nmc.rda").query("ccode == 640 and year == 1955")["tpop"].item()
    dollars = spent(table, "region_id > 0", "constant_amount", 1956) / people
    assert dollars > 300
    assert aid(dyad(TURKEY, US, 1956), world, REGISTERED)["aid"].item() == pytest.approx(log(1 + dollars), rel=1e-6)
    out = aid(dyad(TURKEY, USSR, 1950, 1951, 1956), world, REGISTERED)
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
    out = aid(dyad(ISRAEL, US, 1981), world, REGISTERED)["aid"].item()
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
    out = aid(dyad(MOROCCO, SPAIN, 2010), world, REGISTERED)
    assert out["aid"].item() == pytest.approx(log(1 + own), rel=1e-6)
    others = spent(table, "ccodeS not in (2, 230)", "commitment_amount_usd_constant_sum", 2010) / people
    assert out["aid_other"].item() > log(1 + others)  # and the US
    for giver in (USSR, IRAQ, CUBA):
        assert (aid(dyad(MOROCCO, giver, 1985, 2010), world, REGISTERED)["aid"] == 0).all()


def test_aid_that_is_taken_back_is_set_off_and_never_negative(rebuilt):
    assert (rebuilt[["aid", "aid_other"]].min() >= 0).all()
    assert rebuilt.loc[rebuilt["year"] <= 1950, "aid"].isna().all()
    assert rebuilt.loc[rebuilt["year"] >= 1951, "aid_other"].notna().all()


def test_dependence_is_a_mean_of_two_shares_of_own_means_and_inflow():
    np.testing.assert_allclose(part(np.array([0, 2, 2, 0]), np.array([np.nan, 6, np.nan, 5])), [0, 0.25, np.nan, 0])
    means = np.array([[4.0, 0.0, np.nan, 8.0, np.nan, np.nan, np.nan, np.nan, np.nan, 1.0]])
    expected = [np.nan, 4, 4, 4, 6, 6, 8, 8, 8, np.nan]  # 0 is unknown; of the years known in the window
    np.testing.assert_allclose(yearly(means)[0], expected)


def test_dependence_of_egypt_on_the_ussr(world, dyad):
    nmc = world.raw.read("cow_nmc.rda").query("ccode == 651 and 1962 <= year < 1967").set_index("year")["milex"]
    us = world.raw.read("us_foreign_aid_country.csv").query("constant_amount > 1e6 and fiscal_year != '1976tq'")
    prices = (us["current_amount"] / us["constant_amount"]).groupby(us["fiscal_year"].astype(int)).median()
    assert prices[2019] == pytest.approx(1)
    assert prices[1990] == pytest.approx(PRICES_1990, rel=1e-5)
    spending = (nmc / 1e3 / prices[nmc.index]).mean()
    table = world.raw.read("sipri-exports-processed.csv")
    soviet = spent(table, "recipient == 'Egypt' and supplier == 'Soviet Union'", "value", 1967) / 5 / prices[1990]
    out = dependence(dyad(EGYPT, USSR, 1967), world, REGISTERED)["dependence"].item()
    assert out == pytest.approx(log(1 + 100 * soviet / (soviet + spending) / 2), rel=1e-4)


def test_dependence_counts_aid_against_own_output(world, dyad):
    given = world.aid[world.grid.index(MOROCCO), world.grid.index(SPAIN), 2005 - FIRST : 2010 - FIRST].sum() / 1e6
    output = world.raw.read("cw_gdppop.rda").query("ccode == 600 and 2005 <= year < 2010")["pwtrgdp"].sum()
    tiv = spent(world.raw.read("sipri-exports-processed.csv"), "recipient_cown == 600 and supplier_cown == 230",
                "value", 2010)  # fmt: skip
    milex = world.raw.read("cow_nmc.rda").query("ccode == 600 and 2005 <= year < 2010")["milex"].to_numpy() / 1e3
    spending = (milex / world.prices[2005 - FIRST : 2010 - FIRST]).mean()
    weapons = tiv / 5 / PRICES_1990
    shares = weapons / (weapons + spending) + given / (given + output)
    out = dependence(dyad(MOROCCO, SPAIN, 2010), world, REGISTERED)["dependence"].item()
    assert out == pytest.approx(log(1 + 100 * shares / 2), rel=1e-4)


def test_what_is_missing_is_what_the_docstrings_say(rebuilt):
    missing = rebuilt.isna()
    whole = rebuilt["year"] >= 1955
    lost = missing["arms"] & whole
    later = rebuilt["year"].between(1955, 1995)
    germanies = rebuilt[["state", "aggressor"]].isin([WEST_GERMANY, GERMANY]).any(axis=1)
    pd.testing.assert_series_equal(lost, later & germanies, check_names=False)
    assert (missing["arms"] == missing["arms_other"]).all()
    assert (missing["arms"] == missing["arms_share"]).all()
    extra = missing["dependence"] & ~missing["arms"]
    assert 0 < extra.sum() < 200
    assert (rebuilt.loc[extra, "arms"] > 0).all()


def test_no_row_needs_more_than_the_years_of_the_grid(world):
    assert world.arms.shape == world.aid.shape == world.igos.shape == world.grid.shape
    assert world.prices.shape == (YEARS,)
    assert np.isnan(world.prices[: 1946 - FIRST]).all()
    assert np.isfinite(world.prices[1946 - FIRST :]).all()
    assert not world.arms[:, :, : 1950 - FIRST].any()
