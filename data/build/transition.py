"""From state-years to transitions: each year of a weak state beside what was known the year before.

What the links of the counterfactual chain are fitted to. Rows are states in the system in t and t-1 and no major power
then. Years before a state entered the system count as years without duress.
"""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.build.alignment import ALIGNMENT
from data.build.state import STATE
from data.codebook.citations import COW_STATES, HANSON_SIGMAN
from data.codebook.variable import ERA, Panel, Variable, binary, key, number, region_of
from data.period import END, FIRST_TRANSITION

Float = NDArray[np.float64]
LAGGED = ("capacity", "capacity_sd", "capacity_measured", "income", "population", "polyarchy", "major")
YEARS_BACK = 5
SHARPEST = 0.15  # share of changes in aid that count as a drop: Nielsen et al. (2011), AJPS 55, 219

AIDDATA = "Tierney et al. (2011), AidData, 18 donors, 1973-2013"
STATE_PANEL = "state panel"
_KEYS: tuple[Variable, ...] = (
    key("state", "state", 2, 999, COW_STATES),
    key("year", "year t of the outcome", FIRST_TRANSITION, END, COW_STATES),
    region_of("the state"),
    ERA,
)


def _aid(name: str, label: str, source: str) -> Variable:
    formula = "mean of the yearly log(1 + constant dollars per head) in t-5..t-1"
    return number(name, label, "log dollars per head", formula, source, 0, None, True)


def _lagged(*names: str) -> tuple[Variable, ...]:
    """The columns of the state panel as they were the year before."""
    variables = (STATE.columns[name] for name in names)
    return tuple(replace(variable, formula=re.sub(r"\bt\b", "t-1", variable.formula)) for variable in variables)


_COVARIATES: tuple[Variable, ...] = (
    *_lagged("capacity", "capacity_sd", "capacity_measured"),
    binary(
        "duress_before", "duress in the year before", "1 if war, coup or irregular change of leader in t-1", STATE_PANEL
    ),
    number("duress_lately", "duress in earlier years", "share", "share of t-5..t-2 under duress", STATE_PANEL, 0, 1),
    *_lagged("income", "population", "polyarchy"),
    STATE.columns["threat"],
    _aid("aid_governance", "aid for governance", AIDDATA),
    _aid("aid_us", "aid of the United States", "Foreign aid of the United States by country, 1946-2021"),
    Variable(
        "aid_drop", "binary", "sudden drop of aid", "0 or 1",
        "1 if aid per head of t-2 and t-1 fell against that of t-4 and t-3 by more than in 85 % of the state-years "
        "that had any (the threshold of Nielsen et al. 2011)",
        AIDDATA, 0, 1, True, "before 1977, when the window is not full",
    ),
)  # fmt: skip


def _link(name: str, outcome: Variable, covariates: tuple[Variable, ...] = _COVARIATES) -> Panel:
    outcomes = (outcome.name,) if outcome.kind == "outcome" else ()
    variables = (*_KEYS, outcome, *covariates)
    return Panel(name, variables, ("state", "year"), outcomes, "state-year", "data/build/transition.py")


ONSET = _link(
    "onset", binary("onset", "onset of duress", "1 if under duress in t; rows were not in t-1", STATE_PANEL, "outcome")
)
CONTINUATION = _link(
    "continuation",
    binary("continued", "continued duress", "1 if under duress in t; rows were in t-1", STATE_PANEL, "outcome"),
    # Without the error of capacity: it is integrated out for rare events only, and duress mostly continues.
    tuple(variable for variable in _COVARIATES if variable.name != "capacity_sd"),
)
CAPACITY = _link(
    "capacity",
    number(
        "capacity_next", "state capacity in t", "latent standard deviations",
        "capacity in t, where measured in t-1 too", HANSON_SIGMAN,
    ),
)  # fmt: skip
NEVER: dict[str, Any] = {"nullable": False, "missing": "never missing"}
# What else a state is from year to year: both answer to duress and capacity, and bear on them the year after.
INCOME = _link("income", replace(STATE.columns["income"], name="income_next", label="income in t", **NEVER))
DEMOCRACY = _link(
    "democracy", replace(STATE.columns["polyarchy"], name="polyarchy_next", label="democracy in t", **NEVER)
)
LATER_DURESS = Variable(
    "duress_later", "binary", "internal duress still to come", "0 or 1",
    "1 if war, coup or irregular change of leader in t+1..t+5", STATE_PANEL, 0, 1, True,
    "no year of t+1..t+5 in the panel",
)  # fmt: skip
PLACEBO = replace(
    ALIGNMENT, name="placebo", variables=(*ALIGNMENT.variables, LATER_DURESS), codebook="data/build/transition.py"
)
LINKS = {panel.name: panel for panel in (ONSET, CONTINUATION, CAPACITY, INCOME, DEMOCRACY)}
SCORES = ("income", "polyarchy")  # beside capacity, whose outcome is of measured years alone


class History:
    """Lags of the columns of a state panel, aligned with its rows; NaN where the state was not in the system."""

    def __init__(self, state: pd.DataFrame) -> None:
        self.state = state
        years = state["year"].to_numpy()
        self.first = int(years.min())
        codes, self.i = np.unique(state["state"].to_numpy(), return_inverse=True)
        self.t = years - self.first
        self.shape = (codes.size, int(self.t.max()) + 1)

    def field(self, column: str) -> Float:
        """A column as (state, year), NaN outside the system."""
        out = np.full(self.shape, np.nan)
        out[self.i, self.t] = self.state[column].to_numpy(float)
        return out

    def lag(self, column: str, years: int = 1) -> Float:
        """A column so many years before each row (row,)."""
        before = self.t - years
        return np.where(before >= 0, self.field(column)[self.i, before.clip(0)], np.nan)

    def lags(self, column: str, first: int, last: int) -> Float:
        """A column ``first`` to ``last`` years before each row (lag, row)."""
        return np.stack([self.lag(column, years) for years in range(first, last + 1)])


def _lately(history: History, column: str) -> Float:
    """Mean of aid per head in t-5..t-1 (row,); the years before a state entered count as years without aid.

    NaN while the source does not cover all five years.
    """
    values = history.lags(column, 1, YEARS_BACK)
    begun = int(history.state.loc[history.state[column].notna(), "year"].min())
    outside = np.isnan(history.lags("year", 1, YEARS_BACK))
    mean = np.where(outside, 0.0, values).mean(axis=0)
    return np.where(history.t + history.first - YEARS_BACK >= begun, mean, np.nan)


def _drop(history: History) -> Float:
    """Whether aid per head fell sharply (row,); NaN where the four years before are not covered."""
    dollars = np.expm1(history.lags("aid_total", 1, 4))
    now, before = dollars[:2].mean(axis=0), dollars[2:].mean(axis=0)
    change = now - before
    had = np.isfinite(change) & (before > 0)
    threshold = np.quantile(change[had], SHARPEST) if had.any() else 0.0
    return np.where(np.isfinite(change), (change < min(threshold, 0.0)).astype(float), np.nan)


def transition(state: pd.DataFrame) -> pd.DataFrame:
    """Every transition of a weak state: outcomes ``duress`` and ``capacity_next``, ``income_next``, ``polyarchy_next``.

    They stand beside what was known at t-1.
    """
    history = History(state)
    out = state[["state", "year", "region", "era", "duress", "threat"]].copy()
    out["capacity_next"] = state["capacity"].where(state["capacity_measured"] == 1)
    for column in SCORES:
        out[f"{column}_next"] = state[column]
    for column in LAGGED:
        out[column] = history.lag(column)
    out["duress_before"] = history.lag("duress")
    out["duress_lately"] = np.nan_to_num(history.lags("duress", 2, YEARS_BACK)).mean(axis=0)
    for column in ("aid_governance", "aid_us"):
        out[column] = _lately(history, column)
    out["aid_drop"] = _drop(history)
    inside = out["duress_before"].notna() & (out["major"] == 0) & (state["major"] == 0)
    return out[inside & out["year"].between(FIRST_TRANSITION, END)].reset_index(drop=True)


def placebo(alignment: pd.DataFrame, state: pd.DataFrame) -> pd.DataFrame:
    """The alignment panel with ``duress_later``, whether the weak state is under duress in t+1..t+5.

    Missing where the state panel knows none of these years.
    """
    history = History(state)
    duress = history.field("duress")
    position = {int(code): k for k, code in enumerate(np.unique(state["state"]))}
    i = alignment["state"].map(position).fillna(-1).to_numpy(int)
    t = alignment["year"].to_numpy(int) - history.first
    later = np.full((YEARS_BACK, len(alignment)), np.nan)
    for k in range(YEARS_BACK):
        inside = (i >= 0) & (t + k + 1 < duress.shape[1])
        later[k, inside] = duress[i[inside], t[inside] + k + 1]
    known = np.isfinite(later).any(axis=0)
    return alignment.assign(duress_later=np.where(known, (np.nan_to_num(later) > 0).any(axis=0), np.nan))


def derived(name: str, state: pd.DataFrame) -> pd.DataFrame:
    """The rows of a link of ``LINKS``, with the columns of its codebook."""
    rows, outcome = transition(state), LINKS[name].variables[len(_KEYS)].name
    if name == "capacity":
        rows = rows[rows[outcome].notna() & (rows["capacity_measured"] == 1)]
    elif outcome.endswith("_next"):
        rows = rows[rows[[outcome, outcome.removesuffix("_next")]].notna().all(axis=1)]
    else:
        rows = rows[rows["duress_before"] == (name == "continuation")]
        rows = rows.rename(columns={"duress": LINKS[name].outcomes[0]})
    columns = LINKS[name].columns
    rows = rows[list(columns)].reset_index(drop=True)
    small = [v.name for v in columns.values() if v.kind in {"binary", "outcome"} and not v.nullable]
    rows = rows.astype(dict.fromkeys(small, "int8"))
    for group in ("region", "era"):
        rows[group] = rows[group].cat.remove_unused_categories()
    return rows
