"""How much data stand behind an intervention: whether states like these ever had such aid, or rose so far.

A model extrapolates without a word. Here every cell that a scenario moves states into is counted in the state panel,
and what lies beyond it is said in a sentence that goes with every output.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from data.period import AIDDATA_YEARS
from inference.counterfactual.scenario import Scenario
from inference.counterfactual.simulation.chain import Chain
from inference.counterfactual.simulation.population import Population
from inference.counterfactual.simulation.programme import SIZES, SOURCES, sd_of_capacity

Float = NDArray[np.float64]
FEW = 20  # observations below which a cell counts as empty
GAINS = (-np.inf, -0.5, 0.0, 0.25, 0.5, 1.0, 1.5, np.inf)  # standard deviations of capacity over a programme's years
DOLLARS = (0.0, 0.01, 0.5, 1.0, 2.5, 5.0, 10.0, np.inf)  # constant dollars per head and year
QUARTERS = ("lowest quarter", "second quarter", "third quarter", "highest quarter")


def _bins(edges: tuple[float, ...], unit: str) -> list[str]:
    def words(low: float, high: float) -> str:
        if np.isinf(low):
            return f"below {high:g} {unit}"
        return f"{low:g} and more {unit}" if np.isinf(high) else f"{low:g} to {high:g} {unit}"

    return [words(low, high) for low, high in pairwise(edges)]


def _windows(chain: Chain, years: int) -> tuple[Float, Float]:
    """Capacity at the start and its change over so many years, of every observed window of a state (window,)."""
    design = chain.capacity.design
    table: dict[int, dict[int, float]] = {}
    for state, year, score in zip(design.groups["state"].index, design.year, design.lag, strict=True):
        table.setdefault(int(state), {})[int(year)] = float(score)
    pairs = [(s, own[y + years] - s) for own in table.values() for y, s in own.items() if y + years in own]
    return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])


def _aided(chain: Chain, source: str) -> tuple[Float, Float]:
    """Capacity of the observed state-years of a source of aid, and its constant dollars per head and year (obs,)."""
    design = chain.aid[source].design
    scaling = design.scaling[source]
    return design.lag, np.expm1(design.x[:, design.terms.index(source)] * scaling.scale + scaling.centre)


def quarters(chain: Chain) -> Float:
    """Quartiles of capacity among the state-years of the autoregression (3,)."""
    return np.quantile(chain.capacity.design.lag, [0.25, 0.5, 0.75])


def groups(scenario: Scenario, chain: Chain, states: Population) -> dict[str, xr.Dataset]:
    """``positivity``: observed windows by start and gain, observed state-years by start and aid, states by start."""
    edges = quarters(chain)
    start, change = _windows(chain, scenario.duration)
    gains = np.zeros((len(QUARTERS), len(GAINS) - 1), np.int64)
    np.add.at(gains, (np.searchsorted(edges, start), np.digitize(change / sd_of_capacity(chain), GAINS) - 1), 1)
    sources = [source for source in SOURCES if source in chain.aid]
    aid = np.zeros((len(sources), len(QUARTERS), len(DOLLARS) - 1), np.int64)
    for k, source in enumerate(sources):
        capacity, dollars = _aided(chain, source)
        np.add.at(aid[k], (np.searchsorted(edges, capacity), np.digitize(dollars + 1e-9, DOLLARS) - 1), 1)
    here = np.bincount(np.searchsorted(edges, states.score), minlength=len(QUARTERS))
    data = {
        "gains": (("start", "gain"), gains),
        "aid": (("source", "start", "dollars"), aid),
        "states": ("start", here),
    }
    coords = {
        "start": list(QUARTERS), "gain": _bins(GAINS, "sd"), "source": sources,
        "dollars": _bins(DOLLARS, "dollars"),
    }  # fmt: skip
    return {"positivity": xr.Dataset(data, coords)}


def _seen(values: Float, least: float) -> str:
    count = int((values >= least).sum())
    return f"{count:,} of {values.size:,}"


def flags(scenario: Scenario, chain: Chain, states: Population) -> list[str]:
    """Where a scenario leaves the data, in sentences; empty when it does not."""
    out, edges = [], quarters(chain)
    own = np.unique(np.searchsorted(edges, states.score))
    where = " or ".join(QUARTERS[k] for k in own)
    start, change = _windows(chain, scenario.duration)
    like = change[np.isin(np.searchsorted(edges, start), own)] / sd_of_capacity(chain)
    for size in sorted({scenario.size, *SIZES}):
        if (like >= size).sum() < FEW:
            out.append(
                f"A rise in capacity by {size:g} standard deviations within {scenario.duration} years was seen in "
                f"{_seen(like, size)} such spans that began in the {where}: this size and above extrapolate."
            )
            break
    for source, arrow in SOURCES.items():
        if source not in chain.aid:
            continue
        capacity, dollars = _aided(chain, source)
        mine = dollars[np.isin(np.searchsorted(edges, capacity), own)]
        if (mine >= scenario.dollars).sum() < FEW:
            out.append(
                f"Aid of {scenario.dollars:g} dollars per head and year ({arrow}) was seen in "
                f"{_seen(mine, scenario.dollars)} state-years in the {where}: the estimated effect extrapolates."
            )
    return out + _gaps(scenario, states)


def _gaps(scenario: Scenario, states: Population) -> list[str]:
    """What was filled in or left out."""
    out = []
    if scenario.begin < AIDDATA_YEARS[0]:
        out.append(f"Aid for governance is unknown before {AIDDATA_YEARS[0]} and taken as none.")
    if states.carried:
        share = 100 * states.carried / (states.states.size * states.years.size)
        out.append(
            f"In {share:.0f} % of state-years a column that stays as observed was carried over from another year."
        )
    if states.unknown:
        out.append(
            f"{len(states.unknown)} eligible states lack a column altogether and are left out: "
            f"{', '.join(map(str, states.unknown))}."
        )
    return out
