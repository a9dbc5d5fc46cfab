"""Who acted against whom: militarised interstate disputes, 1816-2014.

Gibler, Miller and Little 2.2.1 (2016) end in 2010, COW's MID 5.0 (Palmer et al. 2020) in 2014. ``spliced`` takes
the first to 2010 and, since 2026-11-28, the second after it; ``mid-5.0`` takes the second throughout. Both number
disputes alike, and what is new is told from MID 5.0's whole record, so a dispute under way at the turn of 2010 is no
onset of 2011.

The seam in figures. States that first join a dispute as a revisionist which threatens or uses force: 28 a year in
1990-2000 in the first and 29 in the second, 22 and 23 in 2001-10, then 49 a year in 2011-14 (81 in 2011, of them 33 in
the one dispute over Libya, 4685). Where both editions speak they agree, so the step is within MID 5.0. Disputes are
hardly more (28 a year before, 30 after), but 74 % of their participants are coded as revisionist against 40 %, and
both sides are in 54 % of the disputes of two states against 13 %. No coding here takes the step away: ``mid-5.0``
changes the years before it. Of the outcome years 2012-15, as at risk under the treaties of revision 1, 157 of 1,998
rows and 60 of 183 aggressor-years rest on onsets after 2010 (69 rows on Libya); ``mid-5.0`` has 4 other rows there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.period import FIRST, YEARS
from data.world.grid import Counts, Cube, Grid, Ints, spells, window

FORCE, DISPLAY = 2, 3  # hostility levels: 2 threat of force, 3 display, 4 use, 5 war
LAST_OF_GML = 2010
GML, PARTICIPANTS = "gml_dirdisp.rda", "MIDB 5.0.csv"
FILES = {"spliced": (GML, PARTICIPANTS), "mid-5.0": (PARTICIPANTS,)}
DYAD = ["dispnum", "ccode1", "ccode2"]
OF_SIDES = [f"{name}{side}" for name in ("revstate", "hostlev", "fatality") for side in (1, 2)]


def _none() -> Ints:
    return np.zeros((0, 4), int)


@dataclass(frozen=True)
class Disputes:
    """Disputes by year.

    ``revisionist``: cube [j, i, year], onsets of disputes in which j was the revisionist party against i and
    itself threatened, displayed or used force. ``launched`` (state, year): the same against anyone, each
    dispute once in a year of onset. A dispute has an onset for each time that a party enters or returns: how many
    *different* disputes a window of years holds is told by `against` and `begun`, from the returns in
    ``revisionist_again`` (return, 4) and ``launched_again`` (return, 3), which are positions as in the counts and
    the years since the onset before. ``any``, ``display`` and ``deaths``: cubes, a dispute between the two under way,
    one in which either side displayed force or more, and one in which either lost lives. Hostility and deaths are
    coded for a participant's part in a dispute as a whole, so one begun at t-1 may carry force first used in t.
    """

    revisionist: Counts
    launched: Counts
    any: Counts
    display: Counts
    deaths: Counts
    revisionist_again: Ints = field(default_factory=_none)
    launched_again: Ints = field(default_factory=_none)

    def against(self, years: int) -> Counts:
        """Cube [j, i, year]: different disputes with a revisionist onset of j against i in the years before."""
        return _different(self.revisionist, self.revisionist_again, years)

    def begun(self, years: int) -> Counts:
        """Field [state, year]: different disputes with a revisionist onset of the state in the years before."""
        return _different(self.launched, self.launched_again, years)


def _different(onsets: Counts, again: Ints, years: int) -> Counts:
    """How many disputes have an onset in the years before: onsets, less those that repeat one in the same window."""
    total = window(onsets, years)
    for *position, t, gap in again.tolist():
        total[(*position, slice(t + 1, t + 1 + max(years - gap, 0)))] -= 1
    return total


def directed(participants: pd.DataFrame) -> pd.DataFrame:
    """Directed dyad-years of disputes, with the columns of ``gml_dirdisp.rda``, from raw ``MIDB 5.0.csv``.

    Two states are in a dispute against each other in a year that a spell of each, on opposing sides, touches, as
    in Gibler, Miller and Little. ``midonset`` is 1 in the first of these years; where several spells meet in a
    year the highest value of each side counts, so that -9 (missing) gives way to what is known.
    """
    spell = participants[["dispnum", "ccode", "styear", "endyear", "sidea", "revstate", "hostlev", "fatality"]]
    both = spell.merge(spell, on="dispnum", suffixes=("1", "2")).query("sidea1 != sidea2")
    both = both.assign(
        first=both[["styear1", "styear2"]].max(axis=1), last=both[["endyear1", "endyear2"]].min(axis=1)
    ).query("first <= last")
    years = spells(both, "first", "last").groupby([*DYAD, "year"], as_index=False)[OF_SIDES].max()
    begun = years.groupby(DYAD)["year"].transform("min")
    return years.assign(midonset=(years["year"] == begun).astype(int))


def spliced(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Directed dyad-years of the tables of one coding of `FILES`: those of the first, then MID 5.0's later years."""
    *before, participants = tables
    later = directed(participants)
    if not before:
        return later
    (first,) = before
    both = pd.concat([first[later.columns], later[later["year"] > LAST_OF_GML]], ignore_index=True)
    return both.astype(int)


def _again(onsets: pd.DataFrame, states: list[str], grid: Grid) -> Ints:
    """(return, position of each of the ``states``, year, years since the onset before) of onsets that repeat one."""
    ordered = onsets.sort_values("year", kind="stable")
    gap = ordered.groupby(["dispnum", *states])["year"].diff()
    again = ordered[gap > 0]
    where = [grid.index(again[name]) for name in states]
    return np.column_stack([*where, again["year"].to_numpy(int) - FIRST, gap[gap > 0].to_numpy(int)])


def disputes(table: pd.DataFrame, grid: Grid) -> Disputes:
    """Disputes from their directed dyad-years (raw ``gml_dirdisp.rda``, or `spliced`)."""

    def cube(rows: pd.DataFrame) -> Counts:
        return grid.count(grid.index(rows["ccode1"]), grid.index(rows["ccode2"]), rows["year"].to_numpy(int))

    new = table[(table["midonset"] == 1) & (table["revstate1"] == 1) & (table["hostlev1"] >= FORCE)]
    once = new.drop_duplicates(["dispnum", "ccode1", "year"])
    launched = np.zeros((len(grid.states), YEARS), np.int32)
    np.add.at(launched, (grid.index(once["ccode1"]), once["year"].to_numpy(int) - FIRST), 1)
    display = table[["hostlev1", "hostlev2"]].max(axis=1) >= DISPLAY
    deaths = table[["fatality1", "fatality2"]].max(axis=1) > 0
    return Disputes(
        cube(new),
        launched,
        cube(table),
        cube(table[display]),
        cube(table[deaths]),
        _again(new, ["ccode1", "ccode2"], grid),
        _again(once, ["ccode1"], grid),
    )


def rivalries(table: pd.DataFrame, grid: Grid) -> Cube:
    """Cube: i and j are strategic rivals (raw ``tss_rivalries.rda``, Thompson, Sakuwa and Suhas 2021)."""
    long = spells(table, "start", "end")
    a, b = grid.index(long["ccode1"]), grid.index(long["ccode2"])
    year = long["year"].to_numpy(int)
    one_way = grid.count(a, b, year) > 0
    return one_way | one_way.transpose(1, 0, 2)
