from math import log

import numpy as np
import pytest

from data.measures.aggression import AGGRESSION, aggression
from data.period import YEARS
from data.world.disputes import Disputes
from data.world.riskset import Rows
from tests.data.states import IRAQ, KUWAIT


def test_aggression_counts_each_dispute_once_and_persistence_the_years_with_one(dyad):
    # Iraq 1980-1989: 34 directed dyads, one dispute of 1984 has two of them; years with one in 1970-1989: 14.
    out = AGGRESSION.columns(dyad(KUWAIT, IRAQ, 1990))
    assert out["aggression"].item() == pytest.approx(log(34))
    assert out["persistence"].item() == pytest.approx(14 / 20)
    mirrored = AGGRESSION.columns(dyad(IRAQ, KUWAIT, 1990))
    assert mirrored["own_revisionism"].item() == pytest.approx(log(34))


def test_persistence_of_the_first_years_is_a_share_of_the_years_there_are():
    launched = np.zeros((2, YEARS), np.int32)
    launched[1, [0, 2, 3]] = 1
    cube = np.zeros((2, 2, YEARS), np.int32)
    rows = Rows(np.zeros(4, int), np.ones(4, int), np.array([1, 2, 4, 30]))
    assert aggression(rows, Disputes(cube, launched, cube, cube, cube), 10)["persistence"].tolist() == pytest.approx(
        [1, 1 / 2, 3 / 4, 0]
    )
