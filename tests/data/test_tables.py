"""The tables beside the panels are what the raw files make, and say what the panels say."""

from pathlib import Path

import pandas as pd
import pytest

from data.__main__ import _tables
from data.build import events

PANELS = Path(__file__).parents[2] / "data" / "panels"


def written(table, path):
    table.to_csv(path, index=False)
    return path.read_text()


def assert_tables_are_the_committed_ones(world, panel, without, folder):
    made = _tables("alignment", panel, world) | _tables("informal", without, world)
    assert set(made) == {"events", "case_2015", "validation"}
    for name, table in made.items():
        assert written(table, folder / name) == (PANELS / f"{name}.csv").read_text(), name
    assert _tables("state", panel, world) == {}


@pytest.mark.slow
@pytest.mark.campaign
def test_committed_tables_are_what_the_raw_files_make(world, rebuilt, informal_rebuilt, tmp_path):
    assert_tables_are_the_committed_ones(world, rebuilt, informal_rebuilt, tmp_path)


@pytest.mark.slow
def test_committed_tables_are_what_the_raw_files_make_but_for_events_under_every_coding(
    world, rebuilt, informal_rebuilt, tmp_path, monkeypatch
):
    """The decisions of the registered coding are compared below, those of all codings in the campaign."""
    monkeypatch.setattr(events, "events", lambda _: pd.read_csv(PANELS / "events.csv", dtype=str, na_filter=False))
    assert_tables_are_the_committed_ones(world, rebuilt, informal_rebuilt, tmp_path)


@pytest.mark.parametrize(("outcome", "treaty"), [("bandwagon", "treaty"), ("balance", "balance_treaty")])
def test_registered_decisions_are_those_of_the_panel(outcome, treaty):
    panel, decisions = pd.read_parquet(PANELS / "alignment.parquet"), pd.read_csv(PANELS / "events.csv")
    mine = panel[panel[outcome] == 1]
    counted = pd.Series(["registered" in str(names).split("; ") for names in decisions["codings"]])
    table = decisions[counted & (decisions["outcome"] == outcome)]
    key = ["state", "year", "treaty"]
    there = mine[["state", "year", treaty]].drop_duplicates().set_axis(key, axis=1)
    assert {*map(tuple, there.to_numpy().tolist())} == {*map(tuple, table[key].to_numpy().tolist())}
    assert (mine[outcome] / mine[f"{outcome}_rows"]).sum() == pytest.approx(len(table))
