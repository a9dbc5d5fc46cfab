"""Worlds in which the whole chain is known: state-years and dyad-years simulated from stated truths, and their effects.

Written apart from the simulation that it is to check: plain numpy, year after year, all copies of a world at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from data import groups, synthetic
from inference.calibration.worlds.truths import CENTRES, EXOGENOUS, FREER, OTHERS, SCORES, TERM, Truth, truth
from models.claims.registry import OUTCOMES

Float = NDArray[np.float64]
FIRST, LAST, BEFORE = 1955, 2011, 5
# Two states of each of these ranges of codes: 24 states in four regions.
CODES = np.concatenate([first + np.arange(0, 60, 10) for first in (402, 475, 540, 631)])
REGION = np.arange(CODES.size) // 6  # of each state
AGGRESSORS = (2, 365, 710)


@dataclass(frozen=True)
class World:
    """A simulated world: its panels, its truth, and what is true of its states.

    ``histories`` holds capacity, duress, income and polyarchy (state, year), ``error`` (state,) what the scores of
    capacity lack of it, ``columns`` what nothing moves, the shocks of income and polyarchy among it (state, year).
    """

    state: pd.DataFrame
    alignment: pd.DataFrame
    truth: Truth
    histories: dict[str, Float]
    error: Float
    columns: dict[str, Float] = field(default_factory=dict)

    @property
    def capacity(self) -> Float:
        """True capacity (state, year)."""
        return self.histories["capacity"]


def _exogenous(rng: np.random.Generator, states: int, years: int) -> dict[str, Float]:
    """Columns that nothing in the world moves: a level of each state and slow change around it.

    Of income and democracy they are the first years and the shocks.
    """

    def slow(level: float, spread: float, change: float) -> Float:
        return level + rng.normal(0, spread, (states, 1)) + rng.normal(0, change, (states, years)).cumsum(axis=1)

    return {
        "income": slow(8.0, 0.7, 0.0), "population": slow(1.5, 1.0, 0.01), "polyarchy": expit(slow(-0.8, 0.8, 0.0)),
        "threat": np.abs(slow(0.4, 0.4, 0.06)), "aid_us": np.maximum(rng.normal(3.0, 3.0, (states, years)), 0.0),
        "income shock": rng.normal(0, 0.03, (states, years)), "polyarchy shock": rng.normal(0, 0.015, (states, years)),
    }  # fmt: skip


def _leaders(rng: np.random.Generator, states: int, years: int) -> dict[str, Float]:
    """The hidden causes (state, year), the same for a leader's term, which begins in years of each state's own."""
    term = (np.arange(years) + rng.integers(0, TERM, (states, 1))) // TERM
    drawn = rng.normal(size=(2, states, term.max() + 1))
    return {
        name: np.take_along_axis(own, term, axis=1) for name, own in zip(("orientation", "skill"), drawn, strict=True)
    }


def _lately(duress: NDArray, t: int) -> Float:
    """Share of the four years before the last under duress (..., copy)."""
    return duress[..., t - BEFORE : t - 1].mean(axis=-1)


def forward(
    what: Truth, columns: dict[str, Float], begin: dict[str, Float], region: NDArray, rng: np.random.Generator,
    *, first: int, last: int, added: Float | None = None, aid: float = 0.0, running: tuple[int, int] = (0, 0),
) -> dict[str, Float]:  # fmt: skip
    """Capacity, duress, income and polyarchy (state, copy, year) of a simulated world, year after year.

    Parameters
    ----------
    what, columns, region, rng
        The truth, exogenous columns by name (state, year), region of each state, and the source of noise.
    begin
        The histories (state, copy, year), known up to position ``first``.
    first, last : int
        Positions of the years to simulate, ``last`` left out.
    added
        Rise of capacity by year beside its own motion; None for no rise.
    aid, running
        Dollars per head more, in the years from and to these positions.
    """
    histories = {name: np.array(value, float) for name, value in begin.items()}
    capacity, duress = histories["capacity"], histories["duress"]
    for t in range(first, last):
        lately, before, lag = _lately(duress, t), duress[..., t - 1], capacity[..., t - 1]
        seen = {name: columns[name][:, [t if name == "threat" else t - 1]] for name in EXOGENOUS}
        seen |= {name: histories[name][..., t - 1] for name in SCORES}
        risen = np.zeros_like(lag) if added is None else lag * 0 + added[t - 1]
        own = what.drift + what.regions["capacity"][region][:, None] + what.rho * (lag - risen)
        own = own + what.pull[0] * before + what.pull[1] * lately
        own = own + what.hidden.skill * columns["skill"][:, [t]]
        for name, slope in what.exogenous.items():
            own = own + slope * (seen[name] - CENTRES[name])
        dollars = columns["aid_us"][:, t - BEFORE : t] + aid * _runs(running, t)
        own = own + what.aid * np.log1p(dollars).mean(axis=1)[:, None]
        own = own + what.sigma * rng.standard_t(what.nu, lag.shape)
        capacity[..., t] = own + (0.0 if added is None else added[t])
        for name, course in what.courses.items():
            (other,) = (one for one in SCORES if one != name)
            moving = zip(course.slopes, (before, lately, lag, seen[other] - CENTRES[other]), strict=True)
            now = course.rho * (seen[name] - CENTRES[name]) + sum(slope * value for slope, value in moving)
            histories[name][..., t] = CENTRES[name] + now + columns[f"{name} shock"][:, [t]]
        seen["aid_us"] = np.log1p(columns["aid_us"][:, t - BEFORE : t]).mean(axis=1, keepdims=True)
        fixed = {
            link: sum(slope * (seen[name] - CENTRES[name]) for name, slope in slopes.items())
            for link, slopes in what.duress.items()
        }
        log_odds = {
            name: link[0] + what.regions[name][region][:, None] + fixed[name] + link[1] * lag + link[2] * lately
            for name, link in (("onset", what.onset), ("stay", what.stay))
        }
        led = what.hidden.orientation * columns["orientation"][:, [t]]
        p = expit(np.where(before == 1, log_odds["stay"], log_odds["onset"]) + led)
        duress[..., t] = rng.random(p.shape) < p
    return histories


def _runs(running: tuple[int, int], t: int) -> Float:
    """Which of the five years before t a programme runs in (5,)."""
    years = np.arange(t - BEFORE, t)
    return ((years >= running[0]) & (years < running[1])).astype(float)


def probability(
    what: Truth, outcome: str, rows: pd.DataFrame, histories: dict[str, Float], columns: dict[str, Float]
) -> Float:
    """Probability of an outcome in rows (row, copy) under ``histories`` (state, copy, year) of their states."""
    s, i, t = what.outcomes[outcome], np.searchsorted(CODES, rows["state"].to_numpy()), rows["year"].to_numpy() - FIRST
    window = np.stack([histories["duress"][i, :, t - k] for k in range(1, BEFORE + 1)]).any(axis=0)
    threat = rows["threat"].to_numpy(float)[:, None]
    eta = s["intercept"] + what.regions[outcome][REGION[i]][:, None] + s["duress"] * window + s["threat"] * threat
    then = {name: histories[name][i, :, t - 1 - BEFORE] for name in SCORES}
    then = {"income_lag5": then["income"], "democracy_lag5": freer(then["polyarchy"])}
    for name, slope in what.others[outcome].items():
        column = then[name] if name in then else rows[name].to_numpy(float)[:, None]
        eta = eta + slope * (column - OTHERS[name])
    eta = eta + what.hidden.alignments * unseen(columns)[i, t - 1][:, None]
    return expit(eta + s["product"] * window * threat + s["capacity"] * histories["capacity"][i, :, t - 1])


def unseen(columns: dict[str, Float]) -> Float:
    """What the hidden causes add up to in the alignments of a state in the year after (state, year)."""
    return columns["orientation"] + columns["skill"]


def freer(polyarchy: Float) -> Float:
    """The score of democracy that alignment is adjusted for, from electoral democracy."""
    return FREER * (polyarchy - CENTRES["polyarchy"])


def world(seed: int, change: Callable[[Truth], Truth] = lambda what: what) -> World:
    """A world of 24 states, 1955-2011, with three aggressors in reach of each; ``change`` turns its truth."""
    rng = np.random.default_rng([seed, 0])
    what, years = change(truth(rng)), np.arange(FIRST, LAST + 1)
    shape = CODES.size, years.size
    columns = _exogenous(rng, *shape) | _leaders(np.random.default_rng([seed, 1]), *shape)
    begin = {name: np.zeros((CODES.size, 1, years.size)) for name in ("capacity", "duress")}
    begin |= {name: columns[name][:, None].copy() for name in SCORES}
    error = rng.normal(0, what.error_sd, CODES.size)  # apart from the first scores: the truth is spread around them
    richer = what.level * (columns["income"][:, :1, None] - CENTRES["income"])
    begin["capacity"][..., :BEFORE] = rng.normal(-0.3, 0.7, (CODES.size, 1, 1)) + richer + error[:, None, None]
    begin["duress"][..., :BEFORE] = rng.random((CODES.size, 1, BEFORE)) < 0.1
    histories = forward(what, columns, begin, REGION, rng, first=BEFORE, last=years.size)
    own = {name: values[:, 0] for name, values in histories.items()}
    state = _state_panel(columns | own, own["capacity"] - error[:, None], what.error_sd, years)
    return World(state, _alignment(what, histories, columns, error, years, rng), what, own, error, columns)


def _add_groups(frame: pd.DataFrame) -> None:
    """Add region and era to a frame of states and years, without the levels that it lacks."""
    for name, level in (("region", groups.region(frame["state"])), ("era", groups.era(frame["year"]))):
        frame[name] = level
        frame[name] = frame[name].cat.remove_unused_categories()


def _state_panel(columns: dict[str, Float], score: Float, sd: float, years: NDArray) -> pd.DataFrame:
    """The state panel with the columns that the chain reads."""
    duress = columns["duress"]
    index = pd.MultiIndex.from_product([CODES, years], names=["state", "year"])
    frame = pd.DataFrame(index=index).reset_index()
    _add_groups(frame)
    frame = frame.assign(capacity=score.ravel(), capacity_sd=sd, capacity_measured=1)
    frame = frame.assign(duress=duress.ravel(), duress_war=duress.ravel(), major=0)
    for name in EXOGENOUS:
        frame[name] = columns[name].ravel()
    frame["aid_us"] = np.log1p(columns["aid_us"]).ravel()
    return frame.assign(aid_governance=0.0, aid_total=frame["aid_us"])


def _alignment(
    what: Truth, histories: dict[str, Float], columns: dict[str, Float], error: Float, years: NDArray,
    rng: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """The alignment panel, other columns than the chain's as in any simulated panel."""
    counted = years[years >= FIRST + BEFORE + 1]
    index = pd.MultiIndex.from_product([CODES, AGGRESSORS, counted], names=["state", "aggressor", "year"])
    keys = pd.DataFrame(index=index).reset_index()
    frame = synthetic.covariates(len(keys), rng)
    for name in keys:
        frame[name] = keys[name].to_numpy()
    _add_groups(frame)
    i, t = np.searchsorted(CODES, keys["state"]), keys["year"].to_numpy() - FIRST
    own = {name: values[:, 0] for name, values in histories.items()}
    window = np.stack([own["duress"][i, t - k] for k in range(1, BEFORE + 1)]).any(axis=0)
    frame["duress"], frame["income_lag5"] = window.astype(np.int8), own["income"][i, t - 1 - BEFORE]
    frame["polyarchy"], frame["democracy"] = own["polyarchy"][i, t - 1], freer(own["polyarchy"])[i, t - 1]
    frame["democracy_lag5"] = freer(own["polyarchy"])[i, t - 1 - BEFORE]
    frame["capacity"], frame["capacity_sd"] = own["capacity"][i, t - 1] - error[i], what.error_sd
    for outcome in OUTCOMES:
        p = probability(what, outcome, frame, histories, columns)[:, 0]
        frame[outcome] = (rng.random(len(frame)) < p).astype(np.int8)
    return frame
