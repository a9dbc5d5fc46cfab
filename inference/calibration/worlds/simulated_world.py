"""Worlds in which the whole chain is known: state-years and dyad-years simulated from stated truths, and their effects.

Written apart from the simulation that it is to check: plain numpy, year after year, all copies of a world at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from data import groups, synthetic
from models.claims.registry import OUTCOMES
from models.priors import Priors

Float = NDArray[np.float64]
FIRST, LAST, BEFORE = 1955, 2011, 5
# Two states of each of these ranges of codes: 24 states in four regions.
CODES = np.concatenate([first + np.arange(0, 60, 10) for first in (402, 475, 540, 631)])
REGION = np.arange(CODES.size) // 6  # of each state
AGGRESSORS = (2, 365, 710)
EXOGENOUS = ("income", "population", "polyarchy", "threat")
CENTRES = {"income": 8.0, "population": 1.5, "polyarchy": 0.3, "threat": 0.5, "aid_us": 1.2}
# Columns of the alignment panel that its link adjusts for, and where they are centred.
OTHERS = {
    "aggressor_power_lag5": -3.0, "own_power_lag5": -6.8, "past_alliance_lag5": 0.2, "colonial_tie": 0.2,
    "threat_lag5": 0.2, "threat_other_lag5": 0.9, "income_lag5": 8.0, "democracy_lag5": 0.0,
}  # fmt: skip
BINARY = ("past_alliance_lag5", "colonial_tie")
SPREAD = {
    "income": 0.7, "population": 1.0, "polyarchy": 0.2, "threat": 0.4, "aid_us": 0.4, "capacity": 0.7,
    "duress_lately": 0.3, "aggressor_power_lag5": 2.5, "own_power_lag5": 1.8, "past_alliance_lag5": 1.0,
    "colonial_tie": 1.0, "threat_lag5": 0.4, "threat_other_lag5": 0.7, "income_lag5": 0.7, "democracy_lag5": 1.0,
}  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """What a world is made from. Slopes are per unit of the raw column; ``error_sd`` is of the scores of capacity.

    ``duress`` holds, by link, the slopes of the columns that stay as they are, ``others`` by outcome those of the
    columns beside duress and capacity.
    """

    rho: float
    drift: float
    pull: tuple[float, float]  # of duress the year before, and of its share in the four before that
    aid: float  # per log dollar
    exogenous: dict[str, float]
    sigma: float
    nu: float
    onset: tuple[float, float, float]  # intercept, slopes of capacity and of duress in the four years
    stay: tuple[float, float, float]
    regions: dict[str, Float]  # by link, effect of each region
    outcomes: dict[str, dict[str, float]]  # by outcome: intercept and slopes of duress, threat, their product, capacity
    duress: dict[str, dict[str, float]]
    others: dict[str, dict[str, float]]
    level: float = 0.0  # of capacity at the start, per log of income
    error_sd: float = 0.25  # beside states that differ by 0.7: as in the published scores


@dataclass(frozen=True)
class World:
    """A simulated world: its panels, its truth, true capacity and the error of the scores by state (state, year)."""

    state: pd.DataFrame
    alignment: pd.DataFrame
    truth: Truth
    capacity: Float
    error: Float
    columns: dict[str, Float] = field(default_factory=dict)  # what stays as it is (state, year)


def truth(rng: np.random.Generator) -> Truth:
    """A truth, every slope drawn from the prior that its model gives it, in an otherwise plausible world.

    Slopes of the adjustment set share a drawn scale, as in ``models.priors``.
    """
    p = Priors()
    assert p.shrinkage is not None, "adjusting slopes share a learnt scale"
    spread = {"capacity": 0.005, "onset": 0.3, "stay": 0.2, "bandwagon": 0.3, "balance": 0.3}
    regions = {link: rng.normal(0, sd, 4) for link, sd in spread.items()}
    scale = {link: abs(rng.normal(0, p.shrinkage.sd)) for link in ("onset", "stay", *OUTCOMES)}

    def adjusting(link: str, names: tuple[str, ...]) -> dict[str, float]:
        return {name: rng.normal(0, scale[link] * (1.4 if name in BINARY else 1.0)) / SPREAD[name] for name in names}

    def slope(name: str) -> float:
        return float(rng.normal(0, p.continuous.sd)) / SPREAD[name]

    outcomes = {
        outcome: {
            "intercept": intercept, "duress": rng.normal(0, p.binary.sd), **adjusting(outcome, ("threat",)),
            "capacity": rng.normal(0, p.continuous.sd) / SPREAD["capacity"],
            "product": rng.normal(0, p.product.sd) / SPREAD["threat"],
        }
        for outcome, intercept in (("bandwagon", -3.4), ("balance", -3.0))
    }  # fmt: skip
    levels = {"onset": -2.2, "stay": 0.2}
    moving = {link: (level, slope("capacity"), slope("duress_lately")) for link, level in levels.items()}
    return Truth(
        rho=rng.normal(0.985, 0.005), drift=0.0, pull=(rng.normal(0, 0.03), rng.normal(0, 0.03)),
        aid=rng.normal(0, 0.03), exogenous={name: rng.normal(0, 0.01) for name in EXOGENOUS}, sigma=0.06, nu=6.0,
        onset=moving["onset"], stay=moving["stay"], regions=regions, outcomes=outcomes,
        duress={link: adjusting(link, (*EXOGENOUS, "aid_us")) for link in levels},
        others={outcome: adjusting(outcome, tuple(OTHERS)) for outcome in OUTCOMES},
    )  # fmt: skip


def _exogenous(rng: np.random.Generator, states: int, years: int) -> dict[str, Float]:
    """Columns that nothing in the world moves: a level of each state and slow change around it."""

    def slow(level: float, spread: float, change: float) -> Float:
        return level + rng.normal(0, spread, (states, 1)) + rng.normal(0, change, (states, years)).cumsum(axis=1)

    return {
        "income": slow(8.0, 0.7, 0.03), "population": slow(1.5, 1.0, 0.01), "polyarchy": expit(slow(-0.8, 0.8, 0.06)),
        "threat": np.abs(slow(0.4, 0.4, 0.06)), "aid_us": np.maximum(rng.normal(3.0, 3.0, (states, years)), 0.0),
    }  # fmt: skip


def _lately(duress: NDArray, t: int) -> Float:
    """Share of the four years before the last under duress (..., copy)."""
    return duress[..., t - BEFORE : t - 1].mean(axis=-1)


def forward(
    what: Truth, columns: dict[str, Float], begin: tuple[Float, NDArray], region: NDArray, rng: np.random.Generator,
    *, first: int, last: int, added: Float | None = None, aid: float = 0.0, running: tuple[int, int] = (0, 0),
) -> tuple[Float, NDArray]:  # fmt: skip
    """True capacity and duress (state, copy, year) of a simulated world, year after year.

    Parameters
    ----------
    what, columns, region, rng
        The truth, exogenous columns by name (state, year), region of each state, and the source of noise.
    begin
        Capacity and duress (state, copy, year), known up to position ``first``.
    first, last : int
        Positions of the years to simulate, ``last`` left out.
    added
        Rise of capacity by year beside its own motion; None for no rise.
    aid, running
        Dollars per head more, in the years from and to these positions.
    """
    capacity, duress = (np.array(value) for value in begin)
    copies = capacity.shape[1]
    for t in range(first, last):
        lately, before, lag = _lately(duress, t), duress[..., t - 1], capacity[..., t - 1]
        risen = np.zeros_like(lag) if added is None else lag * 0 + added[t - 1]
        own = lag - risen
        own = what.drift + what.regions["capacity"][region][:, None] + what.rho * own
        own = own + what.pull[0] * before + what.pull[1] * lately
        for name, slope in what.exogenous.items():
            column = columns[name][:, t if name == "threat" else t - 1] - CENTRES[name]
            own = own + (slope * column)[:, None]
        dollars = columns["aid_us"][:, t - BEFORE : t] + aid * _runs(running, t)
        own = own + what.aid * np.log1p(dollars).mean(axis=1)[:, None]
        own = own + what.sigma * rng.standard_t(what.nu, (lag.shape[0], copies))
        capacity[..., t] = own + (0.0 if added is None else added[t])
        seen = {name: columns[name][:, t if name == "threat" else t - 1] for name in EXOGENOUS}
        seen["aid_us"] = np.log1p(columns["aid_us"][:, t - BEFORE : t]).mean(axis=1)
        fixed = {
            link: sum(slope * (seen[name] - CENTRES[name]) for name, slope in slopes.items())
            for link, slopes in what.duress.items()
        }
        log_odds = {
            name: link[0] + (what.regions[name][region] + fixed[name])[:, None] + link[1] * lag + link[2] * lately
            for name, link in (("onset", what.onset), ("stay", what.stay))
        }
        p = expit(np.where(before == 1, log_odds["stay"], log_odds["onset"]))
        duress[..., t] = rng.random(p.shape) < p
    return capacity, duress


def _runs(running: tuple[int, int], t: int) -> Float:
    """Which of the five years before t a programme runs in (5,)."""
    years = np.arange(t - BEFORE, t)
    return ((years >= running[0]) & (years < running[1])).astype(float)


def probability(what: Truth, outcome: str, rows: pd.DataFrame, window: Float, capacity: Float) -> Float:
    """Probability of an outcome in rows under a window of duress and true capacity (row, copy)."""
    s = what.outcomes[outcome]
    region = what.regions[outcome][REGION[np.searchsorted(CODES, rows["state"].to_numpy())]]
    threat = rows["threat"].to_numpy(float)[:, None]
    eta = s["intercept"] + region[:, None] + s["duress"] * window + s["threat"] * threat
    for name, slope in what.others[outcome].items():
        eta = eta + slope * (rows[name].to_numpy(float)[:, None] - OTHERS[name])
    return expit(eta + s["product"] * window * threat + s["capacity"] * capacity)


def without_timing(what: Truth) -> Truth:
    """The truth in which it makes no difference when capacity rises: it moves alignment alone, and duress nothing.

    Capacity lasts and drifts nowhere, so that rates do not either.
    """

    def still(moving: tuple[float, float, float]) -> tuple[float, float, float]:
        return moving[0], 0.0, moving[2]

    outcomes = {outcome: {**slopes, "duress": 0.0, "product": 0.0} for outcome, slopes in what.outcomes.items()}
    flat = {"rho": 1.0, "aid": 0.0, "exogenous": dict.fromkeys(what.exogenous, 0.0)}
    regions = what.regions | {"capacity": 0.0 * what.regions["capacity"]}
    return replace(
        what, **flat, regions=regions, onset=still(what.onset), stay=still(what.stay), pull=(0.0, 0.0),
        outcomes=outcomes,
    )  # fmt: skip


def world(seed: int, change: Callable[[Truth], Truth] = lambda what: what) -> World:
    """A world of 24 states, 1955-2011, with three aggressors in reach of each; ``change`` turns its truth."""
    rng = np.random.default_rng([seed, 0])
    what, years = change(truth(rng)), np.arange(FIRST, LAST + 1)
    columns = _exogenous(rng, CODES.size, years.size)
    capacity, duress = np.zeros((2, CODES.size, 1, years.size))
    error = rng.normal(0, what.error_sd, CODES.size)  # apart from the first scores: the truth is spread around them
    richer = what.level * (columns["income"][:, :1, None] - CENTRES["income"])
    capacity[..., :BEFORE] = rng.normal(-0.3, 0.7, (CODES.size, 1, 1)) + richer + error[:, None, None]
    duress[..., :BEFORE] = rng.random((CODES.size, 1, BEFORE)) < 0.1
    capacity, duress = forward(what, columns, (capacity, duress), REGION, rng, first=BEFORE, last=years.size)
    state = _state_panel(columns, capacity[:, 0] - error[:, None], duress[:, 0], what.error_sd, years)
    alignment = _alignment(what, columns["income"], capacity[:, 0], error, duress[:, 0], years, rng)
    return World(state, alignment, what, capacity[:, 0], error, columns)


def _add_groups(frame: pd.DataFrame) -> None:
    """Add region and era to a frame of states and years, without the levels that it lacks."""
    for name, level in (("region", groups.region(frame["state"])), ("era", groups.era(frame["year"]))):
        frame[name] = level
        frame[name] = frame[name].cat.remove_unused_categories()


def _state_panel(columns: dict[str, Float], score: Float, duress: Float, sd: float, years: NDArray) -> pd.DataFrame:
    """The state panel with the columns that the chain reads."""
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
    what: Truth, income: Float, capacity: Float, error: Float, duress: Float, years: NDArray, rng: np.random.Generator
) -> pd.DataFrame:
    """The alignment panel, other columns than the chain's and income as in any simulated panel."""
    counted = years[years >= FIRST + BEFORE + 1]
    index = pd.MultiIndex.from_product([CODES, AGGRESSORS, counted], names=["state", "aggressor", "year"])
    keys = pd.DataFrame(index=index).reset_index()
    frame = synthetic.covariates(len(keys), rng)
    for name in keys:
        frame[name] = keys[name].to_numpy()
    _add_groups(frame)
    i, t = np.searchsorted(CODES, keys["state"]), keys["year"].to_numpy() - FIRST
    window = np.stack([duress[i, t - k] for k in range(1, BEFORE + 1)]).any(axis=0)
    frame["duress"], frame["income_lag5"] = window.astype(np.int8), income[i, t - 1 - BEFORE]
    frame["capacity"], frame["capacity_sd"] = capacity[i, t - 1] - error[i], what.error_sd
    for outcome in OUTCOMES:
        p = probability(what, outcome, frame, window[:, None].astype(float), capacity[i, t - 1][:, None])[:, 0]
        frame[outcome] = (rng.random(len(frame)) < p).astype(np.int8)
    return frame
