"""State-years: capacity, duress, aid, income, regime and threat, each of the year itself.

For autoregressions and chains over time: lags are taken by whoever needs them. The one exception is ``threat``,
which looks back ten years and never holds the year itself.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data import groups
from data.build.termination import threats
from data.codebook.panels import AIDDATA_YEARS, LAST_STATE_YEAR
from data.measures.capacity import calibrated
from data.measures.duress import events
from data.world.codes import to_cow
from data.world.grid import FIRST, YEARS
from data.world.riskset import BEGIN, END
from data.world.sources import Raw
from data.world.world import Field, World

US = 2
US_SINCE = 1946
THOUSAND, MILLION = 1e3, 1e6


def _known(dollars: Field, first: int, last: int = FIRST + YEARS) -> Field:
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
    return _known(received.clip(min=0).astype(float), US_SINCE)


def population(world: World) -> Field:
    """People, from the National Material Capabilities v6 (thousands there); NaN where unknown or given as 0."""
    people = THOUSAND * world.capability("tpop")
    return np.where(people > 0, people, np.nan)


def per_head(dollars: Field, people: Field) -> Field:
    """log(1 + dollars per head) of non-negative sums; NaN where either is unknown."""
    return np.log1p(dollars / people)


def _threat(world: World) -> Field:
    """Threat up to the last year whose window the dispute data fill, NaN after it."""
    threat, _ = threats(world)
    return np.where(np.arange(YEARS) + FIRST <= END, threat, np.nan)


def fields(world: World) -> dict[str, np.ndarray]:
    """Every measured column as a field [state, year], in the order of the codebook."""
    capacity, sd, measured = calibrated(world)
    components = {name: field > 0 for name, field in events(world).items()}
    people = population(world)
    governance, everything = donors(world)
    return {
        "major": world.grid.major,
        "capacity": capacity,
        "capacity_sd": np.where(np.isnan(capacity), np.nan, sd),
        "capacity_measured": measured > 0,
        "duress": np.logical_or.reduce(list(components.values())),
        **components,
        "income": world.income,
        "population": np.log(people / MILLION),
        "polyarchy": world.democracy("v2x_polyarchy"),
        "polity2": world.democracy("polity2"),
        "aid_governance": per_head(governance, people),
        "aid_total": per_head(everything, people),
        "aid_us": per_head(us_aid(world), people),
        "threat": _threat(world),
    }


def state(world: World | Raw) -> pd.DataFrame:
    """The state panel: one row per member of the state system and year, 1817-2015.

    Columns are those of ``data.codebook.panels.STATE``, in that order; rows are sorted by state and year.
    """
    if isinstance(world, Raw):
        world = World(world)
    years = np.arange(YEARS) + FIRST
    i, t = np.nonzero(world.grid.member & (years >= BEGIN) & (years <= LAST_STATE_YEAR))
    keys = pd.DataFrame({"state": world.grid.states[i], "year": years[t]}).astype("int16")
    keys["region"] = groups.region(keys["state"]).remove_unused_categories()
    keys["era"] = groups.era(keys["year"]).remove_unused_categories()
    measured = pd.DataFrame({name: field[i, t] for name, field in fields(world).items()})
    small = dict.fromkeys(measured.select_dtypes("bool").columns, "int8")
    single = dict.fromkeys(measured.select_dtypes("float").columns, "float32")
    return pd.concat([keys, measured.astype(small | single)], axis=1)
