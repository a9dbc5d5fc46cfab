import numpy as np
import pytest

from data.measures.support import support
from data.world.riskset import Rows


@pytest.mark.parametrize(
    ("bound_to_aggressor", "km", "expected"),
    [(False, 0.0, 2 / 3), (False, 1000.0, 1 / 2), (False, 3000.0, 1 / 3), (False, np.nan, 0.0), (True, 0.0, 0.0)],
)
def test_support_weighs_allies_by_distance_and_against_the_aggressor(bound_to_aggressor, km, expected):
    # i = 0 is allied with k = 2, twice as strong as j = 1; year 1 is t, so that year 0 decides.
    pact = np.zeros((3, 3, 2), bool)
    pact[0, 2, 0] = pact[2, 0, 0] = True
    pact[1, 2, 0] = pact[2, 1, 0] = bound_to_aggressor
    cinc = np.array([[0.05, 9.0], [0.1, 9.0], [0.2, 9.0]])
    distance_km = np.full((3, 3, 2), km, np.float64)
    rows = Rows(np.array([0]), np.array([1]), np.array([1]))
    assert support(rows, pact, cinc, distance_km)["support"].item() == pytest.approx(expected)
