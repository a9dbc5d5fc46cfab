"""Who is simulated, and everything of them that the simulation takes as it was.

Capacity and duress are made anew; income, democracy and who is at risk for want of a pact follow them. What the causal
graph lets neither move, or no link tells of, stays as observed in every arm alike (`HELD`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import groups
from data.build.transition import History, transition
from inference import panels
from inference.counterfactual.scenario import Scenario, ScenarioError
from inference.counterfactual.simulation.chain import LAST_LINK, Chain
from inference.engine.forward import YEARS_BACK
from models.claims.links import LOGITS
from models.claims.registry import OUTCOMES
from models.design import Group

if TYPE_CHECKING:
    from models.claims.registry import Hypothesis
    from models.design import Design

Float = NDArray[np.float64]
OBSERVED = ("duress_before", "duress_lately", "capacity")  # what the course of income and democracy went with
CARRIED = ("income", "population", "polyarchy", "threat", "aid_us")  # columns of the links as observed
#: What stays as observed, and why, for readers.
HELD = {
    "threat, power, offence and aggression of aggressors": "they are theirs, and not the weak state's doing",
    "population": "a programme does not change it enough within two decades",
    "who is in reach of which aggressor, and who is weaker": "geography, population and armaments",
    "colonial ties and alliances of more than five years ago": "the past, or of years before most of what is simulated",
    "aid of others, and aid already given": "donors are taken to give as they did",
    "the length of the time since a treaty": "alignments are simulated by their probabilities",
}
_KEYS = ["state", "aggressor", "year"]
_OF_THE_DYAD = ["past_alliance_lag5"]  # its history before the pact
_PACT = ["state", "aggressor", "pact_began"]
_NOTHING = {name: value for o in OUTCOMES for name, value in ((o, 0), (f"{o}_rows", 1))}
LOWEST = 0.25  # share of weak states that count as low in capacity
AID = ("aid_governance", "aid_us")


@dataclass(frozen=True)
class Rows:
    """Dyad-years of one outcome, dyad after dyad: all rows of ``design``, with state and year as positions (row,).

    ``observed`` tells those at risk in the world as it was from those that a pact concluded since the beginning took
    out; ``since`` is the number of years since the dyad's row before, 0 in its first one.
    """

    design: Design
    unit: NDArray[np.intp]
    year: NDArray[np.intp]
    observed: NDArray[np.bool_]
    since: NDArray[np.intp]
    position: NDArray[np.intp]  # in the alignment panel, -1 of rows that are not in it


@dataclass(frozen=True)
class Pacts:
    """How often an alignment takes its dyad out of the risk set, and how often a pact ends in a year: counts.

    Of ``alignments`` whose dyad would have been at risk in the year after, ``hard`` ones obliged to defence or offence;
    of ``years`` under such a pact, it ended in ``ended``.
    """

    alignments: int = 0
    hard: int = 0
    years: int = 0
    ended: int = 0

    def drawn(self, draws: int, rng: np.random.Generator) -> tuple[Float, Float]:
        """Draws of both shares (draw,) under Jeffreys' prior; none is ever concluded where none is known."""
        if not self.alignments:
            return np.zeros(draws), np.zeros(draws)
        share = rng.beta(self.hard + 0.5, self.alignments - self.hard + 0.5, draws)
        return share, rng.beta(self.ended + 0.5, self.years - self.ended + 0.5, draws)


@dataclass(frozen=True)
class Population:
    """The states of a scenario and their years, as observed.

    ``frame`` has a row for each unit and year, in this order, with the columns that the links take as observed.
    ``low`` is the highest score of capacity that counts as low. ``score`` and ``score_sd`` (unit,) are capacity and its
    error before the first year, ``past`` (unit, 5) duress in the five years before, the last one first, ``duress`` and
    ``capacity`` (unit, year) what was observed since, and ``dollars`` aid per head by source (unit, year).
    ``alignment`` holds the rows of each outcome, ``counted`` is the position of the first year counted, ``pacts`` tells
    what is known of how pacts begin and end, ``carried`` how many unit-years took a value of a neighbouring year,
    ``unknown`` the states without any.
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
    counted: int
    pacts: Pacts
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
        """Dyad-years of a unit at risk in every year simulated, in the world as it was (year,)."""
        rows = self.alignment[outcome]
        return np.bincount(rows.year[(rows.unit == unit) & rows.observed], minlength=self.years.size)

    def at_risk_within(self, outcome: str, first: int, last: int) -> NDArray[np.bool_]:
        """The rows at risk in the world as it was between two years (row,)."""
        rows = self.alignment[outcome]
        years = self.years[rows.year]
        return rows.observed & (years >= first) & (years <= last)

    def in_years_counted(self, outcome: str) -> NDArray[np.bool_]:
        """The rows at risk in the world as it was in the years counted (row,)."""
        return self.at_risk_within(outcome, int(self.years[self.counted]), int(self.years[-1]))

    def threatened(self, first: int, last: int) -> int:
        """State-years between two years with an aggressor in reach: what rates per decade are taken over."""
        rows, inside = self.alignment["bandwagon"], self.at_risk_within("bandwagon", first, last)
        return len(np.unique(rows.unit[inside] * 10_000 + rows.year[inside]))


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
    columns = [*CARRIED, *OBSERVED]
    gaps = frame[columns].isna().any(axis=1).to_numpy()
    carried = frame.groupby(level="state")[[*columns, "region"]]
    frame[[*columns, "region"]] = carried.ffill().combine_first(carried.bfill())
    frame["era"] = groups.era(index.get_level_values("year"))
    bad = frame[columns].isna().any(axis=1).groupby(level="state").any()
    return frame.reset_index(), int(gaps.sum()), [int(code) for code in bad.index[bad]]


def _rows(design: Design, frame: pd.DataFrame, states: NDArray[np.intp], years: NDArray[np.intp]) -> Rows:
    """The dyad-years of a population as rows of one outcome; ``frame`` is sorted by dyad and year."""
    here = design.elsewhere(frame)
    at = pd.Index(design.rows).get_indexer(frame["position"].to_numpy()[here.rows])
    known = [group.index < len(design.groups[name].levels) for name, group in here.groups.items()]
    known.append((at >= 0) | ~frame["observed"].to_numpy()[here.rows])
    keep = np.logical_and.reduce(known)  # a level that the fit lacks has no draws
    weight = np.ones(len(at)) if design.weight is None else np.where(at >= 0, design.weight[at], 1.0)
    here = replace(
        here, y=np.where(at >= 0, design.y[at], 0).astype(np.int8), weight=weight,
        groups={name: Group(group.index, design.groups[name].levels) for name, group in here.groups.items()},
    ).subset(keep)  # fmt: skip
    keys = frame[["state", "aggressor", "year"]].to_numpy(np.intp)[here.rows]
    since = np.diff(keys[:, 2], prepend=keys[:1, 2])
    since[np.flatnonzero((np.diff(keys[:, :2], axis=0) != 0).any(axis=1)) + 1] = 0
    observed, position = (frame[name].to_numpy()[here.rows] for name in ("observed", "position"))
    return Rows(here, np.searchsorted(states, keys[:, 0]), keys[:, 2] - years[0], observed, since, position)


def _exposed(
    claim: Hypothesis, alignment: pd.DataFrame, pacts: pd.DataFrame | None, within: NDArray[np.bool_]
) -> pd.DataFrame:
    """Dyad-years at risk ``within`` the alignment panel, and those that pacts concluded in these rows took out."""
    frame = alignment.assign(observed=True, position=np.arange(len(alignment)))[within]
    if pacts is not None:
        began = claim.counted(alignment, "bandwagon")[within].query("bandwagon == 1")
        at = pd.MultiIndex.from_frame(began[_KEYS]).get_indexer(pd.MultiIndex.from_frame(pacts[_PACT]))
        own = pacts[at >= 0].assign(observed=False, position=-1, **_NOTHING)
        own[_OF_THE_DYAD] = began[_OF_THE_DYAD].iloc[at[at >= 0]].to_numpy()  # which the pact itself would be part of
        frame = pd.concat([frame, own], ignore_index=True)
    return frame.sort_values(_KEYS, kind="stable", ignore_index=True)


def of_pacts(claim: Hypothesis, alignment: pd.DataFrame, pacts: pd.DataFrame | None) -> Pacts:
    """What the panels know of how pacts begin and end: since the panel of pacts begins, of events that count."""
    if pacts is None or pacts.empty:
        return Pacts()
    began = claim.counted(alignment, "bandwagon").query(f"bandwagon == 1 and year >= {int(pacts['pact_began'].min())}")
    after = pd.MultiIndex.from_frame(began[_KEYS].assign(year=began["year"] + 1))
    hard = after.isin(pd.MultiIndex.from_frame(pacts[_KEYS]))
    known = hard | after.isin(pd.MultiIndex.from_frame(alignment[_KEYS]))
    own = pacts[pd.MultiIndex.from_frame(pacts[_PACT]).isin(pd.MultiIndex.from_frame(began[_KEYS]))]
    return Pacts(int(known.sum()), int(hard.sum()), len(own), int(own["ended"].sum()))


def assemble(
    scenario: Scenario, chain: Chain, alignment: pd.DataFrame, state: pd.DataFrame, pacts: pd.DataFrame | None = None
) -> Population:
    """The population of a scenario on an alignment and a state panel; ScenarioError when no state is eligible.

    Without a panel of ``pacts`` rows at risk are those of the alignment panel, whatever is simulated.
    """
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

    claim = LOGITS[LAST_LINK]
    within = (alignment["state"].isin(states) & alignment["year"].between(scenario.begin, scenario.last)).to_numpy()
    in_years = None if pacts is None else pacts[pacts["year"] <= scenario.last]

    exposed = _exposed(claim, alignment, in_years, within)
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
        alignment={o: _rows(link.design, exposed, states, years) for o, link in chain.outcomes.items()},
        counted=scenario.lead,
        pacts=of_pacts(claim, alignment, pacts),
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
    frames = panels.read("alignment", alignment), panels.read("state", alignment)
    return assemble(scenario, chain, *frames, pacts_of(alignment))


def pacts_of(alignment: Path) -> pd.DataFrame | None:
    """The panel of pacts beside an alignment panel, if it is there."""
    return panels.read("pacts", alignment) if panels.path_of("pacts", alignment).is_file() else None
