"""The constants of the pages are those of the code."""

import numpy as np
import pytest

from inference.evidence.verdicts import BEYOND, NIL, NOT_INFORMED, SUPPORTED, by_sign
from inference.sampling import checks
from reports.numbers import limits

pytestmark = pytest.mark.slow


def test_the_constants_of_the_pages_are_those_of_the_code():
    found = limits.LIMITS
    for row in found.verdicts:
        assert by_sign((row.low + row.high) / 2) == row.label
    assert (found.beyond, found.nil, found.not_informed) == (BEYOND, NIL, NOT_INFORMED)
    assert found.verdicts[0].low == SUPPORTED
    y = np.r_[np.ones(40, np.int8), np.zeros(60, np.int8)]
    bins = checks.calibration(np.full(100, 0.4), y, bins=1)
    from scipy.stats import binomtest

    exact = binomtest(40, 100).proportion_ci(found.bin_bounds, method="wilson")
    assert (float(bins["low"][0]), float(bins["high"][0])) == pytest.approx((exact.low, exact.high), abs=1e-6)
