from math import log, sqrt
from statistics import linear_regression

import numpy as np
import pytest

from data.build.state import state
from data.codings import Coding
from data.measures import capacity_indicators
from data.measures.capacity import CAPACITY, SCORES, by_income, by_indicators, measured
from data.measures.capacity_indicators import FULL, REDUCED, Sample, held_out, indicators, known_in, matrix, r_squared
from data.measures.similarity import SIMILARITY
from data.period import FIRST
from tests.data.states import FINLAND, FRANCE, GREECE, HAITI, MOZAMBIQUE, SOUTH_AFRICA, SPAIN, UK, USSR

INCOME, OTHER = Coding(capacity="predicted"), Coding(capacity="indicators")


def test_capacity_is_the_measured_one_where_there_is_one_under_every_coding(dyad):
    for coding in (Coding(), INCOME, OTHER):
        out = CAPACITY.columns(dyad(MOZAMBIQUE, SOUTH_AFRICA, 1984, coding=coding))
        assert out["capacity"].item() == pytest.approx(-0.595)
        assert out["capacity_sd"].item() == pytest.approx(0.391661, rel=1e-5)
        assert out["capacity_measured"].item() == 1


def test_nothing_stands_in_for_a_score_that_was_not_measured(world, dyad):
    out = CAPACITY.columns(dyad(FINLAND, USSR, 1948, 1960, 1961))
    assert out["capacity"].isna().tolist() == out["capacity_sd"].isna().tolist() == [True, True, False]
    assert out["capacity_measured"].tolist() == [0, 0, 1]
    assert out["income"].notna().all()
    scores = measured(world)
    years = np.flatnonzero(scores.measured.any(axis=0)) + FIRST
    assert (years.min(), years.max()) == (1960, 2015)
    assert (np.isfinite(scores.sd) == scores.measured).all()


def test_state_years_without_a_code_have_no_score_either(world):
    table = world.raw.read("StateCapacityDataset_v1.dta")
    without = table[table["ccode"].isna()]
    assert len(without) == 583
    assert without["country"].nunique() == 13
    assert without["Capacity"].isna().all()


def test_of_a_state_and_its_successor_in_one_year_the_successor_has_the_score(world):
    table = world.raw.read("StateCapacityDataset_v1.dta").set_index(["country", "year"])["Capacity"]
    value = measured(world).value
    for code, country, other, year in [
        (816, "Vietnam", "Vietnam, North", 1976),
        (345, "Yugoslavia, Fed. Rep.", "Yugoslavia", 1991),
        (345, "Serbia", "Serbia-Montenegro", 2006),
    ]:
        assert value[int(world.grid.index(code)), year - FIRST] == table[country, year] != table[other, year]


def test_capacity_may_be_predicted_from_income_with_the_residual_as_its_error(world, dyad):
    value, _, known = by_income(world)
    both = known & np.isfinite(world.income)
    slope, intercept = linear_regression(world.income[both].tolist(), value[both].tolist())
    residual = value[both] - intercept - slope * world.income[both]
    out = CAPACITY.columns(dyad(FINLAND, USSR, 1948, coding=INCOME))
    assert both.sum() > 5_000
    assert out["capacity"].item() == pytest.approx(intercept + slope * out["income"].item(), rel=1e-6)
    assert out["capacity_sd"].item() == pytest.approx(sqrt((residual**2).sum() / (both.sum() - 2)), rel=1e-4)
    assert out["capacity_measured"].item() == 0
    filled = ~known & np.isfinite(value)
    assert np.corrcoef(value[filled], world.income[filled])[0, 1] == pytest.approx(1)


def test_indicators_of_named_states(world):
    fields = indicators(world)

    def of(name, code, year):
        return fields[name][int(world.grid.index(code)), year - FIRST]

    raw = world.raw.read("cow_nmc.rda").query("ccode == 200 and year == 1850").iloc[0]
    assert of("steel", UK, 1850) == pytest.approx(log(1 + 1000 * raw["irst"] / raw["tpop"]))
    assert of("urban", UK, 1850) == pytest.approx(raw["upop"] / raw["tpop"])
    assert of("steel", UK, 1850) > of("steel", FRANCE, 1850) > of("steel", SPAIN, 1850)
    assert of("history", FRANCE, 1900) == pytest.approx(log(1 + 1900 - 943))
    assert of("history", HAITI, 1904) == pytest.approx(log(101))
    assert of("history", GREECE, 1828) == 0
    everyone = world.raw.read("cow_nmc.rda").query("year == 1980 and milex == milex")
    own = everyone.query("ccode == 365").iloc[0]
    per_head = own["milex"] / own["tpop"] / (everyone["milex"].sum() / everyone["tpop"].sum())
    assert of("spending", USSR, 1980) == pytest.approx(log(1 + per_head))


def test_where_nothing_is_measured_indicators_predict_with_the_error_of_held_out_states(world):
    scores, known = by_indicators(world), measured(world)
    fields = indicators(world)
    full, reduced = (known_in(known.value, matrix(fields, names)) for names in (FULL, REDUCED))
    i, t = int(world.grid.index(UK)), 1850 - FIRST
    coefficients = np.linalg.solve(full.x.T @ full.x, full.x.T @ full.y)
    assert scores.value[i, t] == pytest.approx(matrix(fields, FULL)[i, t] @ coefficients)
    errors = [np.sqrt(np.nanmean(held_out(sample, earlier=True) ** 2)) for sample in (full, reduced)]
    filled = ~scores.measured & np.isfinite(scores.value)
    assert set(np.unique(scores.sd[filled]).round(9)) == set(np.round(errors, 9))
    assert errors[0] < errors[1]
    assert scores.value[i, t] > scores.value[int(world.grid.index(SPAIN)), t]
    early = world.grid.member & (np.arange(FIRST, FIRST + filled.shape[1]) < 1960)
    assert np.isfinite(scores.value[early]).mean() > 0.94


def test_held_out_states_are_predicted_as_the_docstring_says_and_not_by_income_alone(world):
    fields, known = indicators(world), measured(world)
    said = {FULL: (0.61, 0.53, 0.84, 0.1), REDUCED: (0.52, 0.41, 0.71, 0.2)}
    for names, (states, earlier, income, too_high) in said.items():
        x = matrix(fields, names)
        sample = known_in(known.value, x)
        assert r_squared(sample, held_out(sample, earlier=False)) == pytest.approx(states, abs=0.006)
        assert r_squared(sample, held_out(sample, earlier=True)) == pytest.approx(earlier, abs=0.006)
        assert -np.nanmean(held_out(sample, earlier=True)) == pytest.approx(too_high, abs=0.05)
        both = known.measured & np.isfinite(x).all(axis=-1) & np.isfinite(world.income)
        fitted = x[both] @ capacity_indicators.fit(sample)
        assert np.corrcoef(fitted, world.income[both])[0, 1] == pytest.approx(income, abs=0.006)


def test_a_held_out_state_is_not_learnt_from():
    rng = np.random.default_rng(1)
    state, year = np.repeat(np.arange(20), 10), np.tile(np.arange(10), 20)
    x = np.column_stack([np.ones(200), rng.normal(size=200)])
    y = x @ [1.0, 2.0]
    assert np.abs(held_out(Sample(x, y, state, year), earlier=False)).max() < 1e-9
    y = np.where(state == 3, y + 5, y)
    odd = held_out(Sample(x, y, state, year), earlier=False)
    # State 13 is left out with state 3, so that neither errs because of the other.
    assert np.abs(odd[state == 13]).max() < 1e-9
    assert odd[state == 3] == pytest.approx(5)
    earlier = held_out(Sample(x, y, state, year), earlier=True)
    assert (np.isnan(earlier) == (year >= 5)).all()
    late = held_out(Sample(x, np.where(year < 5, y + 1, y), state, year), earlier=True)
    assert late[(year < 5) & (state == 13)] == pytest.approx(1)


def test_the_state_panel_follows_the_coding_of_its_world(world):
    panels = {name: state(world.under(Coding(capacity=name))).set_index(["state", "year"]) for name in SCORES}
    known = panels["measured"]["capacity"]
    assert known.loc[known.index.get_level_values("year") < 1960].isna().all()
    for name in ("indicators", "predicted"):
        other = panels[name]
        assert other["capacity_measured"].equals(panels["measured"]["capacity_measured"])
        assert (other["capacity"][known.notna()] == known[known.notna()]).all()
        assert other["capacity"].notna().sum() > 1.6 * known.notna().sum()
        assert (other["capacity"].isna() == other["capacity_sd"].isna()).all()


def test_income_and_similarity_are_those_of_the_year_before(world, dyad):
    case = dyad(MOZAMBIQUE, SOUTH_AFRICA, 1984)
    scores = world.raw.read("cw_democracy.rda").query("year == 1983").set_index("ccode")["euds"]
    assert SIMILARITY.columns(case)["similarity"].item() == pytest.approx(
        -abs(scores[MOZAMBIQUE] - scores[SOUTH_AFRICA])
    )
    dollars = world.raw.read("cw_gdppop.rda").query("year == 1983 and ccode == @MOZAMBIQUE")["mrgdppc"].item()
    assert CAPACITY.columns(case)["income"].item() == pytest.approx(log(dollars))
