"""Columns of the transitions: state-years beside what was known the year before. Derived from the state panel."""

from __future__ import annotations

from data.codebook.alignment import ALIGNMENT, KEYS
from data.codebook.panels import COW_STATES, ERA, FARISS, region_of
from data.codebook.variable import Panel, Variable, binary, key, number, optional
from data.world.riskset import END

FIRST_YEAR = 1961  # the first with a measured capacity in the year before
_AID = "Tierney et al. (2011), AidData, 18 donors, 1973-2013"
_STATE = "state panel"
_LATELY = "mean of the yearly log(1 + constant dollars per head) in t-5..t-1"


def _aid(name: str, label: str, source: str) -> Variable:
    return number(name, label, "log dollars per head", _LATELY, source, 0, None, True)


_COMMON: tuple[Variable, ...] = (
    key("state", "state", 2, 999, COW_STATES),
    key("year", "year t of the outcome", FIRST_YEAR, END, COW_STATES),
    region_of("the state"),
    ERA,
    number(
        "capacity", "state capacity", "latent standard deviations", "capacity at t-1", "Hanson and Sigman (2021)",
        nullable=True,
    ),
    number(
        "capacity_sd", "standard error of capacity", "latent standard deviations", "that of capacity at t-1",
        "Hanson and Sigman (2021)", 0, None, True,
    ),
    binary("capacity_measured", "capacity is measured", "1 if Hanson-Sigman covers t-1", "Hanson and Sigman (2021)"),
    binary("duress_before", "duress in the year before", "1 if war, coup or irregular change of leader in t-1", _STATE),
    number("duress_lately", "duress in earlier years", "share", "share of t-5..t-2 under duress", _STATE, 0, 1),
    number("income", "income", "log dollars per head", "log GDP per head at t-1", FARISS, nullable=True),
    number("population", "population", "log millions", "log of people at t-1", "National Material Capabilities 6"),
    number("polyarchy", "electoral democracy", "index", "V-Dem polyarchy at t-1", "Coppedge et al. (2024)", 0, 1, True),
    optional(
        number(
            "threat", "threat to the state", "log disputes",
            "log(1 + new revisionist disputes with force of any state against it in t-10..t-1)", "disputes", 0,
        )
    ),
    _aid("aid_governance", "aid for governance", _AID),
    _aid("aid_us", "aid of the United States", "Foreign aid of the United States by country, 1946-2021"),
    Variable(
        "aid_drop", "binary", "sudden drop of aid", "0 or 1",
        "1 if aid per head of t-2 and t-1 fell against that of t-4 and t-3 by more than in 85 % of the state-years "
        "that had any (the threshold of Nielsen et al. 2011)",
        _AID, 0, 1, True, "before 1977, when the window is not full",
    ),
)  # fmt: skip


def _with(*outcomes: Variable) -> tuple[Variable, ...]:
    return (*_COMMON[:4], *outcomes, *_COMMON[4:])


ONSET = _with(binary("onset", "onset of duress", "1 if under duress in t; rows were not in t-1", _STATE, "outcome"))
# Without the error of capacity: it is integrated out for rare events only, and duress mostly continues.
CONTINUATION = tuple(
    variable
    for variable in _with(
        binary("continued", "continued duress", "1 if under duress in t; rows were in t-1", _STATE, "outcome")
    )
    if variable.name != "capacity_sd"
)
CAPACITY = _with(
    number(
        "capacity_next",
        "state capacity in t",
        "latent standard deviations",
        "capacity in t, where measured in t-1 too",
        "Hanson and Sigman (2021)",
    )
)
PLACEBO = (
    *ALIGNMENT,
    Variable(
        "duress_later", "binary", "internal duress still to come", "0 or 1",
        "1 if war, coup or irregular change of leader in t+1..t+5", _STATE, 0, 1, True,
        "no year of t+1..t+5 in the panel",
    ),
)  # fmt: skip
DERIVED: dict[str, Panel] = {
    "placebo": Panel("placebo", PLACEBO, KEYS, ("bandwagon", "balance"), "dyad-year", "data/codebook/links.py"),
} | {
    name: Panel(name, variables, ("state", "year"), outcomes, "state-year", "data/codebook/links.py")
    for name, variables, outcomes in (
        ("onset", ONSET, ("onset",)),
        ("continuation", CONTINUATION, ("continued",)),
        ("capacity", CAPACITY, ()),
    )
}
