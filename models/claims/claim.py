"""What a registered claim is: its exposures, the logits they enter, and the signs it expects.

A claim is written down before any posterior is seen. Expected signs are those of the source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from models import graph
from models.priors import DEFAULT, Priors
from models.terms import needed, variables

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from models.design import Design

# The outcomes of each panel: one logit each.
PANELS: dict[str, tuple[str, ...]] = {
    "alignment": ("bandwagon", "balance"),
    "termination": ("dissolved",),
    "joining": ("joined",),
    "placebo": ("bandwagon", "balance"),
    "onset": ("onset",),
    "continuation": ("continued",),
    "capacity": ("capacity_next",),
}
OUTCOMES = PANELS["alignment"]
SYMBOLS = {"bandwagon": "b_bw", "balance": "b_bal", "delta": "delta", "dissolved": "b_end", "joined": "b_join",
           "onset": "b_onset", "continued": "b_stay", "capacity_next": "b_cap"}  # fmt: skip
RATIO = "ratio"


@dataclass(frozen=True)
class Estimand:
    """A quantity with an expected sign.

    ``outcome`` names the logit whose slope of ``term`` it is; ``delta`` is the bandwagoning slope minus the
    balancing slope (bandwagon rather than balance), ``ratio`` the logarithm of the mean probability of
    balancing over that of bandwagoning.
    """

    term: str
    outcome: str
    sign: int

    def __str__(self) -> str:
        if self.outcome == RATIO:
            return f"Pr(balance) / Pr(bandwagon) {'>' if self.sign > 0 else '<'} 1"
        return f"{SYMBOLS[self.outcome]}[{self.term}] {'>' if self.sign > 0 else '<'} 0"


@dataclass(frozen=True)
class Equation:
    """The terms of one logit of a claim."""

    exposures: tuple[str, ...]
    adjustment: tuple[str, ...]
    pooled: bool = False

    @property
    def terms(self) -> tuple[str, ...]:
        """Every predictor: exposures, then adjustment."""
        return self.exposures + self.adjustment

    @property
    def varying(self) -> tuple[str, ...]:
        """Exposures whose slope varies by region.

        Products keep one slope: with a prior sd of 0.25 for their mean, a regional spread of 0.5 would
        say more about the regions than about the product. In a pooled equation every exposure keeps one.
        """
        return () if self.pooled else tuple(term for term in self.exposures if len(variables(term)) == 1)


@dataclass(frozen=True)
class Hypothesis:
    """A claim about the slopes of its exposures in the logits of a panel.

    ``exposures`` are terms (``a``, ``a:b``, ``a^2``), ``exposures_of`` those of single outcomes where they
    differ. What else enters the model follows from the causal graph, unless ``adjust_for`` says it outright.
    ``status`` is ``now`` (measured), ``proxy`` (through the stand-in that ``note`` names) or ``no`` (not testable
    with public data, for the ``reason``). ``years`` and ``where`` (column: value) bound the sample, ``by_era``
    names exposures whose slope varies by era; where ``pooled``, no slope varies by region.
    """

    id: str
    claim: str
    source: str
    exposures: tuple[str, ...] = ()
    estimands: tuple[Estimand, ...] = ()
    status: str = "now"
    note: str = ""
    reason: str = ""
    priors: Priors = DEFAULT
    adjust_for: tuple[str, ...] | None = None
    panel: str = "alignment"
    exposures_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_era: tuple[str, ...] = ()
    pooled: bool = False
    years: tuple[int, int] | None = None
    where: Mapping[str, float] = field(default_factory=dict)

    @property
    def testable(self) -> bool:
        """Whether public data can test the claim."""
        return self.status != "no"

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes of its logits; none for a claim that cannot be tested."""
        return PANELS[self.panel] if self.testable else ()

    def equation(self, outcome: str) -> Equation:
        """Exposures and adjustment set of the logit of ``outcome``.

        The adjustment set is that of the causal graph, without the parts of a composite exposure, and with every
        variable of a product entering alone too.
        """
        exposures = self.exposures_of.get(outcome, self.exposures)
        if self.adjust_for is not None:
            return Equation(exposures, self.adjust_for, self.pooled)
        adjustments = [graph.adjustment(graph.node(name, self.panel), self.panel) for name in _main(exposures)]
        columns = graph.columns(frozenset().union(*(a.nodes for a in adjustments)), self.panel)
        columns += tuple(name for name in needed(exposures) if name not in columns)
        parts = {part for name in _main(exposures) for part in graph.GRAPHS[self.panel].parts.get(name, ())}
        adjustment = tuple(column for column in columns if column not in {*exposures, *parts})
        return Equation(exposures, adjustment, self.pooled)

    @cached_property
    def identified(self) -> bool:
        """Whether the causal graph identifies the total effect of every exposure."""
        if self.adjust_for is not None:
            return not self.terms  # a rate needs no identification
        mains = dict.fromkeys(name for o in self.outcomes for name in _main(self.equation(o).exposures))
        return all(graph.adjustment(graph.node(name, self.panel), self.panel).identified for name in mains)

    @property
    def adjustment(self) -> tuple[str, ...]:
        """Columns adjusted for in any of its logits."""
        return tuple(dict.fromkeys(c for o in self.outcomes for c in self.equation(o).adjustment))

    @property
    def terms(self) -> tuple[str, ...]:
        """Every predictor of any of its logits."""
        return tuple(dict.fromkeys(t for o in self.outcomes for t in self.equation(o).terms))

    @property
    def model(self) -> tuple:
        """What decides the posterior: two claims with the same model share it."""
        equations = tuple((o, self.equation(o)) for o in self.outcomes)
        sample = self.panel, self.years, tuple(sorted(self.where.items()))
        return equations, sample, self.by_era, repr(self.priors), self.adjust_for is None

    def sample(self, panel: pd.DataFrame) -> NDArray[np.intp]:
        """Positions of the rows of ``panel`` that the claim speaks of (row,), missing values apart."""
        import numpy as np

        keep = np.ones(len(panel), bool)
        if self.years:
            keep &= panel["year"].between(*self.years).to_numpy()
        for column, value in self.where.items():
            keep &= (panel[column] == value).to_numpy()
        return np.flatnonzero(keep)

    @property
    def sample_words(self) -> str:
        """The sample in words."""
        years = "all years" if self.years is None else f"{self.years[0]}-{self.years[1]}"
        return ", ".join([years, *(f"{column} = {value:g}" for column, value in self.where.items())])

    def design(self, panel: pd.DataFrame, outcome: str) -> Design:
        """The design of this claim for one outcome (see ``models.design.build``)."""
        return self._design(panel, outcome, self.equation(outcome), self.sample(panel), f"{self.id}.{outcome}")

    def without_exposure(self, panel: pd.DataFrame, outcome: str) -> Design:
        """The same rows and adjustment without the exposures: the model to compare with."""
        bare = Equation((), self.equation(outcome).adjustment)
        return self._design(panel, outcome, bare, self.design(panel, outcome).rows, f"{self.id}.{outcome}.without")

    def _design(
        self, panel: pd.DataFrame, outcome: str, equation: Equation, rows: NDArray[np.intp], name: str
    ) -> Design:
        from models.design import build

        shrunk = equation.terms if self.adjust_for is not None else equation.adjustment
        built = build(
            panel.iloc[rows],
            outcome,
            equation.terms,
            name=name,
            varying=equation.varying,
            priors=self.priors,
            shrunk=shrunk,
            by_era=tuple(term for term in self.by_era if term in equation.exposures),
        )
        return replace(built, rows=rows[built.rows])


def _main(exposures: tuple[str, ...]) -> tuple[str, ...]:
    """The exposure of each term: the first variable of a product."""
    return tuple(dict.fromkeys(variables(term)[0] for term in exposures))
