"""The g-formula: every state of a population forward in time, under every programme, with every draw of every link.

Each draw makes one history of each state, and alignments enter by their probabilities, not as drawn events. Random
numbers are a state's own and the same for all programmes (Robins 1986; common random numbers): a programme that changes
nothing gives the numbers of none, exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from inference.counterfactual.scenario import Scenario
from inference.counterfactual.simulation import equal_exposure
from inference.counterfactual.simulation import programme as programmes_of
from inference.counterfactual.simulation.chain import Autoregression, Chain, Logit, cells
from inference.counterfactual.simulation.equal_exposure import SinceStart
from inference.counterfactual.simulation.population import CARRIED, Population, Rows
from inference.counterfactual.simulation.programme import ARMS, BASELINE, DRAWN, SIGNED, Arm, Evaluation, whole
from inference.engine import forward
from inference.engine.density.layout import level_index
from inference.engine.forward import Dynamics, Ends
from inference.engine.sampler.sampling import CORES
from models.claims.registry import OUTCOMES
from models.design import predictors
from models.terms import variables

if TYPE_CHECKING:
    import pandas as pd

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

    ``cells`` is (arm, region, era, draw) for the arms of `programme.main`, ``started`` (arm, year, draw) counts the
    programmes that have started by a year, ``since`` what follows the start of a programme.
    """

    by_year: dict[str, NDArray[np.float64]]
    cells: dict[str, NDArray[np.float64]]
    started: NDArray[np.int32]
    since: SinceStart

    def __iadd__(self, other: Self) -> Self:
        for outcome in OUTCOMES:
            self.by_year[outcome][:] += other.by_year[outcome]
            self.cells[outcome][:] += other.cells[outcome]
        self.started[:] += other.started
        self.since.__iadd__(other.since)
        return self


def innovations(chain: Chain, population: Population, unit: int, seed: int) -> tuple[Float, Float]:
    """Random numbers of a unit: changes of capacity (year, draw), and uniform numbers for duress (year, draw)."""
    shape, code, link = (population.years.size, chain.draws), int(population.states[unit]), chain.capacity
    rng = np.random.default_rng([seed, 2, code])
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
    return population.score_sd[unit] * np.random.default_rng([seed, 3, code]).normal(size=chain.draws)


def _unscaled(link: Logit | Autoregression, slope: Float, names: tuple[str, ...], base: Float) -> Float:
    """Slopes (name, draw) of variables as they are, from ``slope`` (term, draw) of scaled ones.

    What the centring of the variables adds to the intercept is added to ``base`` in place.
    """
    out = []
    for name in names:
        scaling, scaled = link.design.scaling[name], slope[link.design.terms.index(name)]
        base += -scaled * scaling.centre / scaling.scale
        out.append(scaled / scaling.scale)
    return np.stack(out)


def dynamics(chain: Chain, population: Population, unit: int, error: Float) -> Dynamics:
    """The draws of capacity and duress of one unit, whose `score_error` is given, as `forward.simulate` takes them."""
    years = population.years.size
    frame = population.frame.iloc[unit * years : (unit + 1) * years]
    drift, pull = _drift(chain.capacity, frame)
    onset, onset_slope = _log_odds(chain.onset, frame)
    stay, stay_slope = _log_odds(chain.continuation, frame)
    history = int(sum(int(value) << k for k, value in enumerate(population.past[unit])))
    begin = population.score[unit] + error
    return Dynamics(drift, chain.capacity.rho, pull, onset, onset_slope, stay, stay_slope, begin, history)


def _drift(link: Autoregression, frame: pd.DataFrame) -> tuple[Float, Float]:
    """What capacity gains a year beside its lag and duress (year, draw), and slopes (2, draw) of duress."""
    region, era = cells(link.design, frame)
    fixed = [term for term in link.design.terms if term in CARRIED]
    x = predictors(frame, tuple(fixed), {term: link.design.scaling[term] for term in fixed})
    drift = link.alpha + x @ link.beta[[link.design.terms.index(term) for term in fixed]]
    drift += link.region[region]
    drift += link.era[era]
    return drift, _unscaled(link, link.beta, ("duress_before", "duress_lately"), drift)


def _log_odds(logit: Logit, frame: pd.DataFrame) -> tuple[Float, Float]:
    """Fixed part of a logit's log odds (year, draw), and slopes (2, draw) of capacity and of duress lately."""
    region, era = cells(logit.design, frame)
    terms = tuple(logit.design.terms[k] for k in logit.fixed)
    x = predictors(frame, terms, {term: logit.design.scaling[term] for term in terms})
    slope = logit.slope[region[0]]
    base = logit.intercept[region[0], era] + x @ slope[logit.fixed]
    return base, _unscaled(logit, slope, ("capacity", "duress_lately"), base)


def outcome_terms(logit: Logit, rows: Rows, unit: int) -> Ends:
    """The draws of alignment for the rows of one unit, as `forward.add_events` takes them."""
    design = logit.design
    mine = np.flatnonzero(rows.unit == unit)
    at = rows.positions[mine]
    region, era = (design.groups[name].index[at] for name in ("region", "era"))
    slope = logit.slope[region[0]] if mine.size else logit.slope[0]
    base = logit.intercept[region, era] + design.x[at][:, logit.fixed] @ slope[logit.fixed]
    for group in level_index(design):
        base += logit.level[group[at]]
    duress = np.zeros_like(base)
    for k, term in enumerate(design.terms):
        if "duress" in variables(term):
            others = [name for name in variables(term) if name != "duress"]
            multiple = np.prod([design.x[at, design.terms.index(name)] for name in others], axis=0) * np.ones(mine.size)
            duress += np.multiply.outer(multiple, slope[k]) / design.scaling["duress"].scale
    base -= duress * design.scaling["duress"].centre
    capacity = _unscaled(logit, slope, ("capacity",), base)[0]
    single = np.float32
    centre = single(design.scaling["duress"].centre), single(design.scaling["capacity"].centre)
    return Ends(base.astype(single), duress.astype(single), capacity.astype(single), centre, rows.year[mine])


def direct_shift(
    scenario: Scenario, chain: Chain, population: Population, outcome: str, unit: int
) -> NDArray[np.float32]:
    """Shift of the log odds of an outcome by running aid itself (draw,): its signal of support and its inducement."""
    out = np.zeros(chain.draws)

    def slope(logit: Logit, term: str) -> Float:
        return logit.term(term)[logit.design.groups["region"].levels.index(population.regions[unit])]

    if scenario.signal:
        out += scenario.signal * slope(chain.support[outcome], "support")
    if scenario.inducement:
        link = chain.attraction[outcome]
        own = 5 * sum(float(d[unit].mean()) for d in population.dollars.values())
        rise = np.log1p(own + 5 * scenario.dollars) - np.log1p(own)
        out += rise * slope(link, "aid_other") / link.design.scaling["aid_other"].scale
    return out.astype(np.float32)


def biases(wanted: list[Evaluation], draws: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What each evaluation adds to the slopes of duress and, per standard deviation, of capacity (evaluation, draw).

    An unobserved standard normal cause that adds a to the log odds of duress and b to those of alignment biases the
    slope of duress by nearly a b (rare outcomes; its mean differs by a between states under duress and others). One
    that adds a' standard deviations to capacity biases the slope of capacity by nearly a' b. Drawn biases have
    independent a, a', b ~ N(0, 0.5). Signed ones are of a cause that raises duress and alignment and
    lowers capacity, as leaders who lean towards the aggressor might: it makes capacity look better than it is.
    """
    rng = np.random.default_rng([seed, 4])
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
    links, (noise, uniform) = dynamics(chain, population, unit, error), random
    shape = (len(ARMS), *noise.shape)
    out = Histories(
        np.zeros(shape, np.int8), np.zeros(shape, np.float32), np.zeros(shape, np.int8),
        np.zeros((shape[0], shape[2]), np.int16), np.zeros(shape, np.int8),
    )  # fmt: skip

    def simulate(arm: int, programme: forward.Programme) -> None:
        filled = (out.window[arm], out.before[arm], out.running[arm], out.started[arm], out.duress[arm])
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
    effect = programmes_of.elicited(chain.draws, seed)
    for unit in units:
        error = score_error(chain, population, unit, seed)
        random = innovations(chain, population, unit, seed)
        yield unit, histories(scenario, chain, population, unit, random, error, effect)


def sources(wanted: list[Evaluation]) -> NDArray[np.intp]:
    """Arms whose duress, capacity and running aid each evaluation takes (evaluation, 3)."""
    return np.array([[ARMS.index(a) for a in (e.duress, e.capacity, e.running)] for e in wanted])


def run(scenario: Scenario, chain: Chain, population: Population, wanted: list[Evaluation], seed: int) -> Events:
    """All events of a scenario, states on all cores at the same time; the same on any number of them."""
    years, draws = population.years.size, chain.draws
    levels, (region_of, era_of) = population.levels, population.cells
    main = programmes_of.main(wanted)
    (bias_duress, bias_capacity), source = biases(wanted, draws, seed), sources(wanted)
    bias_capacity = bias_capacity / np.float32(programmes_of.sd_of_capacity(chain))
    timed = [whole(arm) for arm in (BASELINE, *equal_exposure.arms())]
    paired = [wanted.index(evaluation) for evaluation in timed if evaluation in wanted]
    people = population.people
    late = ARMS.index(Arm("given", "late"))  # the one that every chain has

    def part(units: range) -> Events:
        total = Events(
            {o: np.zeros((len(wanted), years, draws)) for o in OUTCOMES},
            {o: np.zeros((len(main), *map(len, levels), draws)) for o in OUTCOMES},
            np.zeros((len(ARMS), years, draws), np.int32),
            SinceStart.empty(scenario, draws, wanted),
        )
        eta, probability = np.zeros((2, draws), np.float32)
        own = np.zeros((len(wanted), years, draws))
        for unit, h in every_history(scenario, chain, population, seed, units):
            begins = np.where(h.started[late] >= 0, h.started[late], years).astype(np.intp)
            total.since.add_programmes(begins, people[unit], scenario.running)
            for outcome in OUTCOMES:
                own.fill(0.0)
                shift = direct_shift(scenario, chain, population, outcome, unit)
                seen = (h.window, h.before, h.running, source, bias_duress, bias_capacity, shift)
                counted = outcome_terms(chain.outcomes[outcome], population.alignment[outcome], unit)
                forward.add_events(counted, *seen, eta, probability, own)
                total.by_year[outcome][:] += own
                for k in range(years):
                    total.cells[outcome][:, region_of[unit], era_of[k]] += own[main, k]
                if total.since.horizons:
                    before = outcome_terms(chain.outcomes[outcome], population.lead_in[outcome], unit)
                    forward.add_events(before, *seen, eta, probability, own)
                    total.since.add_events(outcome, population.at_risk(outcome, unit), own[paired], begins)
            begun = (h.started >= 0)[:, None] & (h.started[:, None] <= np.arange(years)[:, None])
            total.started[:] += begun
        return total

    count = population.states.size
    blocks = [range(first, min(first + BLOCK, count)) for first in range(0, count, BLOCK)]
    with ThreadPoolExecutor(CORES) as pool:  # added up in the order of the states, whatever finishes first
        return reduce(Events.__iadd__, pool.map(part, blocks))
