import numpy as np
import pandas as pd
import pytest

from data.codings import REGISTERED
from data.measures.measure import Sample
from data.measures.threat import THREAT
from data.period import FIRST
from data.world.codes import recode_spells
from data.world.riskset import Rows

SAUDI, NORTH_YEMEN, SOUTH_YEMEN, YEMEN, OMAN = 670, 678, 680, 679, 698


def rivals(world, i, j):
    """Years in which the two are rivals."""
    i, j = (int(world.grid.index(code)) for code in (i, j))
    assert (world.rivals[i, j] == world.rivals[j, i]).all()
    return (world.rivals[i, j].nonzero()[0] + FIRST).tolist()


@pytest.mark.parametrize(
    ("name", "i", "j", "years"),
    [
        ("Saudi Arabia and North Yemen", SAUDI, NORTH_YEMEN, [*range(1931, 1935), *range(1962, 1970)]),
        ("Saudi Arabia and Yemen", SAUDI, YEMEN, [*range(1990, 2001)]),
        ("Jordan and North Yemen", 663, NORTH_YEMEN, [1962, 1963]),
        ("Oman and South Yemen", OMAN, SOUTH_YEMEN, [*range(1967, 1983)]),
        ("Oman and Yemen", OMAN, YEMEN, []),
        ("Austria and Prussia", 300, 255, [*range(1816, 1871)]),
        ("Austria-Hungary and Serbia", 300, 345, [*range(1903, 1919)]),
        ("Austria and Yugoslavia", 305, 345, [1919, 1920]),
        ("France and West Germany", 220, 260, [*range(1946, 1956)]),
    ],
)
def test_rivals_stand_under_the_code_of_the_state_that_it_was(world, name, i, j, years):
    assert rivals(world, i, j) == years, name


def test_rivalry_of_saudi_arabia_and_north_yemen_counts_in_the_years_after(world):
    i, j = (np.full(4, int(world.grid.index(code))) for code in (SAUDI, NORTH_YEMEN))
    rows = Rows(i, j, np.array([1931, 1934, 1935, 1936]) - FIRST)
    assert THREAT.columns(Sample(rows, world, REGISTERED))["rivalry"].tolist() == [0, 1, 1, 0]


# Rivalries with years after 1900 in which a party is no member of the system: before its entry, or when occupied.
OUTSIDE = {
    "Afghanistan-Iran 1", "Albania-Greece", "Bulgaria-Greece", "Bulgaria-Romania", "Bulgaria-Turkey",
    "Bulgaria-Yugoslavia", "Croatia-Serbia", "Dominican Rep-Haiti", "E. Germany-W. Germany", "Ethiopia-Italy",
    "France-Germany", "Greece-Yugoslavia", "Hungary-Yugoslavia", "Iraq-Syria", "Israel-Syria", "Italy-Yugoslavia",
    "Jordan-Syria", "North Korea-South Korea", "Oman-S. Yemen", "Syria-Turkey 1",
}  # fmt: skip


def test_years_of_rivalries_stand_under_members_but_for_exactly_these(world):
    table = world.raw.read("tss_rivalries.rda")
    long = recode_spells(table, ["ccode1", "ccode2"], "rivalries", "start", "end")
    i, j = world.grid.index(long["ccode1"]), world.grid.index(long["ccode2"])
    assert min(i.min(), j.min()) >= 0
    t = long["year"].to_numpy(int) - FIRST
    outside = ~(world.grid.member[i, t] & world.grid.member[j, t])
    assert set(long.loc[outside & (long["year"] > 1900), "rivalry"]) == OUTSIDE


def test_a_spell_is_mapped_year_by_year_and_a_slip_by_its_name():
    table = pd.DataFrame(
        {"rivalry": ["A", "Oman-S. Yemen"], "ccode1": [300, 679], "ccode2": [345, 698], "start": [1917, 1989.0],
         "end": [1920, 1990.0]}
    )  # fmt: skip
    out = recode_spells(table, ["ccode1", "ccode2"], "rivalries", "start", "end")
    assert out["ccode1"].tolist() == [300, 300, 305, 305, 680, 680]
    assert out["start"].tolist() == out["end"].tolist() == [1917, 1918, 1919, 1920, 1989, 1990]
