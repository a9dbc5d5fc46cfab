from math import log

import numpy as np
import pytest

from data.measures.offence import offence
from data.world.riskset import Rows


def test_offence_is_the_mean_log_of_two_shares_over_the_share_of_people():
    people, personnel, spending = (
        np.array(pair)[:, None].repeat(2, axis=1)
        for pair in ([100.0, 300.0], [30.0, 10.0], [0.0, 50.0])  # zero is unknown
    )
    rows = Rows(np.array([0, 1]), np.array([1, 0]), np.array([1, 1]))
    first, second = offence(rows, people, personnel, spending)["offence"]
    assert first == pytest.approx((log((10 / 40) / (300 / 400)) + log(1 / (300 / 400))) / 2)
    assert second == pytest.approx(log((30 / 40) / (100 / 400)))
