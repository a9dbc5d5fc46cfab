"""The g-formula: every state of a population forward in time, under every programme, with every draw of every link.

Each draw makes one history of each state, and alignments enter by their probabilities, not as drawn events. Random
numbers are a state's own and the same for all programmes (Robins 1986; common random numbers): a programme that changes
nothing gives the numbers of none, exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from inference.counterfactual.scenario import Scenario
from inference.counterfactual.simulation import equal_exposure, unit_terms
from inference.counterfactual.simulation import programme as programmes_of
from inference.counterfactual.simulation.chain import SCORES, Chain
from inference.counterfactual.simulation.equal_exposure import SinceStart
from inference.counterfactual.simulation.population import Population
from inference.counterfactual.simulation.programme import ARMS, BASELINE, DRAWN, SIGNED, Arm, Evaluation, whole
from inference.engine import forward
from inference.engine.sampler.sampling import CORES
from models.claims.registry import OUTCOMES

Float = NDArray[np.float64]
CONFOUNDER_SD = 0.5  # of both arrows of the unobserved cause, on the log-odds scale


@dataclass(frozen=True)
class Histories:
    """Simulated years of one state under every arm (arm, year, draw), and when each programme started (arm, draw).

    ``more`` (arm, 2, year, draw) is income and democracy beyond what was observed.
    """

    window: NDArray[np.int8]
    before: NDArray[np.float32]
    running: NDArray[np.int8]
    started: NDArray[np.int16]
    duress: NDArray[np.int8]
    more: NDArray[np.float32]


@dataclass(frozen=True)
class Events:
    """Expected events summed over states: by year (evaluation, year, draw), and by cell for the main arms.

    ``cells`` is (arm, region, era, draw) for the arms of `programme.main`, ``started`` (arm, year, draw) counts the
    programmes that have started by a year, ``since`` what follows the start of a programme.
    """

    by_year: dict[str, NDArray[np.float32]]
    cells: dict[str, NDArray[np.float32]]
    started: NDArray[np.int16]
    since: SinceStart

    @classmethod
    def joined(cls, parts: list[Self]) -> Self:
        """Events whose draws are those of all parts, one part after another."""
        return cls(
            equal_exposure.by_outcome([part.by_year for part in parts]),
            equal_exposure.by_outcome([part.cells for part in parts]),
            np.concatenate([part.started for part in parts], axis=-1),
            SinceStart.joined([part.since for part in parts]),
        )


def innovations(chain: Chain, population: Population, unit: int, seed: int) -> tuple[Float, Float]:
    """Random numbers of a unit: changes of capacity (year, draw), and uniform numbers for duress (year, draw)."""
    shape, code, link = (population.years.size, chain.draws), int(population.states[unit]), chain.capacity
    rng = np.random.default_rng([seed, 2, code, chain.part])
    new = link.sigma * np.exp(link.omega * rng.normal(size=chain.draws))  # of a state that the fit lacks
    noise = link.scale.get(code, new) * rng.standard_t(link.nu, shape)
    return noise, rng.random(shape)


def score_error(chain: Chain, population: Population, unit: int, seed: int) -> Float:
    """True capacity less the score of a unit (draw,).

    The autoregression has drawn it for the states that it was fitted to; for another it is drawn from the measure.
    """
    code = int(population.states[unit])
    if code in chain.capacity.error:
        return chain.capacity.error[code]
    return population.score_sd[unit] * np.random.default_rng([seed, 3, code, chain.part]).normal(size=chain.draws)


def biases(wanted: list[Evaluation], chain: Chain, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What each evaluation adds to the slopes of duress and, per standard deviation, of capacity (evaluation, draw).

    An unobserved standard normal cause that adds a to the log odds of duress and b to those of alignment biases the
    slope of duress by nearly a b (rare outcomes; its mean differs by a between states under duress and others). One
    that adds a' standard deviations to capacity biases the slope of capacity by nearly a' b. Drawn biases have
    independent a, a', b ~ N(0, 0.5). Signed ones are of a cause that raises duress and alignment and
    lowers capacity, as leaders who lean towards the aggressor might: it makes capacity look better than it is.
    """
    rng, draws = np.random.default_rng([seed, 4, chain.part]), chain.draws
    to_duress, to_capacity, to_outcome = rng.normal(0, CONFOUNDER_SD, (3, draws))

    def rows(values: list[str | float], drawn: Float, sign: int) -> NDArray[np.float32]:
        known = {DRAWN: drawn, SIGNED: sign * abs(drawn)}
        every = [known[v] if isinstance(v, str) else np.full(draws, v) for v in values]
        return -np.array(every, dtype=np.float32)

    return (
        rows([e.bias_duress for e in wanted], to_duress * to_outcome, 1),
        rows([e.bias_capacity for e in wanted], to_capacity * to_outcome, -1),
    )


def histories(
    scenario: Scenario, chain: Chain, population: Population, unit: int, random: tuple[Float, Float], error: Float,
    effect: Float,
) -> Histories:  # fmt: skip
    """One unit forward in time under every arm.

    Parameters
    ----------
    scenario, chain, population :
        The programme, the fitted links, and the states.
    unit : int
        Position of the state in the population.
    random : tuple of array (year, draw)
        Changes of capacity and uniform numbers for duress: those of `innovations` or of `named_state.infer_noise`.
    error : array (draw,)
        The unit's `score_error`.
    effect : array (draw,)
        The elicited effect of a programme, from `programme.elicited`.
    """
    links, (noise, uniform) = unit_terms.dynamics(chain, population, unit, error), random
    shape = (len(ARMS), *noise.shape)
    out = Histories(
        np.zeros(shape, np.int8), np.zeros(shape, np.float32), np.zeros(shape, np.int8),
        np.zeros((shape[0], shape[2]), np.int16), np.zeros(shape, np.int8),
        np.zeros((shape[0], len(SCORES), *shape[1:]), np.float32),
    )  # fmt: skip

    def simulate(arm: int, programme: forward.Programme) -> None:
        filled = (out.window[arm], out.before[arm], out.running[arm], out.started[arm], out.duress[arm], out.more[arm])
        forward.simulate(links, programme, noise, uniform, *filled)

    none = ARMS.index(BASELINE)
    fallen = population.score[unit] - programmes_of.FALL * programmes_of.sd_of_capacity(chain)
    threshold = min(population.low, fallen)
    simulate(none, programmes_of.none(chain.draws, noise.shape[0]))
    onset, low = _first(out.duress[none] == 1), _first(out.before[none] - error <= threshold)
    for arm, programme in enumerate(programmes_of.programmes(scenario, chain, population, unit, effect, onset, low)):
        if arm != none:
            simulate(arm, programme)
    return out


def _first(when: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Position of the first year in which something is so (draw,), that of the year past the last where it never is."""
    return np.where(when.any(axis=0), when.argmax(axis=0), when.shape[0]).astype(np.intp)


def every_history(
    scenario: Scenario, chain: Chain, population: Population, seed: int, units: range
) -> Iterator[tuple[int, Histories]]:
    """Units with their histories, one after another."""
    effect = programmes_of.elicited(chain, seed)
    for unit in units:
        error = score_error(chain, population, unit, seed)
        random = innovations(chain, population, unit, seed)
        yield unit, histories(scenario, chain, population, unit, random, error, effect)


def sources(wanted: list[Evaluation]) -> NDArray[np.intp]:
    """Arms whose duress, capacity, running aid, and income and democracy each evaluation takes (evaluation, 4)."""
    return np.array([[ARMS.index(a) for a in (e.duress, e.capacity, e.running, e.scores)] for e in wanted])


def run(scenario: Scenario, chain: Chain, population: Population, wanted: list[Evaluation], seed: int) -> Events:
    """All events of a scenario, parts of the draws on all cores at the same time; the same on any number of them."""

    def part(number: int) -> Events:
        return _of_part(scenario, chain.of_part(number), population, wanted, seed)

    with ThreadPoolExecutor(CORES) as pool:
        return Events.joined(list(pool.map(part, range(chain.parts))))


def _of_part(scenario: Scenario, chain: Chain, population: Population, wanted: list[Evaluation], seed: int) -> Events:
    """All events of a scenario in one part of the draws."""
    years, draws = population.years.size, chain.draws
    levels, (region_of, era_of) = population.levels, population.cells
    main, source = programmes_of.main(wanted), sources(wanted)
    turn, tilt = biases(wanted, chain, seed)
    against = turn, tilt / np.float32(programmes_of.sd_of_capacity(chain))
    paired = [wanted.index(e) for e in map(whole, (BASELINE, *equal_exposure.arms())) if e in wanted]
    people, late = population.people, ARMS.index(Arm("given", "late"))  # an arrow that every chain has
    hard, lapse = population.pacts.drawn(draws, np.random.default_rng([seed, 6, chain.part]))
    since = SinceStart.empty(scenario, draws, wanted)
    by_year = np.zeros((len(OUTCOMES), len(wanted), years, draws))
    by_cell = np.zeros((len(OUTCOMES), len(main), *map(len, levels), draws))
    started = np.zeros((len(ARMS), years, draws), np.int32)
    own = np.zeros_like(by_year)
    for unit, h in every_history(scenario, chain, population, seed, range(population.states.size)):
        begins = np.where(h.started[late] >= 0, h.started[late], years).astype(np.intp)
        since.add_programmes(begins, people[unit], scenario.running)
        own.fill(0.0)
        forward.add_events(
            unit_terms.ends(scenario, chain, population, unit, h.more),
            unit_terms.at_risk(population, unit, hard, lapse),
            (h.window, h.before, h.running), source, against, own,
        )  # fmt: skip
        by_year += own
        for k in range(population.counted, years):
            by_cell[:, :, region_of[unit], era_of[k]] += own[:, main, k]
        for k, outcome in enumerate(OUTCOMES):
            since.add_events(outcome, population.at_risk(outcome, unit), own[k, paired], begins)
        started += (h.started >= 0)[:, None] & (h.started[:, None] <= np.arange(years)[:, None])
    years_of, cells_of = (dict(zip(OUTCOMES, a.astype(np.float32), strict=True)) for a in (by_year, by_cell))
    return Events(years_of, cells_of, started.astype(np.int16), since)
