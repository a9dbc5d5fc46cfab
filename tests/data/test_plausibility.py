"""What several columns and sources say of one thing must agree, or the disagreement is named here with its reason."""

import numpy as np
import pytest

from data.codings import REGISTERED
from data.measures.aggression import AGGRESSION
from data.measures.history import HISTORY
from data.measures.measure import Sample
from data.period import FIRST, LAST, YEARS
from data.world.riskset import Rows

YEAR = np.arange(FIRST, LAST + 1)
SINCE_BORDERS = YEAR >= 1886


@pytest.fixture(scope="module")
def pairs(world):
    """Cube [i, j, year]: two different members."""
    member = world.grid.member
    both = member[:, None] & member[None]
    both[np.arange(len(member)), np.arange(len(member))] = False
    return both


def named(world, cube):
    """Pairs (lower code first) in which a cube is true, and in how many years."""
    i, j, _ = np.nonzero(cube)
    states = world.grid.states
    pair, count = np.unique(np.stack([states[i], states[j]])[:, i < j], axis=1, return_counts=True)
    return {(int(a), int(b)): int(n) for (a, b), n in zip(pair.T, count, strict=True)}


@pytest.mark.parametrize("name", ["distance_km", "contiguity_km", "capital_km", "igos", "rivals"])
def test_what_holds_between_two_states_holds_both_ways(world, name):
    cube = getattr(world, name)
    np.testing.assert_array_equal(cube, cube.transpose(1, 0, 2))


def test_disputes_and_pacts_hold_both_ways(world):
    for cube in (world.disputes.any, world.disputes.display, world.treaties.held):
        np.testing.assert_array_equal(cube, cube.transpose(1, 0, 2))


def test_every_pair_of_members_has_a_distance_between_0_and_half_the_globe(world, pairs):
    km = world.distance_km[pairs]
    assert np.isfinite(km).all()
    assert km.min() == 0
    assert km.max() < np.pi * 6371 + 1


def test_borders_are_no_further_apart_than_capitals(world, pairs):
    assert (world.distance_km[pairs] <= world.capital_km[pairs]).all()


# Contiguous by land or water in the one source, and more than 100 km further apart in the other for over ten years:
# outlying islands that the borders lack (San Andres of Colombia, Quemoy, Habomai, Maldives ...), northern Cyprus, the
# claims of Ecuador to 1916, and the Ottoman Sanjak beside occupied Bosnia.
FURTHER = {
    (51, 100), (54, 101), (58, 101), (60, 101), (93, 100), (94, 100), (130, 140), (365, 740), (590, 591), (625, 680),
    (710, 713), (750, 781), (840, 986), (850, 986), (850, 987), (900, 910), (910, 987), (935, 940), (946, 947),
    (946, 970), (946, 983), (947, 950), (955, 990), (986, 987),
}  # fmt: skip


def test_contiguity_and_distance_agree_but_for_these(world, pairs):
    further = pairs & np.isfinite(world.contiguity_km) & SINCE_BORDERS
    further &= world.distance_km > world.contiguity_km + 100
    assert {pair for pair, years in named(world, further).items() if years > 10} <= FURTHER


def test_a_shared_border_is_contiguity_but_for_these(world, pairs):
    """Borders that the one source does not see: Panama is Colombia's in it to 1919, and wars move the others."""
    unseen = pairs & (world.distance_km == 0) & ~np.isfinite(world.contiguity_km) & SINCE_BORDERS
    many = {pair: years for pair, years in named(world, unseen).items() if years > 5}
    assert many == {(95, 100): 17, (100, 135): 30, (552, 565): 29}


def test_new_states_are_not_further_from_others_than_a_year_later(world, pairs):
    """Entry by capitals would put Kuwait 554 km from Iraq in 1961."""
    member = world.grid.member
    entering = np.zeros_like(member)
    entering[:, 1:] = member[:, 1:] & ~member[:, :-1]
    now = pairs[..., :-1] & pairs[..., 1:] & (entering[:, None] | entering[None])[..., :-1] & SINCE_BORDERS[:-1]
    i, j, t = np.nonzero(now)
    moved = np.abs(world.distance_km[i, j, t + 1] - world.distance_km[i, j, t]) > 0
    assert now.sum() > 30_000
    new = np.where(entering[i, t], i, j)[moved]
    found = set(zip(world.grid.states[new].tolist(), YEAR[t[moved]].tolist(), strict=True))
    # Those that entered on 1 January have a distance on that day; Austria, of September 1919, has one too.
    assert found == {(91, 1899), (94, 1920), (305, 1919), (316, 1993), (317, 1993), (471, 1960), (790, 1920)}


def test_capabilities_are_the_means_of_the_known_shares(world):
    names = ("milex", "milper", "irst", "pec", "tpop", "upop")
    parts = np.stack([world.capability(name) for name in names])
    shares = parts / np.nansum(parts, axis=1, keepdims=True)
    member = world.grid.member
    np.testing.assert_allclose(np.nanmean(shares[:, member], axis=0), world.cinc[member], atol=2e-7)
    total = np.nansum(world.cinc, axis=0)
    assert total.min() > 1 - 1e-6
    assert total.max() < 1.08  # where a component is unknown, the others stand for it


def test_every_member_has_capabilities_and_people(world):
    assert (world.cinc[world.grid.member] > 0).all()
    assert (world.capability("tpop")[world.grid.member] > 0).all()
    more = world.grid.member & (world.capability("upop") > world.capability("tpop"))
    assert set(world.grid.states[more.any(axis=1)].tolist()) == {380, 830}  # Sweden 2001, Singapore 1998
    assert more.sum() == 2


def test_major_powers_are_members_and_among_the_strongest(world):
    grid = world.grid
    assert not (grid.major & ~grid.member).any()
    rank = (-np.nan_to_num(world.cinc)).argsort(axis=0).argsort(axis=0)
    assert np.where(grid.major, rank, 0).max() <= 16  # the United Kingdom and France since 2011
    assert np.where(grid.major, rank, 0)[:, : 1990 - FIRST].max() < 10


# States whose population the model of product and population only knows from its prior.
NO_DATA = {240, 245, 267, 269, 271, 273, 275, 280, 327, 329, 332, 335, 337, 511, 680, 730, 817}


def test_product_and_population_are_known_but_for_the_states_of_the_prior(world):
    table = world.raw.read("cw_gdppop.rda")
    prior = table[table["sd_pwtpop"] > table["pwtpop"]]
    assert set(prior["ccode"]) == NO_DATA
    rest = table[~table["ccode"].isin(NO_DATA)]
    assert (rest["sd_pwtpop"] < 0.25 * rest["pwtpop"]).mean() > 0.99


def test_people_are_as_many_in_both_sources_since_1946(world):
    """Before, and in Pakistan, Vietnam and others, the one counts people within the borders of today."""
    other = world.grid.field(world.raw.read("cw_gdppop.rda"), "ccode", "pwtpop") * 1000
    ratio = np.log(other / world.capability("tpop"))
    late = world.grid.member & (YEAR >= 1946) & np.isfinite(ratio) & (np.abs(ratio) > np.log(1.5))
    states = world.grid.states[late.any(axis=1)].tolist()
    assert set(states) == {345, 365, 450, 511, 531, 663, 666, 680, 760, 770, 816, 817, 987}


def test_three_scores_of_democracy_agree(world):
    euds, polity, polyarchy = world.democracy("euds"), world.polity("polity2"), world.democracy("v2x_polyarchy")
    for one, other, least in ((euds, polity, 0.92), (euds, polyarchy, 0.94), (polity, polyarchy, 0.86)):
        both = world.grid.member & np.isfinite(one) & np.isfinite(other)
        assert both.sum() > 13_000
        assert np.corrcoef(one[both], other[both])[0, 1] > least


@pytest.mark.parametrize(("one", "other"), [("polity2", "euds"), ("polity2", "v2x_polyarchy")])
def test_no_state_has_the_scores_of_another(world, one, other):
    """By state over its years, two scores differ by less than a third of the scale on average, but for Korea.

    Polity gives the Korea of 1887-1905 the highest constraints on the executive, as it does Meiji Japan.
    """
    x, y = world.polity(one), world.democracy(other)
    both = world.grid.member & np.isfinite(x) & np.isfinite(y)
    slope, intercept = np.polyfit(y[both], x[both], 1)
    gap = np.where(both, x - intercept - slope * y, np.nan)
    states = (both.sum(axis=1) >= 5) & (world.grid.states != 730)
    mean = np.abs(np.nanmean(gap[states], axis=1))
    assert mean.max() < 20 / 3


def test_constraints_of_the_executive_go_with_the_polity_score(world):
    polity, xconst = world.polity("polity2"), world.polity("xconst")
    both = world.grid.member & np.isfinite(polity) & np.isfinite(xconst)
    assert set(np.unique(xconst[both])) == {1, 2, 3, 4, 5, 6, 7}
    assert np.corrcoef(polity[both], xconst[both])[0, 1] > 0.92
    assert (polity[both & (xconst == 7)] > -6).all()
    assert (polity[both & (xconst == 1)] < 6).all()


def test_income_is_product_per_head(world):
    people = world.grid.field(world.raw.read("cw_gdppop.rda"), "ccode", "pwtpop")
    ratio = np.log(world.gdp / people) - world.income
    known = ratio[world.grid.member & np.isfinite(ratio)]
    assert abs(np.median(known)) < 0.2
    assert np.abs(known).max() < 0.5


@pytest.fixture(scope="module")
def sample(world):
    """Every directed pair of members since 1900 among 30 states."""
    some = world.grid.index([2, 70, 95, 160, 200, 220, 255, 300, 310, 325, 345, 350, 360, 365, 375, 475, 530, 560, 625,
                             640, 645, 666, 690, 700, 710, 740, 750, 770, 816, 850])  # fmt: skip
    both = np.zeros(world.grid.shape, bool)
    both[np.ix_(some, some, np.arange(1900 - FIRST, 2016 - FIRST))] = True
    member = world.grid.member
    both &= member[:, None] & member[None]
    both[..., 1:] &= both[..., :-1] | (YEAR[1:] == 1900)
    both[np.arange(len(member)), np.arange(len(member))] = False
    i, j, t = np.nonzero(both)
    return Sample(Rows(i, j, t), world, REGISTERED)


def test_years_at_peace_grow_by_one_or_begin_anew(sample):
    """And what once was stays: a past alliance and a colonial tie."""
    history, rows = HISTORY.columns(sample), sample.rows
    next_row = (np.diff(rows.t) == 1) & (np.diff(rows.i) == 0) & (np.diff(rows.j) == 0)
    peace = history["peace_years"].to_numpy()
    grown = peace[1:] - peace[:-1]
    assert set(np.unique(peace[1:][next_row & (grown != 1)])) == {1}
    since = np.expm1(history["since_treaty"].to_numpy()).round()
    np.testing.assert_allclose(np.log1p(since), history["since_treaty"], rtol=1e-12)
    same_state = (np.diff(rows.t) == 1) & (np.diff(rows.i) == 0)
    assert set(np.unique(since[1:][same_state & (since[1:] - since[:-1] != 1)])) == {1}
    for name in ("past_alliance", "colonial_tie"):
        assert (np.diff(history[name].to_numpy())[next_row] >= 0).all()


def test_aggression_and_its_persistence_agree(sample):
    out = AGGRESSION.columns(sample)
    recent = out["aggression"] > 0
    assert (out.loc[recent, "persistence"] > 0).all()
    assert out["persistence"].between(0, 1).all()


def test_rivals_are_members_now_or_later_and_disputes_are_between_members(world, pairs):
    assert not (world.disputes.any.astype(bool) & ~pairs).any()
    assert (world.rivals & pairs).sum() / world.rivals.sum() > 0.8


def test_organisations_are_shared_by_members_only_and_change_slowly(world, pairs):
    assert not (world.igos > 0)[~pairs].any()
    stay = pairs[..., 1:] & pairs[..., :-1]
    stay[..., 1990 - FIRST - 1 : 1990 - FIRST + 1] = False  # the source has no Germany or Yemen that ended in 1990
    assert np.abs(np.diff(world.igos, axis=2))[stay].max() <= 20


def test_arms_and_aid_are_received_by_members_from_members_but_for_territories(world):
    """A colony can have the code that its state will have; Germany, Japan and Austria were occupied with US aid."""
    member = world.grid.member
    for flow in (world.arms, world.aid):
        assert flow.shape[2] == YEARS
        given = np.abs(flow).sum(axis=(0, 2)) > 0
        assert (member[given].any(axis=1)).all()
        outside = np.abs(flow) * ~member[:, None]
        assert outside.sum() / np.abs(flow).sum() < 0.03
