"""The codebook says what every column of every panel is, and gives labels to terms."""

from pathlib import Path

import pandas as pd
import pytest

from data import schema
from data.codebook.panels import DERIVED, PANELS, label, panel
from data.codebook.variable import BUILT
from inference import panels

FOLDER = Path(schema.__file__).parent / "panels"
NEVER_MOVES = {
    ("informal", "power_knot"),  # since 1976 no aggressor held a third of the system's capabilities
    ("alignment", "bandwagon_rows"),  # a treaty is centred on one aggressor
    *(("pacts", name) for name in ("bandwagon_rows", "power_knot", "past_alliance", "aid", "imposed_leader")),
}
KINDS = {"key", "group", "outcome", "category", "rows", "binary", "count", "continuous"}


@pytest.fixture(scope="module")
def tables():
    """The committed panels by name."""
    return {name: schema.read(FOLDER / f"{name}.parquet", name) for name in PANELS}


@pytest.mark.parametrize("name", PANELS | DERIVED)
def test_every_column_has_label_unit_formula_source_and_a_rule_for_missing_values(name):
    for variable in panel(name).variables:
        for part in ("label", "unit", "formula", "source", "missing"):
            assert getattr(variable, part).strip(), (variable.name, part)
        assert variable.kind in KINDS
        assert variable.nullable == (variable.missing != "never missing")
        assert bool(variable.levels) == (variable.kind in {"group", "category"})


@pytest.mark.parametrize("name", PANELS | DERIVED)
def test_names_and_labels_are_each_used_once(name):
    book = panel(name)
    assert len(book.columns) == len(book.variables)
    assert len({variable.label for variable in book.variables}) == len(book.variables)
    assert set(book.keys) | set(book.outcomes) <= set(book.columns)


def test_every_panel_that_is_built_is_registered_in_the_order_of_the_command():
    assert tuple(PANELS) == BUILT
    assert all(name == book.name for name, book in (PANELS | DERIVED).items())
    assert all((Path(schema.__file__).parents[1] / book.codebook).exists() for book in PANELS.values())


@pytest.mark.parametrize("name", PANELS)
def test_a_shipped_panel_is_read_as_it_was_validated(name, tables):
    pd.testing.assert_frame_equal(panels.read(name, panels.PANEL), tables[name], check_exact=True)


@pytest.mark.parametrize("name", PANELS)
def test_values_keep_the_stated_bounds_and_reach_into_them(name, tables):
    table = tables[name]
    for variable in panel(name).variables:
        if variable.kind not in {"group", "category"}:
            values = table[variable.name].dropna().astype(float)
            assert variable.low is None or values.min() >= variable.low, variable.name
            assert variable.high is None or values.max() <= variable.high, variable.name
            assert values.min() < values.max() or (name, variable.name) in NEVER_MOVES, variable.name
            assert variable.nullable or table[variable.name].notna().all(), variable.name


def test_labels_of_terms_are_put_together_from_those_of_their_panel():
    columns = panel("alignment").columns
    assert label("duress") == columns["duress"].label
    assert label("duress:threat") == f"{columns['duress'].label} x {columns['threat'].label}"
    assert label("threat^2") == f"{columns['threat'].label}, squared"
    assert label("threat") != label("threat", "state")
    terms = ("wartime", "enemy_defeated")
    expected = " x ".join(panel("termination").columns[name].label for name in terms)
    assert label(":".join(terms), "termination") == expected
    assert label("side_share^2", "joining") == f"{panel('joining').columns['side_share'].label}, squared"
    for name in ("alignment", "state"):
        with pytest.raises(KeyError):
            label("mood", name)
    with pytest.raises(ValueError, match="unknown panel"):
        label("threat", "weather")
