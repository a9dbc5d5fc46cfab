"""Covariates never look at year t: hide or change all from year T on, and they stay what they were."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from data.build.alignment import rows_at_risk
from data.build.state import state
from data.codings import REGISTERED
from data.measures.aid import AID
from data.measures.arms import ARMS
from data.measures.capacity import CAPACITY
from data.measures.dependence import DEPENDENCE
from data.measures.duress import YEARS_BACK, irregular, mark
from data.measures.measure import Sample
from data.measures.penetration import PENETRATION
from data.measures.registry import MEASURES
from data.period import FIRST
from data.world.grid import window
from data.world.riskset import Rows, status_quo
from data.world.world import World
from tests.fixtures.futures import READERS, Altered, leaders_summed


@pytest.fixture(scope="module")
def blind(world):
    """Year T and ``hidden`` or ``altered`` -> the same world without what happened in T or later, or with another."""
    return cache(lambda until, kind: World(READERS[kind](world.raw, until)))


def measured(measures, rows, now, world) -> pd.DataFrame:
    """Columns of the rows at risk ``now``, as a world has them."""
    sample = Sample(Rows(rows.i[now], rows.j[now], rows.t[now]), world, REGISTERED)
    return pd.concat([measure.columns(sample) for measure in measures], axis=1)


CAPACITY_BEGINS = 1960
YEARS_TRIED = (1866, 1940, 1984, 2005, 2013)
FEW = {"altered": (1940, 2005, 2013), "hidden": (2005,)}  # of which each takes some seconds
EACH = [
    pytest.param(until, kind, marks=[] if until in FEW[kind] else [pytest.mark.slow, pytest.mark.campaign])
    for until in YEARS_TRIED
    for kind in READERS
]


@pytest.mark.parametrize(("until", "kind"), EACH)
def test_covariates_do_not_change_with_year_t_and_later(rows, rebuilt, blind, until, kind):
    now = rows.t == until - FIRST
    world = blind(until, kind)
    # Nothing is left to calibrate capacity with when all its measurements, from 1960 on, are hidden.
    measures = [measure for measure in MEASURES if until > CAPACITY_BEGINS or measure is not CAPACITY]
    seen = measured(measures, rows, now, world)
    seen["income"] = world.income[rows.i[now], rows.t[now] - 1]
    known = rebuilt.loc[now].reset_index(drop=True)
    assert now.sum() > 50
    assert world.raw.changed > 10_000
    # Calibrated capacity is a prediction from a regression over all state-years that have both: its
    # coefficients, two numbers, are learnt from later years too. Measured capacity is not excepted.
    calibrated = (known["capacity_measured"] == 0).to_numpy()
    for name in seen:
        same = seen[name].to_numpy(np.float32) == known[name].to_numpy(np.float32)
        same |= (seen[name].isna() & known[name].isna()).to_numpy()
        if name in {"capacity", "capacity_sd"}:
            same |= calibrated
        assert same.all(), f"{name} of {until} uses what happened in {until} or later: {(~same).sum()} rows"


@pytest.mark.parametrize("until", [1955, 2005])
def test_state_years_do_not_change_with_later_years(world, blind, until):
    known, seen = (made[made["year"] < until] for made in (state(world), state(blind(until, "altered"))))
    known, seen = (made.reset_index(drop=True) for made in (known, seen))
    measured = known["capacity_measured"] == 1  # elsewhere the two coefficients of a regression over all years
    calibrated = ["capacity", "capacity_sd"]
    assert seen.drop(columns=calibrated).equals(known.drop(columns=calibrated))
    assert seen.loc[measured, calibrated].equals(known.loc[measured, calibrated])


@pytest.mark.parametrize("until", YEARS_TRIED)
def test_who_is_at_risk_is_known_the_year_before_but_for_occupation_and_pacts_that_end(rows, world, blind, until):
    def at_risk(rows):
        now = rows.t == until - FIRST
        return set(zip(rows.i[now].tolist(), rows.j[now].tolist(), strict=True))

    def told(other):
        """Pairs that what happens in the year takes out or puts in: occupation, and pacts that end with a leader."""
        occupied = [w.occupied[..., until - FIRST] for w in (world, other)]
        quo = [status_quo(w.grid, w.treaties, w.disputes, REGISTERED)[:, until - FIRST] for w in (world, other)]
        return (occupied[0] != occupied[1]) | (quo[0] != quo[1])[None]

    full = at_risk(rows)
    for kind in READERS:
        other = blind(until, kind)
        differs = told(other)
        assert all(differs[i, j] for i, j in full ^ at_risk(rows_at_risk(other))), kind
    lost = ~status_quo(world.grid, world.treaties, world.disputes, REGISTERED)[:, until - FIRST]
    kept = blind(until, "hidden")
    lost &= status_quo(kept.grid, kept.treaties, kept.disputes, REGISTERED)[:, until - FIRST]
    pact = world.treaties.defence
    assert (pact[lost, :, until - FIRST] & ~pact[lost, :, until + 1 - FIRST]).any(axis=1).all()


@pytest.mark.parametrize("kind", READERS)
def test_what_changes_matters(rebuilt, rows, blind, kind):
    """The same comparison a year too early must fail: the readers do change the files."""
    now = rows.t == 1940 - FIRST
    seen = measured(MEASURES[:4], rows, now, blind(1939, kind))
    for name in ("threat", "aggression", "power"):
        assert not np.array_equal(seen[name].to_numpy(np.float32), rebuilt.loc[now, name].to_numpy(np.float32)), name


@pytest.mark.parametrize("kind", READERS)
def test_what_changes_matters_for_arms_aid_and_ties_too(rebuilt, rows, blind, kind):
    now = rows.t == 1984 - FIRST
    seen = measured((ARMS, AID, DEPENDENCE, PENETRATION), rows, now, blind(1983, kind))
    for name in ("arms", "arms_other", "arms_share", "aid_other", "dependence", "igos", "ties"):
        assert not np.array_equal(seen[name].to_numpy(np.float32), rebuilt.loc[now, name].to_numpy(np.float32)), name


def test_spells_under_way_end_otherwise_and_begin_as_they_did(world):
    leaders, other = world.raw.read("archigos.rda"), Altered(world.raw, 1984).read("archigos.rda")
    began = leaders["startdate"].astype(str) < "1984"
    over = began & (leaders["enddate"].astype(str) >= "1984")
    assert (leaders.loc[began, "startdate"].astype(str) == other.loc[began, "startdate"].astype(str)).all()
    assert leaders.loc[began & ~over].equals(other.loc[began & ~over])
    assert (leaders.loc[over, "enddate"].astype(str) != other.loc[over, "enddate"].astype(str)).mean() > 0.9
    assert (other.loc[over, "enddate"].astype(str) >= "1984").all()
    assert (leaders.loc[over, "exit"] != other.loc[over, "exit"]).any()


def test_the_summary_of_leaders_is_made_from_spells_as_its_authors_do(world):
    published = world.raw.read("archigossums.rda")
    made = leaders_summed(published, world.raw.read("archigos.rda"))
    assert made["irregular"].tolist() == published["irregular"].tolist()


@pytest.mark.parametrize("until", [1940, 1984, 2005])
def test_a_summary_that_knows_the_future_is_caught(world, blind, until):
    """Duress coded from the yearly summary, as it once was, changes with later exits; from spells it does not."""

    def of_summary(world):
        leaders = world.raw.read("archigossums.rda").query("irregular == 1")
        return mark(world, leaders["gwcode"], leaders["year"], "gw")

    def at_t(field):
        return window(field, YEARS_BACK)[:, until - FIRST] > 0

    other = blind(until, "altered")
    assert (at_t(of_summary(world)) != at_t(of_summary(other))).sum() >= 3
    assert (at_t(irregular(world)) == at_t(irregular(other))).all()
