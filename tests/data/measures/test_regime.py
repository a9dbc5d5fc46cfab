import numpy as np
import pytest

from data.measures.regime import AT_ZERO, PER_POINT, REGIME
from tests.data.states import FINLAND, USSR


def test_regimes_are_those_of_the_year_before_and_bipolarity_is_of_the_year(world, dyad):
    scores = world.raw.read("cw_democracy.rda").query("year == 1983").set_index("ccode")
    out = REGIME.columns(dyad(541, 560, 1984, 1989, 1990))
    assert out["polyarchy"].iloc[0] == pytest.approx(scores.loc[541, "v2x_polyarchy"])
    assert out["constraints"].iloc[0] == scores.loc[560, "polity2"]
    assert out["bipolar"].tolist() == [1, 1, 0]
    assert out["constraints_measured"].tolist() == [1, 1, 1]


def test_constraints_that_the_file_lacks_are_predicted_from_democracy(world, dyad):
    table = world.raw.read("cw_democracy.rda")
    both = table[table["year"] <= 2016].dropna(subset=["polity2", "euds"])
    slope, intercept = np.polyfit(both["euds"], both["polity2"], 1)
    assert [intercept, slope] == pytest.approx([AT_ZERO, PER_POINT], abs=0.01)
    assert table.query("ccode == 365 and 1923 <= year <= 1991")["polity2"].isna().all()
    euds = table.query("ccode == 365 and year == 1955")["euds"].item()
    out = REGIME.columns(dyad(FINLAND, USSR, 1956))
    assert out["constraints"].item() == pytest.approx(AT_ZERO + PER_POINT * euds)
    assert out["constraints_measured"].item() == 0
