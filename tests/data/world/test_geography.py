import numpy as np
import pytest

from data.period import FIRST
from data.world.geography import CAPITALS
from tests.data.states import CHINA, IRAQ, KUWAIT, USSR

PHILIPPINES, TAIWAN, PAKISTAN, BURMA, BANGLADESH, SERBIA, FRANCE = 840, 713, 770, 775, 771, 345, 220


def km(world, i, j, year):
    i, j = (int(world.grid.index(code)) for code in (i, j))
    assert world.distance_km[i, j, year - FIRST] == world.distance_km[j, i, year - FIRST]
    return float(world.distance_km[i, j, year - FIRST])


@pytest.mark.parametrize(
    ("state", "other", "entry", "expected", "capitals"),
    [(PHILIPPINES, USSR, 1946, 2682.38, 8258), (TAIWAN, USSR, 1949, 2064.50, 7364), (KUWAIT, IRAQ, 1961, 0, 554)],
)
def test_a_new_state_is_as_far_as_its_borders_are_and_not_its_capital(world, state, other, entry, expected, capitals):
    table = world.raw.read("cow_mindist.rda")
    pair = table[table[["ccode1", "ccode2"]].isin((state, other)).all(axis=1)].set_index("year")["mindist"]
    assert entry not in pair.index
    assert pair[entry + 1] == pytest.approx(expected, abs=0.01)
    assert km(world, state, other, entry) == pytest.approx(expected, abs=0.01)
    i, j = (int(world.grid.index(code)) for code in (state, other))
    assert world.capital_km[i, j, entry - FIRST] == pytest.approx(capitals, abs=5)


def test_occupied_serbia_keeps_its_distances(world):
    assert km(world, SERBIA, FRANCE, 1916) == km(world, SERBIA, FRANCE, 1918) == km(world, SERBIA, FRANCE, 1915)


def test_the_border_of_pakistan_and_burma_went_with_bangladesh(world):
    burma, others = int(world.grid.index(BURMA)), world.grid.index([PAKISTAN, BANGLADESH])
    border = world.contiguity_km[burma, others] == 0  # (other, year)
    assert border[:, 1970 - FIRST].tolist() == [True, False]
    assert border[:, 1972 - FIRST].tolist() == [False, True]


def test_class_0_is_no_contiguity(world):
    panama, colombia = world.grid.index([95, 100])
    assert np.isinf(world.contiguity_km[panama, colombia, 1910 - FIRST])
    assert world.contiguity_km[panama, colombia, 1925 - FIRST] == 0


def test_corrected_capitals_are_at_odds_with_the_source_by_more_than_100_km(world):
    table = world.raw.read("cow_capitals.rda")
    for code, _, last, lat, lng in CAPITALS:
        source = table[(table["ccode"] == code) & (table["enddate"].astype(str).str[:4].astype(int) >= last)].iloc[0]
        assert np.hypot(source["lat"] - lat, (source["lng"] - lng) * np.cos(np.radians(lat))) * 111 > 100


def test_beijing_is_beijing(world):
    tokyo, beijing = world.grid.index([740, CHINA])
    assert world.capital_km[tokyo, beijing, 1980 - FIRST] == pytest.approx(2100, rel=0.02)
