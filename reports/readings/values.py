"""What the readings of a report hold: one frozen value for each part of them in numbers.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inference.evidence.quantities import Quantity


@dataclass(frozen=True)
class Tally:
    """Registered decisions of each outcome by name, and how many of them count as alignments for Carter's claims."""

    name: str
    bandwagon: int
    bandwagon_counted: int
    balance: int
    balance_counted: int


@dataclass(frozen=True)
class Counted:
    """Decisions that the claims of an author count, and balancings for each bandwagoning."""

    author: str
    excluded: tuple[str, ...]
    bandwagon: int
    balance: int
    ratio: float | None


@dataclass(frozen=True)
class Treaty:
    """The decisions under one treaty, of how many states, their share of an outcome's weight, and why it is so large.

    ``first`` is the share when each state counts once under the treaty.
    """

    treaty: int
    outcome: str
    decisions: int
    states: int
    share: float
    first: float
    reason: str


@dataclass(frozen=True)
class LookedUp:
    """A decision that was looked up: what the table says of it, if it is ``found`` there, and what the sources say."""

    title: str
    outcome: str
    year: int
    treaty: int
    found: bool
    given: str
    obligations: str
    partner: str
    aggressors: str
    threat: float
    words: str
    rule: str
    verdict: str


@dataclass(frozen=True)
class StillWrong:
    """A famous decision whose class by rule is not that of the sources."""

    name: str
    year: int
    given: str
    right: str
    source: str
    why: str


@dataclass(frozen=True)
class Sign:
    """How another sign of alignment changes around an event, with standard errors robust to dependence within pairs."""

    sign: str
    event: str
    rows: int
    pairs: int
    change: float
    change_se: float
    excess: float
    excess_se: float


@dataclass(frozen=True)
class Correlation:
    """Rank correlation of threat by power and interest with threat by disputes, with power and with interests alone."""

    era: str
    rows: int
    disputes: float
    capabilities: float
    interests: float


@dataclass(frozen=True)
class Decisions:
    """The reading of the table of decisions."""

    total: Mapping[str, int]
    any_coding: int
    by_class: tuple[Tally, ...]
    by_era: tuple[Tally, ...]
    by_region: tuple[Tally, ...]
    no_alignment: tuple[str, ...]
    counted: tuple[Counted, ...]
    limit: float
    treaties: tuple[Treaty, ...]
    largest: Mapping[str, Treaty]
    looked_up: tuple[LookedUp, ...]
    verdicts: Mapping[str, int]
    famous: int
    wrong: tuple[StillWrong, ...]
    signs: tuple[Sign, ...]
    threats: tuple[Correlation, ...]


@dataclass(frozen=True)
class Expected(Quantity):
    """Expected bandwagonings per 1,000 rows like one, and its rank (1: most expected) in its year and since 1976.

    ``times`` is its mean over that of all rows since 1976.
    """

    rank_year: int
    rows_year: int
    rank_all: int
    rows_all: int
    times: float


@dataclass(frozen=True)
class PairYear:
    """A pair in one year: what the sources say, and, of a row at risk, its exposures and what models expected of it."""

    year: int
    at_risk: bool
    fails: str
    treaties: str
    support: str
    new_support: str
    arms: float
    votes: float | None
    exposures: Mapping[str, float]
    expected: Mapping[str, Expected]


@dataclass(frozen=True)
class Pair:
    """A state towards an aggressor, and the years of what is known to 2010: agreements signed, joint exercises."""

    state: str
    aggressor: str
    rows: int
    fails: tuple[str, ...]
    agreements: str
    exercises: str
    years: tuple[PairYear, ...]


@dataclass(frozen=True)
class Opening:
    """The opening case in its year: the pair, the threats and duress in its row, and what each model expected."""

    state: str
    aggressor: str
    year: int
    exposures: Mapping[str, float]
    expected: Mapping[str, Expected]
    new_support: str


@dataclass(frozen=True)
class Highest:
    """The row of the case that a model ranks highest among all rows."""

    state: str
    aggressor: str
    year: int
    expected: Expected


@dataclass(frozen=True)
class Case:
    """The case of 2015, its numbers by claim where they are of a model.

    ``rate`` is per 1,000 rows since 1976, ``below`` counts rows that a model expects less of than of the average row.
    """

    pairs: tuple[Pair, ...]
    first: int
    last: int
    until: int
    since: int
    rows: int
    events: int
    supported: int
    pairs_with_rows: int
    opening: Opening | None
    highest: Mapping[str, Highest]
    learnt: Mapping[str, int]
    rate: Mapping[str, float]
    below: Mapping[str, int]
    scored: Mapping[str, int]
    fit_key: str


@dataclass(frozen=True)
class Step:
    """One revision on the way to the present verdicts: what changed, and when."""

    key: str
    date: str
    name: str
    words: str


@dataclass(frozen=True)
class Stage:
    """Probability of the expected sign after a step, with its Monte Carlo error, and the label it was given."""

    p_sign: float
    p_sign_mcse: float
    verdict: str


@dataclass(frozen=True)
class Change:
    """What ``earlier`` versions said of an estimand, by step, and the steps that ``turned`` its verdict."""

    earlier: Mapping[str, Stage]
    turned: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """The steps, the change of every estimand by claim and estimand, and how many labels each step turned.

    Of the ``compared`` estimands that the first version had too, ``unlike`` have another label now.
    """

    steps: tuple[Step, ...]
    rows: Mapping[str, Mapping[str, Change]]
    turned: Mapping[str, int]
    compared: int
    unlike: int


@dataclass(frozen=True)
class Readings:
    """What the tables beside a panel say; ``left_out`` says why a page is, by its file."""

    decisions: Decisions | None
    case: Case | None
    left_out: Mapping[str, str]
