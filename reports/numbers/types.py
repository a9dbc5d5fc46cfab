"""What is reported of claims, estimands and logits: one frozen value for each part of numbers.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inference.counterfactual.results import LinkResult, ScenarioResult, UnitResult
from inference.evidence.quantities import Quantity
from inference.evidence.verdicts import Verdict
from inference.sampling.checks import CheckResult

Cell = str | int | float | bool | None  # of a table
Table = tuple[Mapping[str, Cell], ...]  # rows by column


@dataclass(frozen=True)
class Counts:
    """Rows, and how many of them have the outcome."""

    rows: int
    events: int


@dataclass(frozen=True)
class PriorPredictive:
    """Mean rate and largest region-era cell per 1,000 rows, and bandwagoning's share of alignments, before the data."""

    rate: Quantity
    largest_cell: Quantity
    share_bandwagoning: Quantity | None


@dataclass(frozen=True)
class Outside:
    """Regions or eras whose observed events lie outside their predictive interval, and how many levels there are."""

    outside: tuple[str, ...]
    levels: int


@dataclass(frozen=True)
class Predictive:
    """Observed events, their tail probability, and the posterior predictive ones, in all and by region and era."""

    observed: int
    tail: float
    events: Quantity
    levels: Mapping[str, Outside]


@dataclass(frozen=True)
class Cluster:
    """A statistic of what rows share: observed, its tail probability, and under replicates of the posterior.

    ``independent`` and ``independent_tail`` are those of the model as if rows were independent.
    """

    observed: float
    tail: float
    replicated: Quantity
    independent: Quantity
    independent_tail: float


@dataclass(frozen=True)
class Bin:
    """Predicted and observed rates per 1,000 rows, with the bounds of the observed one."""

    rows: int
    predicted: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True)
class Holdout:
    """How a posterior foretells years that it has not seen.

    Decisions observed and expected; ``low`` to ``high`` are the numbers to be expected with the chance of single
    decisions, which count as Poisson under each draw. Then the mean log score of the rows, beside that of the event
    rate of the rows learnt from (``log_base``): the higher is the better.
    """

    first: int
    last: int
    rows: int
    decisions: float
    expected: Quantity
    low: int
    high: int
    log: float
    log_base: float


@dataclass(frozen=True)
class Slope(Quantity):
    """An average slope, the probability that it is above 0, and the Monte Carlo error of that."""

    positive: float
    positive_mcse: float


@dataclass(frozen=True)
class Sensitivity:
    """How far a posterior moves when its prior, and when its likelihood is raised to a power near 1."""

    prior: float
    likelihood: float


@dataclass(frozen=True)
class Fit:
    """The logit of one outcome; rates are per 1,000 rows, ``effects`` are by grouping and level, in log-odds.

    ``clusters`` are by statistic, ``scales`` and ``correlations`` by grouping: standard deviations of the effects, and
    their correlations between the outcomes of the model. ``sensitivity`` is by parameter: slopes of exposures by term,
    scales as ``sigma_<grouping>``, correlations as ``rho_<grouping>``.
    """

    rows: int
    events: int
    decisions: int
    rows_lost: Mapping[str, int]
    exposures: tuple[str, ...]
    adjustment: tuple[str, ...]
    durations: tuple[str, ...]
    fit_key: str
    gate: tuple[CheckResult, ...]
    rate: Quantity
    priors: Mapping[str, str]
    by_era: Mapping[str, Counts]
    prior_predictive: PriorPredictive
    predictive: Predictive
    calibration: tuple[Bin, ...]
    holdout: Holdout | None
    slopes: Mapping[str, Slope]
    effects: Mapping[str, Mapping[str, Quantity]]
    clusters: Mapping[str, Cluster]
    scales: Mapping[str, Quantity]
    correlations: Mapping[str, Quantity]
    sensitivity: Mapping[str, Sensitivity]


@dataclass(frozen=True)
class Agreement:
    """Share of ``codings`` on the side of the registered one; None where the registered one could not be fitted.

    ``weighed`` counts codings by how plausible they were declared to be. ``moved_by`` is the dimension of the coding
    that moves the estimate most, ``moved_share`` its share of the variance over codings; None where nothing does.
    """

    share: float | None
    codings: int
    weighed: float | None
    moved_by: str | None
    moved_share: float | None


@dataclass(frozen=True)
class Permuted:
    """Share of curves of permuted outcomes whose median reaches the observed one, and its Monte Carlo error."""

    share: float
    mcse: float
    permutations: int
    codings: int


@dataclass(frozen=True, kw_only=True)
class Recoded:
    """What the refits say of an estimand.

    ``codings`` is None when none was run, or when they are of another panel (``stale``). ``turned`` names what turns
    the verdict over: single changes of the ``coding``, and parts ``left out``. ``permuted`` is None where no outcomes
    were permuted.
    """

    codings: Agreement | None
    permuted: Permuted | None
    stale: bool
    turned: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Estimate(Recoded, Verdict):
    """A registered estimand: what its draws and its refits say, and the hashes of the posteriors they are of."""

    label: str
    sign: str
    fit_keys: Mapping[str, str]


@dataclass(frozen=True)
class Gap:
    """A column with missing values: rows left out and rows filled by rule, by era."""

    column: str
    label: str
    lost: tuple[int, ...]
    substituted: tuple[int, ...]
    rule: str


@dataclass(frozen=True)
class Coverage:
    """Rows of a sample by era, its columns with a gap, and the names of those that are known everywhere."""

    eras: tuple[str, ...]
    rows: tuple[int, ...]
    columns: tuple[Gap, ...]
    complete: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """A claim as it was registered, and what its posteriors say; without a posterior, ``absent`` says why.

    ``quadrants`` are the posterior masses of the four quadrants of (balancing slope, bandwagoning slope) by term.
    ``revised`` says what has changed since revision 1 and why, and is empty where nothing has.
    """

    id: str
    claim: str
    family: str
    source: str
    status: str
    note: str
    absent: str | None
    panel: str
    sample: str
    causal: bool
    identified: bool
    by_era: tuple[str, ...]
    archive: str | None
    fits: Mapping[str, Fit]
    estimands: tuple[Estimate, ...]
    quadrants: Mapping[str, Mapping[str, float]]
    quadrant_errors: Mapping[str, Mapping[str, float]]
    coverage: Coverage | None
    remark: str
    revised: str


@dataclass(frozen=True)
class Counterfactual:
    """The scenarios of aid, their links and refits.

    ``held`` is what they leave as observed, with the reason, ``undone`` the changes that refits undo, with the meaning.
    """

    headline: str
    shipped: tuple[ScenarioResult, ...]
    units: tuple[UnitResult, ...]
    links: tuple[LinkResult, ...]
    refits: Table
    held: Mapping[str, str]
    undone: Mapping[str, str]
