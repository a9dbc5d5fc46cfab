"""What numbers.json is: all that a report prints, from the evidence on the claims to the layout of its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from inference.evidence.independences import PartialCorrelation
from inference.evidence.quantities import Quantity, Share
from inference.plain import plain
from reports.numbers.types import Claim, Counterfactual, Table
from reports.readings.values import Case, Changes, Decisions

Numbers = Mapping[str, Any]  # numbers.json, or a part of it, as the pages and figures read it


@dataclass(frozen=True)
class Interval:
    """Which intervals are given."""

    probability: float
    kind: str


@dataclass(frozen=True)
class Band:
    """The probabilities that a verdict, or a word for likelihood, is given for."""

    label: str
    low: float
    high: float


@dataclass(frozen=True)
class Limits:
    """Thresholds and units of a report."""

    per: int
    states: int
    rope: float
    dependence: float
    beyond: float
    nil: float
    not_informed: float
    sensitive: float
    verdicts: tuple[Band, ...]
    bad_k: float
    most_refits: int
    events_trained_on: int
    curve: float
    curve_draws: int
    bin_bounds: float
    aggressors: int
    rhat: float
    ess: float


@dataclass(frozen=True)
class Provenance:
    """Hashes and versions that the posteriors were made with, of panels by name; whether they are those ``shipped``."""

    code_sha256: str
    revision: str
    versions: str
    engine: str
    panels: Mapping[str, str]
    shipped: bool


@dataclass(frozen=True)
class Sampling:
    """Settings of the sampler."""

    chains: int
    draws: int
    seed: int


@dataclass(frozen=True)
class Tested:
    """How many claims of the two authors the report is on, and how many of them are tested."""

    claims: int
    tested: int


@dataclass(frozen=True)
class Archive:
    """A posterior, its hashes, and the claims that share it."""

    name: str
    claims: tuple[str, ...]
    fit_key: str
    panel_sha256: str
    code_sha256: str


@dataclass(frozen=True)
class PooledSign:
    """Probability of the expected sign of an estimand, alone and with its family's slopes partially pooled."""

    claim: str
    estimand: str
    p_sign: float
    p_sign_pooled: float


@dataclass(frozen=True)
class WrongSigns:
    """How many signs of a family are expected to be wrong, by its posteriors.

    Of all ``estimands``, each taken to have its likelier sign, ``expected`` (± ``expected_mcse``) are; of the
    ``called``, supported or contradicted, ``expected_called``. Estimands that share a posterior are wrong together.
    ``pooled`` are the called ones; ``fit_keys`` are the hashes of the posteriors, by claim and outcome.
    """

    estimands: int
    expected: float
    expected_mcse: float
    called: int
    expected_called: float
    expected_called_mcse: float
    pooled: tuple[PooledSign, ...]
    fit_keys: Mapping[str, str]


@dataclass(frozen=True)
class Removed:
    """Events per 1,000 dyad-years of states under duress: as observed, with duress set to none, and the change."""

    observed: Quantity
    removed: Quantity
    change: Quantity
    fit_key: str


@dataclass(frozen=True)
class Rival:
    """The model of a claim among its rivals on the same rows."""

    id: str
    exposures: tuple[str, ...]
    elpd: float
    elpd_diff: float
    elpd_diff_se: float
    weight: float
    bad_k: int


@dataclass(frozen=True)
class Contest:
    """The rivals of one outcome, best first."""

    rows: int
    events: int
    fit_key: str
    rivals: tuple[Rival, ...]


@dataclass(frozen=True)
class Span:
    """Years ``first`` to ``last`` of one outcome, foretold by a model trained to the years before.

    ``expected`` events with the interval ``low`` to ``high`` of replicates stand beside the ``decisions`` seen; scores
    are means over rows, ``_base`` those of the event rate of the years before.
    """

    outcome: str
    first: int
    last: int
    model: str
    rows: int
    expected: float
    low: float
    high: float
    decisions: float
    log: float
    log_base: float
    brier: float
    brier_base: float


@dataclass(frozen=True)
class Foretold:
    """Years foretold by the model of a claim, and by those that it is compared with."""

    id: str
    fit_key: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Evidence:
    """What the archives and refits say; ``draft`` holds what is wrong with a draft, and is empty in a report.

    ``families`` (ids of claims) and ``wrong_signs`` are by family, ``claims`` is the table of all, ``rivals`` and
    ``duress_removed`` are by outcome, ``scores`` of what was left out, ``foretold`` of years to come, ``independences``
    those that the causal graph implies, ``changes`` how verdicts came about; ``left_out``: why, by page.
    """

    interval: Interval
    limits: Limits
    provenance: Provenance
    sampling: Sampling
    families: Mapping[str, tuple[str, ...]]
    wrong_signs: Mapping[str, WrongSigns]
    counts: Tested
    hypotheses: tuple[Claim, ...]
    archives: tuple[Archive, ...]
    claims: Table
    duress_removed: Mapping[str, Removed] | None
    rivals: Mapping[str, Contest]
    scores: Table
    foretold: tuple[Foretold, ...]
    independences: tuple[PartialCorrelation, ...]
    counterfactual: Counterfactual | None
    decisions: Decisions | None
    case: Case | None
    changes: Changes | None
    left_out: Mapping[str, str]
    draft: tuple[str, ...]


@dataclass(frozen=True)
class Sides:
    """A rate or share without a driver and with it present, the difference, and the probability that it is more."""

    without: Quantity
    present: Quantity
    difference: Quantity
    p_more: Share


@dataclass(frozen=True)
class Frequency(Sides):
    """Events of one outcome per 1,000 dyad-years."""

    fit_key: str


@dataclass(frozen=True)
class Values:
    """The values of an exposure that are compared."""

    without: float
    present: float


@dataclass(frozen=True)
class Contrast:
    """Natural frequencies of both outcomes at two values of an exposure, in the model of ``claim``."""

    claim: str
    values: Values
    bandwagon: Frequency
    balance: Frequency


@dataclass(frozen=True)
class Choice(Sides):
    """How many of 100 alignments are with the aggressor, without a threat from it and with one."""

    claim: str
    fit_keys: Mapping[str, str]
    p_mostly_bandwagoning: Share


@dataclass(frozen=True)
class Fewer:
    """Probability that an outcome is rarer."""

    p_fewer: Share
    fit_key: str


@dataclass(frozen=True)
class Commoner(Share):
    """Probability that one outcome is more common than the other."""

    fit_keys: Mapping[str, str]


@dataclass(frozen=True)
class Judgement:
    """The judgement on a claim, how firm it is, and why it is no firmer."""

    judgement: str
    confidence: str
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class Brief:
    """What the policy brief needs beyond the evidence; ``contrasts`` are by exposure, ``judgements`` by claim."""

    per: int
    near_km: float
    years: tuple[int, int] | None
    baseline: str | None
    contrasts: Mapping[str, Contrast]
    contest: Choice | None
    duress_removed: Mapping[str, Fewer] | None
    judgements: Mapping[str, Judgement]
    likelihoods: Mapping[str, tuple[str, ...]]
    scale: tuple[Band, ...]
    sources: tuple[str, ...]
    p_balancing_commoner: Commoner | None
    largest_mcse: float


@dataclass(frozen=True)
class Traced:
    """Where the numbers of the explorer come from: posterior and sha256 of a grid, and the observed rows and events."""

    model: str
    outcome: str
    grid_sha256: str
    fit_key: str
    mcse: float
    rows: int
    events: int


@dataclass(frozen=True)
class Report(Evidence):
    """All of numbers.json; ``figure_sizes`` are width and height in inches by name."""

    figure_sizes: Mapping[str, tuple[float, float]]
    figures: tuple[str, ...]
    brief: Brief
    explorer: tuple[Traced, ...]


def to_json(evidence: Evidence) -> dict[str, Any]:
    """The evidence, or a whole report, as numbers.json holds it and as pages, brief and figures read it."""
    return cast(dict[str, Any], plain(evidence, "numbers"))
