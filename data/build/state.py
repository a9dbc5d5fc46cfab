"""State-years: capacity, duress, aid, income, regime and threat, each of the year itself.

For autoregressions and chains over time: lags are taken by whoever needs them. The one exception is ``threat``,
which looks back ten years and never holds the year itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.build.frame import compact, keyed
from data.codebook.citations import COW_STATES, FARISS, MID, NMC, POLITY
from data.codebook.variable import ERA, Panel, binary, key, number, optional, region_of
from data.measures.capacity import SCORES, scored_variables
from data.measures.duress import LEADERS_BEGIN, duress_variables, events
from data.measures.threat import OF_ALL
from data.period import AIDDATA_YEARS, BEGIN, END, FIRST, LAST, LAST_STATE_YEAR, US_AID_BEGINS, YEARS
from data.world.codes import to_cow
from data.world.grid import Field

if TYPE_CHECKING:
    from data.world.world import World

US = 2
THOUSAND, MILLION = 1e3, 1e6
AIDDATA = "Tierney et al. (2011), AidData core research release, 18 donors, 1973-2013"
STATE = Panel(
    name="state",
    variables=(
        key("state", "state", 2, 999, COW_STATES),
        key("year", "year t", BEGIN, LAST_STATE_YEAR, COW_STATES),
        region_of("the state"),
        replace(ERA, formula="first years; the last era goes on to the last year"),
        binary("major", "major power", "1 if a major power in t", "Correlates of War 2016"),
        *scored_variables("", "in t", "t"),
        *duress_variables("t", LEADERS_BEGIN),
        number("income", "income", "log dollars per head", "log GDP per head in t", FARISS, nullable=True),
        number("population", "population", "log millions", "log of people in t", NMC),
        number("polyarchy", "electoral democracy", "index", "V-Dem polyarchy in t", "Coppedge et al. (2024)",
        0, 1, True),
        number("polity2", "Polity score", "points", "polity2 in t", POLITY, -10, 10, True),
        number(
            "aid_governance", "aid for governance", "log dollars per head",
            "log(1 + constant dollars per head committed in t to government and civil society)", AIDDATA, 0, None, True,
        ),
        number(
            "aid_total", "aid of all sectors", "log dollars per head",
            "log(1 + constant dollars per head committed in t)", AIDDATA, 0, None, True,
        ),
        number(
            "aid_us", "aid of the United States", "log dollars per head",
            "log(1 + constant dollars per head obligated in fiscal year t)",
            "Foreign aid of the United States by country, 1946-2021", 0, None, True,
        ),
        optional(
            number(
                "threat", "threat to the state", "log disputes",
                "log(1 + new revisionist disputes with force of any state against it in t-10..t-1); under "
                "`threat=interests` by power and interest of all states in reach at t-1",
                MID, 0,
            )
        ),
    ),
    keys=("state", "year"),
    outcomes=(),
    unit="state-year",
    codebook="data/build/state.py",
    lag=0,  # covariates are of the year itself
)  # fmt: skip


def _known(dollars: Field, first: int, last: int = LAST) -> Field:
    """Sums in the years first to last, where nothing given is 0; NaN in the years that no source covers."""
    year = np.arange(YEARS) + FIRST
    return np.where((year >= first) & (year <= last), dollars, np.nan)


def donors(world: World) -> tuple[Field, Field]:
    """Constant dollars committed by 18 donors to a state in a year: for governance, and in all sectors.

    Governance is AidData's sector of government and civil society (``govCivilSociety``, purpose codes 150-152).
    Women in development (``womenSupport``, 420) and core support of non-governmental organisations
    (``ngoGovSupport``, 920) are sectors of their own and stay out.
    """
    table = world.raw.read("aidDataDisagg.rda")
    i = world.grid.index(to_cow(table["ccodeR"], table["year"], "aiddata"))
    inside, t = i >= 0, table["year"].to_numpy(int) - FIRST

    def total(name: str) -> Field:
        out = np.zeros(world.grid.shape[1:])
        np.add.at(out, (i[inside], t[inside]), table[name].to_numpy(float)[inside])
        return _known(out, *AIDDATA_YEARS)

    return total("govCivilSociety"), total("commitment_amount_usd_constant_sum")


def us_aid(world: World) -> Field:
    """Constant dollars of aid that the United States obligated to a state in a fiscal year, 1946-.

    Net of what was obligated before and withdrawn, which leaves some years negative; they count as 0.
    """
    received = world.aid[:, int(world.grid.index(US))]
    return _known(received.clip(min=0).astype(float), US_AID_BEGINS)


def population(world: World) -> Field:
    """People, from the National Material Capabilities v6 (thousands there); NaN where unknown or given as 0."""
    people = THOUSAND * world.capability("tpop")
    return np.where(people > 0, people, np.nan)


def per_head(dollars: Field, people: Field) -> Field:
    """log(1 + dollars per head) of non-negative sums; NaN where either is unknown."""
    return np.log1p(dollars / people)


def _threat(world: World) -> Field:
    """Threat up to the last year whose window the dispute data fill, NaN after it."""
    threat, _ = OF_ALL[world.coding.threat](world)
    return np.where(np.arange(YEARS) + FIRST <= END, threat, np.nan)


def fields(world: World) -> dict[str, NDArray[Any]]:
    """Every measured column as a field [state, year], in the order of the codebook."""
    capacity, capacity_sd, measured = SCORES[world.coding.capacity](world)
    components = {name: field > 0 for name, field in events(world).items()}
    people = population(world)
    governance, everything = donors(world)
    return {
        "major": world.grid.major,
        "capacity": capacity,
        "capacity_sd": capacity_sd,
        "capacity_measured": measured,
        "duress": np.logical_or.reduce(list(components.values())),
        **components,
        "income": world.income,
        "population": np.log(people / MILLION),
        "polyarchy": world.democracy("v2x_polyarchy"),
        "polity2": world.polity("polity2"),
        "aid_governance": per_head(governance, people),
        "aid_total": per_head(everything, people),
        "aid_us": per_head(us_aid(world), people),
        "threat": _threat(world),
    }


def state(world: World) -> pd.DataFrame:
    """The state panel: one row per member of the state system and year, 1817-2015.

    Columns are those of ``STATE``, in that order; rows are sorted by state and year.
    """
    years = np.arange(YEARS) + FIRST
    i, t = np.nonzero(world.grid.member & (years >= BEGIN) & (years <= LAST_STATE_YEAR))
    keys = keyed({"state": world.grid.states[i], "year": years[t]}, "state")
    measured = pd.DataFrame({name: field[i, t] for name, field in fields(world).items()})
    return compact(pd.concat([keys, measured], axis=1))
