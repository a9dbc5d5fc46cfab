import pandas as pd

from data.groups import ERAS, REGIONS, era, region


def test_regions_part_the_states_and_eras_the_years(world):
    codes = world.grid.states
    assert region(codes).notna().all()
    claims = [sum(first <= code <= last for ranges in REGIONS.values() for first, last in ranges) for code in codes]
    assert set(claims) == {1}
    assert era([1816, 1817, 1870, 1871, 1945, 1946, 2011]).tolist()[1:] == [
        "1817-1870", "1817-1870", "1871-1913", "1939-1945", "1946-1968", "2002-2015"]  # fmt: skip
    assert pd.isna(era([1816])[0])
    for name, first in ERAS.items():
        start, end = (int(year) for year in name.split("-"))
        assert start == first
        assert era([end])[0] == name
