"""When an obligation is new, when it is bandwagoning and when balancing: on toy treaties, then on named ones."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.codings import REGISTERED, REVISION_1, Coding
from data.measures.measure import Sample
from data.measures.outcomes import balance, bandwagon, new_obligations
from data.period import FIRST, LAST, YEARS
from data.world.disputes import Disputes
from data.world.riskset import Rows
from data.world.treaties import DEFENCE, SOFT, TYPES, treaties

CONSULT, NONAGG = TYPES["consul"], TYPES["nonagg"]
US, UK, A, B = range(4)  # positions of 2, 200, 300 and 310 in the toy grid
UNITED_NATIONS, ARAB_LEAGUE, ARAB_DEFENCE, HELSINKI = 2550, 3015, 3205, 3740


def member(atopid, code, yrent, yrexit=0, phase=0, target=np.nan, **types):
    return {"atopid": atopid, "phase": phase, "member": code, "yrent": yrent, "yrexit": yrexit,
            "statthr1": target, "statthr2": np.nan} | dict.fromkeys(TYPES, 0) | types  # fmt: skip


def pact(atopid, codes, yrent, yrexit=0, **more):
    return [member(atopid, code, yrent, yrexit, **more) for code in codes]


class NoFiles:
    """Raw files that say nothing: no leader was imposed, no obligation is conditional."""

    def read(self, file):
        columns = {"archigos.rda": ["gwcode", "startdate", "entry"]}.get(file, ["atopid", "conditio"])
        return pd.DataFrame(columns=columns)


@pytest.fixture
def toy_world(toy_grid):
    """A world of four states at peace with equal capabilities, under some treaties and a coding."""

    def make(made, coding=REGISTERED, dispute=None, rivals=None):
        cube, rivalry = np.zeros(toy_grid.shape, np.int32), np.zeros(toy_grid.shape, bool)
        if dispute:
            cube[UK, B, dispute - FIRST] = cube[B, UK, dispute - FIRST] = 1
        if rivals:
            rivalry[UK, B, rivals - FIRST] = rivalry[B, UK, rivals - FIRST] = True
        zero = np.zeros_like(cube)
        return SimpleNamespace(
            grid=toy_grid, treaties=made, coding=coding, cinc=EQUAL, rivals=rivalry, raw=NoFiles(), occupied=zero > 0,
            known={}, disputes=Disputes(zero, zero[0], cube, zero, zero), contiguity_km=np.full(cube.shape, np.inf),
        )  # fmt: skip

    return make


@pytest.fixture
def sign(toy_grid):
    """Treaties of the toy world from rows of the member-level table."""
    return lambda *groups: treaties(pd.DataFrame([row for rows in groups for row in rows]), toy_grid)


def cinc(*shares):
    return np.array(shares)[:, None].repeat(YEARS, axis=1)


def found(new) -> dict[Any, Any]:
    """{(treaty, i, j, year): mask of new types} of a table of new obligations."""
    return {(r.treaty, r.i, r.j, r.year): r.new for r in new.itertuples()}


EQUAL = cinc(0.1, 0.1, 0.1, 0.1)


def test_a_treaty_binds_both_ways_whoever_owes(sign):
    made = sign([member(1001, 300, 1950, 1955, defense=1), member(1001, 310, 1950, 1955)])
    assert (np.flatnonzero(made.held[A, B]) + FIRST).tolist() == [*range(1950, 1956)]
    assert (made.held[A, B] == made.held[B, A]).all()
    assert made.held[A, B].max() == DEFENCE
    assert made.defence.sum() == 12


def test_exit_year_zero_is_still_in_force(sign):
    made = sign(pact(1001, [300, 310], 1950, 0, consul=1))
    assert (made.held[A, B, 1950 - FIRST :] == CONSULT).all()
    assert made.pairs["end"].unique().tolist() == [LAST]


def test_an_obligation_is_the_decision_of_the_state_that_enters(sign):
    made = sign([*pact(1001, [200, 300], 1950, defense=1), member(1001, 310, 1960, defense=1)])
    founders = {(1001, UK, A, 1950): DEFENCE, (1001, A, UK, 1950): DEFENCE}
    entrant = {(1001, B, UK, 1960): DEFENCE, (1001, B, A, 1960): DEFENCE}
    assert found(new_obligations(made, EQUAL, REGISTERED)) == founders | entrant
    others = {(1001, UK, B, 1960): DEFENCE, (1001, A, B, 1960): DEFENCE}
    assert found(new_obligations(made, EQUAL, Coding(entry="any"))) == founders | entrant | others


def test_a_new_phase_is_a_decision_of_the_state_whose_own_obligation_it_raises(sign):
    made = sign(
        pact(1001, [300, 310], 1950, 1954, consul=1),
        [member(1001, 300, 1955, phase=1, consul=1, defense=1), member(1001, 310, 1955, phase=1, consul=1)],
    )
    now = new_obligations(made, EQUAL, REGISTERED)
    assert found(now.query("year == 1955")) == {(1001, A, B, 1955): DEFENCE}
    both = found(new_obligations(made, EQUAL, Coding(entry="any")))
    assert both[1001, A, B, 1955] == DEFENCE
    assert both[1001, B, A, 1955] == DEFENCE


def test_a_phase_begun_because_another_enters_is_the_decision_of_that_one(sign):
    made = sign(
        pact(1001, [300, 310], 1950, 1954, defense=1),
        pact(1001, [300, 310, 200], 1955, phase=1, defense=1),
    )
    later = found(new_obligations(made, EQUAL, REGISTERED).query("year == 1955"))
    assert later == {(1001, UK, A, 1955): DEFENCE, (1001, UK, B, 1955): DEFENCE}


def test_a_declaration_of_half_of_all_states_is_no_treaty(toy_grid):
    table = pd.DataFrame(pact(1001, [2, 200], 1950, nonagg=1) + pact(1002, [2, 200, 300], 1950, nonagg=1))
    assert set(treaties(table, toy_grid, 3 / 4).pairs["treaty"]) == {1001}
    assert set(treaties(table, toy_grid, 1 / 2).pairs["treaty"]) == set()
    assert set(treaties(table, toy_grid).pairs["treaty"]) == {1001, 1002}


def test_states_that_never_overlap_in_a_treaty_owe_each_other_nothing(sign):
    assert sign([member(1001, 300, 1950, 1954, defense=1), member(1001, 310, 1955, 1960, defense=1)]).pairs.empty


def test_a_renewal_is_not_new_an_upgrade_is_only_for_what_it_adds_and_a_lapse_starts_afresh(sign):
    made = sign(
        pact(1001, [300, 310], 1950, 1960, consul=1),
        pact(1002, [300, 310], 1955, 1960, consul=1),  # renewed while in force
        pact(1003, [300, 310], 1958, 1960, consul=1, defense=1),  # upgraded
        pact(1004, [300, 310], 1965, 1970, consul=1),  # again, four years after the end
    )
    one_way = {key: mask for key, mask in found(new_obligations(made, EQUAL, REGISTERED)).items() if key[1] == A}
    assert one_way == {(1001, A, B, 1950): CONSULT, (1003, A, B, 1958): DEFENCE, (1004, A, B, 1965): CONSULT}


def test_the_centre_holds_half_of_the_capabilities_as_known_the_year_before(sign):
    made = sign(pact(1001, [200, 300, 310], 1950, nonagg=1))
    shares = cinc(0.0, 0.1, 0.1, 0.2)
    shares[:, 1950 - FIRST] = [0.0, 0.9, 0.0, 0.0]  # the year itself does not count
    new = new_obligations(made, shares, REGISTERED)
    assert new["size"].unique().tolist() == [3]
    assert new.loc[new["centred"], "j"].unique().tolist() == [B]
    shares[B, 1949 - FIRST] = 0.199
    assert not new_obligations(made, shares, REGISTERED)["centred"].any()


@pytest.fixture
def row():
    """A at risk from B in 1950."""
    return Rows(np.array([A]), np.array([B]), np.array([1950 - FIRST]))


@pytest.mark.parametrize(
    ("coding", "members", "types", "expected"),
    [
        ("aggressor-centred", 2, "nonagg", 1),
        ("aggressor-centred", 4, "nonagg", 0),
        ("any-treaty", 4, "nonagg", 1),
        ("small", 3, "nonagg", 1),
        ("small", 4, "nonagg", 0),
        ("bilateral", 2, "nonagg", 1),
        ("bilateral", 3, "nonagg", 0),
        ("hard", 2, "nonagg", 0),
        ("hard", 2, "offense", 1),
        ("soft", 2, "nonagg", 1),
        ("soft", 2, "defense", 0),
    ],
)
def test_each_coding_of_bandwagoning_counts_its_treaties(sign, toy_world, row, coding, members, types, expected):
    made = sign(pact(1001, [310, 300, 200, 2][:members], 1950, **{types: 1}))
    out = bandwagon(Sample(row, toy_world(made, Coding(bandwagon=coding)), REGISTERED))
    assert out["bandwagon"].tolist() == [expected]
    assert out["treaty"].fillna(0).tolist() == [1001 * expected]
    assert out["bandwagon_rows"].tolist() == [1]


def test_bandwagoning_happens_in_the_year_and_not_beside_it(sign, toy_world, row):
    for year, expected in ((1949, 0), (1950, 1), (1951, 0)):
        made = sign(pact(1001, [310, 300], year, nonagg=1))
        assert bandwagon(Sample(row, toy_world(made), REGISTERED))["bandwagon"].tolist() == [expected]


def test_the_lowest_treaty_id_stands_for_several(sign, toy_world, row):
    made = sign(pact(1009, [310, 300], 1950, nonagg=1), pact(1002, [310, 300], 1950, nonagg=1))
    assert bandwagon(Sample(row, toy_world(made), REGISTERED))["treaty"].tolist() == [1002]


def test_an_alignment_goes_before_what_is_none(sign, toy_world, row):
    made = sign(
        pact(1000, [310, 300], 1940, 1948, consul=1),
        pact(1002, [310, 300], 1950, consul=1),  # a renewal
        pact(1009, [310, 300], 1950, defense=1),
    )
    out = bandwagon(Sample(row, toy_world(made), REGISTERED))
    assert (out["treaty"].tolist(), out["bandwagon_class"].tolist()) == ([1009], ["other"])
    all_classes = bandwagon(Sample(row, toy_world(made, Coding(classes="all")), REGISTERED))
    assert (all_classes["treaty"].tolist(), all_classes["bandwagon_class"].tolist()) == ([1002], ["renewal"])


def test_one_decision_counts_once_over_all_aggressors(sign, toy_world):
    rows = Rows(np.array([A, A, A]), np.array([B, US, B]), np.array([1950, 1950, 1951]) - FIRST)
    made = sign(pact(1001, [300, 200], 1950, defense=1))
    world = toy_world(made, Coding(balance="any-third-state"))
    out = balance(Sample(rows, world, REGISTERED))
    assert out["balance"].tolist() == [1, 1, 0]
    assert out["balance_rows"].tolist() == [2, 2, 1]


@pytest.fixture
def balancing(sign, toy_world, row):
    """Outcome of A against B in 1950 when A and the UK sign; ``dispute`` is a year of one between UK and B."""

    def outcome(*groups, dispute=None, rivals=None, coding=REGISTERED):
        world = toy_world(sign(*groups), coding, dispute, rivals)
        return int(balance(Sample(row, world, coding))["balance"].iloc[0])

    return outcome


DEFEND = pact(1001, [300, 200], 1950, defense=1)


def test_balancing_needs_a_partner_that_stands_against_the_aggressor(balancing):
    assert balancing(DEFEND) == 0
    assert [balancing(DEFEND, dispute=year) for year in (1939, 1940, 1949, 1950)] == [0, 1, 1, 0]
    assert [balancing(DEFEND, rivals=year) for year in (1939, 1940, 1949, 1950)] == [0, 1, 1, 0]
    assert balancing(pact(1001, [300, 200], 1950, defense=1, target=310.0)) == 1
    assert balancing(DEFEND, coding=Coding(balance="any-third-state")) == 1


def test_balancing_needs_a_defence_obligation_without_the_aggressor(balancing):
    assert balancing(pact(1001, [300, 200], 1950, consul=1), dispute=1945) == 0
    assert balancing(pact(1001, [300, 200, 310], 1950, defense=1), dispute=1945) == 0
    assert balancing(DEFEND, pact(1000, [200, 310], 1940, 1949, defense=1), dispute=1945) == 0
    assert balancing(DEFEND, pact(1000, [200, 310], 1940, 1948, defense=1), dispute=1945) == 1
    assert balancing(pact(1000, [300, 200], 1940, defense=1), dispute=1945) == 0


def test_bilateral_balancing_counts_no_larger_pact(balancing):
    larger = pact(1001, [300, 200, 2], 1950, defense=1)
    assert balancing(larger, dispute=1945) == 1
    assert balancing(larger, dispute=1945, coding=Coding(balance="bilateral")) == 0
    assert balancing(DEFEND, dispute=1945, coding=Coding(balance="bilateral")) == 1


# From here on: the real treaties.


@pytest.fixture(scope="module")
def obligations(world):
    """New obligations of every pair, by COW code."""
    new = new_obligations(world.treaties, world.cinc, REGISTERED)
    return new.assign(i=world.grid.states[new["i"]], j=world.grid.states[new["j"]])


def test_kuwait_and_iraq_1961_join_a_league_that_iraq_does_not_centre(obligations, rebuilt):
    case = obligations.query("i == 690 and j == 645 and year == 1961")
    assert sorted(case["treaty"]) == [ARAB_LEAGUE, ARAB_DEFENCE]
    assert not case["centred"].any()
    assert (case["size"] >= 9).all()
    assert rebuilt.query("state == 690 and aggressor == 645 and bandwagon == 1").empty


@pytest.mark.parametrize(
    ("name", "key", "treaty"),
    [
        ("Finland with the USSR", (375, 365, 1948), 3140),
        ("Romania with Germany", (360, 255, 1940), 2515),
        ("Mozambique with South Africa", (541, 560, 1984), 3955),
    ],
)
def test_named_bandwagoning(rebuilt, name, key, treaty):
    case = rebuilt.set_index(["state", "aggressor", "year"]).loc[key]
    assert case["bandwagon"] == 1, name
    assert case["treaty"] == treaty, name


def test_helsinki_is_nobodys_bandwagoning(obligations, rebuilt, rows, world):
    assert not obligations.query("treaty == @HELSINKI")["centred"].any()
    assert not (rebuilt["treaty"] == HELSINKI).any()
    other = Coding(bandwagon="any-treaty")
    anyhow = bandwagon(Sample(rows, world.under(other), other))
    assert (anyhow["treaty"] == HELSINKI).any()  # it is the rule that keeps it out, not the risk set


def test_the_declaration_of_1942_is_no_treaty_but_under_a_coding(world, obligations):
    assert UNITED_NATIONS not in set(obligations["treaty"])
    old = world.under(REVISION_1)
    assert UNITED_NATIONS in set(old.treaties.pairs["treaty"])


@pytest.mark.parametrize("treaty", [ARAB_LEAGUE, ARAB_DEFENCE])
def test_the_arab_league_is_centred_on_no_state_but_egypt_and_nobodys_bandwagoning(obligations, rebuilt, treaty):
    case = obligations.query("treaty == @treaty and centred")
    assert set(case["j"]) == {651}
    assert not (rebuilt["treaty"] == treaty).any()


def test_hard_and_soft_part_the_aggressor_centred_and_the_bilateral_are_small(rows, world):
    kinds = ("aggressor-centred", "any-treaty", "small", "bilateral", "hard", "soft")
    events = {
        kind: bandwagon(Sample(rows, world.under(Coding(bandwagon=kind)), Coding(bandwagon=kind)))["bandwagon"] == 1
        for kind in kinds
    }
    assert (events["hard"] | events["soft"] == events["aggressor-centred"]).all()
    assert all(events[kind].any() for kind in kinds)
    for part, whole in (("bilateral", "small"), ("small", "any-treaty"), ("aggressor-centred", "any-treaty")):
        assert not (events[part] & ~events[whole]).any(), f"{part} within {whole}"


def test_an_event_has_its_treaty_and_a_treaty_its_event(rebuilt):
    assert (rebuilt["treaty"].notna() == (rebuilt["bandwagon"] == 1)).all()
    assert (rebuilt["balance_treaty"].notna() == (rebuilt["balance"] == 1)).all()


def test_soft_obligations_are_all_but_defence_and_offence():
    assert TYPES["neutral"] | NONAGG | CONSULT == SOFT
