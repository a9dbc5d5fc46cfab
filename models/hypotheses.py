"""The registered claims, as values: adding one is adding one value to ``REGISTRY``.

Every claim was written down before any posterior was seen. Expected signs are those of the source.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from models.priors import ALL_IN, DEFAULT, Priors
from models.terms import variables

if TYPE_CHECKING:
    import pandas as pd

    from models.design import Design

OUTCOMES = ("bandwagon", "balance")


@dataclass(frozen=True)
class Estimand:
    """A slope with an expected sign.

    ``outcome`` is ``bandwagon`` or ``balance`` for a slope of that logit and ``delta`` for the
    bandwagoning slope minus the balancing slope (bandwagon rather than balance).
    """

    term: str
    outcome: str
    sign: int

    def __str__(self) -> str:
        symbol = {"bandwagon": "b_bw", "balance": "b_bal", "delta": "delta"}[self.outcome]
        return f"{symbol}[{self.term}] {'>' if self.sign > 0 else '<'} 0"


@dataclass(frozen=True)
class Hypothesis:
    """A claim about the slopes of its exposures in the two logits.

    ``exposures`` are terms (``a``, ``a:b``, ``a^2``); what else enters the model follows from the causal
    graph, unless ``adjust_for`` says it outright (only the all-in model does: it estimates no effect).
    """

    id: str
    claim: str
    source: str
    exposures: tuple[str, ...]
    estimands: tuple[Estimand, ...]
    status: str = "now"
    note: str = ""
    priors: Priors = DEFAULT
    adjust_for: tuple[str, ...] | None = None

    @cached_property
    def identified(self) -> bool:
        """Whether the causal graph identifies the total effect of every exposure."""
        from models import graph

        if self.adjust_for is not None:
            return False
        return all(graph.adjustment(graph.COLUMNS[name]).identified for name in self._main)

    @property
    def _main(self) -> tuple[str, ...]:
        """The exposure of each term: the first variable of a product."""
        return tuple(dict.fromkeys(variables(term)[0] for term in self.exposures))

    @cached_property
    def adjustment(self) -> tuple[str, ...]:
        """Columns adjusted for, computed from the causal graph by d-separation."""
        from models import graph

        if self.adjust_for is not None:
            return self.adjust_for
        nodes = frozenset().union(*(graph.adjustment(graph.COLUMNS[name]).nodes for name in self._main))
        columns = graph.Adjustment(nodes, self.identified).columns()
        return tuple(column for column in columns if column not in self.exposures)

    @property
    def terms(self) -> tuple[str, ...]:
        """Every predictor of the model: exposures, then adjustment."""
        return self.exposures + self.adjustment

    @property
    def varying(self) -> tuple[str, ...]:
        """Exposures whose slope varies by region.

        Products keep one slope: with a prior sd of 0.25 for their mean, a regional spread of 0.5 would
        say more about the regions than about the product.
        """
        return tuple(term for term in self.exposures if len(variables(term)) == 1)

    @property
    def shrunk(self) -> tuple[str, ...]:
        """Terms whose slopes share a learnt scale: the adjustment set, and all terms of the all-in model."""
        return self.terms if self.adjust_for is not None else self.adjustment

    def design(self, panel: pd.DataFrame, outcome: str) -> Design:
        """The design of this claim for one outcome (see ``models.design.build``)."""
        from models.design import build

        name = f"{self.id}.{outcome}"
        return build(
            panel, outcome, self.terms, name=name, varying=self.varying, priors=self.priors, shrunk=self.shrunk
        )

    def without_exposure(self, panel: pd.DataFrame, outcome: str) -> Design:
        """The same rows and adjustment without the exposures: the model to compare with."""
        from models.design import build

        rows = self.design(panel, outcome).rows
        name = f"{self.id}.{outcome}.without"
        reduced = build(
            panel.iloc[rows], outcome, self.adjustment, name=name, varying=(), priors=self.priors, shrunk=self.shrunk
        )
        return replace(reduced, rows=rows)


CARTER = "Carter (2022)"
REGISTRY: dict[str, Hypothesis] = {
    hypothesis.id: hypothesis
    for hypothesis in (
        Hypothesis(
            id="carter-1",
            claim="Weak states under external threat bandwagon, with the state that threatens them "
            "or with another when a third state does.",
            source=CARTER,
            exposures=("threat", "threat_other"),
            estimands=(Estimand("threat", "bandwagon", 1), Estimand("threat_other", "bandwagon", 1)),
            note="her lead case is a threat from a third party, so both threats are reported",
        ),
        Hypothesis(
            id="carter-2",
            claim="Neighbouring aggressors attract.",
            source=CARTER,
            exposures=("proximity",),
            estimands=(Estimand("proximity", "bandwagon", 1), Estimand("proximity", "delta", 1)),
            note="total effect: threat, support and duress lie on the path and are not adjusted for",
        ),
        Hypothesis(
            id="carter-3",
            claim="Internal duress makes bandwagoning likelier, and amplifies the effect of threat.",
            source=CARTER,
            exposures=("duress", "duress:threat"),
            estimands=(Estimand("duress", "bandwagon", 1), Estimand("duress:threat", "bandwagon", 1)),
            note="the orientation of leaders is unobserved and affects both duress and alignment",
        ),
        Hypothesis(
            id="carter-4",
            claim="Absent allied support makes bandwagoning likelier.",
            source=CARTER,
            exposures=("support", "support:duress"),
            estimands=(Estimand("support", "bandwagon", -1),),
            note="patrons choose whom to support: the weakest of the four identifications",
        ),
        Hypothesis(
            id="all-in",
            claim="All measured drivers at once: a description, whose slopes are not effects.",
            source="this project",
            exposures=("threat", "proximity", "support", "duress", "duress:threat"),
            adjust_for=(
                "threat_other",
                "power",
                "past_alliance",
                "colonial_tie",
                "own_revisionism",
                "capacity",
                "similarity",
                "offence",
                "aggression",
            ),
            estimands=(
                Estimand("threat", "bandwagon", 1),
                Estimand("proximity", "bandwagon", 1),
                Estimand("support", "bandwagon", -1),
                Estimand("duress", "bandwagon", 1),
                Estimand("duress:threat", "bandwagon", 1),
            ),
            priors=ALL_IN,
            note="each slope holds the other drivers constant, mediators included",
        ),
    )
}


def get(ids: str | None) -> list[Hypothesis]:
    """The hypotheses of a comma- or space-separated list of ids; all of them for None or ''.

    Raises ValueError naming the unknown id and the choices.
    """
    if not ids:
        return list(REGISTRY.values())
    wanted = ids.replace(",", " ").split()
    for name in wanted:
        if name not in REGISTRY:
            raise ValueError(f"unknown hypothesis {name!r}: choose from {', '.join(REGISTRY)}")
    return [REGISTRY[name] for name in dict.fromkeys(wanted)]
