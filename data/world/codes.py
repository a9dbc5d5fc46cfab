"""State codes of the sources mapped to Correlates of War (COW) codes, year by year."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from data.world.grid import spells


@dataclass(frozen=True)
class Remap:
    """Code ``source`` stands for COW code ``cow`` in the years ``first`` to ``last``."""

    source: int | str
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
# AidData: the codes of Gleditsch and Ward, but the Czech Republic keeps that of Czechoslovakia.
AIDDATA = (*GLEDITSCH_WARD, Remap(315, 316, first=1993))
# Exercises: Gleditsch and Ward, but unified Vietnam has at times the code of the South.
EXERCISES = (*GLEDITSCH_WARD, Remap(817, 816, first=1976))
# Strategic rivalries: COW codes, but those of the state that is left today for the one that was the rival.
RIVALRIES = (
    Remap(305, 300, last=1918),  # Austria-Hungary, of the rivalry with Prussia
    Remap(300, 305, first=1919),  # Austria, of that with Yugoslavia to 1920
    Remap(255, 260, first=1946, last=1989),  # West Germany, of that with France to 1955
    Remap(679, 678, last=1989),  # North Yemen
)
# Votes in the United Nations: the seat of China is Taiwan's from the beginning.
VOTES = (Remap(713, 710, last=1948),)
# Polity 5 by COW codes, but for Austria-Hungary.
POLITY5 = (Remap(305, 300, last=1918),)
# ISO 3166 alpha-3, of states as they are now; what is given to a territory before its independence stays with it.
ISO3 = {
    "AFG": 700, "AGO": 540, "ALB": 339, "AND": 232, "ARE": 696, "ARG": 160, "ARM": 371, "ATG": 58, "AUS": 900,
    "AUT": 305, "AZE": 373, "BDI": 516, "BEL": 211, "BEN": 434, "BFA": 439, "BGD": 771, "BGR": 355, "BHR": 692,
    "BHS": 31, "BIH": 346, "BLR": 370, "BLZ": 80, "BOL": 145, "BRA": 140, "BRB": 53, "BRN": 835, "BTN": 760,
    "BWA": 571, "CAF": 482, "CAN": 20, "CHE": 225, "CHL": 155, "CHN": 710, "CIV": 437, "CMR": 471, "COD": 490,
    "COG": 484, "COL": 100, "COM": 581, "CPV": 402, "CRI": 94, "CUB": 40, "CYP": 352, "CZE": 316, "DEU": 255,
    "DJI": 522, "DMA": 54, "DNK": 390, "DOM": 42, "DZA": 615, "ECU": 130, "EGY": 651, "ERI": 531, "ESP": 230,
    "EST": 366, "ETH": 530, "FIN": 375, "FJI": 950, "FRA": 220, "FSM": 987, "GAB": 481, "GBR": 200, "GEO": 372,
    "GHA": 452, "GIN": 438, "GMB": 420, "GNB": 404, "GNQ": 411, "GRC": 350, "GRD": 55, "GTM": 90, "GUY": 110,
    "HND": 91, "HRV": 344, "HTI": 41, "HUN": 310, "IDN": 850, "IND": 750, "IRL": 205, "IRN": 630, "IRQ": 645,
    "ISL": 395, "ISR": 666, "ITA": 325, "JAM": 51, "JOR": 663, "JPN": 740, "KAZ": 705, "KEN": 501, "KGZ": 703,
    "KHM": 811, "KIR": 946, "KNA": 60, "KOR": 732, "KWT": 690, "LAO": 812, "LBN": 660, "LBR": 450, "LBY": 620,
    "LCA": 56, "LIE": 223, "LKA": 780, "LSO": 570, "LTU": 368, "LUX": 212, "LVA": 367, "MAR": 600, "MCO": 221,
    "MDA": 359, "MDG": 580, "MDV": 781, "MEX": 70, "MHL": 983, "MKD": 343, "MLI": 432, "MLT": 338, "MMR": 775,
    "MNE": 341, "MNG": 712, "MOZ": 541, "MRT": 435, "MUS": 590, "MWI": 553, "MYS": 820, "NAM": 565, "NER": 436,
    "NGA": 475, "NIC": 93, "NLD": 210, "NOR": 385, "NPL": 790, "NRU": 970, "NZL": 920, "OMN": 698, "PAK": 770,
    "PAN": 95, "PER": 135, "PHL": 840, "PLW": 986, "PNG": 910, "POL": 290, "PRK": 731, "PRT": 235, "PRY": 150,
    "QAT": 694, "ROU": 360, "RUS": 365, "RWA": 517, "SAU": 670, "SDN": 625, "SEN": 433, "SGP": 830, "SLB": 940,
    "SLE": 451, "SLV": 92, "SMR": 331, "SOM": 520, "SRB": 345, "SSD": 626, "STP": 403, "SUR": 115, "SVK": 317,
    "SVN": 349, "SWE": 380, "SWZ": 572, "SYC": 591, "SYR": 652, "TCD": 483, "TGO": 461, "THA": 800, "TJK": 702,
    "TKM": 701, "TLS": 860, "TON": 955, "TTO": 52, "TUN": 616, "TUR": 640, "TUV": 947, "TWN": 713, "TZA": 510,
    "UGA": 500, "UKR": 369, "URY": 165, "USA": 2, "UZB": 704, "VCT": 57, "VEN": 101, "VNM": 816, "VUT": 935,
    "WSM": 990, "YEM": 679, "ZAF": 560, "ZMB": 551, "ZWE": 552,
}  # fmt: skip
# Codes and names of states that are no more, as the US foreign aid data have them.
FORMER = {
    "SCG": 345, "YUF": 345, "SDF": 625, "CS-KM": 347, "Czechoslovakia (former)": 315, "Germany (former East)": 265,
    "Soviet Union (former)": 365, "Vietnam (former South)": 817, "Yemen (former P.D.R.)": 680, "Luxembourg": 212,
}  # fmt: skip
ISO3_CHANGES = (
    Remap("DEU", 260, first=1946, last=1989),  # West Germany
    Remap("YEM", 678, last=1989),  # North Yemen
    Remap("CZE", 315, last=1992),  # Czechoslovakia
    Remap("TWN", 710, last=1948),  # the Republic of China, when it held the mainland
)
# Systems whose codes are text: those that stand for one state in every year.
TEXT: dict[str, dict[str, int]] = {
    "iso3": ISO3 | FORMER,
    "sipri": {"Serbia": 345, "Micronesia": 987},  # states that the arms transfers name and leave uncoded
}
SYSTEMS: dict[str, tuple[Remap, ...]] = {
    "cow": (),
    "gw": GLEDITSCH_WARD,
    "polity": POLITY,
    "aiddata": AIDDATA,
    "iso3": ISO3_CHANGES,
    "sipri": (),
    "exercises": EXERCISES,
    "rivalries": RIVALRIES,
    "polity5": POLITY5,
    "votes": VOTES,
}


@dataclass(frozen=True)
class Slip:
    """A row of a source whose code contradicts its own name: where ``column`` is ``name``, ``code`` is ``cow``."""

    column: str
    name: str
    code: str
    cow: int


# Rows in which a code cannot be mended by state and year, because another row has it rightly.
SLIPS: dict[str, tuple[Slip, ...]] = {
    "rivalries": (Slip("rivalry", "Oman-S. Yemen", "ccode1", 680),),  # 679, as North Yemen has in the same years
}
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
    """COW codes (n,) of codes (n,) in years (n,); NaN stays NaN.

    Codes that are numbers (all systems but iso3 and sipri) pass through where they need no change; those
    that are text (iso3, sipri) become NaN where they stand for no member of the COW system. Raises ValueError
    for an unknown ``system``.
    """
    if system not in SYSTEMS:
        raise ValueError(f"unknown code system {system!r}: choose from {', '.join(SYSTEMS)}")
    years = np.asarray(years, float)
    if system in TEXT:
        codes = np.asarray(codes, object)
        out = np.array([TEXT[system].get(code, np.nan) for code in codes], float)
    else:
        codes = np.asarray(codes, float)
        out = codes.copy()
    for remap in SYSTEMS[system]:
        out[(codes == remap.source) & (years >= remap.first) & (years <= remap.last)] = remap.cow
    return out


def recode(table: pd.DataFrame, code: str, system: str, year: str = "year") -> pd.DataFrame:
    """``table`` with COW codes in column ``code``."""
    return table.assign(**{code: to_cow(table[code], table[year], system)})


def recode_spells(table: pd.DataFrame, codes: list[str], system: str, first: str, last: str) -> pd.DataFrame:
    """Spells from year column ``first`` to ``last`` under COW codes: one row for each year, which both columns hold.

    A code of a source can stand for two states in the course of a spell (Austria-Hungary and Austria), so that a
    spell is mapped year by year and not by its beginning.
    """
    table = table.copy()
    for slip in SLIPS.get(system, ()):
        table.loc[table[slip.column] == slip.name, slip.code] = slip.cow
    long = spells(table, first, last)
    for code in codes:
        long = recode(long, code, system)
    return long.assign(**{first: long["year"], last: long["year"]})


def unmapped(table: pd.DataFrame, code: str, system: str, states: ArrayLike, year: str = "year") -> list[Any]:
    """Codes that are neither members of the COW system nor known not to be: numbers as mapped, texts as given."""
    mapped = to_cow(table[code], table[year], system)
    if system in TEXT:
        return sorted(table.loc[np.isnan(mapped), code].dropna().unique())
    known = set(np.asarray(states, int).tolist()) | set(NOT_MEMBERS)
    return sorted({int(value) for value in mapped[~np.isnan(mapped)]} - known)
