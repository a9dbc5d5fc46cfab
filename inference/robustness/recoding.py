"""Panels under other codings: built once for each risk set, with every coding of the outcomes, and kept."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.codings import CHOICES, Coding, to_text
from inference import panels
from inference.archives.atomic import replacing
from inference.archives.provenance import ROOT, code_sha256
from inference.robustness.specifications import Specification

if TYPE_CHECKING:
    from data.world.world import World

CACHE = ROOT / ".cache" / "panels"
RISK = ("aggressor", "weak", "window")  # the dimensions that decide which rows there are and what is measured
TREATIES = {"bandwagon": "treaty", "balance": "balance_treaty"}  # column of the treaty behind each outcome
WORLD_WARS = (106, 139)  # Correlates of War numbers of the First and the Second World War


def code_of_data() -> str:
    """Hash of the code that makes a panel; its builder takes the world as it is, so the world is named beside it."""
    return code_sha256("data.build.alignment", "data.schema", "data.world.world")


def path_of(risk: Specification) -> Path:
    """File of the panel of a risk set under the present code of ``data``."""
    return CACHE / f"{risk}.{code_of_data()[:12]}.parquet"


def build(risk: str, raw: str | None) -> dict[str, int]:
    """Build and keep the panel of a risk set, with a column ``<outcome>=<choice>`` for every coding of the outcomes.

    ``risk`` is the text form of a specification of the dimensions of `RISK`, ``raw`` the folder of the raw files;
    without it they are fetched. Returns the number of rows.
    """
    from data import schema
    from data.build.alignment import alignment, rows_at_risk
    from data.measures.outcomes import balance, bandwagon

    world, coding = _world(raw), Coding.parse(risk)
    panel, rows = schema.validate(alignment(world, coding)), rows_at_risk(world, coding)
    for outcome, treaty in TREATIES.items():
        for choice in CHOICES[outcome]:
            other = replace(coding, **{outcome: choice})
            if outcome == "bandwagon":
                events = bandwagon(rows, world.treaties, world.cinc, other, world.grid)
            else:
                events = balance(rows, world.treaties, world.disputes, world.rivals, world.cinc, other, world.grid)
            for column in (outcome, treaty):
                panel[to_text({column: choice})] = events[column]
    path = path_of(Specification.parse(risk, "alignment"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as partial:
        panel.to_parquet(partial, index=False, compression="zstd")
    return {"rows": len(panel)}


@cache
def _world(raw: str | None) -> World:
    from data.world.sources import Raw
    from data.world.world import World

    return World(Raw(Path(raw) if raw else None))


@cache
def _kept(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path)


def recoded(specification: Specification, alignment: Path) -> pd.DataFrame:
    """The panel of a specification; the alignment panel of its risk set must have been built."""
    if specification.panel == "alignment":
        return alignment_under(specification)
    recode = {"termination": termination_under, "joining": joining_under}[specification.panel]
    return recode(panels.read(specification.panel, alignment), specification)


def alignment_under(specification: Specification) -> pd.DataFrame:
    """The alignment panel under a specification; its panel must have been built."""
    panel = _kept(path_of(specification.within(RISK)))
    return panel.assign(**{
        column: panel[to_text({column: specification.choice(outcome)})]
        for outcome, treaty in TREATIES.items()
        for column in (outcome, treaty)
    })  # fmt: skip


def treaty_weights(panel: pd.DataFrame, outcome: str) -> np.ndarray:
    """Weights (row,) under which all events of one treaty count as one decision: 1 / events, and 1 without event."""
    treaty = panel[TREATIES[outcome]].where(panel[outcome] == 1)
    return 1.0 / treaty.map(treaty.value_counts()).fillna(1.0).to_numpy(float)


def termination_under(panel: pd.DataFrame, specification: Specification) -> pd.DataFrame:
    """The termination panel under a specification."""
    out = panel.assign(dissolved=panel[str(specification.choice("ending"))])
    if specification.choice("defeat") == "in-the-year-or-before":  # many treaties of a war end with it, in its year
        out["enemy_defeated"] = out[["enemy_defeated", "victory"]].max(axis=1)
    if specification.choice("alliance") == "defence-pact":
        out = out[out["defence"] == 1]
    pair = np.isclose(out["size"], np.log(2))
    return out[{"any": pair | ~pair, "larger-alliance": ~pair, "pair": pair}[str(specification.choice("partner"))]]


def joining_under(panel: pd.DataFrame, specification: Specification) -> pd.DataFrame:
    """The joining panel under a specification."""
    out = panel if specification.choice("war") == "any" else panel[~panel["war"].isin(WORLD_WARS)]
    keep = {"contiguous": out["contiguous"] == 1, "minor-power": out["major"] == 0}
    return out[keep[str(specification.choice("state"))]] if specification.choice("state") in keep else out
