"""Refits of one logit without a region, an era, an aggressor or a treaty.

A treaty is few rows: the posterior without it follows from the approximation of all rows where that is good (see
`inference.engine.laplace.deletion`), and is refitted where not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inference.engine import stream
from inference.evidence.holdout import score
from inference.evidence.left_out import importance
from inference.robustness import recoding
from inference.robustness.refits import multinomial
from inference.robustness.refits.refit import APPROXIMATE, FAR, FEW, Refit, Slope, moved, refitted
from inference.robustness.refits.registered import Rate, Registered
from models.claims.registry import OUTCOMES, REGISTRY
from models.design import Design

if TYPE_CHECKING:
    import pandas as pd

AGGRESSORS = 15  # with the most events, each left out in turn


def aggressors(panel: pd.DataFrame, outcomes: tuple[str, ...] = OUTCOMES) -> list[int]:
    """The aggressors with the most events of any of the outcomes, each left out in turn."""
    events = panel[list(outcomes)].sum(axis=1).groupby(panel["aggressor"]).sum()
    return [int(code) for code in events.nlargest(AGGRESSORS).index]


def left_out(hypothesis: str, outcome: str, group: str, level: str, panel: str, made: str = APPROXIMATE) -> Refit:
    """Refit a logit without the rows of a region, an era, an aggressor or a treaty, and score it on them.

    A level without rows keeps an effect drawn from its prior, so the prediction for it is that for a new one. A treaty
    is the rows in which it was signed: what they would have been without it is not known, so they have no score.
    """
    registered = Registered(hypothesis, outcome, panel)
    design = registered.design
    held = rows_of(registered.frame, group, level)[design.rows]
    facts = Refit(int(held.sum()), int(design.y[held].sum()), group=group, level=level)
    left = int(design.y.sum()) - facts.events
    if not held.any() or left < FEW:
        return replace(facts, impossible=f"{facts.rows} rows to leave out, {left} events left")
    if group == "treaty" and made == APPROXIMATE and (found := _deleted(registered, held, facts)):
        return found
    rest, away = design.subset(~held), design.subset(held)
    claim, change = REGISTRY[hypothesis], f"without {group}={level}"
    posterior, found = refitted(rest, facts, claim, change, made, lambda: registered.start)
    if group == "treaty":
        return found
    probability = stream.row_probability(away, posterior.draws())
    return replace(found, scores=score(away, probability, float(rest.decisions.mean())))


def _deleted(registered: Registered, held: NDArray[np.bool_], facts: Refit) -> Refit | None:
    """The refit without few rows, from the approximation of all of them; None where that is not good."""
    without, design = registered.deletion.without(held), registered.design
    terms = REGISTRY[registered.hypothesis].equation(design.outcome).exposures
    if without is None or (far := moved(without, terms)) > FAR:
        return None
    slopes = {term: Slope(*without.slope(term)) for term in terms}
    if not terms:
        if (rate := rate_without(registered.rate, design.subset(held), design.y.size)) is None:
            return None
        slopes["rate"] = rate
    return replace(facts, slopes=slopes, made=APPROXIMATE, moved=far)


def rate_without(rate: Rate, away: Design, rows: int) -> Slope | None:
    """The log rate over those of some ``rows`` that stay, from draws given all of them; None where few draws count.

    Draws are weighed by what the rows that are ``away`` tell for them, which is taken back.
    """
    weights = multinomial.smoothed(-stream.log_likelihood(away, rate.draws).to_numpy())
    if weights.pareto_k > importance.BAD_K:
        return None
    left = rows * rate.mean - away.y.size * stream.mean_probability(away, rate.draws, away.x)
    return Slope.of(np.log(left / (rows - away.y.size)), weights.weight)


def rows_of(frame: pd.DataFrame, group: str, level: str) -> NDArray[np.bool_]:
    """Which rows of a panel are of a level of a group (row,); of a treaty, those that it made an event."""
    if group != "treaty":
        return (frame[group].astype(str) == level).to_numpy()
    signed = [frame[column].astype(str) == level for column in recoding.TREATIES.values() if column in frame]
    return np.any(signed, axis=0)
