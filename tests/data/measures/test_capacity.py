from math import log, sqrt
from statistics import linear_regression

import numpy as np
import pytest

from data.measures.capacity import CAPACITY, calibrated
from data.measures.similarity import SIMILARITY
from tests.data.states import FINLAND, MOZAMBIQUE, SOUTH_AFRICA, USSR


def test_capacity_is_the_measured_one_where_there_is_one(dyad):
    out = CAPACITY.columns(dyad(MOZAMBIQUE, SOUTH_AFRICA, 1984))
    assert out["capacity"].item() == pytest.approx(-0.595)
    assert out["capacity_sd"].item() == pytest.approx(0.391661, rel=1e-5)
    assert out["capacity_measured"].item() == 1


def test_capacity_elsewhere_is_predicted_from_income_with_the_residual_as_its_error(world, dyad):
    value, sd, measured = calibrated(world)
    known = (measured == 1) & np.isfinite(world.income)
    slope, intercept = linear_regression(world.income[known].tolist(), value[known].tolist())
    residual = value[known] - intercept - slope * world.income[known]
    out = CAPACITY.columns(dyad(FINLAND, USSR, 1948))
    assert known.sum() > 5_000
    assert out["capacity"].item() == pytest.approx(intercept + slope * out["income"].item(), rel=1e-6)
    assert out["capacity_sd"].item() == pytest.approx(sqrt((residual**2).sum() / (known.sum() - 2)), rel=1e-4)
    assert out["capacity_measured"].item() == 0
    assert np.unique(sd[measured == 0]).size == 1


def test_income_and_similarity_are_those_of_the_year_before(world, dyad):
    case = dyad(MOZAMBIQUE, SOUTH_AFRICA, 1984)
    scores = world.raw.read("cw_democracy.rda").query("year == 1983").set_index("ccode")["euds"]
    assert SIMILARITY.columns(case)["similarity"].item() == pytest.approx(
        -abs(scores[MOZAMBIQUE] - scores[SOUTH_AFRICA])
    )
    dollars = world.raw.read("cw_gdppop.rda").query("year == 1983 and ccode == @MOZAMBIQUE")["mrgdppc"].item()
    assert CAPACITY.columns(case)["income"].item() == pytest.approx(log(dollars))
