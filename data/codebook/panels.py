"""Every column of the panels beside alignment, and the list of all panels."""

from __future__ import annotations

from data.codebook.alignment import ALIGNMENT, KEYS
from data.codebook.alignment import label as alignment_label
from data.codebook.variable import ATOP, MID, NMC, Panel, Variable, binary, key, number, optional
from data.groups import ERAS, REGIONS
from data.world.riskset import BEGIN, END

COW_STATES = "Correlates of War state system 2016"
COW_WARS = "Sarkees and Wayman (2010), inter-state wars 4"
FARISS = "Fariss et al. (2022)"
AIDDATA_YEARS = (1973, 2013)  # aid by sector, and that of others than the United States
LAST_STATE_YEAR = 2015  # capacity, leaders and ruling parties end in it


def region_of(of: str) -> Variable:
    """The column of the region of what ``of`` names."""
    return Variable(
        "region", "group", f"region of {of}", "name", "COW code ranges", "data/groups.py", levels=tuple(REGIONS)
    )


ERA = Variable("era", "group", "era of t", "name", "first years", "data/groups.py", levels=tuple(ERAS))


def _how(name: str, label: str, codes: str) -> Variable:
    return binary(name, label, f"1 if terminated and ATOP's mode of termination is {codes}", ATOP, "outcome")


TERMINATION: tuple[Variable, ...] = (
    key("treaty", "alliance treaty", 1000, 9999, ATOP),
    key("member", "member i of the treaty", 2, 999, COW_STATES),
    key("year", "year t of the outcome", BEGIN, END, COW_STATES),
    key("partner", "most capable other member at t-1", 2, 999, f"{ATOP}; {NMC}"),
    region_of("i"),
    ERA,
    binary(
        "terminated", "obligation ends",
        "1 if i's obligation ends in t and i is in no later phase of the treaty by t+1", ATOP, "outcome",
    ),
    binary(
        "dissolved", "alliance dissolves",
        "1 if terminated, neither replaced by another treaty nor by the loss of a member's independence",
        ATOP, "outcome",
    ),
    _how("expired", "ending by fulfilment of the treaty or of its term", "1 or 5"),
    _how("replaced", "ending by a new treaty of the members", "2"),
    _how("abrogated", "ending by violation or abrogation", "3"),
    _how("state_death", "ending by the loss of a member's independence", "4"),
    _how("defeated", "ending by defeat or occupation in war", "6"),
    binary("wartime", "alliance concluded in war", "ATOP's wartime, of the phase in force at t-1", ATOP),
    binary(
        "enemy_defeated", "common enemy defeated in the last two years",
        "1 if a war ended in t-2 or t-1 that i and another member won on one side, both then in the treaty", COW_WARS,
    ),
    binary(
        "wartime_enemy_defeated", "wartime alliance after the enemy's defeat", "wartime x enemy_defeated",
        f"{ATOP}; {COW_WARS}",
    ),
    binary(
        "victory", "common enemy defeated in the year itself",
        "as enemy_defeated, for a war that ended in t: not known at t-1", COW_WARS,
    ),
    number(
        "threat", "threat to the member", "log disputes",
        "log(1 + new revisionist disputes with force of any state against i in t-10..t-1)", MID, 0,
    ),
    number(
        "threat_rise", "rise in the threat to the member", "difference of log disputes",
        "log(1 + such disputes in t-3..t-1) - log(1 + 3/7 of those in t-10..t-4)", MID,
    ),
    binary(
        "marxist_pair", "Marxist one-party regimes of member and partner",
        "1 if at t-1 a Marxist party without competition rules in both; 0 before 1878", "Miller (2020)",
    ),
    number(
        "power_ratio", "power of the partner over the member", "log ratio", "log(CINC_partner / CINC_i) at t-1", NMC,
        nullable=True,
    ),
    number("size", "size of the alliance", "log members", "log members of the state system in it at t-1", ATOP, 0),
    number("age", "age of the obligation", "log years", "log(t - year of entry)", ATOP, 0),
    binary("defence", "defence pact", "1 if i and another member owe defence at t-1", ATOP),
    number(
        "similarity", "similarity of regimes of member and partner", "points of the score",
        "minus the absolute difference of extended unified democracy scores at t-1", "Marquez (2016)", None, 0, True,
    ),
    number(
        "past_disputes", "past disputes of member and partner", "log dispute-years",
        "log(1 + dispute-years between them in t-10..t-1)", MID, 0,
    ),
)  # fmt: skip

JOINING: tuple[Variable, ...] = (
    key("war", "inter-state war", 1, 999, COW_WARS),
    key("state", "state i outside the war", 2, 999, COW_STATES),
    key("year", "year t of the outcome", BEGIN, END, COW_STATES),
    key("side", "side of the war", 1, 2, COW_WARS),
    region_of("i"),
    ERA,
    binary("joined", "joining the side", "1 if t is i's first year in the war, on this side", COW_WARS, "outcome"),
    number(
        "side_share", "capability share of the side", "share of both sides' capabilities",
        "CINC at t-1 of the side's belligerents standing at the end of t-1, over both sides'", f"{COW_WARS}; {NMC}",
        0, 1,
    ),
    binary("allied", "ally on the side", "1 if a defence or offence pact at t-1 with a belligerent of the side", ATOP),
    binary(
        "allied_other", "ally on the other side", "1 if a defence or offence pact at t-1 with one of the other side",
        ATOP,
    ),
    binary(
        "rival", "rival on the other side", "1 if a strategic rival at t-1 of one of the other side",
        "Thompson, Sakuwa and Suhas (2021)",
    ),
    binary(
        "rival_own", "rival on the side", "1 if a strategic rival at t-1 of a belligerent of the side",
        "Thompson, Sakuwa and Suhas (2021)",
    ),
    number(
        "proximity", "proximity of the side", "minus log(1 + 100 km)",
        "-log(1 + distance to its nearest belligerent / 100 km) at t-1",
        "Schvitz et al. (2022) from 1886; distance of capitals before", None, 0, True,
    ),
    binary(
        "contiguous", "contiguous with the side",
        "1 if with a belligerent of it, by land or within 400 miles of water at t-1", "Stinnett et al. (2002)",
    ),
    number(
        "power", "power of i relative to the war", "log ratio", "log(CINC_i / CINC of all belligerents) at t-1", NMC,
        nullable=True,
    ),
    binary("major", "major power", "1 if i is a major power at t-1", "Correlates of War 2016"),
    Variable("war_year", "count", "year of the war", "years", "t minus the war's first year, plus 1", COW_WARS, 2),
)  # fmt: skip

_AIDDATA = "Tierney et al. (2011), AidData core research release, 18 donors, 1973-2013"

STATE: tuple[Variable, ...] = (
    key("state", "state", 2, 999, COW_STATES),
    key("year", "year t", BEGIN, LAST_STATE_YEAR, COW_STATES),
    region_of("the state"),
    Variable(
        "era", "group", "era of t", "name", "first years; the last era goes on to the last year", "data/groups.py",
        levels=tuple(ERAS),
    ),
    binary("major", "major power", "1 if a major power in t", "Correlates of War 2016"),
    number(
        "capacity", "state capacity", "latent standard deviations",
        "Hanson-Sigman in t where measured, else predicted from log income",
        f"Hanson and Sigman (2021); {FARISS}", nullable=True,
    ),
    number(
        "capacity_sd", "standard error of capacity", "latent standard deviations",
        "posterior sd where measured, else residual sd of the calibration", "Hanson and Sigman (2021)", 0, None, True,
    ),
    binary("capacity_measured", "capacity is measured", "1 if Hanson-Sigman covers t", "Hanson and Sigman (2021)"),
    binary("duress", "internal duress", "1 if war, coup or irregular change of leader in t", "components below"),
    binary(
        "duress_war", "intra-state war", "1 if under way in t",
        "Dixon and Sarkees (2015) to 2007; UCDP/PRIO wars from 2008",
    ),
    binary("duress_coup", "coup attempt", "1 if any in t; 0 before 1950", "Powell and Thyne (2011)"),
    binary(
        "duress_irregular", "irregular change of leader", "1 if any in t; 0 before 1870",
        "Goemans, Gleditsch and Chiozza (2009), Archigos 4.1",
    ),
    number("income", "income", "log dollars per head", "log GDP per head in t", FARISS, nullable=True),
    number("population", "population", "log millions", "log of people in t", NMC),
    number("polyarchy", "electoral democracy", "index", "V-Dem polyarchy in t", "Coppedge et al. (2024)", 0, 1, True),
    number("polity2", "Polity score", "points", "polity2 in t", "Marshall et al., Polity 5", -10, 10, True),
    number(
        "aid_governance", "aid for governance", "log dollars per head",
        "log(1 + constant dollars per head committed in t to government and civil society)", _AIDDATA, 0, None, True,
    ),
    number(
        "aid_total", "aid of all sectors", "log dollars per head",
        "log(1 + constant dollars per head committed in t)", _AIDDATA, 0, None, True,
    ),
    number(
        "aid_us", "aid of the United States", "log dollars per head",
        "log(1 + constant dollars per head obligated in fiscal year t)",
        "Foreign aid of the United States by country, 1946-2021", 0, None, True,
    ),
    optional(
        number(
            "threat", "threat to the state", "log disputes",
            "log(1 + new revisionist disputes with force of any state against it in t-10..t-1)", MID, 0,
        )
    ),
)  # fmt: skip

PANELS: dict[str, Panel] = {
    panel.name: panel
    for panel in (
        Panel("alignment", ALIGNMENT, KEYS, ("bandwagon", "balance"), "dyad-year", "data/codebook/alignment.py"),
        Panel(
            "termination", TERMINATION, ("treaty", "member", "year"), ("terminated", "dissolved"), "member-year",
            "data/codebook/panels.py",
        ),
        Panel(
            "joining", JOINING, ("war", "state", "year", "side"), ("joined",), "side of a war in a year",
            "data/codebook/panels.py",
        ),
        Panel("state", STATE, ("state", "year"), (), "state-year", "data/codebook/panels.py"),
    )
}  # fmt: skip


def panel(name: str) -> Panel:
    """A panel by name, those derived from others included; ValueError with the choices for any other."""
    from data.codebook.links import DERIVED

    known = PANELS | DERIVED
    if name not in known:
        raise ValueError(f"unknown panel {name!r}: choose from {', '.join(PANELS)}")
    return known[name]


def label(term: str, name: str = "alignment") -> str:
    """Label of a term of a model on a panel: a variable, a product ``a:b`` or a square ``a^2``.

    Raises KeyError for a variable that the panel does not have.
    """
    if name == "alignment":
        return alignment_label(term)
    table = {variable.name: variable.label for variable in panel(name).variables}
    if term.endswith("^2"):
        return f"{table[term[:-2]]}, squared"
    return " x ".join(table[part] for part in term.split(":"))
