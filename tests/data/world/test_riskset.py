"""Who is at risk: each condition on a toy world, then every row of the panel against the raw files."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from data.codings import REGISTERED, Coding
from data.period import BEGIN, END, FIRST, LAST, YEARS
from data.world.disputes import Disputes
from data.world.grid import spells
from data.world.riskset import riskset, status_quo
from data.world.treaties import DEFENCE, OFFENCE, TYPES, Treaties

A, B, UK, US = 2, 3, 1, 0  # positions in the toy grid: B is the aggressor of A, 1950 the year
T = 1950 - FIRST


def held(cube):
    """Treaties that are not collective: both cubes are one."""
    return Treaties(pd.DataFrame(), pd.DataFrame(), {}, cube, cube)


@pytest.fixture
def toy(toy_grid):
    """A, weaker than B and contiguous with it, unallied; B launched a revisionist dispute against A in 1945."""
    revisionist = np.zeros(toy_grid.shape, np.int32)
    revisionist[B, A, 1945 - FIRST] = 1
    cinc = np.array([0.0, 0.0, 0.01, 0.02])[:, None].repeat(YEARS, axis=1)
    contiguous = np.zeros(toy_grid.shape, bool)
    contiguous[A, B] = contiguous[B, A] = True
    zero = np.zeros(toy_grid.shape, np.int32)
    return SimpleNamespace(
        grid=replace(toy_grid, major=toy_grid.major.copy(), member=toy_grid.member.copy()),
        treaties=held(np.zeros(toy_grid.shape, np.uint8)),
        disputes=Disputes(revisionist, revisionist.sum(axis=1, dtype=np.int32), zero, zero.copy(), zero),
        cinc=cinc,
        contiguous=contiguous,
        occupied=np.zeros(toy_grid.shape, bool),
    )


def at_risk(toy, coding=REGISTERED):
    """Whether A is at risk from B in 1950."""
    rows = riskset(toy.grid, toy.treaties, toy.disputes, toy.cinc, toy.contiguous, toy.occupied, coding)
    return bool(((rows.i == A) & (rows.j == B) & (rows.t == T)).any())


def put(array, *where):
    """A change to one element of an array of the toy world: the last of ``where`` is the value."""

    def change(toy):
        owner, _, name = array.rpartition(".")
        target = getattr(getattr(toy, owner), name) if owner else getattr(toy, name)
        target[where[:-1]] = where[-1]

    return change


def test_the_toy_row_is_at_risk_and_the_stronger_side_is_not(toy):
    rows = riskset(toy.grid, toy.treaties, toy.disputes, toy.cinc, toy.contiguous, toy.occupied, REGISTERED)
    assert set(zip(rows.i.tolist(), rows.j.tolist(), strict=True)) == {(A, B)}
    assert (rows.t + FIRST).tolist() == [*range(1946, 1956)]


@pytest.mark.parametrize(
    ("reason", "change"),
    {
        "i is no member the year before": put("grid.member", A, T - 1, False),
        "j is no member in the year": put("grid.member", B, T, False),
        "i is a major power the year before": put("grid.major", A, T - 1, True),
        "i is as strong as j the year before": put("cinc", A, T - 1, 0.02),
        "capabilities of j are unknown": put("cinc", B, T - 1, np.nan),
        "out of reach the year before": put("contiguous", A, B, T - 1, False),
        "a defence pact the year before": put("treaties.held", A, B, T - 1, DEFENCE),
        "an offence pact the year before": put("treaties.held", A, B, T - 1, OFFENCE),
        "occupied in the year": put("occupied", A, B, T, True),
        "occupied the year before": put("occupied", A, B, T - 1, True),
        "no dispute in the window": put("disputes.launched", B, 1945 - FIRST, 0),
    }.items(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_broken_condition_takes_the_row_out(toy, reason, change):
    change(toy)
    assert not at_risk(toy), reason


@pytest.mark.parametrize(
    ("reason", "change"),
    {
        "i becomes a major power in the year": put("grid.major", A, T, True),
        "i becomes the stronger in the year": put("cinc", A, T, 1.0),
        "contact is lost in the year": put("contiguous", A, B, T, False),
        "a pact is made in the year": put("treaties.held", A, B, T, DEFENCE),
        "softer ties stand already": put("treaties.held", A, B, T - 1, 31 & ~(DEFENCE | OFFENCE)),
        "j is occupied by i": put("occupied", B, A, T, True),
    }.items(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_happens_in_the_year_itself_or_is_allowed_keeps_it_in(toy, reason, change):
    change(toy)
    assert at_risk(toy), reason


def test_a_major_power_reaches_everywhere(toy):
    toy.contiguous[:] = False
    assert not at_risk(toy)
    toy.grid.major[B, T - 1] = True
    assert at_risk(toy)


@pytest.mark.parametrize(("year", "within"), [(1939, False), (1940, True), (1949, True), (1950, False)])
def test_the_window_is_the_ten_years_before(toy, year, within):
    toy.disputes.launched[:] = 0
    toy.disputes.launched[B, year - FIRST] = 1
    assert at_risk(toy) is within


def test_codings_of_the_aggressor_and_of_weakness_change_who_counts(toy):
    assert at_risk(toy, Coding(aggressor="revisionist-against-i"))
    toy.disputes.revisionist[:] = 0  # the dispute was with somebody else
    assert not at_risk(toy, Coding(aggressor="revisionist-against-i"))
    assert not at_risk(toy, Coding(weak="small"))
    assert not at_risk(toy, Coding(weak="dwarfed"))
    toy.cinc[A] = 0.0019
    assert at_risk(toy, Coding(weak="small"))
    assert at_risk(toy, Coding(weak="dwarfed"))


def test_a_status_quo_power_is_no_aggressor_unless_any_revisionist_is(toy):
    toy.grid.major[B] = True
    toy.treaties.held[B, UK] = toy.treaties.held[UK, B] = DEFENCE
    assert not at_risk(toy)
    assert at_risk(toy, Coding(aggressor="any-revisionist"))


@pytest.mark.parametrize(
    ("pact_since", "display", "major", "expected"),
    [
        (1946, None, True, True),  # in force through 1946, 1947, 1948 and 1949: more than three years
        (1947, None, True, False),
        (1946, 1940, True, False),
        (1946, 1939, True, True),  # more than ten years ago
        (1946, 1950, True, True),  # in the year itself
        (1946, None, False, False),
    ],
)
def test_status_quo_needs_a_major_power_long_allied_and_lately_at_peace(toy, pact_since, display, major, expected):
    toy.grid.major[B] = major
    toy.treaties.held[B, UK, pact_since - FIRST :] = DEFENCE
    if display:
        toy.disputes.display[B, UK, display - FIRST] = 1
    assert status_quo(toy.grid, toy.treaties, toy.disputes, REGISTERED)[B, T] == expected


def test_a_collective_pact_does_not_end_the_risk_unless_it_is_counted(toy):
    cube = toy.treaties.held.copy()
    cube[A, B, T - 1] = DEFENCE
    toy.treaties = replace(toy.treaties, held=cube)
    assert at_risk(toy)
    assert not at_risk(toy, Coding(collective="counted"))


def test_the_leaders_are_the_uk_and_from_1942_the_us(toy):
    quo = status_quo(toy.grid, toy.treaties, toy.disputes, REGISTERED)
    assert quo[UK].all()
    assert (np.flatnonzero(quo[US]) + FIRST).tolist() == [*range(1942, LAST + 1)]


@pytest.mark.parametrize(
    ("name", "code", "year", "expected"),
    [
        ("USSR", 365, 1939, False),
        ("USSR", 365, 1948, False),
        ("UK", 200, 1900, True),
        ("US", 2, 1941, False),
        ("US", 2, 1950, True),
        ("France", 220, 1960, True),
        ("France", 220, 1900, False),
        ("France", 220, 1918, False),
        ("France", 220, 1919, True),
        ("France", 220, 1940, True),
        ("France", 220, 1941, False),
        ("Japan", 740, 1905, False),
        ("Japan", 740, 1910, True),
        ("Germany", 255, 1935, True),
        ("Germany", 255, 1936, False),
        ("Germany", 255, 1937, False),
        ("Germany", 255, 1939, False),
        ("China", 710, 1960, False),
    ],
)
def test_status_quo_of_named_powers(world, name, code, year, expected):
    quo = status_quo(world.grid, world.treaties, world.disputes, REGISTERED)
    assert quo[int(world.grid.index(code)), year - FIRST] == expected, name


# From here on: every row of the panel against the raw tables, by other means than the cubes.


def triples(frame, *names):
    return set(frame[list(names)].itertuples(index=False, name=None))


def test_no_row_holds_a_defence_or_offence_obligation_the_year_before(rebuilt, world):
    columns = ["atopid", "phase", "member", "yrent", "yrexit", "defense", "offense"]
    raw = world.raw.read("atop5_1m.csv")[columns].copy()
    raw = raw.assign(last=raw["yrexit"].where(raw["yrexit"] > 0, LAST))
    known = raw[raw["member"].isin(world.grid.states)]
    years = spells(known[["atopid", "member", "yrent", "last"]], "yrent", "last").drop_duplicates()
    years = years.drop_duplicates(["atopid", "member", "year"])
    size = years.groupby(["atopid", "year"]).size()
    collective = set(size[size > 5].index)
    pairs = raw.merge(raw, on=["atopid", "phase"], suffixes=("", "_j")).query("member != member_j")
    hard = pairs[pairs[["defense", "offense", "defense_j", "offense_j"]].max(axis=1) == 1]
    hard = hard.assign(first=hard[["yrent", "yrent_j"]].max(axis=1), end=hard[["last", "last_j"]].min(axis=1))
    long = spells(hard[["atopid", "member", "member_j", "first", "end"]], "first", "end")
    long = long[[key not in collective for key in long[["atopid", "year"]].itertuples(index=False, name=None)]]
    allied = triples(long, "member", "member_j", "year")
    before = rebuilt.assign(before=rebuilt["year"].astype(int) - 1)
    assert len(allied) > 10_000
    assert not triples(before, "state", "aggressor", "before") & allied


def test_both_are_members_in_the_year_and_the_year_before(rebuilt, world):
    members = triples(spells(world.raw.read("statelist2024.csv"), "styear", "endyear"), "ccode", "year")
    for side in ("state", "aggressor"):
        for lag in (0, 1):
            keys = triples(rebuilt.assign(then=rebuilt["year"].astype(int) - lag), side, "then")
            assert keys <= members, f"{side}, {lag} years before"


def test_every_i_is_weaker_and_no_major_power_and_every_j_within_reach(rebuilt, world):
    majors = triples(spells(world.raw.read("cow_majors.rda"), "styear", "endyear"), "ccode", "year")
    before = rebuilt.assign(before=rebuilt["year"].astype(int) - 1)
    assert not triples(before, "state", "before") & majors
    great = pd.Series([key in majors for key in before[["aggressor", "before"]].itertuples(index=False, name=None)])
    assert (great == (rebuilt["aggressor_major"] == 1)).all()
    assert (great | (rebuilt["contiguous"] == 1)).all()
    assert (rebuilt["power"] > 0).all()


def test_every_j_was_a_revisionist_with_force_in_the_ten_years_before(rebuilt, world):
    raw = world.dispute_years
    raw = raw[(raw["midonset"] == 1) & (raw["revstate1"] == 1) & (raw["hostlev1"] >= 2)]
    made = {(code, year + ahead) for code, year in triples(raw, "ccode1", "year") for ahead in range(1, 11)}
    assert triples(rebuilt, "aggressor", "year") <= made


def test_years_regions_and_eras_are_those_stated(rebuilt):
    assert rebuilt["year"].between(BEGIN, END).all()
    assert rebuilt["region"].notna().all()
    assert rebuilt["era"].notna().all()
    assert (rebuilt.groupby("region", observed=False).size() > 500).all()
    assert not rebuilt.duplicated(["state", "aggressor", "year"]).any()
    assert (rebuilt["state"] != rebuilt["aggressor"]).all()


def test_cambodia_under_vietnamese_occupation_is_out(rebuilt, world):
    case = rebuilt.query("state == 811 and aggressor == 816")["year"].tolist()
    assert 1979 not in case
    assert 1978 in case
    i, j = (int(world.grid.index(code)) for code in (811, 816))
    assert (np.flatnonzero(world.occupied[i, j]) + FIRST).tolist() == [1979, 1980]  # defeated in 1979
    assert not world.occupied[j, i].any()


def test_codes_of_obligations_are_single_bits():
    assert sorted(TYPES.values()) == [1, 2, 4, 8, 16]
