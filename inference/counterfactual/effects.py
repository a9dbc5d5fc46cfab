"""From events to effects: rates with and without a programme, differences, programmes per event."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.counterfactual.scenario import Scenario
from inference.counterfactual.simulation.g_formula import Events
from inference.counterfactual.simulation.population import Population
from inference.counterfactual.simulation.programme import ARMS, BASELINE, Evaluation, main
from inference.evidence.quantities import CI_BOUNDS
from models.claims.registry import OUTCOMES

if TYPE_CHECKING:
    from inference.counterfactual.simulation.chain import Chain

Float = NDArray[np.float64]
THOUSAND = 1000.0
DECADE = 1000.0  # 100 states times ten years
SHAPE = ("chain", "draw")


def counted(scenario: Scenario, horizon: int) -> slice:
    """Positions of the years that a horizon counts."""
    return slice(scenario.lead, scenario.lead + horizon)


def exposure(scenario: Scenario, population: Population, outcome: str, horizon: int) -> tuple[int, int]:
    """Dyad-years, and state-years with an aggressor in reach, within a horizon."""
    years = scenario.year, scenario.year + horizon - 1
    return int(population.at_risk_within(outcome, *years).sum()), population.threatened(*years)


def dataset(
    scenario: Scenario, chain: Chain, population: Population, wanted: list[Evaluation], events: Events
) -> dict[str, xr.Dataset]:
    """Groups of an archive: ``events`` by evaluation and horizon, ``trajectory`` by year, ``cells`` and ``observed``.

    ``events`` (outcome, evaluation, horizon, chain, draw) are expected events; ``dyad_years`` (outcome, horizon),
    ``state_years`` (horizon) and ``programmes`` (arm, horizon, chain, draw) what they are set against.
    """
    horizons, shape = scenario.horizons, chain.shape
    coords = {
        "outcome": list(OUTCOMES), "evaluation": [e.name for e in wanted], "horizon": list(horizons),
        "arm": [arm.name for arm in ARMS], "chain": np.arange(shape[0]), "draw": np.arange(shape[1]),
    }  # fmt: skip
    size = [[exposure(scenario, population, o, h) for h in horizons] for o in OUTCOMES]
    sums = [[events.by_year[o][:, counted(scenario, h)].sum(axis=1) for h in horizons] for o in OUTCOMES]
    total = np.moveaxis(np.array(sums), 1, 2).reshape(len(OUTCOMES), len(wanted), len(horizons), *shape)
    started = np.stack([events.started[:, scenario.lead + h - 1] for h in horizons], axis=1)
    values = xr.Dataset(
        {
            "events": (("outcome", "evaluation", "horizon", *SHAPE), total.astype(np.float32)),
            "dyad_years": (("outcome", "horizon"), np.array([[d for d, _ in row] for row in size])),
            "state_years": ("horizon", np.array([s for _, s in size[0]])),
            "programmes": (("arm", "horizon", *SHAPE), started.reshape(len(ARMS), len(horizons), *shape)),
        },
        coords,
    )
    return {
        "events": values,
        "trajectory": trajectory(scenario, population, wanted, events),
        **_cells(population, wanted, events, shape),
    }


def trajectory(scenario: Scenario, population: Population, wanted: list[Evaluation], events: Events) -> xr.Dataset:
    """Events per 1,000 dyad-years of each year counted, and cumulated: mean and 90 % interval (outcome, arm, year)."""
    at = main(wanted)
    names = [wanted[k].name for k in at]
    years = population.years[scenario.lead :]
    found: dict[str, list[Float]] = {"rate": [], "difference": []}
    for outcome in OUTCOMES:
        inside = population.in_years_counted(outcome)
        rows = np.bincount(population.alignment[outcome].year[inside], minlength=population.years.size)[scenario.lead :]
        cumulated = np.cumsum(events.by_year[outcome][at, scenario.lead :], axis=1)
        rate = THOUSAND * cumulated / np.maximum(np.cumsum(rows), 1)[None, :, None]
        for name, values in (("rate", rate), ("difference", rate - rate[:1])):
            low, high = np.quantile(values, CI_BOUNDS, axis=-1)
            found[name].append(np.stack([values.mean(axis=-1), low, high]))
    dims = ("outcome", "statistic", "arm", "year")
    coords = {"outcome": list(OUTCOMES), "statistic": ["mean", "low", "high"], "arm": names, "year": years}
    return xr.Dataset({name: (dims, np.stack(values)) for name, values in found.items()}, coords)


def _cells(
    population: Population, wanted: list[Evaluation], events: Events, shape: tuple[int, int]
) -> dict[str, xr.Dataset]:
    """Expected and observed events by region and era of the years counted."""
    regions, eras = population.levels
    names = [wanted[k].name for k in main(wanted)]
    coords = {"outcome": list(OUTCOMES), "arm": names, "region": regions, "era": eras}
    expected = np.stack([events.cells[o] for o in OUTCOMES]).astype(np.float32)
    expected = expected.reshape(*expected.shape[:-1], *shape)
    observed, rows = np.zeros((2, len(OUTCOMES), len(regions), len(eras)))
    region_of, era_of = population.cells
    for k, outcome in enumerate(OUTCOMES):
        mine = population.alignment[outcome]
        inside = population.in_years_counted(outcome)
        cell = region_of[mine.unit[inside]], era_of[mine.year[inside]]
        np.add.at(observed[k], cell, mine.design.decisions[inside])
        np.add.at(rows[k], cell, 1)
    dims = ("outcome", "region", "era")
    return {
        "cells": xr.Dataset({"events": (("outcome", "arm", "region", "era", *SHAPE), expected)}, coords),
        "observed": xr.Dataset(
            {"events": (dims, observed.astype(np.int64)), "dyad_years": (dims, rows.astype(np.int64))},
            {name: coords[name] for name in dims},
        ),
    }


Measure = Callable[[xr.Dataset, str, str, int], xr.DataArray]  # `rate` or `per_decade`


def _at(groups: xr.Dataset, name: str, **labels: str | int) -> xr.DataArray:
    """One cell of a variable, by position: a fifth of the time of `sel`, and a scenario has hundreds."""
    values = groups[name]
    return values.isel({dim: groups.indexes[dim].get_loc(label) for dim, label in labels.items() if dim in values.dims})


def rate(groups: xr.Dataset, outcome: str, evaluation: str, horizon: int) -> xr.DataArray:
    """Events per 1,000 dyad-years (chain, draw)."""
    cell: dict[str, str | int] = {"outcome": outcome, "horizon": horizon}
    return (
        THOUSAND * _at(groups, "events", evaluation=evaluation, **cell) / _at(groups, "dyad_years", **cell).values[()]
    )


def per_decade(groups: xr.Dataset, outcome: str, evaluation: str, horizon: int) -> xr.DataArray:
    """Events per 100 threatened weak states and decade (chain, draw)."""
    events = _at(groups, "events", outcome=outcome, evaluation=evaluation, horizon=horizon)
    return DECADE * events / _at(groups, "state_years", horizon=horizon).values[()]


def averted(groups: xr.Dataset, outcome: str, arm: str, horizon: int) -> xr.DataArray:
    """Events averted per programme started (chain, draw); its inverse is the number needed to treat."""
    events = groups["events"].sel(outcome=outcome, horizon=horizon)
    fewer = events.sel(evaluation=BASELINE.name) - events.sel(evaluation=arm)
    begun = groups["programmes"].sel(arm=arm, horizon=horizon)
    return fewer / begun.mean()
