"""What claims speak of: the outcomes of each panel, and quantities of them with an expected sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Outcome(NamedTuple):
    """A column that a model explains, the symbol of its slopes, and the panels that have it (its own one first)."""

    name: str
    symbol: str
    panels: tuple[str, ...]


EXPLAINED = {
    outcome.name: outcome
    for outcome in (
        Outcome("bandwagon", "b_bw", ("alignment", "placebo")),
        Outcome("balance", "b_bal", ("alignment", "placebo")),
        Outcome("military_support", "b_sup", ("informal",)),
        Outcome("defence_agreement", "b_dca", ("informal",)),
        Outcome("dissolved", "b_end", ("termination",)),
        Outcome("joined", "b_join", ("joining",)),
        Outcome("with_stronger", "b_side", ("siding",)),
        Outcome("onset", "b_onset", ("onset",)),
        Outcome("continued", "b_stay", ("continuation",)),
        Outcome("capacity_next", "b_cap", ("capacity",)),
        Outcome("income_next", "b_inc", ("income",)),
        Outcome("polyarchy_next", "b_dem", ("democracy",)),
    )
}
DELTA, RATIO = "delta", "ratio"  # what an estimand compares of two outcomes


def outcomes_of(panel: str) -> tuple[str, ...]:
    """The outcomes of a panel, each with a model of its own."""
    return tuple(outcome.name for outcome in EXPLAINED.values() if panel in outcome.panels)


OUTCOMES = outcomes_of("alignment")


class Expectation(NamedTuple):
    """The sign that a source expects of an estimand, and the inequality between the estimand and its null value."""

    name: str
    sign: int
    symbol: str


POSITIVE, NEGATIVE = Expectation("positive", 1, ">"), Expectation("negative", -1, "<")


@dataclass(frozen=True)
class Estimand:
    """A quantity with an expected sign.

    ``outcome`` names the logit whose slope of ``term`` it is; ``delta`` is the bandwagoning slope minus the
    balancing slope (bandwagon rather than balance), ``ratio`` the logarithm of the mean probability of
    balancing over that of bandwagoning.
    """

    term: str
    outcome: str
    expectation: Expectation

    def __str__(self) -> str:
        if self.outcome == RATIO:
            return f"Pr(balance) / Pr(bandwagon) {self.expectation.symbol} 1"
        symbol = DELTA if self.outcome == DELTA else EXPLAINED[self.outcome].symbol
        return f"{symbol}[{self.term}] {self.expectation.symbol} 0"
