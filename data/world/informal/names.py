"""Names of states in sources that give no code, mapped to Correlates of War (COW) codes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from data.world.codes import Remap

# UCDP's names of governments, as in "Government of Iran"; a name in brackets is an earlier one.
UCDP = {
    "Afghanistan": 700, "Albania": 339, "Algeria": 615, "Angola": 540, "Argentina": 160, "Armenia": 371,
    "Australia": 900, "Austria": 305, "Azerbaijan": 373, "Bahrain": 692, "Bangladesh": 771, "Belarus": 370,
    "Belgium": 211, "Benin": 434, "Bhutan": 760, "Bolivia": 145, "Bosnia-Herzegovina": 346, "Botswana": 571,
    "Brazil": 140, "Brunei": 835, "Bulgaria": 355, "Burkina Faso": 439, "Burundi": 516, "Cambodia (Kampuchea)": 811,
    "Cameroon": 471, "Canada": 20, "Central African Republic": 482, "Chad": 483, "Chile": 155, "China": 710,
    "Colombia": 100, "Comoros": 581, "Congo": 484, "Costa Rica": 94, "Croatia": 344, "Cuba": 40, "Cyprus": 352,
    "Czech Republic": 316, "Czechoslovakia": 315, "DR Congo (Zaire)": 490, "Denmark": 390, "Djibouti": 522,
    "Dominican Republic": 42, "East Germany": 265, "Ecuador": 130, "Egypt": 651, "El Salvador": 92, "Eritrea": 531,
    "Estonia": 366, "Ethiopia": 530, "Federated States of Micronesia": 987, "Finland": 375, "France": 220,
    "Gambia": 420, "Georgia": 372, "Germany": 255, "Ghana": 452, "Greece": 350, "Grenada": 55, "Guatemala": 90,
    "Guinea": 438, "Guinea-Bissau": 404, "Haiti": 41, "Honduras": 91, "Hungary": 310, "Iceland": 395, "India": 750,
    "Indonesia": 850, "Iran": 630, "Iraq": 645, "Ireland": 205, "Israel": 666, "Italy": 325, "Ivory Coast": 437,
    "Japan": 740, "Jordan": 663, "Kazakhstan": 705, "Kenya": 501, "Kuwait": 690, "Kyrgyzstan": 703, "Laos": 812,
    "Latvia": 367, "Lebanon": 660, "Lesotho": 570, "Liberia": 450, "Libya": 620, "Lithuania": 368, "Luxembourg": 212,
    "Madagascar": 580, "Malawi": 553, "Malaysia": 820, "Mali": 432, "Malta": 338, "Marshall Islands": 983,
    "Mauritania": 435, "Mexico": 70, "Moldova": 359, "Mongolia": 712, "Montenegro": 341, "Morocco": 600,
    "Mozambique": 541, "Myanmar (Burma)": 775, "Namibia": 565, "Nepal": 790, "Netherlands": 210, "New Zealand": 920,
    "Nicaragua": 93, "Niger": 436, "Nigeria": 475, "North Korea": 731, "North Macedonia": 343, "Norway": 385,
    "Oman": 698, "Pakistan": 770, "Palau": 986, "Panama": 95, "Papua New Guinea": 910, "Paraguay": 150, "Peru": 135,
    "Philippines": 840, "Poland": 290, "Portugal": 235, "Qatar": 694, "Romania": 360, "Russia (Soviet Union)": 365,
    "Rwanda": 517, "Saudi Arabia": 670, "Senegal": 433, "Serbia (Yugoslavia)": 345, "Sierra Leone": 451,
    "Singapore": 830, "Slovakia": 317, "Slovenia": 349, "Solomon Islands": 940, "Somalia": 520, "South Africa": 560,
    "South Korea": 732, "South Sudan": 626, "South Vietnam": 817, "South Yemen": 680, "Spain": 230, "Sri Lanka": 780,
    "Sudan": 625, "Suriname": 115, "Sweden": 380, "Switzerland": 225, "Syria": 652, "Taiwan": 713, "Tajikistan": 702,
    "Tanzania": 510, "Thailand": 800, "Togo": 461, "Tonga": 955, "Trinidad and Tobago": 52, "Tunisia": 616,
    "Turkey": 640, "Turkmenistan": 701, "Uganda": 500, "Ukraine": 369, "United Arab Emirates": 696,
    "United Kingdom": 200, "United States of America": 2, "Uruguay": 165, "Uzbekistan": 704, "Venezuela": 101,
    "Vietnam (North Vietnam)": 816, "Yemen (North Yemen)": 679, "Zambia": 551, "Zimbabwe (Rhodesia)": 552,
}  # fmt: skip
# Names in the exercise data whose rows have no code.
EXERCISES = {
    "Antigua & Barbuda": 58, "Dominica": 54, "Grenada": 55, "Palau": 986, "Seychelles": 591, "St. Kitts & Nevis": 60,
    "St. Lucia": 56, "St. Vincent & Grenadines": 57, "São Tomé & Príncipe": 403, "Tonga": 955, "Vanuatu": 935,
    "Yemen": 679, "st. christopher": 60,
}  # fmt: skip
# One name for two states that followed each other, as COW counts them; years as for the codes of Gleditsch and Ward.
CHANGES = (
    Remap("Germany", 260, last=1989),  # West Germany
    Remap("Yemen (North Yemen)", 678, last=1989),
    Remap("Yemen", 678, last=1989),
)
# Participants in exercises that are no members of the state system: known, and left out knowingly.
NOT_STATES = {"-9", "Baltic States", "Bermuda", "Hong Kong SAR China", "NATO", "Netherlands Antilles", "New Caledonia"}
TABLES = {"ucdp": UCDP, "exercises": EXERCISES}


def codes_of(names: Iterable[str], years: ArrayLike, table: str) -> NDArray[np.float64]:
    """COW codes (n,) of names (n,) in years (n,); NaN for a name that the table lacks.

    Raises ValueError for an unknown ``table``.
    """
    if table not in TABLES:
        raise ValueError(f"unknown table of names {table!r}: choose from {', '.join(TABLES)}")
    texts, when = np.array(list(names), object), np.asarray(years, float)
    out = np.array([TABLES[table].get(name, np.nan) for name in texts], float)
    for change in CHANGES:
        out[(texts == change.source) & (when >= change.first) & (when <= change.last)] = change.cow
    return out
