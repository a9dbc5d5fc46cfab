from math import expm1, log1p

import numpy as np
import pytest

from data.build.state import state
from data.build.termination import termination
from data.codings import Coding
from data.measures.interests import INTERESTS, by_era, kappa, portfolios, threat_of_interests, threats
from data.measures.threat import THREAT
from data.period import FIRST
from data.world.world import World
from tests.data.states import FINLAND, GERMANY, HUNGARY, IRAQ, KUWAIT, POLAND, US, USSR

(
    MEXICO,
    CHINA,
) = 70, 710
DEFENCE, OFFENCE, NEUTRAL, NONAGGRESSION, CONSULTATION = 1, 2, 4, 8, 16
EVERYONE = np.ones(4, bool)


def held(*ties):
    out = np.zeros((4, 4), np.uint8)
    for i, j, mask in ties:
        out[i, j] = out[j, i] = mask
    return out


def test_the_closest_tie_counts_and_everyone_is_bound_to_itself():
    value = portfolios(
        held((0, 1, OFFENCE), (0, 2, NEUTRAL | CONSULTATION), (0, 3, CONSULTATION), (1, 2, NONAGGRESSION)), EVERYONE
    )
    assert value.tolist() == [[3, 3, 2, 1], [3, 3, 2, 0], [2, 2, 3, 0], [1, 0, 0, 3]]
    outside = portfolios(held((0, 1, DEFENCE)), np.array([True, False, True, True]))
    assert outside.tolist() == [[3, 0, 0, 0], [0, 0, 0, 0], [0, 0, 3, 0], [0, 0, 0, 3]]


def test_kappa_of_four_states_is_that_of_its_definition():
    value = portfolios(held((0, 1, DEFENCE), (2, 3, CONSULTATION)), EVERYONE)
    found = kappa(value, 4)
    assert found[0, 1] == 1  # equal portfolios (3, 3, 0, 0)
    # (3, 3, 0, 0) and (0, 0, 3, 1): squares of differences sum to 28; by chance, over all 16 pairs of values / 4: 16.
    assert found[0, 2] == pytest.approx(1 - 28 / 16)
    # (0, 0, 3, 1) and (0, 0, 1, 3): 8 against 12.
    assert found[2, 3] == pytest.approx(1 - 8 / 12)
    by_hand = [
        1 - ((x - y) ** 2).sum() / (np.subtract.outer(x, y) ** 2).mean() / 4 if (x != y).any() else 1
        for x in value for y in value
    ]  # fmt: skip
    assert found.ravel().tolist() == pytest.approx(by_hand)
    assert (found == found.T).all()


def test_kappa_of_empty_portfolios_says_nothing():
    assert kappa(np.zeros((2, 2)), 2).tolist() == [[0, 0], [0, 0]]


def test_states_without_allies_are_unlike_but_by_chance_where_s_calls_them_alike():
    value = 3 * np.eye(50)
    assert kappa(value, 50)[0, 1] == pytest.approx(-1 / 49)
    s = 1 - 2 * np.abs(value[0] - value[1]).sum() / (3 * 50)
    assert s == pytest.approx(0.92)


def test_threat_is_the_sum_of_capabilities_in_reach_by_how_interests_differ(world, dyad):
    case = dyad(POLAND, GERMANY, 1938)
    out = INTERESTS.columns(case)
    cinc = world.raw.read("cow_nmc.rda").query("year == 1937").set_index("ccode")["cinc"]
    assert out["threat_interests"].item() == pytest.approx(
        log1p(100 * cinc[GERMANY] * (1 - out["interests"].item()) / 2)
    )
    t, states = 1937 - FIRST, world.grid.states
    added = threats(world, t)[world.grid.index(POLAND)]
    # Neighbours by land and sea (Sweden and Denmark within 400 miles, others too) and the major powers of 1937.
    majors = {US, 200, 220, GERMANY, 325, USSR, 740}
    reached = set(states[added > 0].tolist())
    assert majors | {315, 360, 366, 367, 368} <= reached
    assert not {230, 355, 640, 750, POLAND} & reached
    others = sum(added[states == code].item() for code in reached - {GERMANY})
    assert out["threat_interests_other"].item() == pytest.approx(log1p(100 * others))


def test_named_cases_and_what_the_measure_cannot_see(dyad):
    def measured(state, aggressor, year):
        return INTERESTS.columns(dyad(state, aggressor, year)).iloc[0]

    finland, hungary = measured(FINLAND, USSR, 1957), measured(HUNGARY, USSR, 1957)
    assert finland["threat_interests"] > log1p(3 * expm1(hungary["threat_interests"]))  # the bloc tells them apart
    assert hungary["interests"] > 0.7
    before, after = measured(MEXICO, US, 1938), measured(MEXICO, US, 1980)
    assert abs(before["interests"]) < 0.05
    assert after["interests"] > 0.4  # the Rio pact between them
    assert before["threat_interests"] > after["threat_interests"]
    # The split of the 1960s leaves no trace until the pact of 1950 lapses in 1980.
    pact, split, lapsed = (measured(CHINA, USSR, year)["interests"] for year in (1955, 1969, 1982))
    assert lapsed < 0
    assert 0.2 < pact < split
    # Of one pact, so alike: the portfolios say nothing of Iraq and Kuwait, which disputes tell.
    kuwait = measured(KUWAIT, IRAQ, 1990)
    assert kuwait["interests"] > 0.95
    assert kuwait["threat_interests"] < 0.02
    assert THREAT.columns(dyad(KUWAIT, IRAQ, 1990))["threat"].item() > 1.5


def test_the_coding_puts_the_measure_in_the_place_of_disputes(dyad):
    plain = dyad(FINLAND, USSR, 1938, 1948)
    other = dyad(FINLAND, USSR, 1938, 1948, coding=Coding(threat="interests"))
    by_interest, disputes, coded = INTERESTS.columns(plain), THREAT.columns(plain), THREAT.columns(other)
    assert coded["threat"].tolist() == by_interest["threat_interests"].tolist()
    assert coded["threat_other"].tolist() == by_interest["threat_interests_other"].tolist()
    assert coded[["threat_disputes", "rivalry"]].equals(disputes[["threat_disputes", "rivalry"]])
    assert list(coded) == list(disputes)
    assert not np.allclose(coded["threat"], disputes["threat"])


def test_threat_to_a_state_is_that_of_all_the_year_before_and_rises_with_the_recent_years(world):
    threat, rise = threat_of_interests(world)
    i, t = int(world.grid.index(POLAND)), 1938 - FIRST
    sums = {year: threats(world, year - FIRST)[i].sum() for year in range(1928, 1938)}
    assert threat[i, t] == pytest.approx(log1p(100 * sums[1937]))
    recent, earlier = (np.mean([sums[year] for year in years]) for years in (range(1935, 1938), range(1928, 1935)))
    assert rise[i, t] == pytest.approx(log1p(100 * recent) - log1p(100 * earlier))
    new = int(world.grid.index(KUWAIT))  # in the system from 1961
    assert rise[new, 1961 - FIRST : 1965 - FIRST].tolist() == [0] * 4
    assert rise[new, 1970 - FIRST] != 0
    assert threat[new, 1961 - FIRST] == 0 < threat[new, 1962 - FIRST]


def test_the_other_panels_follow_the_coding_of_their_world(world):
    coded = world.under(Coding(threat="interests"))
    threat, rise = threat_of_interests(world)
    states = state(coded).set_index(["state", "year"])["threat"]
    members = termination(coded).drop_duplicates(["member", "year"]).set_index(["member", "year"])
    i, t = int(world.grid.index(POLAND)), 1938 - FIRST
    assert states.at[POLAND, 1938] == pytest.approx(threat[i, t])
    for column, field in (("threat", threat), ("threat_rise", rise)):
        assert members[column].to_numpy()[members.index == (POLAND, 1938)].tolist() == pytest.approx([field[i, t]])


def test_nothing_of_the_year_itself_enters(world):
    class Reader:
        def read(self, file):
            table = world.raw.read(file)
            if file == "cow_nmc.rda":
                return table[table["year"] < 1938]
            return table[table["yrent"] < 1938] if file == "atop5_1m.csv" else table

    rows = INTERESTS.columns(_sample(world, 1938))
    assert rows.equals(INTERESTS.columns(_sample(World(Reader()), 1938)))
    assert not rows.equals(INTERESTS.columns(_sample(World(Reader()), 1937)))


def _sample(world, year):
    from data.codings import REGISTERED
    from data.measures.measure import Sample
    from data.world.riskset import Rows

    i = world.grid.index([FINLAND, POLAND, HUNGARY])
    j = world.grid.index([USSR, GERMANY, GERMANY])
    return Sample(Rows(i, j, np.full(3, year - FIRST)), world, REGISTERED)


def test_the_two_measures_of_threat_are_not_the_same(rebuilt):
    table = by_era(rebuilt)
    assert table["rows"].iloc[:-1].sum() == table.loc["all", "rows"] == len(rebuilt)
    # Aggressors dispute with neighbours of their size, and are powerful towards the rest.
    assert (table["disputes"] < 0).all()
    assert table["capabilities"].to_numpy(float)[-1] > 0.8
