"""The codebook says what every column is; codings are values; the coverage table counts every row."""

from dataclasses import FrozenInstanceError
from itertools import product

import pandas as pd
import pytest

from data import coverage
from data.build.alignment import rows_at_risk
from data.codebook.alignment import ALIGNMENT, KEYS, alignment, label
from data.codings import CHOICES, REGISTERED, Coding
from data.groups import ERAS, REGIONS, era, region
from data.measures.outcomes import balance

KINDS = {"key", "group", "outcome", "binary", "count", "continuous"}


@pytest.mark.parametrize("variable", ALIGNMENT, ids=lambda variable: variable.name)
def test_every_column_has_label_unit_formula_source_and_a_rule_for_missing_values(variable):
    for part in ("label", "unit", "formula", "source", "missing"):
        assert getattr(variable, part).strip(), part
    assert variable.kind in KINDS
    assert variable.nullable == (variable.missing != "never missing")
    assert bool(variable.levels) == (variable.kind == "group")


def test_names_and_labels_are_each_used_once():
    assert len(alignment()) == len(ALIGNMENT)
    assert len({variable.label for variable in ALIGNMENT}) == len(ALIGNMENT)
    assert set(KEYS) <= set(alignment())


def test_labels_of_terms_are_put_together_from_those_of_variables():
    duress, threat = (alignment()[name].label for name in ("duress", "threat"))
    assert label("duress") == duress
    assert label("duress:threat") == f"{duress} x {threat}"
    assert label("threat^2") == f"{threat}, squared"
    with pytest.raises(KeyError):
        label("mood")


def test_values_keep_the_stated_bounds_and_reach_into_them(rebuilt):
    for variable in ALIGNMENT:
        if variable.kind == "group":
            continue
        values = rebuilt[variable.name].dropna().astype(float)
        assert variable.low is None or values.min() >= variable.low, variable.name
        assert variable.high is None or values.max() <= variable.high, variable.name
        assert values.min() < values.max(), variable.name
        assert variable.nullable or rebuilt[variable.name].notna().all(), variable.name


def test_regions_part_the_states_and_eras_the_years(world):
    codes = world.grid.states
    assert region(codes).notna().all()
    claims = [sum(first <= code <= last for ranges in REGIONS.values() for first, last in ranges) for code in codes]
    assert set(claims) == {1}
    assert era([1816, 1817, 1870, 1871, 1945, 1946, 2011]).tolist()[1:] == [
        "1817-1870", "1817-1870", "1871-1913", "1939-1945", "1946-1968", "2002-2011"]  # fmt: skip
    assert pd.isna(era([1816])[0])
    for name, first in ERAS.items():
        start, end = (int(year) for year in name.split("-"))
        assert start == first
        assert era([end])[0] == name


def test_a_coding_is_a_frozen_value_and_says_what_it_changes():
    assert Coding() == REGISTERED
    assert {name: values[0] for name, values in CHOICES.items()} == vars(REGISTERED)
    assert str(REGISTERED) == "registered"
    assert str(Coding(weak="small", window=5)) == "weak=small+window=5"
    with pytest.raises(FrozenInstanceError):
        REGISTERED.window = 5


@pytest.mark.parametrize("values", list(product(*CHOICES.values())), ids=lambda values: "+".join(map(str, values)))
def test_the_text_of_a_coding_returns_it(values):
    coding = Coding(*values)
    assert Coding.parse(str(coding)) == coding


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("weak=tiny", "coding weak='tiny': choose from weaker, small, dwarfed"),
        ("size=small", "unknown coding 'size': choose from aggressor"),
        ("weak=small+weak=small", "coding weak is given twice"),
        ("", "unknown coding ''"),
    ],
)
def test_a_text_that_is_no_coding_is_refused_with_the_choices(text, words):
    with pytest.raises(ValueError, match=words):
        Coding.parse(text)


@pytest.mark.parametrize("name", CHOICES)
def test_nonsense_is_refused_with_the_choices(name):
    with pytest.raises(ValueError, match=f"coding {name}='nonsense'") as error:
        Coding(**{name: "nonsense"})
    assert all(str(choice) in str(error.value) for choice in CHOICES[name])


RISK = [Coding(**{name: value}) for name in ("aggressor", "weak", "window") for value in CHOICES[name][1:]]


@pytest.mark.slow
@pytest.mark.parametrize("coding", RISK, ids=str)
def test_every_coding_of_the_risk_set_builds_and_nests_as_it_should(world, rows, coding):
    def keys(some):
        return set(zip(some.i.tolist(), some.j.tolist(), some.t.tolist(), strict=True))

    registered, other = keys(rows), keys(rows_at_risk(world, coding))
    wider = coding.aggressor == "any-revisionist" or coding.window > REGISTERED.window
    small, large = (registered, other) if wider else (other, registered)
    assert 1_000 < len(small) < len(large)
    assert small < large


@pytest.mark.slow
def test_every_coding_of_balancing_builds_and_nests_as_it_should(world, rows):
    def events(value):
        coding = Coding(balance=value)
        return (
            balance(rows, world.treaties, world.disputes, world.rivals, world.cinc, coding, world.grid)["balance"] == 1
        )

    against, anyone, two = (events(value) for value in CHOICES["balance"])
    assert 0 < two.sum() < against.sum() < anyone.sum()
    assert not (two & ~against).any()
    assert not (against & ~anyone).any()


def test_coverage_counts_every_row_of_every_measured_column_in_every_era(simulated):
    panel = simulated.copy()
    lost = (panel["era"] == "1946-1968") & (panel.index % 3 == 0)
    panel.loc[lost, "similarity"] = float("nan")
    table = coverage.coverage(panel).set_index(["column", "era"])
    assert (table.groupby("column")["rows"].sum() == len(panel)).all()
    assert table.loc[("similarity", "1946-1968"), ["missing", "rows_lost"]].tolist() == [lost.sum()] * 2
    assert table["missing"].sum() == lost.sum()
    assert set(table.index.unique("column")) == {v.name for v in ALIGNMENT} - {
        v.name for v in ALIGNMENT if v.kind in {"key", "group", "outcome"}
    }  # fmt: skip


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
