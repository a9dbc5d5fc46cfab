"""The coverage table counts every row of every measured column, and what stands by rule."""

from pathlib import Path

import pandas as pd
import pytest

from data import coverage, schema
from data.build.alignment import ALIGNMENT
from data.codebook.panels import PANELS

FOLDER = Path(schema.__file__).parent / "panels"


def test_coverage_counts_every_row_of_every_measured_column_in_every_era(simulated):
    panel = simulated.copy()
    lost = (panel["era"] == "1946-1968") & (panel.index % 3 == 0)
    panel.loc[lost, "similarity"] = float("nan")
    table = coverage.coverage(panel).set_index(["column", "era"])
    assert (table.groupby("column")["rows"].sum() == len(panel)).all()
    assert table.loc[("similarity", "1946-1968"), ["missing", "rows_lost"]].to_numpy().tolist() == [lost.sum()] * 2
    assert table["missing"].sum() == lost.sum()
    measured = {v.name for v in ALIGNMENT.variables if v.kind not in {"key", "group", "outcome", "category", "rows"}}
    assert set(table.index.unique("column")) == measured


def test_coverage_tells_what_stands_by_rule_from_what_is_measured(simulated):
    table = coverage.coverage(simulated).set_index(["column", "era"])["substituted"]
    early = (simulated["year"] <= 1950) & (simulated["era"] == "1946-1968")
    assert table["duress_coup", "1946-1968"] == early.sum()
    assert table["duress_coup", "1871-1913"] == (simulated["era"] == "1871-1913").sum()
    assert table["duress_coup", "1969-1989"] == 0
    assert table["capacity"].sum() == (simulated["capacity_measured"] == 0).sum()
    assert table["constraints"].sum() == (simulated["constraints_measured"] == 0).sum()
    assert table["aid_other"].sum() == (simulated["year"] <= 1973).sum()


def test_what_is_missing_does_not_stand_by_rule(simulated):
    panel = simulated.assign(aid=simulated["aid"].where(simulated["year"] >= 1951))
    table = coverage.coverage(panel).set_index(["column", "era"])["substituted"]
    assert table["aid"].sum() == panel["year"].between(1951, 1973).sum()


def test_the_summary_gives_events_by_era_and_in_all(simulated):
    last = next(line for line in coverage.summary(simulated).splitlines() if line.startswith("all"))
    assert last.split()[1:] == [str(len(simulated)), *(str(simulated[y].sum()) for y in ("bandwagon", "balance"))]


@pytest.mark.parametrize("name", PANELS)
def test_the_committed_coverage_is_that_of_the_committed_panel(name):
    committed = pd.read_csv(FOLDER / f"{name}.coverage.csv")
    found = coverage.coverage(schema.read(FOLDER / f"{name}.parquet", name), name)
    pd.testing.assert_frame_equal(committed, found.astype({"era": str}), check_dtype=False)
    assert (committed["missing"] <= committed["rows"]).all()
