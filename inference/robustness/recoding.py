"""Panels under other codings: built once for each risk set, with every coding of the outcomes, and kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.codings import CHOICES, Coding
from inference.archives.provenance import code_sha256
from inference.robustness.specifications import Specification
from models.claims.registry import REGISTRY

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "panels"
RISK = ("aggressor", "weak", "window")  # the dimensions that decide which rows there are and what is measured
OUTCOMES = {"bandwagon": "treaty", "balance": "balance_treaty"}
WORLD_WARS = (106, 139)  # Correlates of War numbers of the First and the Second World War


def _value(name: str, choice: str) -> Any:  # noqa: ANN401 (a choice of a coding is a text or a number)
    return next(value for value in CHOICES[name] if str(value) == choice)


def of_alignment(arguments: Mapping[str, Any]) -> bool:
    """Whether a refit with these arguments is one on the alignment panel."""
    return REGISTRY[arguments["hypothesis"]].panel == "alignment"


def risk_of(specification: Specification) -> Specification:
    """The changes that decide the risk set."""
    return {name: choice for name, choice in specification.items() if name in RISK}


def code_of_data() -> str:
    """Hash of the sources that make a panel."""
    return code_sha256("data.build.alignment", "data.schema")[:12]


def path_of(risk: Specification) -> Path:
    """File of the panel of a risk set under the present code of ``data``."""
    name = "+".join(f"{key}={value.replace(' ', '-')}" for key, value in sorted(risk.items())) or "registered"
    return CACHE / f"{name}.{code_of_data()}.parquet"


def build(risk: Specification, raw: str | None) -> dict[str, Any]:
    """Build and keep the panel of a risk set, with a column ``<outcome>=<choice>`` for every coding of the outcomes.

    ``raw`` is the folder of the raw files; without it they are fetched. Returns the rows.
    """
    from data import schema
    from data.build.alignment import alignment, rows_at_risk
    from data.measures.outcomes import balance, bandwagon

    world = _world(raw)
    coding = Coding(**{name: _value(name, choice) for name, choice in risk.items()})
    panel, rows = schema.validate(alignment(world, coding)), rows_at_risk(world, coding)
    for outcome, treaty in OUTCOMES.items():
        for choice in CHOICES[outcome]:
            other = Coding(**{**vars(coding), outcome: choice})
            if outcome == "bandwagon":
                events = bandwagon(rows, world.treaties, world.cinc, other, world.grid)
            else:
                events = balance(rows, world.treaties, world.disputes, world.rivals, world.cinc, other, world.grid)
            panel[f"{outcome}={choice}"], panel[f"{treaty}={choice}"] = events[outcome], events[treaty]
    path = path_of(risk)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    panel.to_parquet(partial, index=False, compression="zstd")
    partial.replace(path)
    return {"rows": len(panel)}


@cache
def _world(raw: str | None) -> Any:  # noqa: ANN401 (a World; its module is heavy)
    from data.world.sources import Raw
    from data.world.world import World

    return World(Raw(Path(raw) if raw else None))


@cache
def _kept(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path)


def alignment_under(specification: Specification) -> pd.DataFrame:
    """The alignment panel under a specification; its panel must have been built."""
    panel = _kept(path_of(risk_of(specification)))
    changed = {}
    for outcome, treaty in OUTCOMES.items():
        choice = specification.get(outcome, str(CHOICES[outcome][0]))
        changed[outcome], changed[treaty] = panel[f"{outcome}={choice}"], panel[f"{treaty}={choice}"]
    return panel.assign(**changed)


def treaty_weights(panel: pd.DataFrame, outcome: str) -> np.ndarray:
    """Weights (row,) under which all events of one treaty count as one decision: 1 / events, and 1 without event."""
    treaty = panel[OUTCOMES[outcome]].where(panel[outcome] == 1)
    return 1.0 / treaty.map(treaty.value_counts()).fillna(1.0).to_numpy(float)


def termination_under(panel: pd.DataFrame, specification: Specification) -> pd.DataFrame:
    """The termination panel under a specification."""
    out = panel.assign(dissolved=panel[specification.get("ending", "dissolved")])
    if "defeat" in specification:  # many wartime treaties end with the war itself, in the same year
        out["enemy_defeated"] = out[["enemy_defeated", "victory"]].max(axis=1)
    if "alliance" in specification:
        out = out[out["defence"] == 1]
    pair = np.isclose(out["size"], np.log(2))
    keep = {"larger alliance": ~pair, "pair": pair}
    return out[keep[specification["partner"]]] if "partner" in specification else out


def joining_under(panel: pd.DataFrame, specification: Specification) -> pd.DataFrame:
    """The joining panel under a specification."""
    out = panel[~panel["war"].isin(WORLD_WARS)] if "war" in specification else panel
    keep = {"contiguous": out["contiguous"] == 1, "minor power": out["major"] == 0}
    return out[keep[specification["state"]]] if "state" in specification else out
