"""Whether early and late differ at equal exposure where they should not: worlds in which timing is nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference.calibration.worlds import effect_recovery, simulated_world, truths
from inference.calibration.worlds.effect_recovery import SCENARIO
from inference.counterfactual import timing
from inference.counterfactual.simulation import equal_exposure, g_formula, population, programme
from inference.evidence.quantities import CI_PROB

ERRORS = 3.0  # binomial standard errors that the share of intervals with zero may lie below their probability


@dataclass(frozen=True)
class Timing:
    """The difference that timing makes in one world by the g-formula, its 90 % interval, and whether that holds 0."""

    world: int
    outcome: str
    years: int
    mean: float
    low: float
    high: float
    covered: bool


def replicate(seed: int) -> list[Timing]:
    """One world without timing: every link fitted to it, early and late at equal exposure."""
    w = simulated_world.world(seed, truths.without_timing)
    links = effect_recovery.fitted(w, seed)
    states = population.assemble(SCENARIO, links, w.alignment, w.state)
    wanted = [programme.whole(arm) for arm in (programme.BASELINE, *equal_exposure.arms())]
    since = g_formula.run(SCENARIO, links, states, wanted, seed).since
    rows = timing.equal_exposure(timing.dataset(since, links)[timing.GROUP], SCENARIO.dollars)
    return [
        Timing(seed, r.outcome, r.years, d.value, d.low, d.high, d.low <= 0 <= d.high)
        for r in rows
        if r.arrow == "given"
        for d in (r.difference,)
    ]


def accepted(covered: int, worlds: int) -> bool:
    """Whether so many intervals hold zero as 90 % intervals should, up to chance; more may, under priors around it."""
    return CI_PROB * worlds - covered <= ERRORS * np.sqrt(CI_PROB * (1 - CI_PROB) * worlds)
