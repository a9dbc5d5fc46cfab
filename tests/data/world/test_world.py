import numpy as np

from data.period import FIRST, YEARS


def test_no_row_needs_more_than_the_years_of_the_grid(world):
    assert world.arms.shape == world.aid.shape == world.igos.shape == world.grid.shape
    assert world.prices.shape == (YEARS,)
    assert np.isnan(world.prices[: 1946 - FIRST]).all()
    assert np.isfinite(world.prices[1946 - FIRST :]).all()
    assert not world.arms[:, :, : 1950 - FIRST].any()
