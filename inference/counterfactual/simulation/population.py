"""Who is simulated, and everything of them that the simulation takes as it was.

Only capacity and duress are made anew. Income, population, democracy, threat, the aid of others, power, and who is in
reach of which aggressor stay as observed, in every arm alike: by the causal graph capacity does not cause them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import groups
from data.build.transition import History, transition
from inference import panels
from inference.counterfactual.scenario import Scenario, ScenarioError
from inference.counterfactual.simulation.chain import Chain
from inference.engine.forward import YEARS_BACK

if TYPE_CHECKING:
    from models.design import Design

Float = NDArray[np.float64]
CARRIED = ("income", "population", "polyarchy", "threat", "aid_us")  # columns of the links that stay as observed
LOWEST = 0.25  # share of weak states that count as low in capacity
AID = ("aid_governance", "aid_us")


@dataclass(frozen=True)
class Rows:
    """Dyad-years of one outcome: their positions in the design, state (row,) and year (row,) as positions."""

    design: Design
    positions: NDArray[np.intp]
    unit: NDArray[np.intp]
    year: NDArray[np.intp]


@dataclass(frozen=True)
class Population:
    """The states of a scenario and their years, as observed.

    ``frame`` has a row for each unit and year, in this order, with the columns that the links take as observed.
    ``low`` is the highest score of capacity that counts as low. ``score`` and ``score_sd`` (unit,) are capacity and its
    error before the first year, ``past`` (unit, 5) duress in the five years before, the last one first, ``duress`` and
    ``capacity`` (unit, year) what was observed since, and ``dollars`` aid per head by source (unit, year).
    ``alignment`` holds the rows of each outcome in the years counted, ``lead_in`` those of the years before,
    ``carried`` how many unit-years took a value of a neighbouring year, ``unknown`` the states without any.
    """

    states: NDArray[np.intp]
    years: NDArray[np.intp]
    frame: pd.DataFrame
    low: float
    score: Float
    score_sd: Float
    past: NDArray[np.intp]
    duress: Float
    capacity: Float
    dollars: Mapping[str, Float]
    alignment: Mapping[str, Rows]
    lead_in: Mapping[str, Rows]
    carried: int
    unknown: tuple[int, ...]

    @property
    def regions(self) -> list[str]:
        """Region of each unit."""
        return [str(name) for name in self.frame["region"].to_numpy()[:: self.years.size]]

    @property
    def people(self) -> Float:
        """Millions of people (unit, year)."""
        return np.exp(self.frame["population"].to_numpy(float)).reshape(self.states.size, self.years.size)

    @property
    def levels(self) -> tuple[list[str], list[str]]:
        """Regions and eras that occur, regions by name and eras in time."""
        return sorted(set(self.regions)), list(dict.fromkeys(self.frame["era"].astype(str)))

    @property
    def cells(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Positions in `levels` of the region of each unit (unit,) and of the era of each year (year,)."""
        regions, eras = self.levels
        era_of = self.frame["era"].astype(str).to_numpy()[: self.years.size]
        return np.array([regions.index(name) for name in self.regions]), np.array([eras.index(e) for e in era_of])

    def at_risk(self, outcome: str, unit: int) -> NDArray[np.intp]:
        """Dyad-years of a unit in every year simulated (year,)."""
        rows = (self.alignment[outcome], self.lead_in[outcome])
        years = np.concatenate([r.year[r.unit == unit] for r in rows])
        return np.bincount(years, minlength=self.years.size)

    def threatened(self, first: int, last: int) -> int:
        """State-years between two years with an aggressor in reach: what rates per decade are taken over."""
        rows = self.alignment["bandwagon"]
        years = self.years[rows.year]
        inside = (years >= first) & (years <= last)
        return len(np.unique(rows.unit[inside] * 10_000 + years[inside]))


def eligible(scenario: Scenario, moves: pd.DataFrame, alignment: pd.DataFrame) -> NDArray[np.intp]:
    """Codes of the states that a scenario speaks of; ScenarioError when there is none."""
    now = moves[moves["year"] == scenario.begin].dropna(subset=["capacity"])
    counted = alignment[alignment["year"].between(scenario.year, scenario.last)]
    exposed = now["state"].isin(counted["state"])
    if scenario.state is not None:
        mine = now[exposed & (now["state"] == scenario.state)]
        words = f"state is {scenario.state}"
    else:
        low = now["capacity"] <= _low(now)
        chosen = {
            "fragile": low & (now["war_before"] == 0),
            "calm": low & (now["duress_before"] == 0) & (now["duress_lately"] == 0),
            "duress": now["duress_before"] == 1,
            "all": np.ones(len(now), bool),
        }[scenario.rule]
        if scenario.region is not None:
            chosen &= now["region"].astype(str) == scenario.region
        mine = now[exposed & chosen]
        words = f"rule is {scenario.rule!r}" + (f" and region is {scenario.region!r}" if scenario.region else "")
    if mine.empty:
        known = sorted(now.loc[exposed, "state"].tolist()) if scenario.state is not None else []
        choices = f"; states with aggressors in reach are {', '.join(map(str, known))}" if known else ""
        raise ScenarioError(
            f"scenario {scenario.id}: {words}, but no such state is in the panels at the start of {scenario.begin} "
            f"with an aggressor in reach in {scenario.year}-{scenario.last}"
            f"{choices or '; choose another rule, region or year'}"
        )
    return np.sort(mine["state"].to_numpy(np.intp))


def _low(now: pd.DataFrame) -> float:
    """The score of capacity that bounds the lowest quarter of the states of a year."""
    return float(now["capacity"].quantile(LOWEST))


def _filled(
    moves: pd.DataFrame, states: NDArray[np.intp], years: NDArray[np.intp]
) -> tuple[pd.DataFrame, int, list[int]]:
    """The rows of every unit and year, how many had gaps, and the states that lack a column altogether.

    Gaps are filled from the unit's years before, else from those after.
    """
    index = pd.MultiIndex.from_product([states, years], names=["state", "year"])
    frame = moves.set_index(["state", "year"]).reindex(index)
    gaps = frame[list(CARRIED)].isna().any(axis=1).to_numpy()
    carried = frame.groupby(level="state")[[*CARRIED, "region"]]
    frame[[*CARRIED, "region"]] = carried.ffill().combine_first(carried.bfill())
    frame["era"] = groups.era(index.get_level_values("year"))
    bad = frame[list(CARRIED)].isna().any(axis=1).groupby(level="state").any()
    return frame.reset_index(), int(gaps.sum()), [int(code) for code in bad.index[bad]]


def _rows(
    design: Design, alignment: pd.DataFrame, states: NDArray[np.intp], years: NDArray[np.intp], first: int, last: int
) -> Rows:
    """The rows of some states from the year ``first`` to ``last``; ``years`` are those simulated."""
    keys = alignment[["state", "year"]].to_numpy(np.intp)[design.rows]
    inside = np.isin(keys[:, 0], states) & (keys[:, 1] >= first) & (keys[:, 1] <= last)
    mine = np.flatnonzero(inside)
    return Rows(design, mine, np.searchsorted(states, keys[mine, 0]), keys[mine, 1] - years[0])


def assemble(scenario: Scenario, chain: Chain, alignment: pd.DataFrame, state: pd.DataFrame) -> Population:
    """The population of a scenario on an alignment and a state panel; ScenarioError when no state is eligible."""
    moves, history = transition(state), History(state)
    moves["war_before"] = _at(state, history.lag("duress_war"), pd.MultiIndex.from_frame(moves[["state", "year"]]))
    years = np.arange(scenario.begin, scenario.last + 1)
    frame, carried, unknown = _filled(moves, eligible(scenario, moves, alignment), years)
    frame = frame[~frame["state"].isin(unknown)].reset_index(drop=True)
    states = frame["state"].to_numpy(np.intp)[:: years.size]
    if not states.size:
        raise ScenarioError(f"scenario {scenario.id}: every eligible state lacks a column of {', '.join(CARRIED)}")
    field = {name: _field(state, name, states, years) for name in ("duress", "capacity", *AID)}
    begin = frame.iloc[:: years.size]

    def rows(first: int, last: int) -> dict[str, Rows]:
        return {o: _rows(link.design, alignment, states, years, first, last) for o, link in chain.outcomes.items()}

    past = _field(state, "duress", states, np.arange(scenario.begin - 1, scenario.begin - 1 - YEARS_BACK, -1))
    return Population(
        states=states,
        years=years,
        frame=frame,
        low=_low(moves[moves["year"] == scenario.begin]),
        score=begin["capacity"].to_numpy(float),
        score_sd=begin["capacity_sd"].to_numpy(float),
        past=np.nan_to_num(past).astype(np.intp),
        duress=field["duress"],
        capacity=field["capacity"],
        dollars={name: np.nan_to_num(np.expm1(field[name])) for name in AID},
        alignment=rows(scenario.year, scenario.last),
        lead_in=rows(scenario.begin, scenario.year - 1),
        carried=carried,
        unknown=tuple(unknown),
    )


def _at(state: pd.DataFrame, values: Float, index: pd.MultiIndex) -> Float:
    """Values by row of the state panel at some pairs of state and year, NaN where a state was not in the system."""
    keyed = pd.Series(values, index=pd.MultiIndex.from_frame(state[["state", "year"]]))
    return np.asarray(keyed.reindex(index), np.float64)


def _field(state: pd.DataFrame, column: str, states: NDArray[np.intp], years: NDArray[np.intp]) -> Float:
    """A column of the state panel by unit and year (unit, year)."""
    values = _at(state, state[column].to_numpy(float), pd.MultiIndex.from_product([states, years]))
    return values.reshape(states.size, years.size)


def read(scenario: Scenario, chain: Chain, alignment: Path) -> Population:
    """The population of a scenario from the panels."""
    return assemble(scenario, chain, panels.read("alignment", alignment), panels.read("state", alignment))
