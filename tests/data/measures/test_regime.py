import numpy as np
import pytest

from data.measures.regime import AT_ZERO, PER_POINT, REGIME
from data.world.world import EUDS_AT_ZERO, EUDS_PER_POINT
from tests.data.states import AUSTRIA_HUNGARY, EGYPT, FINLAND, ROMANIA, USSR

ISRAEL = 666


def test_regimes_are_those_of_the_year_before_and_bipolarity_is_of_the_year(world, dyad):
    scores = world.raw.read("cw_democracy.rda").query("year == 1983").set_index("ccode")
    out = REGIME.columns(dyad(541, 560, 1984, 1989, 1990))
    assert out["polyarchy"].iloc[0] == pytest.approx(scores.loc[541, "v2x_polyarchy"])
    assert out["constraints"].iloc[0] == scores.loc[560, "polity2"]
    assert out["bipolar"].tolist() == [1, 1, 0]
    assert out["constraints_measured"].tolist() == [1, 1, 1]


def test_constraints_of_the_ussr_are_its_polity_score(world, dyad):
    table = world.raw.read("polity5.rda").query("polity_annual_country == 'USSR'").set_index("year")
    out = REGIME.columns(dyad(FINLAND, USSR, 1923, 1956, 1990))
    assert out["constraints"].tolist() == table.loc[[1922, 1955, 1989], "polity2"].tolist() == [-7, -7, -4]
    assert out["constraints_measured"].tolist() == [1, 1, 1]


def test_constraints_that_polity_lacks_are_predicted_from_democracy(world, dyad):
    euds, polity = world.democracy("euds"), world.polity("polity2")
    both = np.isfinite(euds) & np.isfinite(polity) & world.grid.member
    both[:, 2017 - 1816 :] = False
    slope, intercept = np.polyfit(euds[both], polity[both], 1)
    assert [intercept, slope] == pytest.approx([AT_ZERO, PER_POINT], abs=0.01)
    out = REGIME.columns(dyad(ISRAEL, EGYPT, 1951))  # Polity begins with the republic of 1951
    table = world.raw.read("cw_democracy.rda")
    score = table.query("ccode == @EGYPT and year == 1950")["euds"].item()
    assert out["constraints"].item() == pytest.approx(AT_ZERO + PER_POINT * score)
    assert out["constraints_measured"].item() == 0


def test_the_score_of_democracy_that_the_file_lacks_for_austria_hungary_is_predicted_from_polity(world, dyad):
    euds, polity = world.democracy("euds"), world.polity("polity2")
    i = int(world.grid.index(AUSTRIA_HUNGARY))
    missing = world.grid.member & np.isnan(euds)
    assert missing[i].sum() == 52  # 1867-1918
    assert missing.sum() == 55  # and West Germany and North Yemen in 1990, the Two Sicilies in 1861
    both = np.isfinite(euds) & np.isfinite(polity) & world.grid.member
    both[:, 2017 - 1816 :] = False
    slope, intercept = np.polyfit(polity[both], euds[both], 1)
    assert [intercept, slope] == pytest.approx([EUDS_AT_ZERO, EUDS_PER_POINT], abs=0.005)
    assert world.regime[i, 1900 - 1816] == pytest.approx(EUDS_AT_ZERO + EUDS_PER_POINT * -4)
    assert REGIME.columns(dyad(ROMANIA, AUSTRIA_HUNGARY, 1901))["constraints"].item() == -4
