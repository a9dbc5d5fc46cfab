"""Whether the whole chain recovers known effects: links fitted to simulated worlds, beside brute force."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from data.build.transition import derived
from inference.calibration.worlds import simulated_world, truths
from inference.calibration.worlds.simulated_world import FIRST, REGION, World
from inference.counterfactual import effects
from inference.counterfactual.scenario import Scenario
from inference.counterfactual.simulation import chain, g_formula, population, programme
from inference.counterfactual.simulation.chain import Autoregression, Chain, Logit
from inference.counterfactual.simulation.g_formula import Events
from inference.counterfactual.simulation.population import Population
from inference.counterfactual.simulation.programme import Arm, Evaluation
from inference.engine import sample
from inference.fitting import capacity as autoregression
from models import capacity
from models.capacity import ScoreDesign
from models.claims.links import AUTOREGRESSIONS, LOGITS
from models.claims.registry import OUTCOMES, Hypothesis
from models.design import Design

Float = NDArray[np.float64]
CHAINS, DRAWS, TUNE = 2, 500, 300
ACCEPT = autoregression.CARE[0][0]  # as the fit of an autoregression begins; it begins hundreds of times here
COPIES = 2000
SCORES = ("capacity", "income", "democracy")  # the links that are autoregressions
SCENARIO = Scenario("world", "every state of a simulated world", 1992, rule="all", size=0.5, dollars=5.0)
ARMS = (Arm("given", "early"), Arm("estimated, US aid", "early"))
LEVEL, ACCEPTED = 0.95, (0.88, 0.99)  # of the intervals, and the share of truths that they must hold


@dataclass(frozen=True)
class Recovery:
    """A true effect beside the mean and the 95 % interval of the g-formula; ``rank`` is its place among the draws."""

    world: int
    arm: str
    outcome: str
    truth: float
    mean: float
    low: float
    high: float
    covered: bool
    rank: float

    @classmethod
    def of(cls, world: int, arm: str, outcome: str, truth: float, draws: Float) -> Self:
        """The truth beside draws of the effect (draw,)."""
        low, high = map(float, np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
        covered, rank = low <= truth <= high, float((draws < truth).mean())
        return cls(world, arm, outcome, truth, float(draws.mean()), low, high, covered, rank)


def score_design(w: World, name: str) -> ScoreDesign:
    """The design of an autoregression of a world."""
    link = AUTOREGRESSIONS[name]
    (outcome,) = link.outcomes
    frame = derived(link.panel, w.state)
    return capacity.design(frame, link.equation(outcome).terms, name, outcome.removesuffix("_next"))


def logit_design(w: World, claim: Hypothesis, outcome: str) -> Design:
    """The design of a logit of a world."""
    return claim.design(w.alignment if claim.panel == "alignment" else derived(claim.panel, w.state), outcome)


def assembled(
    links: Mapping[str, Autoregression], logit_of: Callable[[Hypothesis, str], Logit], drop: Float,
    shape: tuple[int, int], freer: float = truths.FREER,
) -> Chain:  # fmt: skip
    """The chain of a world from its autoregressions and a function that gives each logit; without the switches."""
    scores = {"income": links["income"], "polyarchy": links["democracy"]}
    return Chain(
        capacity=links["capacity"], scores=scores, freer=freer, aid={"aid_us": links["capacity"]},
        onset=logit_of(LOGITS["onset"], "onset"),
        continuation=logit_of(LOGITS["continuation"], "continued"),
        outcomes={outcome: logit_of(LOGITS["alignment"], outcome) for outcome in OUTCOMES},
        drop=drop, support={}, attraction={}, keys={}, shape=shape,
    )  # fmt: skip


@cache
def _compiled(name: str, shape: tuple[int, ...]) -> Any:  # noqa: ANN401, ARG001 (of nutpie; compiled once for a shape)
    import nutpie

    return nutpie.compile_pymc_model(capacity.build(score_design(simulated_world.world(0), name)))


def _posterior(design: ScoreDesign, seed: int) -> xr.Dataset:
    """The posterior of an autoregression by nutpie, compiled once in a process."""
    import nutpie

    data = {"x": design.x, "lag": design.lag, "y": design.y, "centre": design.centre}
    data |= {"error_sd": design.error_sd} if design.inexact else {}
    kept = {name: group for name, group in design.groups.items() if name != "state" or design.inexact}
    data |= {f"{name}_index": group.index for name, group in kept.items()}
    data |= dict(zip(("precision", "shift"), capacity.quadratic(design), strict=True))
    compiled = _compiled(design.name, design.x.shape).with_data(
        **{name: np.asarray(value) for name, value in data.items()}
    )
    tree = nutpie.sample(
        compiled, draws=DRAWS, tune=TUNE, chains=CHAINS, cores=1, target_accept=ACCEPT, seed=seed, progress_bar=False
    )
    return tree["posterior"].to_dataset()[autoregression.parameters(design)]


def fitted(w: World, seed: int) -> Chain:
    """The chain of a world, every link fitted to it."""

    def of_logit(claim: Hypothesis, outcome: str) -> Logit:
        design = logit_design(w, claim, outcome)
        tree = sample(design, chains=CHAINS, draws=DRAWS, tune=TUNE, seed=seed, cores=1)
        return chain.logit(design, tree["posterior"].to_dataset())

    designs = {name: score_design(w, name) for name in SCORES}
    links = {name: chain.autoregression_of(design, _posterior(design, seed)) for name, design in designs.items()}
    return assembled(links, of_logit, np.zeros(CHAINS * DRAWS), (CHAINS, DRAWS))


def forced(w: World, scenario: Scenario, copies: int, seed: tuple[int, ...], **change: Any) -> dict[str, Float]:  # noqa: ANN401 (arguments of `simulated_world.forward`)
    """True histories (state, copy, year) of many copies of a world from the start of a scenario on."""
    begin, last = scenario.begin - FIRST, scenario.last - FIRST + 1
    start = {name: np.repeat(values[:, None], copies, axis=1) for name, values in w.histories.items()}
    rng = np.random.default_rng(seed)
    return simulated_world.forward(w.truth, w.columns, start, REGION, rng, first=begin, last=last, **change)


def rates(w: World, scenario: Scenario, histories: dict[str, Float]) -> dict[str, float]:
    """Mean probability of each outcome per 1,000 dyad-years of the years counted, under histories as of `forced`."""
    rows = w.alignment[w.alignment["year"].between(scenario.year, scenario.last)]
    out = dict.fromkeys(OUTCOMES, 0.0)
    for year in range(scenario.year, scenario.last + 1):
        mine = rows[rows["year"] == year]
        for outcome in OUTCOMES:
            p = simulated_world.probability(w.truth, outcome, mine, histories, w.columns)
            out[outcome] += 1000 * float(p.mean(axis=1).sum()) / len(rows)
    return out


def treatment(w: World, scenario: Scenario, arm: Arm, sd: float) -> dict[str, Any]:
    """What an early programme changes in a world, as `forced` takes it.

    ``sd`` is the standard deviation of capacity, in which the size of a given effect is stated.
    """
    begin, last = scenario.begin - FIRST, scenario.last - FIRST + 1
    if arm.arrow != "given":
        return {"aid": scenario.dollars, "running": (begin, begin + scenario.duration)}
    rises = np.zeros(last)
    for t in range(begin, last):
        if t < begin + scenario.duration:
            rises[t] = rises[t - 1] + scenario.size * sd / scenario.duration
        else:
            rises[t] = w.truth.rho * rises[t - 1]
    return {"added": rises}


def brute_force(w: World, scenario: Scenario, arm: Arm, sd: float, copies: int, seed: int) -> dict[str, float]:
    """True change in events per 1,000 dyad-years under an arm, by outcome, from many copies of a world."""
    treated, natural = (
        rates(w, scenario, forced(w, scenario, copies, (seed, 1), **change))
        for change in (treatment(w, scenario, arm, sd), {})
    )
    return {outcome: treated[outcome] - natural[outcome] for outcome in OUTCOMES}


def changes(
    scenario: Scenario, links: Chain, states: Population, wanted: list[Evaluation], events: Events
) -> dict[tuple[str, str], Float]:
    """Draws of the change in the rate of each outcome by the g-formula, by name of the evaluation and outcome.

    ``events`` are those of the ``wanted`` evaluations, no programme among them, from `g_formula.run`.
    """
    groups = effects.dataset(scenario, links, states, wanted, events)["events"]
    rates = {
        (e.name, o): effects.rate(groups, o, e.name, scenario.horizon).to_numpy().ravel()
        for e in wanted
        for o in OUTCOMES
    }
    return {(name, o): rate - rates[programme.BASELINE.name, o] for (name, o), rate in rates.items()}


def replicate(seed: int) -> list[Recovery]:
    """One world: for each arm and outcome the truth, the interval of the g-formula and the truth's place in it."""
    w = simulated_world.world(seed)
    links = fitted(w, seed)
    states = population.assemble(SCENARIO, links, w.alignment, w.state)
    wanted = [programme.whole(arm) for arm in programme.ARMS]
    events = g_formula.run(SCENARIO, links, states, wanted, seed)
    change, out = changes(SCENARIO, links, states, wanted, events), []
    for arm in ARMS:
        truths = brute_force(w, SCENARIO, arm, programme.sd_of_capacity(links), COPIES, seed)
        for outcome, truth in truths.items():
            out.append(Recovery.of(seed, arm.name, outcome, truth, change[arm.name, outcome]))
    return out
