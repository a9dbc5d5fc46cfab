"""Each measure against a count or a formula done by hand, on a toy world or on rows of the raw tables."""

from math import asin, cos, log, radians, sin, sqrt
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import linregress

from data.codings import REGISTERED, Coding
from data.measures.aggression import aggression
from data.measures.capacity import calibrated, capacity
from data.measures.duress import duress
from data.measures.history import history
from data.measures.offence import offence
from data.measures.power import power
from data.measures.proximity import proximity
from data.measures.similarity import similarity
from data.measures.support import support
from data.measures.threat import threat
from data.world.grid import FIRST, YEARS
from data.world.riskset import Rows
from data.world.treaties import DEFENCE

KUWAIT, IRAQ, FINLAND, USSR, ROMANIA, GERMANY, MOZAMBIQUE, SOUTH_AFRICA, CHILE = (
    690,
    645,
    375,
    365,
    360,
    255,
    541,
    560,
    155,
)
UK, TURKEY, PERU = 200, 640, 135


@pytest.fixture(scope="module")
def dyad(world):
    """Rows of one state and one aggressor in some years, at risk or not."""

    def make(state, aggressor, *years):
        i, j = (np.full(len(years), int(world.grid.index(code))) for code in (state, aggressor))
        return Rows(i, j, np.array(years) - FIRST)

    return make


def test_threat_counts_new_revisionist_disputes_of_the_ten_years_before(world, dyad):
    # Iraq, revisionist, against Kuwait began disputes in 1961, 1967, 1972, 1975, 1985, 1990, 1991 and two in 1992.
    out = threat(dyad(KUWAIT, IRAQ, 1972, 1973, 1976, 1986, 1990, 1991, 1993), world, REGISTERED)
    assert out["threat_disputes"].tolist() == [1, 2, 3, 1, 1, 2, 5]
    assert out["rivalry"].tolist() == [1] * 7
    np.testing.assert_allclose(out["threat"], np.log(1.0 + out["threat_disputes"]) + 1, rtol=1e-6)


def test_threat_follows_the_window_of_the_coding(world, dyad):
    case = dyad(KUWAIT, IRAQ, 1976)
    counts = {years: threat(case, world, Coding(window=years))["threat_disputes"].item() for years in (5, 10, 15)}
    assert counts == {5: 2, 10: 3, 15: 4}


def test_threat_runs_from_the_aggressor_to_the_state_and_not_back(world, dyad):
    assert threat(dyad(IRAQ, KUWAIT, 1976), world, REGISTERED)["threat_disputes"].item() == 0


def test_threat_of_others_leaves_the_aggressor_out(world, dyad):
    # In 1981-1990 Iran began seven disputes against Kuwait; Kuwait's only rival is Iraq.
    assert threat(dyad(KUWAIT, IRAQ, 1991), world, REGISTERED)["threat_other"].item() == pytest.approx(log(8))
    # Seen from Iran, the others are Iraq: a rival, with new disputes in 1985 and 1990.
    assert threat(dyad(KUWAIT, 630, 1991), world, REGISTERED)["threat_other"].item() == pytest.approx(log(3) + 1)


def test_rivalry_is_read_the_year_before(world, dyad):
    # Iraq and Kuwait are coded as rivals from 1961.
    assert threat(dyad(KUWAIT, IRAQ, 1961, 1962), world, REGISTERED)["rivalry"].tolist() == [0, 1]


def test_aggression_counts_each_dispute_once_and_persistence_the_years_with_one(world, dyad):
    # Iraq 1980-1989: 34 directed dyads, one dispute of 1984 has two of them; years with one in 1970-1989: 14.
    out = aggression(dyad(KUWAIT, IRAQ, 1990), world, REGISTERED)
    assert out["aggression"].item() == pytest.approx(log(34))
    assert out["persistence"].item() == pytest.approx(14 / 20)
    mirrored = aggression(dyad(IRAQ, KUWAIT, 1990), world, REGISTERED)
    assert mirrored["own_revisionism"].item() == pytest.approx(log(34))


def test_persistence_of_the_first_years_is_a_share_of_the_years_there_are():
    launched = np.zeros((2, YEARS), np.float32)
    launched[1, [0, 2, 3]] = 1
    world = SimpleNamespace(disputes=SimpleNamespace(launched=launched))
    rows = Rows(np.zeros(4, int), np.ones(4, int), np.array([1, 2, 4, 30]))
    assert aggression(rows, world, REGISTERED)["persistence"].tolist() == pytest.approx([1, 1 / 2, 3 / 4, 0])


def test_power_is_the_log_ratio_of_capabilities_the_year_before(world, dyad):
    out = power(dyad(FINLAND, USSR, 1948), world, REGISTERED)
    raw = world.raw.read("cow_nmc.rda").query("year == 1947").set_index("ccode")["cinc"]
    assert out["power"].item() == pytest.approx(log(raw[USSR] / raw[FINLAND]))
    assert out["own_power"].item() == pytest.approx(log(raw[FINLAND]))
    assert out["aggressor_major"].item() == 1


def test_offence_is_the_mean_log_of_two_shares_over_the_share_of_people():
    fields = {
        "tpop": np.array([[100.0], [300.0]]),
        "milper": np.array([[30.0], [10.0]]),
        "milex": np.array([[0.0], [50.0]]),  # zero is unknown
    }
    world = SimpleNamespace(capability=lambda name: fields[name].repeat(2, axis=1))
    rows = Rows(np.array([0, 1]), np.array([1, 0]), np.array([1, 1]))
    first, second = offence(rows, world, REGISTERED)["offence"]
    assert first == pytest.approx((log((10 / 40) / (300 / 400)) + log(1 / (300 / 400))) / 2)
    assert second == pytest.approx(log((30 / 40) / (100 / 400)))


def test_proximity_is_zero_at_a_shared_border_and_falls_with_the_log_of_distance(world, dyad):
    near = proximity(dyad(FINLAND, USSR, 1948), world, REGISTERED)
    assert near[["proximity", "distance_km", "contiguous"]].to_numpy().tolist() == [[0, 0, 1]]
    far = proximity(dyad(ROMANIA, GERMANY, 1940), world, REGISTERED)  # 301.640203 km in 1939
    assert far["distance_km"].item() == pytest.approx(301.640203)
    assert far["proximity"].item() == pytest.approx(-log(1 + 3.01640203))
    assert far["contiguous"].item() == 0


def test_before_1886_distance_is_that_of_capitals(world, dyad):
    london, constantinople = (51.507446, -0.127765), None
    table = world.raw.read("cow_capitals.rda").query("ccode == @TURKEY")
    there = table[(table["stdate"].astype(str) <= "1849") & (table["enddate"].astype(str) >= "1849")].iloc[0]
    constantinople = (there["lat"], there["lng"])
    (a, b), (c, d) = ([radians(x) for x in point] for point in (london, constantinople))
    haversine = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    out = proximity(dyad(TURKEY, UK, 1850), world, REGISTERED)
    assert out["distance_km"].item() == pytest.approx(2 * 6371 * asin(sqrt(haversine)), rel=1e-4)


def test_before_1886_contiguity_caps_the_distance_of_capitals(world, dyad):
    # Paris and Madrid are 1,052 km apart, France and Spain neighbours; London and Paris 342 km, across 24 miles of sea.
    assert proximity(dyad(230, 220, 1850), world, REGISTERED)["distance_km"].item() == 0
    assert proximity(dyad(220, 200, 1850), world, REGISTERED)["distance_km"].item() == pytest.approx(39)


@pytest.mark.parametrize(
    ("bound_to_aggressor", "km", "expected"),
    [(False, 0.0, 2 / 3), (False, 1000.0, 1 / 2), (False, 3000.0, 1 / 3), (False, np.nan, 0.0), (True, 0.0, 0.0)],
)
def test_support_weighs_allies_by_distance_and_against_the_aggressor(bound_to_aggressor, km, expected):
    # i = 0 is allied with k = 2, twice as strong as j = 1; year 1 is t, so that year 0 decides.
    pact = np.zeros((3, 3, 2), bool)
    pact[0, 2, 0] = pact[2, 0, 0] = True
    pact[1, 2, 0] = pact[2, 1, 0] = bound_to_aggressor
    world = SimpleNamespace(
        treaties=SimpleNamespace(defence=pact),
        cinc=np.array([[0.05, 9.0], [0.1, 9.0], [0.2, 9.0]]),
        distance_km=np.full((3, 3, 2), km, np.float32),
    )
    rows = Rows(np.array([0]), np.array([1]), np.array([1]))
    assert support(rows, world, REGISTERED)["support"].item() == pytest.approx(expected)


def test_a_coup_is_duress_for_five_years_and_not_in_its_own(world, dyad):
    # Powell and Thyne code one attempted coup in Chile between 1950 and 2011: 1973.
    out = duress(dyad(CHILE, PERU, 1973, 1974, 1978, 1979), world, REGISTERED)
    assert out["duress_coup"].tolist() == [0, 1, 1, 0]


def test_a_civil_war_is_duress_and_its_foreign_backer_foments_it(world, dyad):
    # Finland 1918: Soviet Russia fought beside the Reds.
    case = duress(dyad(FINLAND, USSR, 1918, 1919, 1923, 1924), world, REGISTERED)
    assert case["duress_war"].tolist() == [0, 1, 1, 0]
    assert case["duress_fomented"].tolist() == [0, 1, 1, 0]
    assert duress(dyad(FINLAND, GERMANY, 1920), world, REGISTERED)["duress_fomented"].item() == 0


def test_an_irregular_change_of_leader_is_duress(world, dyad):
    # Romania: 1930, then the fall of King Carol II in 1940, of Antonescu in 1944 and of King Michael in 1947.
    out = duress(dyad(ROMANIA, USSR, 1935, 1936, 1940, 1941, 1952, 1953), world, REGISTERED)
    assert out["duress_irregular"].tolist() == [1, 0, 0, 1, 1, 0]


def test_duress_is_any_of_its_components(rebuilt):
    parts = rebuilt[["duress_war", "duress_coup", "duress_irregular"]].max(axis=1)
    assert (rebuilt["duress"] == parts).all()
    assert all(rebuilt[name].sum() > 100 for name in ("duress_war", "duress_coup", "duress_irregular"))


def test_capacity_is_the_measured_one_where_there_is_one(world, dyad):
    out = capacity(dyad(MOZAMBIQUE, SOUTH_AFRICA, 1984), world, REGISTERED)
    assert out["capacity"].item() == pytest.approx(-0.595)
    assert out["capacity_sd"].item() == pytest.approx(0.391661, rel=1e-5)
    assert out["capacity_measured"].item() == 1


def test_capacity_elsewhere_is_predicted_from_income_with_the_residual_as_its_error(world, dyad):
    value, sd, measured = calibrated(world)
    known = (measured == 1) & np.isfinite(world.income)
    fit = linregress(world.income[known], value[known])
    residual = value[known] - fit.intercept - fit.slope * world.income[known]
    out = capacity(dyad(FINLAND, USSR, 1948), world, REGISTERED)
    assert known.sum() > 5_000
    assert out["capacity"].item() == pytest.approx(fit.intercept + fit.slope * out["income"].item(), rel=1e-6)
    assert out["capacity_sd"].item() == pytest.approx(sqrt((residual**2).sum() / (known.sum() - 2)), rel=1e-4)
    assert out["capacity_measured"].item() == 0
    assert np.unique(sd[measured == 0]).size == 1


def test_income_and_similarity_are_those_of_the_year_before(world, dyad):
    case = dyad(MOZAMBIQUE, SOUTH_AFRICA, 1984)
    scores = world.raw.read("cw_democracy.rda").query("year == 1983").set_index("ccode")["euds"]
    assert similarity(case, world, REGISTERED)["similarity"].item() == pytest.approx(
        -abs(scores[MOZAMBIQUE] - scores[SOUTH_AFRICA])
    )
    dollars = world.raw.read("cw_gdppop.rda").query("year == 1983 and ccode == @MOZAMBIQUE")["mrgdppc"].item()
    assert capacity(case, world, REGISTERED)["income"].item() == pytest.approx(log(dollars))


def test_history_of_finland_and_the_ussr(world, dyad):
    # Last dispute in 1944; a non-aggression pact from 1932; independence from Russia in 1917.
    out = history(dyad(FINLAND, USSR, 1944, 1945, 1948), world, REGISTERED)
    assert out["peace_years"].tolist() == [1, 1, 4]
    assert out["past_alliance"].tolist() == [1, 1, 1]
    assert out["colonial_tie"].tolist() == [1, 1, 1]
    assert history(dyad(USSR, FINLAND, 1948), world, REGISTERED)["colonial_tie"].item() == 0


def test_past_alliance_begins_the_year_after_the_treaty(world, dyad):
    i, j = (int(world.grid.index(code)) for code in (FINLAND, USSR))
    first = int(np.flatnonzero(world.treaties.held[i, j])[0]) + FIRST
    assert history(dyad(FINLAND, USSR, first, first + 1), world, REGISTERED)["past_alliance"].tolist() == [0, 1]
    assert world.treaties.held[i, j, 1948 - FIRST] & DEFENCE
