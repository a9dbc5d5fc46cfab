"""Every column of the panels: label, unit, range, formula, source, and what a missing value does."""

from __future__ import annotations

from dataclasses import dataclass

from data.groups import ERAS, REGIONS
from data.riskset import BEGIN, END

MID = "Gibler, Miller and Little (2016), militarised interstate disputes 2.2.1"
ATOP = "Leeds et al. (2002), ATOP 4.01"
NMC = "Singer, Bremer and Stuckey (1972), National Material Capabilities 6"
LEFT_OUT = "rows left out of models that need it, and counted"


@dataclass(frozen=True)
class Variable:
    """One column of a panel.

    ``kind`` is key, group, outcome, binary, count or continuous; ``low`` and ``high`` bound its values
    (None: unbounded); ``nullable`` columns may be missing, and ``missing`` says what follows.
    """

    name: str
    kind: str
    label: str
    unit: str
    formula: str
    source: str
    low: float | None = None
    high: float | None = None
    nullable: bool = False
    missing: str = "never missing"
    levels: tuple[str, ...] = ()


def _key(name: str, label: str, low: int, high: int, source: str) -> Variable:
    return Variable(name, "key", label, "COW code" if name != "year" else "year", "identifier", source, low, high)


def _binary(name: str, label: str, formula: str, source: str, kind: str = "binary") -> Variable:
    return Variable(name, kind, label, "0 or 1", formula, source, 0, 1)


def _number(
    name: str,
    label: str,
    unit: str,
    formula: str,
    source: str,
    low: float | None = None,
    high: float | None = None,
    nullable: bool = False,
) -> Variable:
    missing = LEFT_OUT if nullable else "never missing"
    return Variable(name, "continuous", label, unit, formula, source, low, high, nullable, missing)


def _treaty(name: str, label: str) -> Variable:
    missing = "no event in the row"
    return Variable(name, "key", label, "ATOP id", "lowest id behind the event", ATOP, 1000, 9999, True, missing)


ALIGNMENT: tuple[Variable, ...] = (
    _key("state", "weak state i", 2, 999, "Correlates of War state system 2016"),
    _key("aggressor", "aggressor j", 2, 999, "Correlates of War state system 2016"),
    _key("year", "year t of the outcome", BEGIN, END, "Correlates of War state system 2016"),
    Variable(
        "region", "group", "region of i", "name", "COW code ranges", "data/groups.py", levels=tuple(REGIONS)
    ),
    Variable("era", "group", "era of t", "name", "first years", "data/groups.py", levels=tuple(ERAS)),
    _binary(
        "bandwagon",
        "bandwagoning with the aggressor",
        "1 if in t a new or upgraded obligation links i and j under a treaty whose members' capabilities are at "
        "least half j's",
        ATOP,
        "outcome",
    ),
    _treaty("treaty", "treaty behind bandwagoning"),
    _binary(
        "balance",
        "balancing against the aggressor",
        "1 if in t i gains a defence obligation with a third state that stands against j, under a treaty without j",
        ATOP,
        "outcome",
    ),
    _treaty("balance_treaty", "treaty behind balancing"),
    _number(
        "threat", "threat from the aggressor", "log disputes, plus 1 for rivalry", "log(1 + disputes) + rivalry",
        f"{MID}; Thompson, Sakuwa and Suhas (2021)", 0,
    ),
    Variable(
        "threat_disputes", "count", "revisionist disputes of j against i", "disputes in t-10..t-1",
        "new disputes, j revisionist, j's hostility at least a threat of force", MID, 0,
    ),
    _binary("rivalry", "strategic rivalry of i and j", "1 if rivals at t-1", "Thompson, Sakuwa and Suhas (2021)"),
    _number(
        "threat_other", "threat from other states", "log disputes, plus 1 for a rivalry",
        "log(1 + disputes of all but j against i) + any other rivalry",
        f"{MID}; Thompson, Sakuwa and Suhas (2021)", 0,
    ),
    _number("power", "power of the aggressor over i", "log ratio", "log(CINC_j / CINC_i) at t-1", NMC, 0, None, True),
    _number("own_power", "own power of i", "log share", "log CINC_i at t-1", NMC, None, 0, True),
    _binary("aggressor_major", "aggressor is a major power", "1 if a major power at t-1", "Correlates of War 2016"),
    _number(
        "offence", "offensive capability of the aggressor", "log ratio",
        "mean of log(share of soldiers / share of people) and log(share of spending / share of people) at t-1",
        NMC, None, None, True,
    ),
    _number(
        "aggression", "aggressiveness of the aggressor", "log disputes",
        "log(1 + new revisionist disputes of j with force against anyone in t-10..t-1)", MID, 0,
    ),
    _number(
        "persistence", "persistence of aggression", "share of years",
        "share of t-20..t-1 with a new revisionist dispute of j", MID, 0, 1,
    ),
    _number(
        "own_revisionism", "own revisionism of i", "log disputes",
        "log(1 + new revisionist disputes of i with force against anyone in t-10..t-1)", MID, 0,
    ),
    _number(
        "proximity", "proximity of the aggressor", "minus log(1 + 100 km)", "-log(1 + distance / 100 km) at t-1",
        "Schvitz et al. (2022) from 1886; distance of capitals before", None, 0, True,
    ),
    _number(
        "distance_km", "distance to the aggressor", "km",
        "minimum distance of borders from 1886; before, of capitals, capped by contiguity",
        "Schvitz et al. (2022); Stinnett et al. (2002)", 0, 20100, True,
    ),
    _binary(
        "contiguous", "contiguous with the aggressor", "1 if by land or within 400 miles of water at t-1",
        "Stinnett et al. (2002)",
    ),
    _number(
        "support", "allied support available against the aggressor", "share of allies' and aggressor's capabilities",
        "S / (S + CINC_j), S = sum of allies' CINC / (1 + distance / 1000 km) at t-1, allies not bound to j",
        f"{ATOP}; {NMC}", 0, 1, True,
    ),
    _binary(
        "duress", "internal duress", "1 if war, coup or irregular change of leader in t-5..t-1", "components below",
    ),
    _binary(
        "duress_war", "intra-state war", "1 if under way in t-5..t-1",
        "Dixon and Sarkees (2015) to 2007; UCDP/PRIO wars from 2008",
    ),
    _binary("duress_coup", "coup attempt", "1 if any in t-5..t-1; 0 before 1950", "Powell and Thyne (2011)"),
    _binary(
        "duress_irregular", "irregular change of leader", "1 if any in t-5..t-1; 0 before 1871",
        "Goemans, Gleditsch and Chiozza (2009), Archigos 4.1",
    ),
    _binary(
        "duress_fomented", "duress fomented by the aggressor", "1 if j fought beside the rebels in t-5..t-1",
        "Dixon and Sarkees (2015); UCDP/PRIO",
    ),
    _number(
        "capacity", "state capacity of i", "latent standard deviations",
        "Hanson-Sigman at t-1 where measured, else predicted from log income",
        "Hanson and Sigman (2021); Fariss et al. (2022)", None, None, True,
    ),
    _number(
        "capacity_sd", "standard error of capacity", "latent standard deviations",
        "posterior sd where measured, else residual sd of the calibration", "Hanson and Sigman (2021)", 0, None, True,
    ),
    _binary(
        "capacity_measured", "capacity is measured", "1 if Hanson-Sigman covers i at t-1", "Hanson and Sigman (2021)",
    ),
    _number(
        "income", "income of i", "log dollars per head", "log GDP per head at t-1", "Fariss et al. (2022)",
        nullable=True,
    ),
    _number(
        "similarity", "similarity of regimes of i and j", "points of the score",
        "minus the absolute difference of extended unified democracy scores at t-1", "Marquez (2016)", None, 0, True,
    ),
    _binary("past_alliance", "past alliance of i and j", "1 if any obligation in any year to t-1", ATOP),
    _binary(
        "colonial_tie", "colonial tie of i to j", "1 if j ruled i or i left j", "ICOW colonial history 1.1 (Hensel)",
    ),
    Variable(
        "peace_years", "count", "years at peace of i and j", "years since the last dispute, or since 1816",
        "t minus its year", MID, 1,
    ),
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
