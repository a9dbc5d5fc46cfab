"""The table of decisions: what the raw files make, one decision once, and no treaty that makes an outcome alone."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data import schema
from data.build.events import COLUMNS, KEY, codings, decisions
from data.codings import CLASSES, NO_ALIGNMENT, REVISION_1

PANELS = Path(__file__).parents[3] / "data" / "panels"
TREATY = {"bandwagon": "treaty", "balance": "balance_treaty"}
LARGEST = 0.08  # share of the weight of an outcome above which a treaty is named
NATO, DECLARATION_OF_1942 = 3180, 2550


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(PANELS / "events.csv")


@pytest.fixture(scope="module")
def panel():
    return schema.read(PANELS / "alignment.parquet")


def counted_by(table, name):
    return table[[name in codings.split("; ") for codings in table["codings"]]]


def keys(table):
    return set(table[KEY].itertuples(index=False, name=None))


def test_a_decision_has_one_row(table):
    assert list(table.columns) == COLUMNS
    assert not table.duplicated(KEY).any()
    assert set(table["class"]) == set(CLASSES)
    assert {name for names in table["codings"] for name in names.split("; ")} <= {name for name, _ in codings()}


def test_the_registered_decisions_are_those_that_the_raw_files_make(table, world):
    made = decisions(world).round({"threat": 4, "share": 4})
    stored = counted_by(table, "registered").drop(columns="codings")
    order: dict[str, Any] = {"by": KEY, "ignore_index": True}
    pd.testing.assert_frame_equal(
        stored.sort_values(**order), made[stored.columns].sort_values(**order), check_dtype=False
    )


def test_the_decisions_of_revision_1_are_those_that_the_raw_files_make(table, world):
    assert keys(counted_by(table, "revision-1")) == keys(decisions(world, REVISION_1))


@pytest.mark.parametrize("outcome", TREATY)
def test_the_weights_of_the_panel_count_decisions(table, panel, outcome):
    events = panel[panel[outcome] == 1]
    weights = 1 / events[f"{outcome}_rows"].astype(float)
    mine = counted_by(table, "registered").query("outcome == @outcome")
    by_decision = weights.groupby([events["state"], events["year"], events[TREATY[outcome]]]).sum()
    assert by_decision.to_numpy() == pytest.approx(1.0)
    assert keys(mine) == {(outcome, *map(int, key)) for key in by_decision.index}
    assert (mine["aggressors"].astype(str).str.split(" ").str.len().sum()) == len(events)


@pytest.mark.parametrize(("outcome", "named"), [("bandwagon", set()), ("balance", {NATO})])
def test_no_treaty_makes_an_outcome_but_nato_which_31_states_chose_to_enter(panel, outcome, named):
    events = panel[(panel[outcome] == 1) & ~panel[f"{outcome}_class"].isin(NO_ALIGNMENT)]
    weights = 1 / events[f"{outcome}_rows"].astype(float)
    share = weights.groupby(events[TREATY[outcome]]).sum() / weights.sum()
    assert set(share.index[share > LARGEST]) == named


def test_the_declaration_of_1942_counts_only_where_declarations_do(table):
    mine = table[table["treaty"] == DECLARATION_OF_1942]
    assert len(mine) > 10
    assert {name for names in mine["codings"] for name in names.split("; ")} <= {"universal=none", "revision-1"}
