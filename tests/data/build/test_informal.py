"""The informal panel: its rows are those of the alignment panel, its events those of the files."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data import coverage, schema
from data.build.alignment import rows_at_risk
from data.build.informal import INFORMAL, SINCE, informal_rows, support_columns
from data.codings import REGISTERED, Coding
from data.period import END, FIRST
from data.world.informal import agreements, external_support
from data.world.riskset import Rows, regional_powers

RUSSIA, SYRIA, IRAN, IRAQ, TURKEY = 365, 652, 630, 645, 640
KEYS = ["state", "aggressor", "year"]


@pytest.fixture(scope="module")
def panel(informal_rebuilt):
    return schema.validate(informal_rebuilt, "informal")


def test_rows_are_those_of_the_alignment_panel_from_1976_on(panel, world, rows):
    late = rows.t + FIRST >= SINCE
    states = world.grid.states
    keys = [states[rows.i[late]], states[rows.j[late]], rows.t[late] + FIRST]
    assert all((panel[name] == values).all() for name, values in zip(KEYS, keys, strict=True))
    assert (panel["year"].min(), panel["year"].max()) == (SINCE, END)


def events(panel, outcome):
    return set(panel.loc[panel[outcome] == 1, KEYS].itertuples(index=False, name=None))


def test_events_are_counted_from_the_files(panel, world):
    """The same by another way: supporters and signatories by name, one at a time."""
    table, states = external_support.supports(world.raw.read(external_support.FILE), world.grid), world.grid.states
    seen = {}
    for i, j, conflict, year in table[["i", "j", "conflict", "year"]].itertuples(index=False, name=None):
        seen.setdefault((int(states[i]), int(states[j]), conflict), set()).add(year)
    new = {
        (i, j, year)
        for (i, j, _), years in seen.items()
        for year in years
        if year >= SINCE and not years & set(range(year - 5, year))
    }
    at_risk = set(panel[KEYS].itertuples(index=False, name=None))
    assert events(panel, "military_support") == new & at_risk
    file = world.raw.read(agreements.FILE)
    signed = {frozenset((a, b, y)) for a, b, y in zip(file["ccode1"], file["ccode2"], file["signYear"], strict=True)}
    assert events(panel, "defence_agreement") == {key for key in at_risk if frozenset(key) in signed}


@pytest.mark.parametrize(
    ("what", "state", "aggressor", "year", "conflict"),
    [
        ("Soviet arms for Ethiopia in the Ogaden war", 530, RUSSIA, 1977, 267),
        ("Vietnam against Cambodia", 816, RUSSIA, 1978, 334),
        ("Khmer Rouge and China", 811, 710, 1978, 300),
        ("Mobutu and China, Shaba", 490, 710, 1977, 283),
        ("Turkish arms for Azerbaijan", 373, TURKEY, 1992, 388),
        ("Russia and Damascus before the intervention", SYRIA, RUSSIA, 2011, 299),
        ("Russia and Damascus against the Islamic State", SYRIA, RUSSIA, 2015, 13604),
        ("Iran and Baghdad against the Islamic State", IRAQ, IRAN, 2014, 259),
        ("India and Nepal against the Maoists", 790, 750, 1997, 269),
    ],
)
def test_named_supports(panel, what, state, aggressor, year, conflict):
    row = panel[(panel[KEYS] == [state, aggressor, year]).all(axis=1)]
    assert len(row) == 1, what
    assert row["military_support"].item() == 1, what
    assert row["conflict"].item() == conflict, what


def test_what_is_behind_an_event_stands_where_it_is(panel):
    assert (panel["conflict"].notna() == (panel["military_support"] == 1)).all()
    assert (panel["agreement"].notna() == (panel["defence_agreement"] == 1)).all()
    assert (panel["support_certain"] <= panel["military_support"]).all()
    assert (panel["general_agreement"].dropna() <= panel["defence_agreement"].dropna()).all()
    assert panel.query("state == 652 and aggressor == 365 and year == 2015")["supported"].item() == 1
    assert panel.query("state == 652 and aggressor == 365 and year == 2011")["supported"].item() == 0


def test_agreements_are_known_from_1980_to_2010_and_what_is_lost_is_counted(panel):
    known = panel["year"].between(*agreements.YEARS)
    for name in ("defence_agreement", "general_agreement"):
        assert (panel[name].notna() == known).all()
    table = coverage.coverage(panel, "informal").set_index("column")
    assert table["rows_lost"]["defence_agreement"].sum() == (~known).sum()
    assert "military_support" not in table.index


def test_covariates_are_those_of_the_alignment_panel(panel, rebuilt):
    both = panel[KEYS].merge(rebuilt, on=KEYS)
    for name in ("threat", "threat_other", "duress", "proximity", "support", "power", "capacity"):
        np.testing.assert_array_equal(panel[name].to_numpy(float), both[name].to_numpy(float), err_msg=name)


def test_a_treaty_beside_is_any_new_obligation(panel, rebuilt):
    both = panel[[*KEYS, "treaty_too"]].merge(rebuilt[[*KEYS, "bandwagon"]], on=KEYS)
    assert (both["treaty_too"] >= both["bandwagon"]).all()
    assert both["treaty_too"].sum() > both["bandwagon"].sum() > 0


def test_regional_powers_are_the_two_strongest_of_the_region(world):
    powers = regional_powers(world.grid, world.cinc)
    at = {code: int(world.grid.index(code)) for code in (SYRIA, IRAN, IRAQ, TURKEY, RUSSIA, 663)}
    t = 2009 - FIRST
    middle_east = np.flatnonzero(powers[at[663], :, t])
    assert sorted(world.grid.states[middle_east].tolist()) == [IRAN, TURKEY]
    assert not powers[at[SYRIA], at[RUSSIA], t]
    members = world.grid.member[:, t]
    assert (powers[members, :, t].sum(axis=1) == 2).all()


def test_reach_by_regional_powers_only_adds_rows(world, rows):
    def keys(rows):
        return set(zip(rows.i.tolist(), rows.j.tolist(), rows.t.tolist(), strict=True))

    wider = rows_at_risk(world, replace(REGISTERED, reach="regional-powers"))
    assert keys(rows) < keys(wider)
    added = keys(wider) - keys(rows)
    powers = regional_powers(world.grid, world.cinc)
    assert all(powers[i, j, t - 1] and not np.isfinite(world.contiguity_km[i, j, t - 1]) for i, j, t in added)
    assert str(Coding(reach="regional-powers")) == "reach=regional-powers"


def test_the_codebook_says_which_columns_are_of_the_year_itself():
    book = INFORMAL.columns
    assert {name for name, v in book.items() if "not known at t-1" in v.formula} == {"treaty_too"}
    assert pd.Series([v.label for v in book.values()]).is_unique


def test_what_is_known_at_t_minus_1_does_not_change_when_t_is_hidden(panel, world):
    """The columns of this panel that are no events: those of year T from a file that ends the year before."""

    class Cut:
        def __init__(self, until):
            self.until = until

        def read(self, file):
            table = world.raw.read(file)
            return table[table["year"] < self.until] if file == external_support.FILE else table

    for until in (1984, 2005):
        blind = replace(world, raw=Cut(until))
        now = panel["year"] == until
        rows = informal_rows(world)
        at = Rows(rows.i[now], rows.j[now], rows.t[now])
        blind.__dict__["grid"] = world.grid
        seen = support_columns(at, blind)
        for name in ("supported", "fighting"):
            assert (seen[name].to_numpy() == (panel.loc[now, name] == 1).to_numpy()).all()
            assert seen[name].any()
        assert not seen["military_support"].any()  # the year itself is hidden
        assert panel.loc[now, "military_support"].any()
