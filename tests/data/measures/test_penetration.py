from math import log

import numpy as np
import pytest

from data.measures.penetration import PENETRATION, imposed
from data.period import FIRST
from tests.data.states import CHILE, EGYPT, FINLAND, FRANCE, LATVIA, PERU, UK, USSR


def test_shared_organisations_are_those_of_the_year_before_in_either_order(dyad):
    # Finland and the USSR shared nine in 1945 and eight in 1946 and 1947.
    out = [PENETRATION.columns(dyad(*pair, 1946, 1948))["igos"] for pair in ((FINLAND, USSR), (USSR, FINLAND))]
    for igos in out:
        np.testing.assert_allclose(igos, [log(10), log(9)], rtol=1e-6)


def test_organisations_are_counted_for_every_member_in_every_year(world):
    table = world.raw.read("cow_igo_ndy.rda")
    seen = {*zip(table["ccode1"], table["year"], strict=True), *zip(table["ccode2"], table["year"], strict=True)}
    i, t = np.nonzero(world.grid.member[:, : 2014 - FIRST + 1])
    members = set(zip(world.grid.states[i].tolist(), (t + FIRST).tolist(), strict=True))
    # Four states that ended in 1990: without rows at risk in 1991, when that year would be read.
    assert members - seen == {(code, 1990) for code in (260, 265, 678, 680)}


def test_bases_of_a_treaty_count_from_the_year_after_until_it_ends(dyad):
    # The treaty of 1939 gave the USSR bases in Latvia; that of 1936 gave the United Kingdom some in Egypt, to 1951.
    out = PENETRATION.columns(dyad(LATVIA, USSR, 1939, 1940))
    assert out["base"].tolist() == [0, 1]
    assert PENETRATION.columns(dyad(EGYPT, UK, 1936, 1937, 1952, 1953))["base"].tolist() == [0, 1, 1, 0]


def test_a_leader_imposed_after_a_war_counts_for_ten_years(world, dyad):
    # Peru's presidents of 1881 and 1882 came in under Chilean occupation.
    out = PENETRATION.columns(dyad(PERU, CHILE, 1881, 1882, 1892, 1893))
    assert out["imposed_leader"].tolist() == [0, 1, 1, 0]
    np.testing.assert_allclose(out["penetration"], (3 * out["ties"] + out["imposed_leader"]) / 4)
    assert not imposed(world)[world.grid.index(PERU), world.grid.index(FRANCE)].any()
    assert not imposed(world)[:, :, : 1875 - FIRST].any()


def test_ties_are_a_mean_of_three_and_rank_organisations_within_the_year(rebuilt):
    rng = np.random.default_rng(2)
    for year in (1830, 1925, 1984):
        rows = rebuilt[rebuilt["year"] == year]
        for k in rng.choice(len(rows), 20):
            row = rows.iloc[k]
            below = (rows["igos"] < row["igos"]).mean()
            assert row["ties"] == pytest.approx((row["colonial_tie"] + row["base"] + below) / 3, abs=1e-6)
