from data.measures.duress import DURESS
from tests.data.states import CHILE, FINLAND, GERMANY, PERU, ROMANIA, USSR


def test_a_coup_is_duress_for_five_years_and_not_in_its_own(dyad):
    # Powell and Thyne code one attempted coup in Chile between 1950 and 2011: 1973.
    out = DURESS.columns(dyad(CHILE, PERU, 1973, 1974, 1978, 1979))
    assert out["duress_coup"].tolist() == [0, 1, 1, 0]


def test_a_civil_war_is_duress_and_its_foreign_backer_foments_it(dyad):
    # Finland 1918: Soviet Russia fought beside the Reds.
    case = DURESS.columns(dyad(FINLAND, USSR, 1918, 1919, 1923, 1924))
    assert case["duress_war"].tolist() == [0, 1, 1, 0]
    assert case["duress_fomented"].tolist() == [0, 1, 1, 0]
    assert DURESS.columns(dyad(FINLAND, GERMANY, 1920))["duress_fomented"].item() == 0


def test_an_irregular_change_of_leader_is_duress(dyad):
    # Romania: 1930, then the fall of King Carol II in 1940, of Antonescu in 1944 and of King Michael in 1947.
    out = DURESS.columns(dyad(ROMANIA, USSR, 1935, 1936, 1940, 1941, 1952, 1953))
    assert out["duress_irregular"].tolist() == [1, 0, 0, 1, 1, 0]


def test_duress_is_any_of_its_components(rebuilt):
    parts = rebuilt[["duress_war", "duress_coup", "duress_irregular"]].max(axis=1)
    assert (rebuilt["duress"] == parts).all()
    assert all(rebuilt[name].sum() > 100 for name in ("duress_war", "duress_coup", "duress_irregular"))
