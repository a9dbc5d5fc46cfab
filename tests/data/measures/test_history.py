import numpy as np

from data.measures.history import HISTORY
from data.period import FIRST
from data.world.treaties import DEFENCE
from tests.data.states import FINLAND, FRANCE, MOROCCO, USSR


def test_history_of_finland_and_the_ussr(dyad):
    # Last dispute in 1944; a non-aggression pact from 1932; independence from Russia in 1917.
    out = HISTORY.columns(dyad(FINLAND, USSR, 1944, 1945, 1948))
    assert out["peace_years"].tolist() == [1, 1, 4]
    np.testing.assert_allclose(out["since_dispute"], np.log([2, 2, 5]))
    np.testing.assert_allclose(out["since_treaty"], np.log([5, 6, 9]))  # the peace of 1940; that of 1948 is t itself
    assert out["past_alliance"].tolist() == [1, 1, 1]
    assert out["colonial_tie"].tolist() == [1, 1, 1]
    assert HISTORY.columns(dyad(USSR, FINLAND, 1948))["colonial_tie"].item() == 0


def test_a_ruler_still_to_come_is_no_tie(dyad):
    # Morocco was independent until 1911, a protectorate of France to 1956.
    out = HISTORY.columns(dyad(MOROCCO, FRANCE, 1848, 1911, 1957))
    assert out["colonial_tie"].tolist() == [0, 0, 1]


def test_past_alliance_begins_the_year_after_the_treaty(world, dyad):
    i, j = (int(world.grid.index(code)) for code in (FINLAND, USSR))
    first = int(np.flatnonzero(world.treaties.held[i, j])[0]) + FIRST
    assert HISTORY.columns(dyad(FINLAND, USSR, first, first + 1))["past_alliance"].tolist() == [0, 1]
    assert world.treaties.held[i, j, 1948 - FIRST] & DEFENCE
