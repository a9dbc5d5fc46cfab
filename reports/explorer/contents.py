"""What the explorer knows of each model: its claims, which drivers move it, its grids and the data behind them."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

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

    from reports.numbers.posteriors import Trees

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


def collect(model: Shown, alignment: Path) -> dict[str, Any]:
    """What the page knows of a model; ``alignment`` is the panel that its posteriors are of."""
    first, panel = REGISTRY[model.claims[0]], panels.read("alignment", alignment)
    exposures = {variable for o in OUTCOMES for term in first.equation(o).exposures for variable in variables(term)}
    outcomes = {o: {"fit_key": model.fit_keys[o]} | _outcome(first, o, model.posteriors[o], panel) for o in OUTCOMES}
    axes = outcomes[OUTCOMES[0]]["axes"]
    return {
        "id": model.name,
        "claims": model.claims,
        "drivers": {driver: "exposure" if driver in exposures else "adjusted" for driver in axes},
        "outcomes": outcomes,
    }


def _outcome(hypothesis: Hypothesis, outcome: str, posterior: xr.Dataset, panel: pd.DataFrame) -> dict[str, Any]:
    """The grid of one logit: ``grid`` is (statistic, place, *drivers) in steps; a place is region, era (-1: all)."""
    design = hypothesis.design(panel, outcome)
    frame = panel.iloc[design.rows]
    found = grid.build(design, posterior, frame)
    regions, eras = list(REGIONS), list(ERAS)
    return {
        "mcse": found.mcse,
        "axes": {name: nodes.tolist() for name, nodes in found.axes.items()},
        "places": [
            [
                -1 if place.region is None else regions.index(place.region),
                -1 if place.era is None else eras.index(place.era),
                place.rows,
                place.events,
                [round(value, 4) for value in place.typical.values()],
            ]
            for place in found.places
        ],
        "grid": coded(found.logit),
        "neighbours": neighbours.counts(design, frame, list(found.axes)),
    }
