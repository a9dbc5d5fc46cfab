"""Every column of the alignment panel."""

from __future__ import annotations

import numpy as np

from data.codebook.variable import ATOP, MID, NMC, Variable, binary, key, number, treaty
from data.groups import ERAS, REGIONS
from data.world.riskset import BEGIN, END

SIPRI = "SIPRI arms transfers"
AID = "US foreign aid (obligations, 1946-); Tierney et al. (2011), AidData (17 other donors, 1973-2013)"

ALIGNMENT: tuple[Variable, ...] = (
    key("state", "weak state i", 2, 999, "Correlates of War state system 2016"),
    key("aggressor", "aggressor j", 2, 999, "Correlates of War state system 2016"),
    key("year", "year t of the outcome", BEGIN, END, "Correlates of War state system 2016"),
    Variable(
        "region", "group", "region of i", "name", "COW code ranges", "data/groups.py", levels=tuple(REGIONS)
    ),
    Variable("era", "group", "era of t", "name", "first years", "data/groups.py", levels=tuple(ERAS)),
    binary(
        "bandwagon",
        "bandwagoning with the aggressor",
        "1 if in t a new or upgraded obligation links i and j under a treaty whose members' capabilities are at "
        "least half j's",
        ATOP,
        "outcome",
    ),
    treaty("treaty", "treaty behind bandwagoning"),
    binary(
        "balance",
        "balancing against the aggressor",
        "1 if in t i gains a defence obligation with a third state that stands against j, under a treaty without j",
        ATOP,
        "outcome",
    ),
    treaty("balance_treaty", "treaty behind balancing"),
    number(
        "threat", "threat from the aggressor", "log disputes, plus 1 for rivalry", "log(1 + disputes) + rivalry",
        f"{MID}; Thompson, Sakuwa and Suhas (2021)", 0,
    ),
    Variable(
        "threat_disputes", "count", "revisionist disputes of j against i", "disputes in t-10..t-1",
        "new disputes, j revisionist, j's hostility at least a threat of force", MID, 0,
    ),
    binary("rivalry", "strategic rivalry of i and j", "1 if rivals at t-1", "Thompson, Sakuwa and Suhas (2021)"),
    number(
        "threat_other", "threat from other states", "log disputes, plus 1 for a rivalry",
        "log(1 + disputes of all but j against i) + any other rivalry",
        f"{MID}; Thompson, Sakuwa and Suhas (2021)", 0,
    ),
    number("power", "power of the aggressor over i", "log ratio", "log(CINC_j / CINC_i) at t-1", NMC, 0, None, True),
    number("own_power", "own power of i", "log share", "log CINC_i at t-1", NMC, None, 0, True),
    binary("aggressor_major", "aggressor is a major power", "1 if a major power at t-1", "Correlates of War 2016"),
    number(
        "power_knot", "capabilities of the aggressor above one third", "share of the system's",
        "max(0, CINC_j - 1/3) at t-1", NMC, 0, 2 / 3, True,
    ),
    number(
        "offence", "offensive capability of the aggressor", "log ratio",
        "mean of log(share of soldiers / share of people) and log(share of spending / share of people) at t-1",
        NMC, None, None, True,
    ),
    number(
        "aggression", "aggressiveness of the aggressor", "log disputes",
        "log(1 + new revisionist disputes of j with force against anyone in t-10..t-1)", MID, 0,
    ),
    number(
        "persistence", "persistence of aggression", "share of years",
        "share of t-20..t-1 with a new revisionist dispute of j", MID, 0, 1,
    ),
    number(
        "own_revisionism", "own revisionism of i", "log disputes",
        "log(1 + new revisionist disputes of i with force against anyone in t-10..t-1)", MID, 0,
    ),
    number(
        "proximity", "proximity of the aggressor", "minus log(1 + 100 km)", "-log(1 + distance / 100 km) at t-1",
        "Schvitz et al. (2022) from 1886; distance of capitals before", None, 0, True,
    ),
    number(
        "distance_km", "distance to the aggressor", "km",
        "minimum distance of borders from 1886; before, of capitals, capped by contiguity",
        "Schvitz et al. (2022); Stinnett et al. (2002)", 0, 20100, True,
    ),
    binary(
        "contiguous", "contiguous with the aggressor", "1 if by land or within 400 miles of water at t-1",
        "Stinnett et al. (2002)",
    ),
    number(
        "support", "allied support available against the aggressor", "share of allies' and aggressor's capabilities",
        "S / (S + CINC_j), S = sum of allies' CINC / (1 + distance / 1000 km) at t-1, allies not bound to j",
        f"{ATOP}; {NMC}", 0, 1, True,
    ),
    binary(
        "duress", "internal duress", "1 if war, coup or irregular change of leader in t-5..t-1", "components below",
    ),
    binary(
        "duress_war", "intra-state war", "1 if under way in t-5..t-1",
        "Dixon and Sarkees (2015) to 2007; UCDP/PRIO wars from 2008",
    ),
    binary("duress_coup", "coup attempt", "1 if any in t-5..t-1; 0 before 1950", "Powell and Thyne (2011)"),
    binary(
        "duress_irregular", "irregular change of leader", "1 if any in t-5..t-1; 0 before 1871",
        "Goemans, Gleditsch and Chiozza (2009), Archigos 4.1",
    ),
    binary(
        "duress_fomented", "duress fomented by the aggressor", "1 if j fought beside the rebels in t-5..t-1",
        "Dixon and Sarkees (2015); UCDP/PRIO",
    ),
    number(
        "capacity", "state capacity of i", "latent standard deviations",
        "Hanson-Sigman at t-1 where measured, else predicted from log income",
        "Hanson and Sigman (2021); Fariss et al. (2022)", None, None, True,
    ),
    number(
        "capacity_sd", "standard error of capacity", "latent standard deviations",
        "posterior sd where measured, else residual sd of the calibration", "Hanson and Sigman (2021)", 0, None, True,
    ),
    binary(
        "capacity_measured", "capacity is measured", "1 if Hanson-Sigman covers i at t-1", "Hanson and Sigman (2021)",
    ),
    number(
        "income", "income of i", "log dollars per head", "log GDP per head at t-1", "Fariss et al. (2022)",
        nullable=True,
    ),
    number(
        "similarity", "similarity of regimes of i and j", "points of the score",
        "minus the absolute difference of extended unified democracy scores at t-1", "Marquez (2016)", None, 0, True,
    ),
    number(
        "similarity_ally", "similarity of regimes of i and its best available ally", "points of the score",
        "the same with k: of the members that stood against j in t-10..t-1 and had no defence pact with it at t-1, "
        "the one with the largest CINC_k / (1 + distance to i / 1000 km)",
        f"Marquez (2016); {MID}; Thompson, Sakuwa and Suhas (2021); {ATOP}; {NMC}", None, 0, True,
    ),
    binary("past_alliance", "past alliance of i and j", "1 if any obligation in any year to t-1", ATOP),
    binary(
        "colonial_tie", "colonial tie of i to j", "1 if j ruled i or i left j", "ICOW colonial history 1.1 (Hensel)",
    ),
    Variable(
        "peace_years", "count", "years at peace of i and j", "years since the last dispute, or since 1816",
        "t minus its year", MID, 1,
    ),
    number(
        "arms", "arms received from the aggressor", "log millions of trend-indicator value",
        "log(1 + TIV delivered by j to i in t-5..t-1), t from 1955; missing for Germany to 1995",
        SIPRI, 0, None, True,
    ),
    number(
        "arms_other", "arms received from others", "log millions of trend-indicator value",
        "log(1 + TIV from states that are neither j nor bound to j by a defence pact at t-1), as arms",
        f"{SIPRI}; {ATOP}", 0, None, True,
    ),
    number(
        "arms_share", "share of the aggressor in arms received", "share",
        "TIV from j / TIV from all in t-5..t-1, 0 where there is none, as arms", SIPRI, 0, 1, True,
    ),
    number(
        "aid", "aid received from the aggressor", "log dollars per head",
        "log(1 + constant dollars committed by j to i in t-5..t-1 per head of i), t from 1951; 0 for donors outside "
        "the sources (the USSR, China ...) and for all but the US before 1973",
        AID, 0, None, True,
    ),
    number(
        "aid_other", "aid received from others", "log dollars per head",
        "the same from all donors but j; donors outside the sources (the USSR, China ...) count as giving no aid",
        AID, 0, None, True,
    ),
    number(
        "dependence", "dependence on arms and aid of the aggressor", "log(1 + per cent)",
        "log(1 + 100 x mean of arms / (arms + own military spending) and aid / (aid + own GDP)), a year of "
        "t-5..t-1, t from 1955",
        f"{SIPRI}; {AID}; {NMC}; Fariss et al. (2022)", 0, float(np.log(101)), True,
    ),
    number(
        "igos", "shared intergovernmental organisations", "log organisations",
        "log(1 + organisations both are in) at t-1",
        "Pevehouse et al. (2020), COW intergovernmental organisations 3", 0,
    ),
    binary("base", "treaty with the aggressor on bases", "1 if one in force at t-1 provides for bases or troops", ATOP),
    binary(
        "imposed_leader", "leader imposed by the aggressor",
        "1 if in t-10..t-1 a leader of i entered by foreign imposition, with war or use of force between i and j in "
        "that year or the two before; the source does not name the imposer; 0 before 1875",
        f"Goemans, Gleditsch and Chiozza (2009), Archigos 4.1; {MID}; Sarkees and Wayman (2010)",
    ),
    number(
        "ties", "milder ties of i to the aggressor", "mean of three shares",
        "mean of colonial_tie, base and the share of the year's rows with fewer shared organisations",
        f"ICOW colonial history 1.1 (Hensel); {ATOP}; Pevehouse et al. (2020)", 0, 1,
    ),
    number(
        "penetration", "penetration of i by the aggressor", "share", "mean of the three ties and imposed_leader",
        "as its components", 0, 1,
    ),
    number(
        "polyarchy", "electoral democracy of i", "index", "V-Dem polyarchy at t-1", "Coppedge et al. (2024), V-Dem",
        0, 1, True,
    ),
    number(
        "constraints", "constraints on the aggressor's executive", "Polity points",
        "Polity score of j at t-1 where it has one, else predicted from its extended unified democracy score",
        "Marshall et al., Polity; Marquez (2016)", -10, 10, True,
    ),
    binary(
        "constraints_measured", "constraints are measured", "1 if Polity scores j at t-1", "Marshall et al., Polity",
    ),
    binary("bipolar", "bipolar system", "1 if 1946 <= t <= 1989", "by definition"),
)  # fmt: skip

KEYS = ("state", "aggressor", "year")


def alignment() -> dict[str, Variable]:
    """The variables of the alignment panel by name, in the order of its columns."""
    return {variable.name: variable for variable in ALIGNMENT}


def label(term: str) -> str:
    """Label of a term of a model: a variable, a product ``a:b`` or a square ``a^2``."""
    table = alignment()
    if term.endswith("^2"):
        return f"{table[term[:-2]].label}, squared"
    return " x ".join(table[name].label for name in term.split(":"))
