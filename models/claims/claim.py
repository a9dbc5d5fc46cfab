"""What a registered claim is: its exposures, the logits they enter, and the estimands whose signs it expects.

A claim is written down before any posterior is seen. Expected signs are those of the source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from data.codebook.lags import before, error_of, lagged
from data.codebook.windows import window_of
from data.codings import NO_ALIGNMENT
from data.period import TRAINED_TO
from models import graph
from models.claims.estimand import Estimand, outcomes_of
from models.priors import DEFAULT, Priors
from models.structure import REGISTERED, Structure
from models.terms import needed, variables

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from models.design import Design
    from models.joint import Joint


@dataclass(frozen=True)
class Equation:
    """The terms of one logit of a claim."""

    exposures: tuple[str, ...]
    adjustment: tuple[str, ...]
    pooled: bool = False
    durations: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """Every predictor: exposures, then adjustment, then terms of duration."""
        return self.exposures + self.adjustment + self.durations

    @property
    def varying(self) -> tuple[str, ...]:
        """Exposures whose slope varies by region.

        Products keep one slope: with a prior sd of 0.25 for their mean, a regional spread of 0.5 would
        say more about the regions than about the product. In a pooled equation every exposure keeps one, and so does
        what is measured with error, which is integrated out for one slope.
        """
        return () if self.pooled else tuple(term for term in self.mains if error_of(term) is None)

    @property
    def mains(self) -> tuple[str, ...]:
        """Exposures that are no products."""
        return tuple(term for term in self.exposures if len(variables(term)) == 1)

    @property
    def products(self) -> tuple[str, ...]:
        """Exposures that are products of two variables, or squares."""
        return tuple(term for term in self.exposures if len(variables(term)) > 1)


@dataclass(frozen=True)
class Hypothesis:
    """A claim about the slopes of its exposures in the logits of a panel.

    ``exposures`` are terms (``a``, ``a:b``, ``a^2``), ``exposures_of`` those of single outcomes where they
    differ. What else enters the model follows from the causal graph, unless ``adjust_for`` says it outright.
    ``status`` is ``now`` (measured), ``proxy`` (through the stand-in that ``note`` names) or ``no`` (not testable
    with public data, for the ``reason``). ``years`` and ``where`` (column: value) bound the sample, ``by_era``
    names exposures whose slope varies by era; where ``pooled``, no slope varies by region. Rows after ``until`` are
    not learnt from: they score the posterior. Events of the classes ``excluded`` do not count. ``structure`` says which
    rows depend on each other, ``revision`` which causal graph is asked, and whether what is adjusted for is measured
    before the window of the exposure begins (since revision 2).
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
    exposures_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    by_era: tuple[str, ...] = ()
    pooled: bool = False
    years: tuple[int, int] | None = None
    until: int = TRAINED_TO
    excluded: tuple[str, ...] = NO_ALIGNMENT
    where: Mapping[str, float] = field(default_factory=dict[str, float])
    structure: Structure = REGISTERED
    revision: int = graph.CURRENT

    @property
    def testable(self) -> bool:
        """Whether public data can test the claim."""
        return self.status != "no"

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes of its logits; none for a claim that cannot be tested."""
        return outcomes_of(self.panel) if self.testable else ()

    def equation(self, outcome: str) -> Equation:
        """Exposures and adjustment set of the logit of ``outcome``.

        The adjustment set is that of the causal graph, without the parts of a composite exposure, measured before the
        window of the exposures begins. Every variable of a product enters alone too, as the product has it. A rate
        without exposures holds no terms of duration either.
        """
        exposures = self.exposures_of.get(outcome, self.exposures)
        durations = self.structure.held(self.panel, needed(exposures)) if exposures else ()
        if self.adjust_for is not None:
            return Equation(exposures, self.adjust_for, self.pooled, durations)
        mains = _main_variables(exposures)
        nodes = frozenset[str]().union(*(self._adjustment(name).nodes for name in mains))
        causal = graph.REVISIONS[self.revision][self.panel]
        parts = {part for name in mains for part in causal.parts.get(name, ())}
        columns = [c for c in graph.columns(nodes, self.panel, self.revision) if c not in {*exposures, *parts}]
        if causal.timed:
            columns = self._before(mains, columns)
        moderators = [name for name in needed(exposures) if name not in {*exposures, *columns}]
        return Equation(exposures, (*columns, *moderators), self.pooled, durations)

    def _adjustment(self, exposure: str) -> graph.Adjustment:
        return graph.adjustment(graph.node(exposure, self.panel, self.revision), self.panel, self.revision)

    def _before(self, exposures: tuple[str, ...], columns: list[str]) -> list[str]:
        """The columns as they were before the window of any of the exposures began."""
        lag = before(max(window_of(name) or 0 for name in exposures))
        return [column if window_of(column) is None else lagged(column, lag) for column in columns]

    @cached_property
    def identified(self) -> bool:
        """Whether the causal graph identifies the total effect of every exposure."""
        if self.adjust_for is not None:
            return not self.terms  # a rate needs no identification
        mains = dict.fromkeys(name for o in self.outcomes for name in _main_variables(self.equation(o).exposures))
        return all(self._adjustment(name).identified for name in mains)

    @property
    def adjustment(self) -> tuple[str, ...]:
        """Columns adjusted for in any of its logits."""
        return tuple(dict.fromkeys(c for o in self.outcomes for c in self.equation(o).adjustment))

    @property
    def terms(self) -> tuple[str, ...]:
        """Every predictor of any of its logits."""
        return tuple(dict.fromkeys(t for o in self.outcomes for t in self.equation(o).terms))

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the panel that its models cannot do without."""
        groups = (*self.structure.groups(self.panel), *self.where, *self.outcomes)
        return tuple(dict.fromkeys((*needed(self.terms), *groups)))

    @property
    def model(self) -> tuple[object, ...]:
        """What decides the posterior: two claims with the same model share it."""
        equations = tuple((o, self.equation(o)) for o in self.outcomes)
        sample = self.panel, self.years, self.until, self.excluded, tuple(sorted(self.where.items()))
        return equations, sample, self.by_era, self.priors, self.adjust_for is None, self.structure

    def sample(self, panel: pd.DataFrame) -> NDArray[np.intp]:
        """Positions of the rows of ``panel`` in its sample (row,), those with missing values included."""
        import numpy as np

        return np.flatnonzero(self._within(panel) & (panel["year"] <= self.until).to_numpy())

    def held_out(self, panel: pd.DataFrame) -> NDArray[np.intp]:
        """Positions of the rows of ``panel`` after ``until`` that would be in its sample (row,)."""
        import numpy as np

        return np.flatnonzero(self._within(panel) & (panel["year"] > self.until).to_numpy())

    def _within(self, panel: pd.DataFrame) -> NDArray[np.bool_]:
        import numpy as np

        keep = np.ones(len(panel), bool)
        if self.years:
            keep &= panel["year"].between(*self.years).to_numpy()
        for column, value in self.where.items():
            keep &= (panel[column] == value).to_numpy()
        return keep

    def counted(self, panel: pd.DataFrame, outcome: str) -> pd.DataFrame:
        """``panel`` with the events of excluded classes set to none.

        Balancing is against an enemy, so there a common enemy is never excluded.
        """
        if f"{outcome}_class" not in panel:
            return panel
        excluded = [c for c in self.excluded if outcome == "bandwagon" or c != "common enemy"]
        return panel.assign(**{outcome: panel[outcome].where(~panel[f"{outcome}_class"].isin(excluded), 0)})

    @property
    def sample_description(self) -> str:
        """Years and values that bound the sample, for readers."""
        years = "all years" if self.years is None else f"{self.years[0]}-{self.years[1]}"
        return ", ".join([years, *(f"{column} = {value:g}" for column, value in self.where.items())])

    def design(self, panel: pd.DataFrame, outcome: str) -> Design:
        """The design of this claim for one outcome (see ``models.design.build``)."""
        return self._design(panel, outcome, self.equation(outcome), self.sample(panel), f"{self.id}.{outcome}")

    def joint(self, panel: pd.DataFrame) -> Joint:
        """The model of all its outcomes (see ``models.joint``)."""
        from models.joint import together

        return together([self.design(panel, outcome) for outcome in self.outcomes], self.id)

    def with_exposures(self, panel: pd.DataFrame, outcome: str, exposures: tuple[str, ...], name: str) -> Design:
        """The same rows and adjustment with some of the exposures only: a model to compare with, of that ``name``."""
        equation = replace(self.equation(outcome), exposures=exposures)
        return self._design(panel, outcome, equation, self.design(panel, outcome).rows, f"{self.id}.{outcome}.{name}")

    def design_of(self, panel: pd.DataFrame, outcome: str, equation: Equation, name: str) -> Design:
        """The design of another equation in the place of its own, on the sample of this claim."""
        return self._design(panel, outcome, equation, self.sample(panel), name)

    def _design(
        self, panel: pd.DataFrame, outcome: str, equation: Equation, rows: NDArray[np.intp], name: str
    ) -> Design:
        from models.design import build

        shrunk = equation.terms if self.adjust_for is not None else equation.adjustment + equation.durations
        built = build(
            self.counted(panel.iloc[rows], outcome),
            outcome,
            equation.terms,
            name=name,
            varying=equation.varying,
            priors=self.priors,
            shrunk=shrunk,
            by_era=tuple(term for term in self.by_era if term in equation.exposures),
            groups=self.structure.groups(self.panel),
        )
        return replace(built, rows=rows[built.rows])


def _main_variables(exposures: tuple[str, ...]) -> tuple[str, ...]:
    """The variables whose effects are claimed, each once: of a product, the first."""
    return tuple(dict.fromkeys(variables(term)[0] for term in exposures))
