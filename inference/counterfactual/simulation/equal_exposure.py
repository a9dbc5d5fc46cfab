"""Early against late at equal exposure: the same histories, the same programme, as many years counted since its start.

On its dates an early programme has more years to work in than a late one, and is for states that never fall under
duress too. Here both are given to the same histories, those in which duress sets in without a programme after at least
some years: the late one in the year after the onset, the other `programme.LEAD` years before that. Each is compared
with no programme over the same number of years since its own start. Two differences beside timing stay: the calendar
years are not the same, and an effect elicited from the literature is less where a state was under duress before it.

Whoever starts a programme does not know when duress will set in: this is what one fixed lead would be worth to someone
who did. Within five years of its start a programme so far ahead cannot avert anything through duress, which by then has
not been in the window of a row: horizons are longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from inference.counterfactual.scenario import Scenario
from inference.counterfactual.simulation.programme import AHEAD, ARROWS, BASELINE, LEAD, Arm, Evaluation, whole
from models.claims.registry import OUTCOMES

Float = NDArray[np.float64]
WHEN = (AHEAD, "late")
HORIZONS = (10, 15)  # years since the start


@dataclass(frozen=True)
class SinceStart:
    """Sums over the states, by draw, of what happens within some years of the start of a programme.

    ``averted`` holds by outcome the expected events without a programme less those with it (arrow, when, horizon,
    draw), ``dyad_years`` by outcome the rows at risk (when, horizon, draw), ``programmes`` (horizon, draw) how many
    histories both programmes are given to, and ``person_years`` (when, horizon, draw) the millions of people times
    years that a programme runs for within the horizon.
    """

    horizons: tuple[int, ...]
    averted: dict[str, Float]
    dyad_years: dict[str, Float]
    programmes: Float
    person_years: Float

    @classmethod
    def empty(cls, scenario: Scenario, draws: int, wanted: list[Evaluation]) -> Self:
        """Nothing as yet; without horizons where the years simulated are too few, or an arm is not ``wanted``."""
        asked = {whole(arm) for arm in (BASELINE, *arms())} <= set(wanted)
        horizons = tuple(h for h in HORIZONS if asked and LEAD + h <= scenario.years)
        shape = len(WHEN), len(horizons), draws
        return cls(
            horizons,
            {outcome: np.zeros((len(ARROWS), *shape)) for outcome in OUTCOMES},
            {outcome: np.zeros(shape) for outcome in OUTCOMES},
            np.zeros(shape[1:]),
            np.zeros(shape),
        )

    @classmethod
    def joined(cls, parts: list[Self]) -> Self:
        """Sums whose draws are those of all parts, one part after another."""
        return cls(
            parts[0].horizons,
            by_outcome([part.averted for part in parts]),
            by_outcome([part.dyad_years for part in parts]),
            np.concatenate([part.programmes for part in parts], axis=-1),
            np.concatenate([part.person_years for part in parts], axis=-1),
        )

    def add_programmes(self, late: NDArray[np.intp], people: Float, running: int) -> None:
        """Count the programmes of a state: ``late`` are starts of the late one (draw,), ``people`` (year,) millions."""
        for h, horizon in enumerate(self.horizons):
            valid = _valid(late, horizon, people.size)
            self.programmes[h] += valid
            for w, start in enumerate(_starts(late)):
                until = start + min(running, horizon)
                self.person_years[w, h] += np.where(valid, _within(_sums(people), start, until), 0.0)

    def add_events(self, outcome: str, rows: NDArray[np.intp], events: Float, late: NDArray[np.intp]) -> None:
        """Add the events of a state.

        ``rows`` (year,) are at risk; ``events`` (1 + arrow x when, year, draw) without a programme, then under each.
        """
        years = rows.size
        for h, horizon in enumerate(self.horizons):
            valid = _valid(late, horizon, years)
            for w, start in enumerate(_starts(late)):
                until = start + horizon
                self.dyad_years[outcome][w, h] += np.where(valid, _within(_sums(rows), start, until), 0.0)
        for k, treated in enumerate(events[1:]):
            arrow, w = divmod(k, len(WHEN))
            fewer, start = _sums(events[0] - treated), _starts(late)[w]
            for h, horizon in enumerate(self.horizons):
                valid = _valid(late, horizon, years)
                self.averted[outcome][arrow, w, h] += np.where(valid, _within(fewer, start, start + horizon), 0.0)


def by_outcome[T: np.floating[Any]](parts: list[dict[str, NDArray[T]]]) -> dict[str, NDArray[T]]:
    """Arrays by outcome, the draws of all parts one after another along the last dimension."""
    return {outcome: np.concatenate([part[outcome] for part in parts], axis=-1) for outcome in OUTCOMES}


def arms() -> tuple[Arm, ...]:
    """The programmes compared, by arrow and then by timing."""
    return tuple(Arm(arrow, when) for arrow in ARROWS for when in WHEN)


def _starts(late: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Starts of both programmes (draw,), in the order of `WHEN`."""
    return late - LEAD, late


def _valid(late: NDArray[np.intp], horizon: int, years: int) -> NDArray[np.bool_]:
    """Draws in which all years of both programmes are simulated (draw,)."""
    return (late >= LEAD) & (late + horizon <= years)


def _sums(values: NDArray) -> Float:
    """Sums over the years before each (year + 1, ...)."""
    out = np.zeros((values.shape[0] + 1, *values.shape[1:]))
    np.cumsum(values, axis=0, out=out[1:])
    return out


def _within(sums: Float, start: NDArray[np.intp], until: NDArray[np.intp]) -> Float:
    """Sum of the years from ``start`` until before ``until`` (draw,), of `_sums`; positions outside are clipped."""
    last = sums.shape[0] - 1
    start, until = np.clip(start, 0, last), np.clip(until, 0, last)
    if sums.ndim == 1:
        return sums[until] - sums[start]
    draw = np.arange(sums.shape[1])
    return sums[until, draw] - sums[start, draw]
