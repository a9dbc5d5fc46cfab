"""What the explorer knows of each model: its claims, which drivers move it, its grids and the data behind them."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from data.groups import ERAS, REGIONS
from inference import panels
from inference.archives.archive import group
from inference.evidence.predictions import thinned
from models.claims.registry import OUTCOMES, REGISTRY, Hypothesis, archive_of
from models.terms import variables
from reports.explorer import grid, neighbours

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from reports.numbers.archived import Trees

STEPS = 2000  # of a logit: the coarseness of the coded grid
MOVED = set(grid.CONTROLS)
FARTHEST = (2**15 - 1) / STEPS  # a logit that 16 bits hold


def movable(hypothesis: Hypothesis) -> bool:
    """Whether a claim is about a driver that a reader can move, and multiplies the drivers with nothing else."""
    if hypothesis.outcomes != OUTCOMES or hypothesis.by_era:
        return False
    equations = [hypothesis.equation(outcome) for outcome in OUTCOMES]
    varying = {term for equation in equations for term in equation.varying}
    return bool(varying & MOVED) and not any(_mixed(term) for equation in equations for term in equation.terms)


def _mixed(term: str) -> bool:
    used = set(variables(term))
    return bool(used & MOVED) and not used <= MOVED


def coded(values: grid.Float) -> str:
    """Logits as whole steps of 16 bits, little-endian, in base 64."""
    return b64encode(np.round(STEPS * np.clip(values, -FARTHEST, FARTHEST)).astype("<i2").tobytes()).decode()


Place = tuple[int, int, int, int, list[float]]  # region, era (-1: all), rows, events, medians of the drivers


@dataclass(frozen=True)
class Part:
    """The logit of one outcome: ``grid`` is (statistic, place, *drivers) in steps, ``axes`` the drivers' values.

    ``mcse`` is the largest Monte Carlo error of a mean, as a share of the width of its interval.
    """

    fit_key: str
    mcse: float
    axes: dict[str, list[float]]
    places: list[Place]
    grid: str
    neighbours: neighbours.Neighbours


@dataclass(frozen=True)
class Model:
    """What the page knows of a model; ``drivers`` says of each whether it is an exposure or adjusted for."""

    id: str
    claims: list[str]
    drivers: dict[str, str]
    outcomes: dict[str, Part]


class Shown(NamedTuple):
    """A model to be shown: what a process of its own needs to compute its grids."""

    name: str
    claims: list[str]  # that share it
    posteriors: dict[str, xr.Dataset]  # outcome -> as many draws as a grid takes
    fit_keys: dict[str, str]


def shown(hypotheses: list[Hypothesis], trees: Trees) -> list[Shown]:
    """Every model that has a posterior and a driver to move, each once; that of all drivers at once comes first."""
    sharing: dict[str, list[str]] = {}
    for hypothesis in sorted(hypotheses, key=lambda h: h.adjust_for is None):
        if hypothesis.id in trees and movable(hypothesis):
            sharing.setdefault(archive_of(hypothesis), []).append(hypothesis.id)
    out = []
    for name, claims in sharing.items():
        pair = {outcome: trees[claims[0]][outcome] for outcome in OUTCOMES}
        posteriors = {o: thinned(group(tree, "posterior"), grid.DRAWS) for o, tree in pair.items()}
        out.append(Shown(name, claims, posteriors, {o: str(tree.attrs["fit_key"]) for o, tree in pair.items()}))
    return out


def collect(model: Shown, alignment: Path) -> Model:
    """What the page knows of a model; ``alignment`` is the panel that its posteriors are of."""
    first, panel = REGISTRY[model.claims[0]], panels.read("alignment", alignment)
    exposures = {variable for o in OUTCOMES for term in first.equation(o).exposures for variable in variables(term)}
    outcomes = {o: _part(first, o, model, panel) for o in OUTCOMES}
    axes = outcomes[OUTCOMES[0]].axes
    drivers = {driver: "exposure" if driver in exposures else "adjusted" for driver in axes}
    return Model(model.name, model.claims, drivers, outcomes)


def _part(hypothesis: Hypothesis, outcome: str, model: Shown, panel: pd.DataFrame) -> Part:
    design = hypothesis.design(panel, outcome)
    frame = panel.iloc[design.rows]
    built = grid.build(design, model.posteriors[outcome], frame)
    return Part(
        fit_key=model.fit_keys[outcome],
        mcse=built.mcse,
        axes={name: nodes.tolist() for name, nodes in built.axes.items()},
        places=[_coded_place(place) for place in built.places],
        grid=coded(built.logit),
        neighbours=neighbours.counts(design, frame, list(built.axes)),
    )


def _coded_place(place: grid.Place) -> Place:
    region = -1 if place.region is None else list(REGIONS).index(place.region)
    era = -1 if place.era is None else list(ERAS).index(place.era)
    return region, era, place.rows, place.events, [round(value, 4) for value in place.typical.values()]
