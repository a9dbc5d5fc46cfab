"""What simulated worlds are made from: slopes drawn from priors, scales of columns, and truths with less in them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.claims.registry import OUTCOMES
from models.priors import Priors

Float = NDArray[np.float64]
TERM = 8  # years that a leader stays
EXOGENOUS = ("income", "population", "polyarchy", "threat")  # what capacity and duress are given
SCORES = ("income", "polyarchy")  # of these, what answers to both
FREER = 4.0  # points of the score of democracy that alignment is adjusted for, per unit of electoral democracy
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
class Course:
    """How income or democracy moves: ``rho`` lasts, by slopes of duress before and lately, capacity and the other."""

    rho: float
    slopes: tuple[float, float, float, float]


@dataclass(frozen=True)
class Hidden:
    """Two causes that no panel holds, standard normal and the same for `TERM` years of a state.

    ``orientation`` adds to the log odds of duress, ``skill`` to capacity in a year, and both to those of alignments.
    """

    orientation: float = 0.0
    skill: float = 0.0
    alignments: float = 0.0


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
    courses: dict[str, Course]
    hidden: Hidden = Hidden()
    level: float = 0.0  # of capacity at the start, per log of income
    error_sd: float = 0.25  # beside states that differ by 0.7: as in the published scores


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
    steps = {"income": 0.02, "polyarchy": 0.01}
    courses = {
        name: Course(rng.normal(0.985, 0.005), (rng.normal(0, a), rng.normal(0, a), rng.normal(0, a / 3), 0.0))
        for name, a in steps.items()
    }
    moving = {link: (level, slope("capacity"), slope("duress_lately")) for link, level in levels.items()}
    return Truth(
        rho=rng.normal(0.985, 0.005), drift=0.0, pull=(rng.normal(0, 0.03), rng.normal(0, 0.03)),
        aid=rng.normal(0, 0.03), exogenous={name: rng.normal(0, 0.01) for name in EXOGENOUS}, sigma=0.06, nu=6.0,
        onset=moving["onset"], stay=moving["stay"], regions=regions, outcomes=outcomes,
        duress={link: adjusting(link, (*EXOGENOUS, "aid_us")) for link in levels},
        others={outcome: adjusting(outcome, tuple(OTHERS)) for outcome in OUTCOMES}, courses=courses,
    )  # fmt: skip


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
        still_scores(what), **flat, regions=regions, onset=still(what.onset), stay=still(what.stay), pull=(0.0, 0.0),
        outcomes=outcomes,
    )  # fmt: skip


def still_scores(what: Truth) -> Truth:
    """The truth in which neither duress nor capacity moves income or democracy."""
    courses = {name: replace(course, slopes=(0.0, 0.0, 0.0, 0.0)) for name, course in what.courses.items()}
    return replace(what, courses=courses)
