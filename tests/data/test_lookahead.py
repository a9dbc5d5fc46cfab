"""Covariates never look at year t: hide everything from year T on and they stay what they were."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from data.build.alignment import rows_at_risk
from data.codings import REGISTERED
from data.measures.aid import AID
from data.measures.arms import ARMS
from data.measures.capacity import CAPACITY
from data.measures.dependence import DEPENDENCE
from data.measures.measure import Sample
from data.measures.penetration import PENETRATION
from data.measures.registry import MEASURES
from data.period import FIRST
from data.world.riskset import Rows
from data.world.world import World

# File -> the columns that say when: the year of an observation, or the first and last year of a spell.
YEAR = {
    "cow_nmc.rda": "year", "polity5.rda": "year", "gml_dirdisp.rda": "year", "cow_war_intra.rda": "year",
    "cow_war_inter.rda": "year", "ucdp_acd.rda": "year", "ptcoups.csv": "year", "archigossums.rda": "year",
    "cw_democracy.rda": "year", "cw_gdppop.rda": "year", "StateCapacityDataset_v1.dta": "year",
    "AutocraticRulingPartiesDataset_cy.dta": "Year", "cow_igo_ndy.rda": "year", "aidDataDisagg.rda": "year",
    "sipri-exports-processed.csv": "year", "us_foreign_aid_country.csv": "fiscal_year",
}  # fmt: skip
SPELL = {
    "cow_contdir.rda": ("stdate", "enddate"), "cow_capitals.rda": ("stdate", "enddate"),
    "tss_rivalries.rda": ("start", "end"), "atop-member-level.csv": ("yrent", "yrexit"),
    "atop5_1m.csv": ("yrent", "yrexit"),
    "cow_majors.rda": ("styear", "endyear"), "archigos.rda": ("startdate", "enddate"),
}  # fmt: skip
# A row of year T exists because both states do, so membership in T stays known; independence is dated by hand.
KEPT = {"statelist2024.csv", "coldata110.csv"}
# Files as of 1 January: those of year T say what the last day before it knew.
JANUARY = {"cow_mindist.rda": "year"}


class Blindfold:
    """A reader of raw files as they would have stood on the last day of the year before ``until``."""

    def __init__(self, raw, until):
        self.raw, self.until, self.hidden = raw, until, 0

    def read(self, file):
        table = self.raw.read(file)
        if file in KEPT:
            return table
        if file in JANUARY:
            seen = table[table[JANUARY[file]] <= self.until]
        elif file in YEAR:
            seen = table[self._year(table[YEAR[file]]) < self.until]
        else:
            first, last = SPELL[file]
            seen = table[self._year(table[first]) < self.until].copy()
            over = (self._year(seen[last]) >= self.until) | (self._year(seen[last]) == 0)
            dates = pd.api.types.is_numeric_dtype(seen[last])
            seen[last] = seen[last].astype(float if dates else str)
            seen.loc[over, last] = self.until - 1 if dates else f"{self.until - 1}-12-31"
        self.hidden += len(table) - len(seen)
        return seen

    @staticmethod
    def _year(values):
        return values if pd.api.types.is_numeric_dtype(values) else values.astype(str).str[:4].astype(int)


@pytest.fixture(scope="module")
def blind(world):
    """Year T -> the same world without what happened in it or later."""
    return cache(lambda until: World(Blindfold(world.raw, until)))


def measured(measures, rows, now, world) -> pd.DataFrame:
    """Columns of the rows at risk ``now``, as a world has them."""
    sample = Sample(Rows(rows.i[now], rows.j[now], rows.t[now]), world, REGISTERED)
    return pd.concat([measure.columns(sample) for measure in measures], axis=1)


CAPACITY_BEGINS = 1960
YEARS_TRIED = (1866, 1940, 1984, 2005)


@pytest.mark.parametrize("until", YEARS_TRIED)
def test_covariates_do_not_change_when_year_t_and_later_are_hidden(rows, rebuilt, blind, until):
    now = rows.t == until - FIRST
    world = blind(until)
    # Nothing is left to calibrate capacity with when all its measurements, from 1960 on, are hidden.
    measures = [measure for measure in MEASURES if until > CAPACITY_BEGINS or measure is not CAPACITY]
    seen = measured(measures, rows, now, world)
    seen["income"] = world.income[rows.i[now], rows.t[now] - 1]
    known = rebuilt.loc[now].reset_index(drop=True)
    assert now.sum() > 50
    assert world.raw.hidden > 10_000
    # Calibrated capacity is a prediction from a regression over all state-years that have both: its
    # coefficients, two numbers, are learnt from later years too. Measured capacity is not excepted.
    calibrated = (known["capacity_measured"] == 0).to_numpy()
    for name in seen:
        same = seen[name].to_numpy(np.float32) == known[name].to_numpy(np.float32)
        same |= (seen[name].isna() & known[name].isna()).to_numpy()
        if name in {"capacity", "capacity_sd"}:
            same |= calibrated
        assert same.all(), f"{name} of {until} uses what happened in {until} or later"


@pytest.mark.parametrize("until", YEARS_TRIED)
def test_who_is_at_risk_is_known_the_year_before_but_for_occupation(rows, world, blind, until):
    def at_risk(rows):
        now = rows.t == until - FIRST
        return set(zip(rows.i[now].tolist(), rows.j[now].tolist(), strict=True))

    full, seen = at_risk(rows), at_risk(rows_at_risk(blind(until)))
    assert full <= seen
    assert all(world.occupied[i, j, until - FIRST] for i, j in seen - full)


def test_what_is_hidden_matters(rebuilt, rows, blind):
    """The same comparison a year too early must fail: the blindfold does hide."""
    now = rows.t == 1940 - FIRST
    seen = measured(MEASURES[:4], rows, now, blind(1939))
    for name in ("threat", "aggression", "power"):
        assert not np.array_equal(seen[name].to_numpy(np.float32), rebuilt.loc[now, name].to_numpy(np.float32)), name


def test_what_is_hidden_matters_for_arms_aid_and_ties_too(rebuilt, rows, blind):
    now = rows.t == 1984 - FIRST
    seen = measured((ARMS, AID, DEPENDENCE, PENETRATION), rows, now, blind(1983))
    for name in ("arms", "arms_other", "arms_share", "aid_other", "dependence", "igos", "ties"):
        assert not np.array_equal(seen[name].to_numpy(np.float32), rebuilt.loc[now, name].to_numpy(np.float32)), name
