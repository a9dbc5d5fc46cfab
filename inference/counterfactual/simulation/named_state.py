r"""A named state: what would have happened to it, given all that did.

Pearl's three steps. Abduction: in each draw, the changes of capacity that the model does not explain are those that
were observed, and the latent utilities of duress, :math:`d = 1[u < p]`, are uniform where the observed history allows
them: below :math:`p` in a year under duress, above it in a calm one. Action: a programme. Prediction: the same noise
under the changed capacity. Alignments likewise: with the same utility, an event that happened at probability p happens
again with probability :math:`\min(1, p' / p)`, and one that did not now does with :math:`\max(0, (p' - p) / (1 - p))`.

This rests on more than the population's effects do: on one utility that every treatment shares, which no data can test.
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.counterfactual.scenario import Scenario, ScenarioError
from inference.counterfactual.simulation import g_formula, programme, unit_terms
from inference.counterfactual.simulation.chain import Chain
from inference.counterfactual.simulation.g_formula import Histories
from inference.counterfactual.simulation.population import Population
from inference.counterfactual.simulation.programme import ARMS, BASELINE, MAIN
from inference.engine.forward import YEARS_BACK, Dynamics
from models.claims.registry import OUTCOMES

Float = NDArray[np.float64]
SHOWN = (BASELINE, *MAIN)


def _logistic(eta: Float) -> Float:
    return 0.5 + 0.5 * np.tanh(0.5 * eta)


def observed(population: Population) -> tuple[NDArray[np.intp], Float]:
    """Duress and scores (year,) of the one unit; ScenarioError where a year of either is unknown."""
    duress, score = population.duress[0], population.capacity[0]
    known = np.isfinite(duress) & np.isfinite(score)
    if not known.all():
        year = int(population.years[~known][0])
        raise ScenarioError(
            f"state {population.states[0]}: capacity or duress of {year} is unknown, and its own history cannot be "
            "replayed; choose years in which it was in the system"
        )
    return duress.astype(np.intp), score


def infer_noise(links: Dynamics, duress: NDArray[np.intp], capacity: Float, uniform: Float) -> tuple[Float, Float]:
    """Noise of capacity and uniform numbers of duress (year, draw) that give the observed history in every draw.

    ``duress`` (year,) and true ``capacity`` (year, draw) are as observed; ``uniform`` (year, draw) is spread over what
    the observed duress leaves open.
    """
    bits, before = links.history, links.begin
    noise, out = np.zeros_like(uniform), np.zeros_like(uniform)
    for k in range(duress.size):
        lately = bin((bits >> 1) & 15).count("1") / (YEARS_BACK - 1)
        expected = links.drift[k] + links.rho * before + links.pull[0] * (bits & 1) + links.pull[1] * lately
        noise[k] = capacity[k] - expected
        base, slope = (links.stay, links.stay_slope) if bits & 1 else (links.onset, links.onset_slope)
        p = _logistic(base[k] + slope[0] * before + slope[1] * lately)
        out[k] = uniform[k] * p if duress[k] else p + uniform[k] * (1 - p)
        bits, before = ((bits << 1) | int(duress[k])) & 31, capacity[k]
    return noise, out


def probabilities(chain: Chain, population: Population, outcome: str, own: Histories) -> Float:
    """Probability of an alignment in each row of unit 0 under every arm (arm, row, draw)."""
    rows, none = population.alignment[outcome], np.zeros(chain.draws, np.float32)
    terms = unit_terms.outcome_terms(chain.outcomes[outcome], rows, 0, own.more, none, chain.freer)
    eta = terms.base + terms.duress * own.window[:, rows.year] + terms.capacity * own.before[:, rows.year]
    return _logistic((eta + terms.past[:, rows.year])[:, population.in_years_counted(outcome)].astype(float))


def given_observed(before: Float, after: Float, y: NDArray[np.int8]) -> Float:
    """Probability of an alignment in the counterfactual, given whether it happened (arm, row, draw).

    ``before`` (row, draw) and ``after`` (arm, row, draw) are its probabilities without and under a programme, ``y``
    (row,) is 1 where it happened.
    """
    happened = (y == 1)[:, None]
    return np.where(happened, np.minimum(1.0, after / before), np.maximum(0.0, (after - before) / (1.0 - before)))


def replay(scenario: Scenario, chain: Chain, population: Population, seed: int) -> Histories:
    """The unit's own history under every arm, that of no programme being what was observed."""
    duress, score = observed(population)
    error = g_formula.score_error(chain, population, 0, seed)
    capacity = score[:, None] + error
    links = unit_terms.dynamics(chain, population, 0, error)
    uniform = np.random.default_rng([seed, 5, int(population.states[0])]).random(capacity.shape)
    noise = infer_noise(links, duress, capacity, uniform)
    effect = programme.elicited(chain, seed)
    return g_formula.histories(scenario, chain, population, 0, noise, error, effect)


def groups(scenario: Scenario, chain: Chain, population: Population, seed: int) -> dict[str, xr.Dataset]:
    """``unit``: by outcome, arm and row, the probability of the alignment in the counterfactual, and duress by year."""
    own = replay(scenario, chain, population, seed)
    at = [ARMS.index(arm) for arm in SHOWN]
    coords = {
        "arm": [arm.name for arm in SHOWN], "year": population.years,
        "chain": np.arange(chain.shape[0]), "draw": np.arange(chain.shape[1]),
    }  # fmt: skip
    data: dict[str, tuple] = {
        "duress": (("arm", "year"), own.duress[at].mean(axis=-1)),
        "observed_duress": ("year", population.duress[0].astype(np.int8)),
    }
    for outcome in OUTCOMES:
        rows, mine = population.alignment[outcome], population.in_years_counted(outcome)
        y = rows.design.y[mine]
        p = probabilities(chain, population, outcome, own)
        changed = given_observed(p[0], p, y)[at]
        events = changed.sum(axis=1).reshape(len(at), *chain.shape)
        data[f"{outcome}_events"] = ("arm", "chain", "draw"), events.astype(np.float32)
        data[f"{outcome}_observed"] = f"{outcome}_row", y
        data[f"{outcome}_year"] = f"{outcome}_row", population.years[rows.year[mine]]
        data[f"{outcome}_position"] = f"{outcome}_row", rows.position[mine]
        data[f"{outcome}_probability"] = ("arm", f"{outcome}_row"), changed.mean(axis=-1)
    return {"unit": xr.Dataset(data, coords)}
