"""State codes of the sources mapped to Correlates of War (COW) codes, year by year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Remap:
    """Code ``source`` stands for COW code ``cow`` in the years ``first`` to ``last``."""

    source: int
    cow: int
    first: int = 0
    last: int = 9999


# Gleditsch and Ward (1999): one code for the two unified Germanies and Yemens, own codes for small islands.
GLEDITSCH_WARD = (
    Remap(260, 255, first=1990),  # Germany after unification
    Remap(678, 679, first=1990),  # Yemen after unification
    Remap(340, 345),  # Serbia: COW carries Serbia, Yugoslavia and Serbia-Montenegro as one state
    Remap(970, 946),  # Kiribati
    Remap(971, 970),  # Nauru
    Remap(972, 955),  # Tonga
    Remap(973, 947),  # Tuvalu
)
# Polity: new codes where a state's borders changed.
POLITY = (
    Remap(341, 347),  # Kosovo
    Remap(342, 345),  # Serbia
    Remap(347, 345),  # Yugoslavia 1991-2003, Serbia and Montenegro
    Remap(348, 341),  # Montenegro
    Remap(364, 365),  # Soviet Union
    Remap(525, 626),  # South Sudan
    Remap(529, 530),  # Ethiopia without Eritrea
    Remap(624, 626),  # South Sudan, in the ruling-party data
    Remap(626, 625, first=2012),  # Sudan without the South
    Remap(769, 770),  # Pakistan with Bangladesh
    Remap(818, 816),  # Vietnam unified
)
SYSTEMS = {"cow": (), "gw": GLEDITSCH_WARD, "polity": POLITY}
# Codes that stand for no member of the COW system: known, and left out knowingly.
NOT_MEMBERS = {
    396: "Abkhazia",
    397: "South Ossetia",
    563: "Transvaal",
    564: "Orange Free State",
    711: "Tibet",
    751: "Hyderabad",
    815: "Annam",
    8152: "the Palestine Liberation Organisation and other non-state signatories",
}


def to_cow(codes: ArrayLike, years: ArrayLike, system: str) -> NDArray[np.float64]:
    """COW codes (n,) of codes (n,) in years (n,); codes that need no change and NaN pass through.

    Raises ValueError for an unknown ``system`` (cow, gw, polity).
    """
    if system not in SYSTEMS:
        raise ValueError(f"unknown code system {system!r}: choose from {', '.join(SYSTEMS)}")
    codes, years = np.asarray(codes, float), np.asarray(years, float)
    out = codes.copy()
    for remap in SYSTEMS[system]:
        out[(codes == remap.source) & (years >= remap.first) & (years <= remap.last)] = remap.cow
    return out


def recode(table: pd.DataFrame, code: str, system: str, year: str = "year") -> pd.DataFrame:
    """``table`` with COW codes in column ``code``."""
    return table.assign(**{code: to_cow(table[code], table[year], system)})


def unmapped(table: pd.DataFrame, code: str, system: str, states: ArrayLike, year: str = "year") -> list[int]:
    """Codes that are neither members of the COW system nor known not to be."""
    mapped = to_cow(table[code], table[year], system)
    known = set(np.asarray(states, int).tolist()) | set(NOT_MEMBERS)
    return sorted({int(value) for value in mapped[~np.isnan(mapped)]} - known)
