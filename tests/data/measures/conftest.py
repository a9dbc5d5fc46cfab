"""Rows to measure: one state and one aggressor in some years, at risk or not."""

import numpy as np
import pytest

from data.codings import REGISTERED
from data.measures.measure import Sample
from data.period import FIRST
from data.world.riskset import Rows


@pytest.fixture(scope="session")
def dyad(world):
    """The sample of a state, an aggressor and years, under the registered coding or another."""

    def make(state, aggressor, *years, coding=REGISTERED):
        i, j = (np.full(len(years), int(world.grid.index(code))) for code in (state, aggressor))
        return Sample(Rows(i, j, np.array(years) - FIRST), world, coding)

    return make
