"""Penetration, regimes, available allies and the knot of power against the raw tables or a slow loop."""

from math import log
from types import SimpleNamespace

import numpy as np
import pytest

from data.codings import REGISTERED, Coding
from data.measures.penetration import imposed, penetration
from data.measures.power import power
from data.measures.regime import AT_ZERO, PER_POINT, regime
from data.measures.similarity import best_ally, similarity
from data.world.grid import FIRST
from data.world.riskset import Rows

EGYPT, USSR, TURKEY, US, UK, FINLAND, LATVIA, PERU = 651, 365, 640, 2, 200, 375, 367, 135
CHILE, FRANCE, INDIA = 155, 220, 750


@pytest.fixture(scope="module")
def dyad(world):
    """Rows of one state and one aggressor in some years, at risk or not."""

    def make(state, aggressor, *years):
        i, j = (np.full(len(years), int(world.grid.index(code))) for code in (state, aggressor))
        return Rows(i, j, np.array(years) - FIRST)

    return make


def test_shared_organisations_are_those_of_the_year_before_in_either_order(world, dyad):
    # Finland and the USSR shared nine in 1945 and eight in 1946 and 1947.
    out = [
        penetration(dyad(*pair, 1946, 1948), world, REGISTERED)["igos"] for pair in ((FINLAND, USSR), (USSR, FINLAND))
    ]
    for igos in out:
        np.testing.assert_allclose(igos, [log(10), log(9)], rtol=1e-6)


def test_organisations_are_counted_for_every_member_in_every_year(world):
    table = world.raw.read("cow_igo_ndy.rda")
    seen = {*zip(table["ccode1"], table["year"], strict=True), *zip(table["ccode2"], table["year"], strict=True)}
    i, t = np.nonzero(world.grid.member[:, : 2014 - FIRST + 1])
    members = set(zip(world.grid.states[i].tolist(), (t + FIRST).tolist(), strict=True))
    # Four states that ended in 1990: without rows at risk in 1991, when that year would be read.
    assert members - seen == {(code, 1990) for code in (260, 265, 678, 680)}


def test_bases_of_a_treaty_count_from_the_year_after_until_it_ends(world, dyad):
    # The treaty of 1939 gave the USSR bases in Latvia; that of 1936 gave the United Kingdom some in Egypt, to 1951.
    out = penetration(dyad(LATVIA, USSR, 1939, 1940), world, REGISTERED)
    assert out["base"].tolist() == [0, 1]
    assert penetration(dyad(EGYPT, UK, 1936, 1937, 1952, 1953), world, REGISTERED)["base"].tolist() == [0, 1, 1, 0]


def test_a_leader_imposed_after_a_war_counts_for_ten_years(world, dyad):
    # Peru's presidents of 1881 and 1882 came in under Chilean occupation.
    out = penetration(dyad(PERU, CHILE, 1881, 1882, 1892, 1893), world, REGISTERED)
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


def test_the_best_available_ally_is_found_by_a_slow_loop_too(world, rows):
    rng = np.random.default_rng(5)
    few = rng.choice(len(rows.t), 25, replace=False)
    some = Rows(rows.i[few], rows.j[few], rows.t[few])
    found, out = best_ally(some, world, REGISTERED), similarity(some, world, REGISTERED)["similarity_ally"]
    for n, (i, j, t) in enumerate(zip(some.i, some.j, some.t, strict=True)):
        best, strongest = -1, 0.0
        for k in range(len(world.grid.states)):
            past = range(max(t - REGISTERED.window, 0), t)
            against = any(world.disputes.any[k, j, y] > 0 or world.rivals[k, j, y] for y in past)
            if k in {i, j} or not against or world.treaties.defence[k, j, t - 1] or not world.grid.member[k, t - 1]:
                continue
            strength = world.cinc[k, t - 1] / (1 + world.distance_km[i, k, t - 1] / 1000)
            if strength > strongest:
                best, strongest = k, strength
        assert found[n] == best
        expected = -abs(world.regime[i, t - 1] - world.regime[best, t - 1]) if best >= 0 else np.nan
        assert out[n] == pytest.approx(expected, nan_ok=True)


def test_the_best_available_ally_follows_the_window_of_the_coding(world, rows):
    short, long = (best_ally(rows, world, Coding(window=years)) for years in (5, 15))
    assert (short >= 0).sum() < (long >= 0).sum()
    assert (short != rows.i).all()
    assert (short != rows.j).all()


def test_an_enemy_of_the_aggressor_with_a_pact_still_in_force_is_not_available(world, dyad):
    # Against China in 1970: not the USSR, whose pact of 1950 still stood after the Ussuri clashes, but the US.
    assert world.grid.states[best_ally(dyad(INDIA, 710, 1971), world, REGISTERED)].tolist() == [US]
    # Against the USSR in 1947, Turkey's is the US too.
    assert world.grid.states[best_ally(dyad(TURKEY, USSR, 1947), world, REGISTERED)].tolist() == [US]


def test_regimes_are_those_of_the_year_before_and_bipolarity_is_of_the_year(world, dyad):
    scores = world.raw.read("cw_democracy.rda").query("year == 1983").set_index("ccode")
    out = regime(dyad(541, 560, 1984, 1989, 1990), world, REGISTERED)
    assert out["polyarchy"].iloc[0] == pytest.approx(scores.loc[541, "v2x_polyarchy"])
    assert out["constraints"].iloc[0] == scores.loc[560, "polity2"]
    assert out["bipolar"].tolist() == [1, 1, 0]
    assert out["constraints_measured"].tolist() == [1, 1, 1]


def test_constraints_that_the_file_lacks_are_predicted_from_democracy(world, dyad):
    table = world.raw.read("cw_democracy.rda")
    both = table[table["year"] <= 2016].dropna(subset=["polity2", "euds"])
    slope, intercept = np.polyfit(both["euds"], both["polity2"], 1)
    assert [intercept, slope] == pytest.approx([AT_ZERO, PER_POINT], abs=0.01)
    assert table.query("ccode == 365 and 1923 <= year <= 1991")["polity2"].isna().all()
    euds = table.query("ccode == 365 and year == 1955")["euds"].item()
    out = regime(dyad(FINLAND, USSR, 1956), world, REGISTERED)
    assert out["constraints"].item() == pytest.approx(AT_ZERO + PER_POINT * euds)
    assert out["constraints_measured"].item() == 0


def test_the_knot_is_where_one_state_holds_a_third_of_all_capabilities():
    cinc = np.array([[0.01, 9], [0.3, 9], [0.5, 9], [np.nan, 9]])
    world = SimpleNamespace(cinc=cinc, grid=SimpleNamespace(major=np.zeros((4, 2), bool)))
    rows = Rows(np.zeros(3, int), np.array([1, 2, 3]), np.ones(3, int))
    np.testing.assert_allclose(power(rows, world, REGISTERED)["power_knot"], [0, 0.5 - 1 / 3, np.nan])


def test_few_aggressors_ever_held_a_third(rebuilt):
    knot = rebuilt[rebuilt["power_knot"] > 0]
    assert set(zip(knot["aggressor"], knot["year"], strict=True)) == {(US, 1920)}
