"""Support, agreements and exercises of named states; every name and code of the files is known."""

import numpy as np
import pandas as pd
import pytest

from data.period import FIRST
from data.world.codes import NOT_MEMBERS
from data.world.informal import agreements, exercises, external_support
from data.world.informal.names import EXERCISES, NOT_STATES, UCDP, codes_of

US, RUSSIA, IRAN, SYRIA, IRAQ = 2, 365, 630, 652, 645


@pytest.fixture(scope="module")
def file(world):
    return world.raw.read(external_support.FILE)


@pytest.fixture(scope="module")
def supports(file, world):
    """Supports with COW codes in place of positions."""
    table = external_support.supports(file, world.grid)
    return table.assign(i=world.grid.states[table["i"]], j=world.grid.states[table["j"]])


def years(supports, j, i):
    return set(supports.loc[(supports["j"] == j) & (supports["i"] == i), "year"])


@pytest.mark.parametrize("column", ["ext_name", "actor_name", "oppo_name"])
def test_every_government_named_in_the_file_is_a_member_of_the_system(file, world, column):
    named = {name for text in file[column].dropna() for name in external_support.governments(text)}
    assert len(named) > 90
    assert named <= set(UCDP)
    assert (world.grid.index(codes_of(sorted(named), [2000] * len(named), "ucdp")) >= 0).all()


def test_governments_are_read_from_a_list_and_others_are_passed_over():
    text = "Emirati elements,Government of Jordan,Government of Russia (Soviet Union), ex-FAR"
    assert external_support.governments(text) == ["Jordan", "Russia (Soviet Union)"]
    both = "Government of United Kingdom, Government of United States of America"
    assert external_support.governments(both) == ["United Kingdom", "United States of America"]


@pytest.mark.parametrize(
    ("name", "year", "code"),
    [
        ("Germany", 1989, 260), ("Germany", 1990, 255), ("Yemen (North Yemen)", 1989, 678), ("South Yemen", 1986, 680),
        ("Yemen (North Yemen)", 1994, 679), ("Vietnam (North Vietnam)", 1979, 816), ("Serbia (Yugoslavia)", 1998, 345),
        ("Russia (Soviet Union)", 1979, 365), ("Congo", 1997, 484), ("DR Congo (Zaire)", 1977, 490),
    ],
)  # fmt: skip
def test_a_name_is_the_state_of_its_year(name, year, code):
    assert codes_of([name], [year], "ucdp").tolist() == [code]


def test_a_table_of_names_that_is_not_there_names_the_choices():
    with pytest.raises(ValueError, match="'un': choose from ucdp, exercises"):
        codes_of(["Iran"], [2000], "un")


@pytest.mark.parametrize(
    ("what", "j", "i", "first", "last"),
    [
        ("the USSR and Kabul", RUSSIA, 700, 1978, 1989),
        ("Cuba and Angola", 40, 540, 1975, 1988),
        ("the US and Colombia", US, 100, 2000, 2015),
        ("Iran and Damascus", IRAN, SYRIA, 2011, 2017),
        ("Russia and Damascus", RUSSIA, SYRIA, 2011, 2017),
    ],
)
def test_known_supporters_of_governments(supports, what, j, i, first, last):
    assert set(range(first, last + 1)) <= years(supports, j, i), what


def test_supporters_of_the_other_side_and_of_none_are_not_there(supports):
    assert not years(supports, 770, 700) & set(range(1980, 1990))  # Pakistan stood against Kabul
    assert not years(supports, US, SYRIA)
    assert (supports["i"] != supports["j"]).all()
    assert supports["year"].between(*external_support.YEARS).all()


def pooled(counts, supporters=2, name="Government of Iran,Government of Iraq"):
    """One row of the file: Syria in conflict 299 in 2011, with so many supporting states by form."""
    row: dict[str, object] = {"actor_nonstate": 0, "actor_name": "Government of Syria", "ext_name": name}
    row |= {"year": 2011, "conflict_id": 299, "ext_count_s": supporters}
    for form in "xpywmtfilou":
        row |= {f"ext_{form}_s": int(counts.get(form, 0) > 0), f"ext_{form}_count_s": counts.get(form, 0)}
    return pd.DataFrame([row])


@pytest.mark.parametrize(
    ("counts", "certain"),
    [({"w": 2}, [True, True]), ({"w": 1, "f": 2}, [False, False]), ({"w": 1, "t": 1}, [False, False]),
     ({"f": 2}, []), ({"l": 2, "o": 1, "u": 1}, [])],
)  # fmt: skip
def test_military_forms_count_and_are_certain_when_all_give_the_same(world, counts, certain):
    out = external_support.supports(pooled(counts), world.grid)
    assert out["certain"].tolist() == certain


def test_support_is_new_in_its_first_year_and_after_more_than_five_years_without():
    rows = [(1, 2, 9, year, True) for year in (1975, 1976, 1980, 1985, 1991)]
    rows += [(1, 2, 8, 1977, True), (1, 3, 9, 1975, True), (1, 3, 9, 1981, False)]
    table = pd.DataFrame(rows, columns=["i", "j", "conflict", "year", "certain"])
    new = external_support.onsets(table)
    assert set(new[["j", "conflict", "year"]].itertuples(index=False, name=None)) == {
        (2, 9, 1991), (2, 8, 1977), (3, 9, 1981)
    }  # fmt: skip
    assert len(external_support.onsets(table, gap=3)) == 5


def test_a_government_fights_in_the_years_of_its_wars(file, world):
    fighting = external_support.fighting(file, world.grid)
    i = world.grid.index([SYRIA, 710, US])
    assert fighting[i[0], 2012 - FIRST : 2018 - FIRST].all()
    assert not fighting[i[1], 2000 - FIRST : 2008 - FIRST].any()
    assert fighting[i[2], 2003 - FIRST]


def test_agreements_bind_both_and_all_types_are_there(world):
    file = world.raw.read(agreements.FILE)
    table = agreements.agreements(file, world.grid)
    assert len(table) == 2 * len(file)
    assert file["signYear"].between(*agreements.YEARS).all()
    assert table["year"].min() == agreements.YEARS[0]
    codes = {k: int(v) for k, v in zip(("us", "canada"), world.grid.index([US, 20]), strict=True)}
    pair = table[(table["i"] == codes["us"]) & (table["j"] == codes["canada"])]
    assert {1984, 1994, 1996} <= set(pair["year"])
    assert pair.loc[pair["year"] == 1994, "general"].all()
    back = table[(table["j"] == codes["us"]) & (table["i"] == codes["canada"])]
    assert sorted(back["agreement"]) == sorted(pair["agreement"])


def test_every_participant_of_an_exercise_is_a_state_or_known_to_be_none(world):
    file = world.raw.read(exercises.FILE)
    codes = exercises.participants(file)
    assert set(file.loc[codes.isna(), "country"].fillna("-9")) <= NOT_STATES
    assert not set(codes.dropna().astype(int)) - set(world.grid.states.tolist()) - set(NOT_MEMBERS)
    assert set(file.loc[codes == 816, "country"]) == {"Vietnam"}
    assert set(EXERCISES) <= set(file["country"].dropna())


def test_a_first_exercise_follows_ten_years_without(world):
    joint = exercises.joint(world.raw.read(exercises.FILE), world.grid)
    np.testing.assert_array_equal(joint, joint.transpose(1, 0, 2))
    first = exercises.first(joint)
    russia, us, china = (int(world.grid.index(code)) for code in (RUSSIA, US, 710))
    assert joint[russia, china, 2005 - FIRST] > 0  # Peace Mission 2005
    assert joint[us, russia, 1980 - FIRST : 1990 - FIRST].sum() == 0
    when = np.flatnonzero(first[us, russia])
    assert when.size == 1
    assert FIRST + when[0] >= exercises.KNOWN[0]
