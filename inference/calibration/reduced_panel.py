"""The reduced panel of the calibration study: small, and with every kind of term and grouping that real ones have.

900 simulated dyad-years are crossed and nested as in reality: 30 states within 5 regions, 32 years within 4 eras, and
12 aggressors across both. Of the two outcomes, bandwagoning has two slopes that vary by region, a product, a slope that
differs by era, shrunk slopes, and a predictor measured with error; balancing has fewer of them. Only intercepts are
higher than registered, so that 900 rows have some hundred events.

Weights need a truth of their own. Registered weights are 1/m for the m rows of an event and 1 for rows without one: no
distribution of outcomes has that likelihood, so that no truth can be drawn from it and ranks would not be uniform
under a correct sampler either. Here a weighted decision has m equal rows, which show the same outcome, event or not,
and weigh 1/m each. The weighted rows together then have the likelihood of one decision, exactly, and all that weights
do to sums over rows is tested: in runs with them and without, of events and of probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import synthetic
from inference.evidence import datagrid
from models.design import Design, build
from models.joint import Joint, together
from models.priors import Normal, Priors
from models.structure import CELLS, KEYS

Float = NDArray[np.float64]

DECISIONS, ROWS, REGIONS, ERAS, AGGRESSORS, YEARS = 760, 900, 5, 4, 12, 8  # years of each era
TWICE, THRICE = 60, 40  # decisions about balancing that count in two rows, and in three
PANEL_SEED = 1
OUTCOMES = ("bandwagon", "balance")
EXPOSURES = ("duress", "threat", "duress:threat")
TERMS = {"bandwagon": (*EXPOSURES, "power", "support", "capacity"), "balance": (*EXPOSURES, "power", "capacity")}
VARYING = {"bandwagon": ("duress", "threat"), "balance": ("duress",)}
BY_ERA = {"bandwagon": ("threat",), "balance": ()}
PRIORS = Priors(
    alpha={
        "bandwagon": Normal(-2.0, 0.7, "events in one row of seven or so: the panel is small"),
        "balance": Normal(-1.7, 0.7, "events in one row of six or so"),
    }
)


@dataclass(frozen=True)
class Study:
    """What all replicates share: the model but for its outcomes, and what outcomes and estimands are made from.

    ``decisions`` (obs,) says, by outcome, which decision a row belongs to; ``contrasts`` holds, by outcome and
    exposure, the signed predictors (obs, predictor) of its risk difference.
    """

    joint: Joint
    decisions: dict[str, NDArray[np.intp]]
    contrasts: dict[str, dict[str, list[tuple[float, Float]]]]


def decision_of_rows() -> NDArray[np.intp]:
    """The decision (obs,) that each row belongs to: some have two rows or three, one after the other."""
    return np.repeat(np.arange(DECISIONS), np.repeat([3, 2, 1], [THRICE, TWICE, DECISIONS - THRICE - TWICE]))


def _frame() -> pd.DataFrame:
    """The rows: regions, eras, years and aggressors with the most rows, in no order."""
    frame = synthetic.covariates(100 * ROWS, np.random.default_rng(PANEL_SEED))
    for name, count in (("region", REGIONS), ("era", ERAS), ("aggressor", AGGRESSORS)):
        frame = frame[frame[name].isin(frame[name].value_counts().index[:count])]
    years = frame.groupby("era", observed=True)["year"].unique()
    frame = frame[frame["year"].isin(np.concatenate([np.sort(own)[:YEARS] for own in years]))]
    frame = frame.sample(DECISIONS, random_state=PANEL_SEED).iloc[decision_of_rows()]
    known = {outcome: (np.arange(ROWS) % 2).astype(np.int8) for outcome in OUTCOMES}  # replaced in every replicate
    return frame.drop(columns=[f"{outcome}_rows" for outcome in OUTCOMES], errors="ignore").assign(**known)


def _design(frame: pd.DataFrame, outcome: str) -> Design:
    return build(
        frame, outcome, TERMS[outcome], name=f"calibration.{outcome}", varying=VARYING[outcome], priors=PRIORS,
        shrunk=TERMS[outcome][len(EXPOSURES) :], groups=(*CELLS, *KEYS["alignment"]), by_era=BY_ERA[outcome],
    )  # fmt: skip


@cache
def study() -> Study:
    """The model of the reduced panel."""
    frame = _frame()
    bandwagon, balance = (_design(frame, outcome) for outcome in OUTCOMES)
    decision = decision_of_rows()
    balance = replace(balance, weight=1.0 / np.bincount(decision)[decision])
    joint = together([bandwagon, balance], "calibration")
    contrasts = {
        design.outcome: {term: datagrid.risk_difference(design, frame, term) for term in EXPOSURES}
        for design in joint.designs
    }
    return Study(joint, {"bandwagon": np.arange(ROWS), "balance": decision}, contrasts)
