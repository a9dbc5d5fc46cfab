from math import asin, cos, log, radians, sin, sqrt

import pytest

from data.measures.proximity import PROXIMITY
from tests.data.states import FINLAND, GERMANY, ROMANIA, TURKEY, UK, USSR


def test_proximity_is_zero_at_a_shared_border_and_falls_with_the_log_of_distance(dyad):
    near = PROXIMITY.columns(dyad(FINLAND, USSR, 1948))
    assert near[["proximity", "distance_km", "contiguous"]].to_numpy().tolist() == [[0, 0, 1]]
    far = PROXIMITY.columns(dyad(ROMANIA, GERMANY, 1940))  # 301.640203 km in 1939
    assert far["distance_km"].item() == pytest.approx(301.640203)
    assert far["proximity"].item() == pytest.approx(-log(1 + 3.01640203))
    assert far["contiguous"].item() == 0


def test_before_1886_distance_is_that_of_capitals(dyad):
    london, constantinople = (51.507446, -0.127765), (41.01, 28.96)
    (a, b), (c, d) = ([radians(x) for x in point] for point in (london, constantinople))
    haversine = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    out = PROXIMITY.columns(dyad(TURKEY, UK, 1850))
    assert out["distance_km"].item() == pytest.approx(2 * 6371 * asin(sqrt(haversine)), rel=1e-4)


def test_before_1886_contiguity_caps_the_distance_of_capitals(dyad):
    # Paris and Madrid are 1,052 km apart, France and Spain neighbours; London and Paris 342 km, across 24 miles of sea.
    assert PROXIMITY.columns(dyad(230, 220, 1850))["distance_km"].item() == 0
    assert PROXIMITY.columns(dyad(220, 200, 1850))["distance_km"].item() == pytest.approx(39)
