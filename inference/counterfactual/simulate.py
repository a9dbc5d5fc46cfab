"""The g-formula: every state of a population forward in time, under every programme, with every draw of every link.

Each draw makes one history of each state, and alignments enter by their probabilities, not as drawn events. Random
numbers are a state's own and the same for all programmes (Robins 1986; common random numbers): a programme that changes
nothing gives the numbers of none, exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.counterfactual import chain as chain_of
from inference.counterfactual import programme as programmes_of
from inference.counterfactual.chain import Autoregression, Chain, Logit
from inference.counterfactual.population import CARRIED, Population
from inference.counterfactual.programme import ARMS, DRAWN, Evaluation
from inference.counterfactual.scenario import Scenario
from inference.engine import forward
from inference.engine.forward import Dynamics, Ends
from inference.engine.sampler.sampling import CORES
from models.claims.registry import OUTCOMES
from models.design import predictors
from models.terms import variables

Float = NDArray[np.float64]
BLOCK = 12  # states that a thread takes at a time
CONFOUNDER_SD = 0.5  # of both arrows of the unobserved cause, on the log-odds scale


@dataclass(frozen=True)
class Histories:
    """Simulated years of one state under every arm (arm, year, draw), and when each programme started (arm, draw)."""

    window: NDArray[np.int8]
    before: NDArray[np.float32]
    running: NDArray[np.int8]
    started: NDArray[np.int16]
    duress: NDArray[np.int8]


@dataclass(frozen=True)
class Events:
    """Expected events summed over states: by year (evaluation, year, draw), and by cell for the main arms.

    ``cells`` is (arm, region, era, draw) for those of `programme.main`, ``started`` (arm, year, draw) counts the
    programmes that have started by a year.
    """

    by_year: dict[str, NDArray[np.float64]]
    cells: dict[str, NDArray[np.float64]]
    started: NDArray[np.int32]


def innovations(chain: Chain, population: Population, unit: int, seed: int) -> tuple[Float, Float]:
    """Random numbers of a unit: changes of capacity (year, draw), and uniform numbers for duress (year, draw)."""
    shape, code, link = (population.years.size, chain.draws), int(population.states[unit]), chain.capacity
    rng = np.random.default_rng([seed, 2, code])
    new = link.sigma * np.exp(link.omega * rng.normal(size=chain.draws))  # of a state that the fit lacks
    noise = link.scale.get(code, new) * rng.standard_t(link.nu, shape)
    return noise, rng.random(shape)


def true_capacity(chain: Chain, population: Population, unit: int, seed: int) -> Float:
    """Error of a unit's score in each draw, that of the autoregression or, for a state that it lacks, a new one."""
    code = int(population.states[unit])
    if code in chain.capacity.error:
        return chain.capacity.error[code]
    return population.score_sd[unit] * np.random.default_rng([seed, 3, code]).normal(size=chain.draws)


def _raw(slope: Float, logit: Logit | Autoregression, name: str) -> tuple[Float, Float]:
    """Slope (draw,) of an unscaled variable, and what its centring adds to the intercept."""
    scaling = logit.design.scaling[name]
    return slope / scaling.scale, -slope * scaling.centre / scaling.scale


def dynamics(chain: Chain, population: Population, unit: int, error: Float) -> Dynamics:
    """The draws of capacity and duress of one unit, as `forward.simulate` takes them."""
    years = population.years.size
    frame = population.frame.iloc[unit * years : (unit + 1) * years]
    drift, pull = _drift(chain.capacity, frame)
    onset, onset_slope = _log_odds(chain.onset, frame)
    stay, stay_slope = _log_odds(chain.continuation, frame)
    history = int(sum(int(value) << k for k, value in enumerate(population.past[unit])))
    begin = population.score[unit] + error
    return Dynamics(drift, chain.capacity.rho, pull, onset, onset_slope, stay, stay_slope, begin, history)


def _drift(link: Autoregression, frame) -> tuple[Float, Float]:  # noqa: ANN001 (a frame; pandas is heavy)
    region, era = chain_of.cells(link.design, frame)
    fixed = [term for term in link.design.terms if term in CARRIED]
    scaling = {term: link.design.scaling[term] for term in fixed}
    x = predictors(frame, tuple(fixed), scaling)
    beta = link.beta[[link.design.terms.index(term) for term in fixed]]
    drift = link.alpha + x @ beta
    drift += link.region[region]
    drift += link.era[era]
    pull = []
    for name in ("duress_before", "duress_lately"):
        slope, centring = _raw(link.beta[link.design.terms.index(name)], link, name)
        drift += centring
        pull.append(slope)
    return drift, np.stack(pull)


def _log_odds(logit: Logit, frame) -> tuple[Float, Float]:  # noqa: ANN001
    """Fixed part of a logit's log odds (year, draw), and slopes (2, draw) of capacity and of duress lately."""
    region, era = chain_of.cells(logit.design, frame)
    terms = tuple(logit.design.terms[k] for k in logit.fixed)
    x = predictors(frame, terms, {term: logit.design.scaling[term] for term in terms})
    slope = logit.slope[region[0]]
    base = logit.intercept[region[0], era] + x @ slope[logit.fixed]
    moving = []
    for name in ("capacity", "duress_lately"):
        raw, centring = _raw(slope[logit.design.terms.index(name)], logit, name)
        base += centring
        moving.append(raw)
    return base, np.stack(moving)


def ends(logit: Logit, population: Population, outcome: str, unit: int) -> Ends:
    """The draws of alignment for the rows of one unit, as `forward.add_events` takes them."""
    rows, design = population.alignment[outcome], logit.design
    mine = np.flatnonzero(rows.unit == unit)
    at = rows.positions[mine]
    region, era = (design.groups[name].index[at] for name in ("region", "era"))
    slope = logit.slope[region[0]] if mine.size else logit.slope[0]
    base = logit.intercept[region, era] + design.x[at][:, logit.fixed] @ slope[logit.fixed]
    duress = np.zeros_like(base)
    for k, term in enumerate(design.terms):
        if "duress" in variables(term):
            others = [name for name in variables(term) if name != "duress"]
            multiple = np.prod([design.x[at, design.terms.index(name)] for name in others], axis=0) * np.ones(mine.size)
            duress += np.multiply.outer(multiple, slope[k]) / design.scaling["duress"].scale
    base -= duress * design.scaling["duress"].centre
    capacity, centring = _raw(slope[design.terms.index("capacity")], logit, "capacity")
    base += centring
    single = np.float32
    centre = single(design.scaling["duress"].centre), single(design.scaling["capacity"].centre)
    return Ends(base.astype(single), duress.astype(single), capacity.astype(single), centre, rows.year[mine])


def lift(scenario: Scenario, chain: Chain, population: Population, outcome: str, unit: int) -> NDArray[np.float32]:
    """What running aid adds to the log odds of an outcome by itself (draw,): its signal, and its attraction."""
    out = np.zeros(chain.draws)
    region = population.regions[unit]
    if scenario.signal:
        link = chain.support[outcome]
        out += scenario.signal * link.term("support")[link.design.groups["region"].levels.index(region)]
    if scenario.inducement:
        link = chain.attraction[outcome]
        own = 5 * sum(float(d[unit].mean()) for d in population.dollars.values())
        rise = np.log1p(own + 5 * scenario.dollars) - np.log1p(own)
        slope = link.term("aid_other")[link.design.groups["region"].levels.index(region)]
        out += rise * slope / link.design.scaling["aid_other"].scale
    return out.astype(np.float32)


def biases(wanted: list[Evaluation], draws: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What each evaluation adds to the slopes of duress and, per standard deviation, of capacity (evaluation, draw).

    An unobserved standard normal cause that adds a to the log odds of duress and b to those of alignment biases the
    slope of duress by nearly a b (rare outcomes; its mean differs by a between states under duress and others). One
    that adds a' standard deviations to capacity biases the slope of capacity by nearly a' b. Drawn biases have
    independent a, a', b ~ N(0, 0.5).
    """
    rng = np.random.default_rng([seed, 4])
    to_duress, to_capacity, to_outcome = rng.normal(0, CONFOUNDER_SD, (3, draws))

    def rows(values: list[str | float], drawn: Float) -> NDArray[np.float32]:
        return np.array([-drawn if v == DRAWN else np.full(draws, -float(v)) for v in values], dtype=np.float32)

    return (
        rows([e.turn for e in wanted], to_duress * to_outcome),
        rows([e.tilt for e in wanted], to_capacity * to_outcome),
    )


def histories(
    scenario: Scenario, chain: Chain, population: Population, unit: int, random: tuple[Float, Float], error: Float,
    effect: Float,
) -> Histories:  # fmt: skip
    """One unit forward in time under every arm, with the random numbers of `innovations` or those of `unit.abduct`."""
    move, (noise, uniform) = dynamics(chain, population, unit, error), random
    shape = (len(ARMS), *noise.shape)
    out = Histories(
        np.zeros(shape, np.int8), np.zeros(shape, np.float32), np.zeros(shape, np.int8),
        np.zeros((shape[0], shape[2]), np.int16), np.zeros(shape, np.int8),
    )  # fmt: skip
    for arm, programme in enumerate(programmes_of.programmes(scenario, chain, population, unit, effect)):
        forward.simulate(
            move, programme, noise, uniform, out.window[arm], out.before[arm], out.running[arm], out.started[arm],
            out.duress[arm],
        )  # fmt: skip
    return out


def every_history(
    scenario: Scenario, chain: Chain, population: Population, seed: int, units: range
) -> Iterator[tuple[int, Histories]]:
    """Units with their histories, one after another."""
    effect = programmes_of.elicited(chain.draws, seed)
    for unit in units:
        error = true_capacity(chain, population, unit, seed)
        random = innovations(chain, population, unit, seed)
        yield unit, histories(scenario, chain, population, unit, random, error, effect)


def sources(wanted: list[Evaluation]) -> NDArray[np.intp]:
    """Arms whose duress, capacity and running aid each evaluation takes (evaluation, 3)."""
    return np.array([[ARMS.index(a) for a in (e.duress, e.capacity, e.running)] for e in wanted])


def run(scenario: Scenario, chain: Chain, population: Population, wanted: list[Evaluation], seed: int) -> Events:
    """All events of a scenario, states on all cores at the same time; the same on any number of them."""
    years, draws = population.years.size, chain.draws
    regions, eras = population.levels
    era_of = np.array([eras.index(str(era)) for era in population.frame["era"][:years]])
    main = programmes_of.main(wanted)
    (turn, tilt), source = biases(wanted, draws, seed), sources(wanted)
    tilt = tilt / np.float32(programmes_of.sd_of_capacity(chain))

    def part(units: range) -> Events:
        total = Events(
            {o: np.zeros((len(wanted), years, draws)) for o in OUTCOMES},
            {o: np.zeros((len(main), len(regions), len(eras), draws)) for o in OUTCOMES},
            np.zeros((len(ARMS), years, draws), np.int32),
        )
        eta, probability = np.zeros((2, draws), np.float32)
        own = np.zeros((len(wanted), years, draws))
        for unit, h in every_history(scenario, chain, population, seed, units):
            for outcome in OUTCOMES:
                own.fill(0.0)
                what = ends(chain.outcomes[outcome], population, outcome, unit)
                raised = lift(scenario, chain, population, outcome, unit)
                more = (source, turn, tilt, raised, eta, probability, own)
                forward.add_events(what, h.window, h.before, h.running, *more)
                total.by_year[outcome][:] += own
                region = regions.index(population.regions[unit])
                for k in range(years):
                    total.cells[outcome][:, region, era_of[k]] += own[main, k]
            begun = (h.started >= 0)[:, None] & (h.started[:, None] <= np.arange(years)[:, None])
            total.started[:] += begun
        return total

    count = population.states.size
    blocks = [range(first, min(first + BLOCK, count)) for first in range(0, count, BLOCK)]
    out: Events | None = None
    with ThreadPoolExecutor(CORES) as pool:
        for found in pool.map(part, blocks):  # added up in the order of the states, whatever finished first
            out = found if out is None else _add(out, found)
    assert out is not None, "a population has at least one state"
    return out


def _add(a: Events, b: Events) -> Events:
    for outcome in OUTCOMES:
        a.by_year[outcome] += b.by_year[outcome]
        a.cells[outcome] += b.cells[outcome]
    a.started[:] += b.started
    return a
