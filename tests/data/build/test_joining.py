"""The joining panel: who stood outside a war under way, who entered it, and what was known on the eve."""

from math import log
from pathlib import Path

import numpy as np
import pytest

from data import schema
from data.build.joining import JOINING, fighting, joining, relevant, war_years
from data.period import FIRST
from data.world.treaties import DEFENCE, OFFENCE
from data.world.world import World
from tests.data.build.test_alignment import differences
from tests.data.states import (
    AUSTRIA_HUNGARY,
    BELGIUM,
    BULGARIA,
    FRANCE,
    GERMANY,
    GREECE,
    ITALY,
    JAPAN,
    ROMANIA,
    SPAIN,
    TURKEY,
    UK,
    US,
    USSR,
)
from tests.fixtures.futures import Hidden

COMMITTED = Path(__file__).parents[3] / "data" / "panels" / "joining.parquet"
FIRST_WORLD_WAR, SECOND_WORLD_WAR = 106, 139


@pytest.fixture(scope="module")
def panel():
    return schema.read(COMMITTED, "joining")


@pytest.fixture(scope="module")
def wars(world):
    """Every year of every war but its first, by war and year."""
    table = fighting(world.raw.read("cow_war_inter.rda"), world.grid)
    return {(war.war, war.t + FIRST): war for war in war_years(table, len(world.grid.states))}


def joiners(panel, war):
    """State -> (year, side) of those that join."""
    events = panel[(panel["war"] == war) & (panel["joined"] == 1)]
    return {row.state: (row.year, row.side) for row in events.itertuples()}


def names(world, standing):
    return set(world.grid.states[standing].tolist())


def row(panel, war, state, year, side):
    keys = panel[["war", "state", "year", "side"]]
    return panel[(keys == [war, state, year, side]).all(axis=1)].squeeze()


def test_italy_romania_and_bulgaria_choose_sides_in_the_first_world_war(panel):
    entente, central = 1, 2
    assert joiners(panel, FIRST_WORLD_WAR) == {
        ITALY: (1915, entente),
        BULGARIA: (1915, central),
        ROMANIA: (1916, entente),
        GREECE: (1917, entente),
        US: (1917, entente),
    }


def test_italy_and_japan_join_the_axis_and_those_it_attacked_the_other_side(panel):
    second = joiners(panel, SECOND_WORLD_WAR)
    allies, axis = 1, 2
    assert {state: second[state] for state in (ITALY, JAPAN, USSR, US, BELGIUM)} == {
        ITALY: (1940, axis), JAPAN: (1941, axis), USSR: (1941, allies), US: (1941, allies), BELGIUM: (1940, allies)
    }  # fmt: skip


def test_a_state_is_at_risk_from_the_second_year_of_a_war_until_it_joins(panel):
    first = panel[panel["war"] == FIRST_WORLD_WAR]
    assert first["year"].agg(["min", "max"]).tolist() == [1915, 1918]
    assert first.loc[first["state"] == ROMANIA, "year"].unique().tolist() == [1915, 1916]
    assert first.loc[first["state"] == SPAIN, "year"].unique().tolist() == [1915, 1916, 1917, 1918]
    assert not set(first["state"]) & {UK, FRANCE, GERMANY, AUSTRIA_HUNGARY, USSR, TURKEY}
    assert (panel["war_year"] >= 2).all()


def test_every_state_outside_has_one_row_for_each_side_and_their_shares_sum_to_one(panel):
    by_case = panel.groupby(["war", "state", "year"])
    assert (by_case["side"].agg(tuple) == (1, 2)).all()
    np.testing.assert_allclose(by_case["side_share"].sum(), 1, rtol=1e-6)
    assert by_case["joined"].sum().max() == 1
    for name, other in (("allied", "allied_other"), ("rival", "rival_own")):
        pairs = panel.sort_values(["war", "state", "year", "side"])[[name, other]].to_numpy().reshape(-1, 2, 2)
        assert (pairs[:, 0, 0] == pairs[:, 1, 1]).all()
        assert (pairs[:, 1, 0] == pairs[:, 0, 1]).all()


def test_belligerents_stand_that_were_in_the_war_before_and_have_not_fallen_out(world, wars):
    eve = wars[FIRST_WORLD_WAR, 1915]
    assert [names(world, side) for side in eve.standing] == [
        {UK, BELGIUM, FRANCE, 345, USSR, JAPAN},
        {GERMANY, AUSTRIA_HUNGARY, TURKEY},
    ]
    assert [names(world, side) for side in eve.entering] == [{ITALY}, {BULGARIA}]
    assert BELGIUM not in names(world, wars[SECOND_WORLD_WAR, 1941].standing[0])  # overrun in 1940
    assert USSR not in names(world, wars[SECOND_WORLD_WAR, 1941].standing[0])  # attacked in 1941
    changed = wars[SECOND_WORLD_WAR, 1944].standing  # Italy changed sides in 1943
    assert ITALY in names(world, changed[0]) - names(world, changed[1])


def test_shares_and_power_are_those_of_the_capabilities_of_the_year_before(world, wars, panel):
    eve = wars[FIRST_WORLD_WAR, 1915]
    cinc = world.cinc[:, 1914 - FIRST]
    sides = [float(cinc[side].sum()) for side in eve.standing]
    italy = row(panel, FIRST_WORLD_WAR, ITALY, 1915, 2)
    assert italy["side_share"] == pytest.approx(sides[1] / sum(sides), rel=1e-6)
    own = cinc[int(world.grid.index(ITALY))]
    assert italy["power"] == pytest.approx(log(own / sum(sides)), rel=1e-6)


def test_allies_and_rivals_are_those_of_the_eve(world, panel):
    with_central, with_entente = (row(panel, FIRST_WORLD_WAR, ITALY, 1915, side) for side in (2, 1))
    assert with_central["allied"] == with_entente["allied_other"] == 1  # the Triple Alliance
    assert with_entente["rival"] == 1  # Austria-Hungary
    assert with_entente["allied"] == 0
    held = world.treaties.held
    for case in panel.sample(40, random_state=1).itertuples():
        i, t = int(world.grid.index(case.state)), case.year - 1 - FIRST
        pacts = (held[i, :, t] & (DEFENCE | OFFENCE)) > 0
        assert pacts.any() or case.allied == case.allied_other == 0
        assert world.rivals[i, :, t].any() or case.rival == case.rival_own == 0


def test_proximity_is_that_of_the_nearest_belligerent(world, wars, panel):
    romania = row(panel, FIRST_WORLD_WAR, ROMANIA, 1916, 2)
    assert romania["contiguous"] == 1
    assert romania["proximity"] == 0
    us = row(panel, FIRST_WORLD_WAR, US, 1917, 2)
    central = np.flatnonzero(wars[FIRST_WORLD_WAR, 1917].standing[1])
    km = world.distance_km[int(world.grid.index(US)), central, 1916 - FIRST].min()
    assert us["proximity"] == pytest.approx(-log(1 + km / 100), rel=1e-5)
    assert us[["contiguous", "major"]].tolist() == [0, 1]


def test_relevant_are_neighbours_of_belligerents_and_major_powers_outside(world, wars):
    near = names(world, relevant(wars[FIRST_WORLD_WAR, 1915], world))
    assert {SPAIN, 385, 390, ITALY, ROMANIA, US} < near
    assert not near & {UK, 160, 155}  # a belligerent; Argentina and Chile are far


def test_few_join_and_every_joiner_is_one_of_the_source(world, panel):
    raw = world.raw.read("cow_war_inter.rda")
    begun = raw.groupby("warnum")["year"].min()
    entered = raw.groupby(["warnum", "ccode1"])["year"].min()
    late = {(war, state, year) for (war, state), year in entered.items() if year > begun[war]}
    events = panel[panel["joined"] == 1]
    found = set(events[["war", "state", "year"]].itertuples(index=False, name=None))
    assert found < late
    assert (len(late), len(found)) == (54, 36)  # the others neighbour no belligerent and are no major powers


class Eve(Hidden):
    """The raw files on the eve of year ``until``, but for the wars: those that enter them later are left out."""

    def read(self, file):
        table = self.raw.read(file)
        if file != "cow_war_inter.rda":
            return super().read(file)
        entered = table.groupby(["warnum", "ccode1"])["year"].transform("min") >= self.until
        entered |= table.groupby(["warnum", "ccode2"])["year"].transform("min") >= self.until
        begun = table.groupby("warnum")["year"].transform("min") >= self.until
        return table[~(entered | begun) & (table["year"] <= self.until)]


EXPOSURES = [v.name for v in JOINING.variables if v.kind != "outcome" and v.name not in {"region", "era"}]


@pytest.mark.slow
@pytest.mark.parametrize("until", [1865, 1915, 1941, 1951])
def test_nothing_but_the_outcome_looks_at_year_t(world, panel, until):
    eve = Eve(world.raw, until)
    seen = joining(World(eve))
    now, then = (frame[frame["year"] == until].reset_index(drop=True) for frame in (panel, seen))
    assert eve.changed > 10_000
    assert now["joined"].sum() > 0
    assert then["joined"].sum() == 0
    assert differences(then[EXPOSURES], now[EXPOSURES]) == {}


def test_the_panel_is_exactly_what_the_raw_files_make(world, panel):
    assert differences(schema.validate(joining(world), "joining"), panel) == {}


def test_columns_are_in_the_order_of_the_codebook_and_of_small_types(panel):
    assert list(panel.columns) == list(JOINING.columns)
    assert {str(dtype) for dtype in panel.dtypes} == {"int8", "int16", "float32", "category"}
