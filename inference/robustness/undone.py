"""The changes that made the counterfactual what it is, each undone alone: what it does to the effect of a programme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from data.codebook.lags import lagged, with_errors
from data.codings import UNCHANGED
from inference.counterfactual.simulation.chain import BEFORE
from models.claims.registry import REGISTRY

if TYPE_CHECKING:
    import pandas as pd

    from inference.counterfactual.simulation.chain import Chain
    from models.claims.claim import Equation, Hypothesis

YEARS = 5
CARTER = "carter-3"  # the last link of the first version, where capacity is an adjuster of the effect of duress


@dataclass(frozen=True)
class Undone:
    """A change undone: the coding of the panel, its columns, the last link, and what follows what is simulated.

    ``words`` name it in a figure, ``meaning`` says more.
    """

    words: str
    meaning: str = ""
    coding: str = UNCHANGED
    frame: Callable[[pd.DataFrame], pd.DataFrame] = lambda frame: frame
    last: Callable[[Hypothesis], Hypothesis] = lambda claim: claim
    equation: Callable[[Equation], Equation] = lambda equation: equation
    chain: Callable[[Chain], Chain] = lambda chain: chain
    pacts: bool = True


def _without_state(equation: Equation) -> Equation:
    """The equation of the last link without income and democracy."""
    return replace(equation, adjustment=tuple(c for c in equation.adjustment if c not in BEFORE.values()))


def _further_back(frame: pd.DataFrame) -> pd.DataFrame:
    """Capacity and its error as of five years earlier: nothing of the row's own year can have been lent to them."""
    earlier = {name: frame[lagged(name, YEARS)] for name in with_errors(("capacity",))}
    return frame.assign(**earlier)


SMOOTHED = (
    "nothing of a row's own year can have been lent to it by its authors' smoothing; income and democracy are adjusted "
    "for as of so long ago anyway"
)
FIRST = "the last link that of a claim about duress, whose effect capacity only adjusts, and all of these but the third"
UNDONE = {
    "income-out": Undone(
        "income and democracy not adjusted for", "the last link without either", equation=_without_state
    ),
    "all-years": Undone(
        "capacity of all years", "that of years without a measurement is a straight line of income",
        coding="capacity=predicted",
    ),
    "further-back": Undone("capacity five years earlier", SMOOTHED, frame=_further_back),
    "scores-held": Undone(
        "income, democracy as observed", "neither answers to what is simulated", chain=lambda chain: chain.cut("scores")
    ),
    "risk-set-held": Undone("dyads at risk as observed", "whatever pacts are simulated", pacts=False),
    "first-version": Undone(
        "the first version", FIRST, coding="capacity=predicted", last=lambda _: replace(REGISTRY[CARTER], revision=1),
        chain=lambda chain: chain.cut("scores"), pacts=False,
    ),
}  # fmt: skip
