from math import log

import numpy as np
import pandas as pd
import pytest

from data.measures.arms import ARMS, lately
from data.measures.dependence import DEPENDENCE
from data.period import FIRST
from tests.data.states import EGYPT, GERMANY, IRAN, IRAQ, ISRAEL, LEBANON, POLAND, UK, USSR, WEST_GERMANY, YUGOSLAVIA


def spent(table, condition, column, year):
    """Sum of a column in the five years before ``year``."""
    return table.query(f"{condition} and {year - 5} <= year < {year}")[column].sum()


def test_the_window_is_the_five_years_before_and_exact_for_little_after_much():
    flow = np.zeros(12)
    flow[[1, 7, 9]] = [1e20, 1, 3]
    assert lately(flow).tolist() == [0, 0, *[1e20] * 5, 0, 1, 1, 4, 4]


def test_egypt_of_the_1960s_has_its_arms_from_the_ussr(world, dyad):
    table = world.raw.read("sipri-exports-processed.csv")
    received = spent(table, "recipient == 'Egypt'", "value", 1967)
    soviet = spent(table, "recipient == 'Egypt' and supplier == 'Soviet Union'", "value", 1967)
    out = ARMS.columns(dyad(EGYPT, USSR, 1967))
    assert out["arms"].item() == pytest.approx(log(1 + soviet))
    assert out["arms_share"].item() == pytest.approx(soviet / received)
    assert soviet > 4_000
    assert out["arms_share"].item() > 0.95
    # The rest came from Czechoslovakia, an ally of the USSR, and from others.
    czech = spent(table, "recipient == 'Egypt' and supplier == 'Czechoslovakia'", "value", 1967)
    assert czech > 0
    assert out["arms_other"].item() == pytest.approx(log(1 + received - soviet - czech))
    assert ARMS.columns(dyad(EGYPT, ISRAEL, 1967))["arms"].item() == 0


def test_arms_of_the_aggressors_allies_are_not_from_others(world, dyad):
    # The Warsaw pact binds Czechoslovakia and Poland to the USSR, and not the others who armed Iraq by 1980.
    table = world.raw.read("sipri-exports-processed.csv")
    allies = world.grid.states[world.treaties.defence[:, world.grid.index(USSR), 1979 - FIRST]].tolist()
    assert {290, 315} <= set(allies)
    suppliers = table.query("recipient == 'Iraq' and 1975 <= year < 1980")
    free = suppliers[suppliers["supplier_cown"].notna() & ~suppliers["supplier_cown"].isin([*allies, USSR])]
    assert 0 < free["value"].sum() < suppliers["value"].sum() - suppliers.query("supplier_cown == 365")["value"].sum()
    out = ARMS.columns(dyad(IRAQ, USSR, 1980))
    assert out["arms_other"].item() == pytest.approx(log(1 + free["value"].sum()))


def test_arms_of_rebels_are_not_those_of_the_state_they_fight(world, dyad):
    # Iran armed Hezbollah in Lebanon and the rebels in Afghanistan; the source gives them their states' codes.
    table = world.raw.read("sipri-exports-processed.csv")
    assert spent(table, "supplier == 'Iran' and recipient_cown == 660", "value", 1996) > 0
    assert ARMS.columns(dyad(LEBANON, IRAN, 1996))["arms"].item() == 0


def test_serbia_of_the_1990s_is_armed_though_the_source_gives_it_no_code(world, dyad):
    table = world.raw.read("sipri-exports-processed.csv")
    russian = spent(table, "recipient == 'Serbia' and supplier == 'Russia'", "value", 2000)
    assert russian > 0
    assert ARMS.columns(dyad(YUGOSLAVIA, USSR, 2000))["arms"].item() == pytest.approx(log(1 + russian))


def test_arms_begin_with_a_full_window_and_are_missing_where_the_file_lacks_the_germanies(world, dyad):
    assert ARMS.columns(dyad(EGYPT, UK, 1954, 1955))["arms"].isna().tolist() == [True, False]
    names = set(world.raw.read("sipri-exports-processed.csv").query("recipient_cown == 255 or supplier_cown == 260")
                ["year"])  # fmt: skip
    assert min(names) == 1991
    for case, missing in (
        (dyad(WEST_GERMANY, USSR, 1965, 1990), [True, True]),
        (dyad(GERMANY, USSR, 1995, 1996), [True, False]),
        (dyad(POLAND, GERMANY, 1995, 1996), [True, False]),
    ):
        for measure in (ARMS, DEPENDENCE):
            assert measure.columns(case).isna().all(axis=1).tolist() == missing


def test_what_is_missing_is_what_the_docstrings_say(rebuilt):
    missing = rebuilt.isna()
    whole = rebuilt["year"] >= 1955
    lost = missing["arms"] & whole
    later = rebuilt["year"].between(1955, 1995)
    germanies = rebuilt[["state", "aggressor"]].isin([WEST_GERMANY, GERMANY]).any(axis=1)
    pd.testing.assert_series_equal(lost, later & germanies, check_names=False)
    assert (missing["arms"] == missing["arms_other"]).all()
    assert (missing["arms"] == missing["arms_share"]).all()
    assert missing.loc[rebuilt["year"] > 2014, "dependence"].all()  # AidData ends in 2013
    extra = missing["dependence"] & ~missing["arms"] & (rebuilt["year"] <= 2014)
    assert 0 < extra.sum() < 200
    assert (rebuilt.loc[extra, "arms"] > 0).all()
