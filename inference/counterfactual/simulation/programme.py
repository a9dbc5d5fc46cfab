"""What is compared: programmes, and evaluations that take duress, capacity and running aid from one or another of them.

The first arrow, from aid to capacity, stands three ways side by side. ``estimated``: the slope of aid in the
autoregressions, for constant dollars of governance aid and of aid of the United States. ``elicited``: N(0.05, 0.12)
standard deviations of capacity at the end of a programme, less where a state was under duress before it; published
estimates disagree in sign. ``given``: capacity raised by the size of the scenario, whatever aid that would take; over a
grid of sizes it says how large the effect would have to be (the threshold).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.counterfactual.scenario import Scenario
from inference.counterfactual.simulation.chain import Chain
from inference.counterfactual.simulation.population import Population
from inference.engine.forward import ESTIMATED, GIVEN, Programme

Float = NDArray[np.float64]
ELICITED_MEAN, ELICITED_SD, SHRINK = 0.05, 0.12, 0.5  # SHRINK: half is lost where all five years were under duress
SIZES = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0)  # of the grid, in standard deviations of capacity
SOURCES = {"aid_governance": "estimated", "aid_us": "estimated, US aid"}
ARROWS = ("estimated", "estimated, US aid", "elicited", "given")
TIMINGS = ("early", "late")
RULE = "when low"  # in the first year after a score of capacity that is low and has fallen
FALL = 0.1  # since the states were chosen, in standard deviations of capacity, for the rule to hold
AHEAD = "ahead"  # of the late programme, by as many years as the window of duress is long
LEAD = 5
NONE = "none"


@dataclass(frozen=True)
class Arm:
    """A programme by arrow (or size of the grid) and timing."""

    arrow: str
    timing: str
    size: float | None = None

    @property
    def name(self) -> str:
        """What it is called in results."""
        if self.arrow == NONE:
            return NONE
        return f"{self.arrow if self.size is None else f'size {self.size:g}'}, {self.timing}"


BASELINE = Arm(NONE, "")
MAIN = tuple(Arm(arrow, timing) for arrow in ARROWS for timing in TIMINGS)
GRID = tuple(Arm("given", timing, size) for size in SIZES for timing in TIMINGS)
RULED = tuple(Arm(arrow, RULE) for arrow in ARROWS)
PAIRED = tuple(Arm(arrow, AHEAD) for arrow in ARROWS)
REPORTED = (*MAIN, *RULED)
ARMS = (BASELINE, *MAIN, *GRID, *RULED, *PAIRED)


def sd_of_capacity(chain: Chain) -> float:
    """Standard deviation of capacity among the state-years that the autoregression was fitted to."""
    return float(chain.capacity.design.lag.std())


def elicited(chain: Chain, seed: int) -> Float:
    """The elicited effect of a programme, in standard deviations of capacity (draw,)."""
    return np.random.default_rng([seed, 1, chain.part]).normal(ELICITED_MEAN, ELICITED_SD, chain.draws)


def none(draws: int, years: int) -> Programme:
    """No programme."""
    zero = np.zeros(draws)
    return Programme(0, np.full(draws, years), 0, 1, zero, zero, 0.0, np.zeros(years), zero)


def starts(scenario: Scenario, onset: NDArray[np.intp], low: NDArray[np.intp]) -> dict[str, NDArray[np.intp]]:
    """Position of a programme's first year by timing (draw,), that of a year past the last where it never starts.

    Without a programme ``onset`` (draw,) is the first year under duress, ``low`` (draw,) the first after a score of
    capacity that is low and has fallen, past the last where there is none. An early programme starts on its date; a
    late one in the year after the onset; one under the `RULE` in the year of ``low``, which a donor who reads the
    scores can follow; one that is `AHEAD` starts `LEAD` years before the late one, where these years are simulated.
    """
    late = onset + 1
    never = scenario.years
    return {
        "early": np.full_like(onset, scenario.opens - scenario.begin),
        "late": late,
        RULE: low,
        AHEAD: np.where((late < never) & (late >= LEAD), late - LEAD, never),
    }


def programmes(
    scenario: Scenario,
    chain: Chain,
    population: Population,
    unit: int,
    effect: Float,
    onset: NDArray[np.intp],
    low: NDArray[np.intp],
) -> list[Programme]:
    """The programmes of `ARMS` for one unit.

    Parameters
    ----------
    scenario, chain, population, unit :
        The programme, the fitted links, the states, and the position of one of them.
    effect : array (draw,)
        The draws of `elicited`.
    onset, low : array (draw,)
        As in `starts`.
    """
    unit_sd, draws = sd_of_capacity(chain), chain.draws
    begins = starts(scenario, onset, low)
    zero, nothing = np.zeros(draws), np.zeros(population.years.size)
    shock = chain.drop if scenario.withdrawal is not None else zero
    gains = {name: np.log1p(d[unit] + scenario.dollars) - np.log1p(d[unit]) for name, d in population.dollars.items()}
    out = []
    for arm in ARMS:
        start = begins.get(arm.timing, onset)
        common = {"start": start, "running": scenario.running, "duration": scenario.duration, "shock": shock}
        source = next((name for name, arrow in SOURCES.items() if arrow == arm.arrow), None)
        if arm.arrow == NONE or (source and source not in chain.aid):
            programme = none(draws, population.years.size)
        elif source:
            link = chain.aid[source]
            programme = Programme(
                kind=ESTIMATED, effect=link.per_log_dollar(source), decay=link.rho, shrink=0.0, gain=gains[source],
                **common,
            )  # fmt: skip
        else:
            given = arm.arrow == "given"
            rise = np.full(draws, scenario.size if arm.size is None else arm.size) if given else effect
            programme = Programme(
                kind=GIVEN, effect=unit_sd * rise, decay=chain.capacity.rho, shrink=0.0 if given else SHRINK,
                gain=nothing, **common,
            )  # fmt: skip
        out.append(programme)
    return out


@dataclass(frozen=True)
class Evaluation:
    """What one set of probabilities is computed from.

    ``duress``, ``capacity``, ``running`` and ``scores`` (income and democracy) name the arms they are taken from.
    ``bias_duress`` and ``bias_capacity`` are the bias by an unobserved confounder that is taken off the slopes of
    duress and of capacity: none, a fixed one, or drawn ones: of a cause without a sign, or of one that raises duress
    and alignment and lowers capacity.
    """

    name: str
    duress: Arm
    capacity: Arm
    running: Arm
    scores: Arm
    bias_duress: str | float = 0.0
    bias_capacity: str | float = 0.0


DRAWN, SIGNED = "drawn", "signed"
BIASES = (-1.0, -0.5, 0.0, 0.5, 1.0)  # of a slope, for the tipping points
SLOPES = ("duress", "capacity")  # that an unobserved cause can bias
PATHS = ("duress alone", "capacity alone", "aid itself alone", "income and democracy alone")
CHIEF = tuple(Arm("given", timing) for timing in TIMINGS)


def whole(arm: Arm) -> Evaluation:
    """An arm with all its paths."""
    return Evaluation(arm.name, arm, arm, arm, arm)


def confounded(arm: Arm, kind: str = DRAWN) -> Evaluation:
    """An arm less the drawn biases of an unobserved cause of duress, capacity and alignment."""
    return Evaluation(f"{arm.name} | {kind}", arm, arm, arm, arm, kind, kind)


def biased(arm: Arm, slope: str, bias: float) -> Evaluation:
    """An arm less a fixed bias of the slope of ``duress`` or of ``capacity``; with none, the arm itself."""
    if not bias:
        return whole(arm)
    fixed = (bias, 0.0) if slope == "duress" else (0.0, bias)
    return Evaluation(f"{arm.name} | {slope} {bias:g}", arm, arm, arm, arm, *fixed)


def paths(arm: Arm) -> list[Evaluation]:
    """One path of an arm at a time, all else as without a programme."""
    out: list[Evaluation] = []
    for own, path in enumerate(PATHS):
        duress, capacity, running, scores = (arm if k == own else BASELINE for k in range(len(PATHS)))
        out.append(Evaluation(f"{arm.name} | {path}", duress, capacity, running, scores))
    return out


def main(wanted: list[Evaluation]) -> list[int]:
    """Positions of the evaluations that are reported by year and by cell: no programme, and the main arms."""
    names = {arm.name for arm in (BASELINE, *MAIN)}
    return [k for k, evaluation in enumerate(wanted) if evaluation.name in names]


def evaluations() -> list[Evaluation]:
    """Every evaluation of a scenario: all arms, their paths, and under biases of the slopes of duress and capacity."""
    out = [whole(arm) for arm in ARMS]
    out += [path for arm in MAIN for path in paths(arm)]
    out += [confounded(arm, kind) for kind in (DRAWN, SIGNED) for arm in (BASELINE, *REPORTED)]
    return out + [
        biased(arm, slope, bias) for slope in SLOPES for bias in BIASES if bias for arm in (BASELINE, CHIEF[0])
    ]
