"""The codebooks of the panels beside alignment say what every column is, and give labels to terms."""

from pathlib import Path

import pandas as pd
import pytest

from data import coverage, schema
from data.codebook.panels import JOINING, PANELS, STATE, TERMINATION, label, panel

FOLDER = Path(schema.__file__).parent / "panels"
OTHERS = ("termination", "joining", "state")


@pytest.mark.parametrize("variable", TERMINATION + JOINING + STATE, ids=lambda variable: variable.name)
def test_every_column_of_the_other_panels_is_described(variable):
    for part in ("label", "unit", "formula", "source", "missing"):
        assert getattr(variable, part).strip(), part
    assert variable.nullable == (variable.missing != "never missing")
    assert bool(variable.levels) == (variable.kind == "group")


@pytest.mark.parametrize("name", OTHERS)
def test_values_reach_into_the_stated_bounds(name):
    says, table = PANELS[name], schema.read(FOLDER / f"{name}.parquet", name)
    assert len({variable.label for variable in says.variables}) == len(says.variables)
    assert set(says.keys) | set(says.outcomes) <= set(table)
    for variable in says.variables:
        if variable.kind != "group":
            values = table[variable.name].dropna().astype(float)
            assert values.min() < values.max(), variable.name


def test_labels_of_terms_are_those_of_their_panel():
    named = {name: {v.name: v.label for v in panel(name).variables} for name in PANELS}
    assert label("threat") == named["alignment"]["threat"] != label("threat", "state")
    assert label("wartime:enemy_defeated", "termination") == " x ".join(
        named["termination"][name] for name in ("wartime", "enemy_defeated")
    )
    assert label("side_share^2", "joining") == f"{named['joining']['side_share']}, squared"
    with pytest.raises(KeyError):
        label("mood", "state")
    with pytest.raises(ValueError, match="unknown panel"):
        label("threat", "weather")


@pytest.mark.parametrize("name", PANELS)
def test_the_committed_coverage_is_that_of_the_committed_panel(name):
    committed = pd.read_csv(FOLDER / f"{name}.coverage.csv")
    found = coverage.coverage(schema.read(FOLDER / f"{name}.parquet", name), name)
    pd.testing.assert_frame_equal(committed, found.astype({"era": str}), check_dtype=False)
    assert (committed["missing"] <= committed["rows"]).all()
