"""Where states lie: contiguity, capitals, and the distance between borders, as cubes [i, j, year]."""

import numpy as np
import pandas as pd

from data.period import FIRST, LAST, YEARS
from data.world.carried import ongoing, settled
from data.world.grid import Amounts, Grid, spells, year_of

EARTH_KM = 6371.0
METRES = 3  # decimals of a kilometre
# Upper limit in km of the COW contiguity classes: land, then 12, 24, 150 and 400 miles of water.
CONTIGUITY_KM = {1: 0.0, 2: 19.0, 3: 39.0, 4: 241.0, 5: 644.0}
BORDERS_BEGIN = 1886  # minimum distances between borders
# Borders that the source lets stand after they were lost: pair -> last year.
BORDERS_LOST = {(770, 775): 1971}  # Pakistan and Burma: the border went with Bangladesh
# Capitals that the source gives wrongly: code, first and last year, latitude, longitude.
CAPITALS = (
    (600, FIRST, 1911, 34.03, -5.00),  # Morocco: Fez; Rabat from 1912
    (616, FIRST, LAST, 36.80, 10.18),  # Tunis: the source has the middle of Tunisia
    (640, FIRST, 1922, 41.01, 28.96),  # Ottoman Empire: Constantinople; Ankara from 1923
)


def contiguity(table: pd.DataFrame, grid: Grid) -> Amounts:
    """Upper limit in km of the distance of contiguous pairs by class, infinite where not contiguous.

    From raw ``cow_contdir.rda``. A pair counts in every year in which it was contiguous on any day, by the nearest
    of its classes; class 0 stands for pairs that are not contiguous.
    """
    table = table.assign(begin=year_of(table["stdate"]), end=ongoing(year_of(table["enddate"])))
    for pair, last in BORDERS_LOST.items():
        table.loc[table[["ccode1", "ccode2"]].isin(pair).all(axis=1), "end"] = last
    out = np.full(grid.shape, np.inf)
    for kind, km in sorted(CONTIGUITY_KM.items(), reverse=True):
        long = spells(table[table["conttype"] == kind], "begin", "end")
        i, j = grid.index(long["ccode1"]), grid.index(long["ccode2"])
        pair = grid.count(i, j, long["year"].to_numpy(int)) > 0
        out[pair | pair.transpose(1, 0, 2)] = km
    return out


def capitals(table: pd.DataFrame, grid: Grid) -> Amounts:
    """Great-circle distance between capitals in km, from raw ``cow_capitals.rda`` and ``CAPITALS``.

    To the metre: trigonometric functions differ in the last bit between processors, rounded distances do not.
    """
    table = table.assign(begin=year_of(table["stdate"]), end=year_of(table["enddate"]))
    corrected = pd.DataFrame(CAPITALS, columns=["ccode", "begin", "end", "lat", "lng"])
    long = spells(pd.concat([table, corrected], ignore_index=True), "begin", "end")  # later rows replace earlier
    fields = np.stack([grid.field(long, "ccode", name) for name in ("lat", "lng")], axis=-1)
    # Places are few: their distances are found once, not in every year of every pair of states.
    known = ~np.isnan(fields).any(axis=-1)
    places, index = np.unique(fields[known], axis=0, return_inverse=True)
    lat, lng = np.radians(np.vstack([places, [np.nan, np.nan]])).T  # the last is nowhere
    place = np.full(known.shape, len(places))
    place[known] = index.ravel()
    cosine = np.sin(lat)[:, None] * np.sin(lat)[None]
    cosine += np.cos(lat)[:, None] * np.cos(lat)[None] * np.cos(lng[:, None] - lng[None])
    km = (EARTH_KM * np.arccos(cosine.clip(-1, 1))).round(METRES)
    return km[place[:, None], place[None]]


def distance(table: pd.DataFrame, contiguity_km: Amounts, capital_km: Amounts, grid: Grid) -> Amounts:
    """Minimum distance in km between borders from 1886, from raw ``cow_mindist.rda``, before that between capitals.

    Borders are as of 1 January (`settled` says what stands for the year in which a state enters), and never further
    apart than capitals: the source lacks outlying islands of Kiribati, the Maldives and others. Where only capitals
    are known, the contiguity class caps the distance (0 km for a land border).
    """
    i, j = grid.index(table["ccode1"]), grid.index(table["ccode2"])
    t = table["year"].to_numpy(int) - FIRST
    inside = (i >= 0) & (j >= 0) & (t < YEARS)
    january = np.full(grid.shape, np.nan)
    january[i[inside], j[inside], t[inside]] = table["mindist"].to_numpy()[inside]
    borders = settled(np.fmin(january, january.transpose(1, 0, 2)), grid.member, BORDERS_BEGIN)
    return np.fmin(capital_km, np.where(np.isnan(borders), contiguity_km, borders))
