"""The results of a scenario as types. Their fields are the keys of ``numbers.json``; intervals are of 90 %."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import xarray as xr

from inference.evidence.quantities import Quantity


@dataclass(frozen=True)
class Comparison:
    """A rate without a programme and with it, and the difference."""

    baseline: Quantity
    treated: Quantity
    difference: Quantity

    @classmethod
    def of(cls, baseline: xr.DataArray, treated: xr.DataArray) -> Self:
        """The comparison of draws (chain, draw)."""
        return cls(Quantity.of(baseline), Quantity.of(treated), Quantity.of(treated - baseline))


@dataclass(frozen=True)
class NumberNeeded:
    """Programmes per event averted, negative per event caused, with its interval; None where there is no number."""

    value: float | None
    low: float | None
    high: float | None
    words: str


@dataclass(frozen=True)
class Effect:
    """What a programme does to an outcome within a horizon: a row of the table of effects.

    ``baseline``, ``treated`` and ``difference`` are events per 1,000 dyad-years, ``decade`` holds events per 100
    threatened states and decade, ``confounded`` the difference less the drawn biases of an unobserved cause, ``signed``
    less those of one that raises duress and alignment and lowers capacity, and ``p_fewer`` the share of draws with
    fewer events.
    """

    arrow: str
    timing: str
    outcome: str
    horizon: int
    baseline: Quantity
    treated: Quantity
    difference: Quantity
    decade: Comparison
    confounded: Quantity
    signed: Quantity
    p_fewer: float
    p_fewer_mcse: float
    programmes: Quantity
    nnt: NumberNeeded


@dataclass(frozen=True)
class TimingEffect:
    """Events per 1,000 dyad-years under an early programme less those under a late one, each on its own dates.

    The early one has more years to work in: see `EqualExposure`.
    """

    arrow: str
    outcome: str
    horizon: int
    difference: Quantity


@dataclass(frozen=True)
class EqualExposure:
    """One programme that starts after the onset of duress and one ``lead`` years before that, in the same histories.

    ``ahead`` and ``late`` are the change in events per 1,000 dyad-years within ``years`` of the start of each,
    ``difference`` the one less the other. ``per_hundred`` and ``per_billion`` are events averted by a hundred
    programmes, and by a billion constant dollars, when they start ahead less when they start late; None where the
    arrow says nothing of dollars. ``programmes`` are the histories that both are given to.
    """

    arrow: str
    outcome: str
    years: int
    lead: int
    programmes: Quantity
    ahead: Quantity
    late: Quantity
    difference: Quantity
    per_hundred: Quantity
    per_billion: Quantity | None


@dataclass(frozen=True)
class PathEffect:
    """Change of the rate along one path alone; along ``together``, what the paths alone lack of the whole."""

    arrow: str
    timing: str
    path: str
    outcome: str
    difference: Quantity


@dataclass(frozen=True)
class Threshold:
    """The rise in capacity, in standard deviations, at which the mean rate falls by a share ``cut``.

    ``size`` is None where even the ``largest`` rise does not reach it; ``share`` is that of draws in which this does.
    """

    outcome: str
    timing: str
    cut: float
    largest: float
    size: float | None
    share: float
    share_mcse: float


@dataclass(frozen=True)
class DoseResponse:
    """Rate with a programme over that without, by timing, outcome and given size, over the longest horizon."""

    sizes: list[float]
    ratio: dict[str, dict[str, list[Quantity]]]


@dataclass(frozen=True)
class TippingPoint:
    """The early given programme's effect where a slope is off by a bias."""

    bias: float
    difference: Quantity
    p_fewer: float
    p_fewer_mcse: float


@dataclass(frozen=True)
class Benchmark:
    """What leaving out a measured cause would add to a ``slope`` (``bias``), and the bias that undoes the effect.

    ``zero`` is the bias at which the early given programme's mean effect vanishes, None where none that was tried does;
    ``times`` is how many times as strong as the measured cause an unobserved one would have to be, negative where it
    would have to work the other way, None where it is not known which way the measured one works.
    """

    slope: str
    outcome: str
    cause: str
    bias: Quantity
    zero: float | None
    times: float | None


@dataclass(frozen=True)
class NaturalCourse:
    """Observed events of a region, an era or all, against those of the simulation without a programme.

    ``low`` and ``high`` bound predicted counts, Poisson around the ``expected`` events of each draw; ``p`` is
    Pr(drawn < observed) + Pr(equal) / 2.
    """

    outcome: str
    by: str
    level: str
    observed: int
    dyad_years: int
    expected: Quantity
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class CellEffect:
    """Events averted by a programme in a region and an era of the years counted."""

    outcome: str
    region: str
    era: str
    dyad_years: int
    averted: Quantity


@dataclass(frozen=True)
class ScenarioResult:
    """Everything that is reported of a population scenario."""

    id: str
    title: str
    words: str
    rung: str
    years: tuple[int, int]
    horizons: list[int]
    states: int
    size: float
    dollars: float
    fit_key: str
    flags: list[str]
    dyad_years: dict[str, int]
    effects: list[Effect]
    early_less_late: list[TimingEffect]
    equal_exposure: list[EqualExposure]
    paths: list[PathEffect]
    threshold: list[Threshold]
    dose: DoseResponse
    tipping: dict[str, dict[str, list[TippingPoint]]]
    benchmarks: list[Benchmark]
    natural_course: list[NaturalCourse]
    cells: list[CellEffect]
    regions: dict[str, dict[str, Quantity]]


@dataclass(frozen=True)
class UnitChange:
    """Change in the events of a named state under a programme."""

    arm: str
    outcome: str
    observed: int
    change: Quantity


@dataclass(frozen=True)
class DuressByYear:
    """Duress of a named state as observed, and the share of draws with duress under each arm."""

    years: list[int]
    observed: list[int]
    arms: dict[str, list[float]]


@dataclass(frozen=True)
class UnitResult:
    """Everything that is reported of a named state."""

    id: str
    title: str
    words: str
    rung: str
    years: tuple[int, int]
    fit_key: str
    flags: list[str]
    changes: list[UnitChange]
    duress: DuressByYear


@dataclass(frozen=True)
class Control:
    """What a negative control is set against: a ``claimed`` slope, and whether its own interval lies apart from that.

    Where it does not, the control could not have shown a shared cause that makes up the whole claim.
    """

    claim: str
    claimed: float
    excluded: bool


@dataclass(frozen=True)
class LinkResult:
    """A registered slope of a link or of the negative control, with the share of draws above zero."""

    id: str
    claim: str
    estimand: str
    slope: Quantity
    p_above: float
    p_above_mcse: float
    rows: int
    identified: bool
    adjustment: str
    fit_key: str
    control: Control | None
