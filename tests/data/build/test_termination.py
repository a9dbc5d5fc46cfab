"""The termination panel: who was bound, whose obligation ended and how, and what was known the year before."""

from math import log
from pathlib import Path

import numpy as np
import pytest

from data import schema
from data.build.termination import TERMINATION, termination, victories
from data.codings import Coding
from data.period import BEGIN, END, FIRST
from data.world.treaties import EDITIONS
from data.world.world import World
from tests.data.build.test_alignment import differences
from tests.data.states import ALBANIA, AUSTRIA_HUNGARY, BELGIUM, GDR, GERMANY, HUNGARY, ITALY, UK, US, USSR
from tests.fixtures.futures import Hidden

COMMITTED = Path(__file__).parents[3] / "data" / "panels" / "termination.parquet"
WARSAW_PACT, NATO, UN_DECLARATION, ANGLO_SOVIET = 3285, 3180, 2550, 2535
TRIPLE_ALLIANCE, GERMAN_CONFEDERATION = 1350, 1020
HOW = ["expired", "replaced", "abrogated", "state_death", "defeated"]


@pytest.fixture(scope="module")
def panel():
    return schema.read(COMMITTED, "termination")


@pytest.fixture(scope="module")
def broad(world):
    """The panel in which a declaration of half the world's states is an alliance too."""
    return termination(world.under(Coding(universal="none")))


def ending(panel, treaty):
    """Year in which the obligation ends and how, by member."""
    ends = panel[(panel["treaty"] == treaty) & (panel["terminated"] == 1)]
    return {row.member: (row.year, next(how for how in HOW if getattr(row, how))) for row in ends.itertuples()}


def of(panel, treaty, member):
    return panel[(panel["treaty"] == treaty) & (panel["member"] == member)].set_index("year")


def test_the_warsaw_pact_ends_in_1991_but_for_the_dead_and_the_defector(panel):
    assert ending(panel, WARSAW_PACT) == {
        GDR: (1990, "state_death"),
        ALBANIA: (1968, "abrogated"),
        **dict.fromkeys((290, HUNGARY, 315, 355, 360, USSR), (1991, "abrogated")),
    }
    assert panel.loc[panel["treaty"] == WARSAW_PACT, "year"].agg(["min", "max"]).tolist() == [1956, 1991]


def test_wartime_treaties_of_the_grand_alliance_end_with_and_after_the_war(panel, broad):
    assert UN_DECLARATION not in set(panel["treaty"])
    declaration = ending(broad, UN_DECLARATION)
    assert {US, UK, USSR, 710} < set(declaration)
    assert set(declaration.values()) == {(1945, "expired")}
    assert ending(panel, ANGLO_SOVIET) == dict.fromkeys((UK, USSR), (1955, "abrogated"))
    grand = broad[broad["treaty"].isin([UN_DECLARATION, ANGLO_SOVIET])]
    assert (grand["wartime"] == 1).all()


def test_victory_counts_in_its_year_apart_and_for_two_years_after(panel, broad):
    allied = of(panel, ANGLO_SOVIET, UK)
    assert allied.index[allied["victory"] == 1].tolist() == [1945]
    assert allied.index[allied["victory_lately"] == 1].tolist() == [1945, 1946]
    assert allied.index[allied["enemy_defeated"] == 1].tolist() == [1946, 1947]
    assert allied["wartime_enemy_defeated"].equals(allied["enemy_defeated"])
    # Mexico fought in the war and the Dominican Republic did not; both had signed the declaration.
    assert of(broad, UN_DECLARATION, 42)["victory"].sum() == 0
    assert of(broad, UN_DECLARATION, US).loc[1945, "victory"] == 1
    peace = of(panel, NATO, BELGIUM)
    assert peace["wartime"].sum() == 0
    assert peace.loc[1950:1952, "enemy_defeated"].sum() == 0


def test_a_phase_that_another_follows_is_no_ending(panel):
    # Renewed in 1887, 1891 and 1913; Italy left in 1915 and the others lost in 1918.
    assert ending(panel, TRIPLE_ALLIANCE) == {
        ITALY: (1915, "abrogated"),
        AUSTRIA_HUNGARY: (1918, "defeated"),
        GERMANY: (1918, "defeated"),
    }
    assert of(panel, TRIPLE_ALLIANCE, ITALY).index.tolist() == list(range(1883, 1916))
    assert of(panel, TRIPLE_ALLIANCE, ITALY).loc[1915, "age"] == pytest.approx(log(33))
    confederation = of(panel, GERMAN_CONFEDERATION, AUSTRIA_HUNGARY)
    assert confederation.index[confederation["terminated"] == 1].tolist() == [1848, 1866]
    assert confederation.loc[[1819, 1820, 1821], "terminated"].sum() == 0
    assert not set(confederation.index) & {1849, 1850}
    assert confederation.loc[1851, "age"] == 0


def test_every_ending_has_one_mode_and_dissolution_is_what_members_did(panel):
    assert (panel[HOW].sum(axis=1) == panel["terminated"]).all()
    assert (panel["dissolved"] == panel["terminated"] - panel["replaced"] - panel["state_death"]).all()
    assert panel[HOW].sum().min() > 20


def test_rows_are_those_of_the_member_level_table(world, panel):
    table = world.raw.read(EDITIONS[world.coding.treaties])
    rows = table[(table["atopid"] == NATO) & (table["member"] == BELGIUM)]
    assert rows["yrexit"].tolist() == [1951, 0]  # enlarged in 1951
    assert of(panel, NATO, BELGIUM).index.tolist() == list(range(rows["yrent"].min() + 1, END + 1))
    assert panel.loc[panel["terminated"] == 1, "year"].between(BEGIN, END).all()
    ends = panel[panel["terminated"] == 1].merge(
        table, left_on=["treaty", "member", "year"], right_on=["atopid", "member", "yrexit"], how="left"
    )
    assert ends["termmode"].notna().all()


def test_the_partner_is_the_most_capable_other_member(world, panel):
    belgium, us = of(panel, NATO, BELGIUM).loc[1960], of(panel, NATO, US).loc[1960]
    assert belgium["partner"] == US
    assert np.exp(belgium["size"]) == pytest.approx(15)
    assert us["power_ratio"] < 0 < belgium["power_ratio"]
    cinc = {code: world.cinc[int(world.grid.index(code)), 1959 - FIRST] for code in (US, BELGIUM, us["partner"])}
    assert belgium["power_ratio"] == pytest.approx(log(cinc[US] / cinc[BELGIUM]), rel=1e-6)
    others = panel[(panel["treaty"] == NATO) & (panel["year"] == 1960) & (panel["member"] != US)]["member"]
    assert us["partner"] == max(others, key=lambda code: world.cinc[int(world.grid.index(code)), 1959 - FIRST])
    assert belgium["similarity"] == pytest.approx(
        -abs(np.subtract(*(world.regime[int(world.grid.index(code)), 1959 - FIRST] for code in (US, BELGIUM)))),
        rel=1e-5,
    )


def test_marxist_pairs_are_two_one_party_regimes(panel):
    assert (of(panel, WARSAW_PACT, HUNGARY).loc[1957:1989, "marxist_pair"] == 1).all()
    assert of(panel, WARSAW_PACT, HUNGARY).loc[1991, "marxist_pair"] == 0  # free elections in 1990
    assert panel.loc[panel["treaty"] == NATO, "marxist_pair"].sum() == 0
    assert panel.loc[panel["year"] <= 1921, "marxist_pair"].sum() == 0


def test_a_war_won_on_one_side_by_two_members_while_the_treaty_stood(world):
    won = victories(world.raw.read("cow_war_inter.rda"), world.under(Coding(universal="none")))
    found = set(won.itertuples(index=False, name=None))
    uk, ussr, us, belgium = (int(world.grid.index(code)) for code in (UK, USSR, US, BELGIUM))
    assert {(ANGLO_SOVIET, uk, 1945), (ANGLO_SOVIET, ussr, 1945), (UN_DECLARATION, us, 1945)} <= found
    assert (NATO, us, 1945) not in found  # concluded later
    assert (NATO, us, 1991) in found
    assert (NATO, belgium, 1991) not in found  # did not fight
    assert not [key for key in found if key[0] == WARSAW_PACT]


class Eve(Hidden):
    """The raw files on the last day of the year before ``until``, treaties that end later still in force."""

    def read(self, file):
        if file not in {"atop-member-level.csv", "atop5_1m.csv"}:
            return super().read(file)
        table = self.raw.read(file)
        seen = table[table["yrent"] < self.until].copy()
        self.changed += len(table) - len(seen)
        return seen.assign(yrexit=seen["yrexit"].where(seen["yrexit"] < self.until, 0))


EXPOSURES = [
    v.name
    for v in TERMINATION.variables
    if v.kind != "outcome" and v.name not in {"victory", "victory_lately", "region", "era"}
]


@pytest.mark.slow
@pytest.mark.parametrize("until", [1858, 1936, 1947, 1992])  # no war is won by allies across these New Years
def test_nothing_but_the_outcomes_and_victory_looks_at_year_t(world, panel, until):
    eve = Eve(world.raw, until)
    seen = termination(World(eve))
    assert eve.changed > 10_000
    for year in (until - 1, until):
        now, then = (frame[frame["year"] == year][EXPOSURES].reset_index(drop=True) for frame in (panel, seen))
        assert len(now) > 15
        assert differences(then, now) == {}


def test_the_panel_is_exactly_what_the_raw_files_make(world, panel):
    assert differences(schema.validate(termination(world), "termination"), panel) == {}


def test_rows_are_sorted_and_columns_in_the_order_of_the_codebook(panel):
    keys = panel[["treaty", "member", "year"]]
    assert keys.equals(keys.sort_values(list(keys), ignore_index=True))
    assert list(panel.columns) == list(TERMINATION.columns)
    assert {str(dtype) for dtype in panel.dtypes} == {"int8", "int16", "float32", "category"}
