"""What the explorer knows of each model: its claims, which drivers move it, its grids and the data behind them."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from data.groups import ERAS, REGIONS
from inference import panels
from inference.archive import group
from models.hypotheses import OUTCOMES, Hypothesis, archive_of
from models.terms import variables
from reports.explorer import grid, neighbours

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from reports.archives import Trees

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


def collect(hypotheses: list[Hypothesis], trees: Trees, alignment: Path) -> list[dict[str, Any]]:
    """Every model that has a posterior and a driver to move, each once, with the claims that share it.

    The model of all drivers at once comes first. ``alignment`` is the panel that the posteriors are of.
    """
    shown = [h for h in hypotheses if h.id in trees and movable(h)]
    sharing: dict[str, list[Hypothesis]] = {}
    for hypothesis in sorted(shown, key=lambda h: h.adjust_for is None):
        sharing.setdefault(archive_of(hypothesis), []).append(hypothesis)
    if not sharing:
        return []
    panel = panels.read("alignment", alignment)
    return [_model(name, claims, trees[claims[0].id], panel) for name, claims in sharing.items()]


def _model(name: str, claims: list[Hypothesis], pair: dict[str, xr.DataTree], panel: pd.DataFrame) -> dict[str, Any]:
    first = claims[0]
    exposures = {variable for o in OUTCOMES for term in first.equation(o).exposures for variable in variables(term)}
    outcomes = {outcome: _outcome(first, outcome, pair[outcome], panel) for outcome in OUTCOMES}
    axes = outcomes[OUTCOMES[0]]["axes"]
    return {
        "id": name,
        "claims": [claim.id for claim in claims],
        "drivers": {driver: "exposure" if driver in exposures else "adjusted" for driver in axes},
        "outcomes": outcomes,
    }


def _outcome(hypothesis: Hypothesis, outcome: str, tree: xr.DataTree, panel: pd.DataFrame) -> dict[str, Any]:
    """The grid of one logit: ``grid`` is (statistic, place, *drivers) in steps; a place is region, era (-1: all)."""
    design = hypothesis.design(panel, outcome)
    frame = panel.iloc[design.rows]
    found = grid.build(design, group(tree, "posterior"), frame)
    regions, eras = list(REGIONS), list(ERAS)
    return {
        "fit_key": tree.attrs["fit_key"],
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
