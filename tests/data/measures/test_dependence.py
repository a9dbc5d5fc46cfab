from math import log

import numpy as np
import pytest

from data.measures.dependence import DEPENDENCE, PRICES_1990, part, yearly
from data.period import FIRST
from tests.data.measures.test_arms import spent
from tests.data.states import EGYPT, MOROCCO, SPAIN, USSR


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
    out = DEPENDENCE.columns(dyad(EGYPT, USSR, 1967))["dependence"].item()
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
    out = DEPENDENCE.columns(dyad(MOROCCO, SPAIN, 2010))["dependence"].item()
    assert out == pytest.approx(log(1 + 100 * shares / 2), rel=1e-4)
