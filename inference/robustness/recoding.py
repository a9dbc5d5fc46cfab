"""Panels under other codings: built once for each risk set, with every coding of the outcomes, and kept."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.codings import CHOICES, CLASSES, NO_ALIGNMENT, Coding, to_text
from data.files.atomic import replacing
from data.period import LAST
from inference import panels
from inference.archives.provenance import ROOT, code_sha256
from inference.robustness.specifications import ADJUSTMENTS, Specification
from models.claims.revisions import as_it_was
from models.structure import STRUCTURES

if TYPE_CHECKING:
    from data.world.world import World
    from models.claims.claim import Hypothesis

CACHE = ROOT / ".cache" / "panels"
# The dimensions that decide which rows there are and what is measured.
RISK = (*(name for name in CHOICES if name not in {"bandwagon", "balance", "last", "classes"}), "until")
COLUMNS = ("{}", "{}_class", "{}_rows")  # of an outcome, beside the treaty behind it
TREATIES = {"bandwagon": "treaty", "balance": "balance_treaty"}  # column of the treaty behind each outcome
WORLD_WARS = (106, 139)  # Correlates of War numbers of the First and the Second World War


def code_of_data() -> str:
    """Hash of the code that makes a panel; its builder takes the world as it is, so the world is named beside it."""
    return code_sha256("data.build.alignment", "data.schema", "data.world.world")


def path_of(risk: Specification) -> Path:
    """File of the panel of a risk set under the present code of ``data``."""
    return CACHE / f"{risk}.{code_of_data()[:12]}.parquet"


def risk_of(specification: Specification) -> Specification:
    """The changes that a panel has to be built for."""
    changes = specification.within(RISK).changes
    return replace(specification, changes=tuple(c for c in changes if c[0] != "until" or c[1] == LAST))


def coding_of(specification: Specification) -> Coding:
    """The coding of the panel that a specification needs."""
    changes = dict(specification.changes)
    named = {name: choice for name, choice in changes.items() if name in CHOICES}
    return Coding.changed(named | ({"last": LAST} if changes.get("until") == LAST else {}))


def build(risk: str, raw: str | None) -> dict[str, int]:
    """Build and keep the panel of a risk set, with columns ``<column>=<choice>`` for every coding of the outcomes.

    ``risk`` is the text form of a specification of the dimensions of `RISK`, ``raw`` the folder of the raw files;
    without it they are fetched. Returns the number of rows.
    """
    from data import schema
    from data.build.alignment import alignment, rows_at_risk
    from data.measures.measure import Sample
    from data.measures.outcomes import balance, bandwagon

    specification = Specification.parse(risk, "alignment")
    coding = coding_of(specification)
    world = _world(raw).under(coding)
    # Under a coding with few rows one may decide a column that no other claim uses: its refits are judged one by one.
    panel, rows = schema.validate(alignment(world, coding), leverage=False), rows_at_risk(world, coding)
    parts = [panel]
    for outcome, columns_of in (("bandwagon", bandwagon), ("balance", balance)):
        for choice in CHOICES[outcome]:
            other = replace(coding, **{outcome: choice})
            columns = columns_of(Sample(rows, world.under(other), other))
            parts.append(columns.rename(columns={name: to_text({str(name): choice}) for name in columns}))
    panel = pd.concat(parts, axis=1)
    path = path_of(specification)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as partial:
        panel.to_parquet(partial, index=False, compression="zstd")
    return {"rows": len(panel)}


@cache
def _world(raw: str | None) -> World:
    from data.world.sources import Kept, Raw
    from data.world.world import World

    return World(Kept(Raw(Path(raw) if raw else None)))


@cache
def _kept(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path)


def recoded(specification: Specification, alignment: Path) -> pd.DataFrame:
    """The panel of a specification; the alignment panel of its risk set must have been built."""
    if specification.panel == "alignment":
        return alignment_under(specification)
    others = {"informal": informal_under, "termination": termination_under, "siding": siding_under}
    name = "joining" if specification.panel == "siding" and specification.as_it_was else specification.panel
    return others[specification.panel](panels.read(name, alignment), specification)


def alignment_under(specification: Specification) -> pd.DataFrame:
    """The alignment panel under a specification; its panel must have been built."""
    panel = _kept(path_of(risk_of(specification)))
    return panel.assign(**{
        column: panel[to_text({column: specification.choice(outcome)})]
        for outcome, treaty in TREATIES.items()
        for column in (treaty, *(name.format(outcome) for name in COLUMNS))
    })  # fmt: skip


def reclassified(claim: Hypothesis, specification: Specification) -> Hypothesis:
    """The claim under a specification's definition, structure, classes of events and last year that is learnt from."""
    claim = as_it_was(claim) if specification.as_it_was else claim
    claim = replace(claim, structure=STRUCTURES[str(specification.choice("structure"))])
    if specification.choice("adjustment") != ADJUSTMENTS[0]:
        claim = replace(claim, revision=1)
    if specification.panel != "alignment":
        return claim
    excluded = {name for name in claim.excluded if specification.choice(name.replace(" ", "-")) != "in"}
    dropped = {name for name in CLASSES if specification.choice(name.replace(" ", "-")) == "out"}
    excluded |= dropped - set(NO_ALIGNMENT)
    until = int(str(specification.choice("until")))
    return replace(claim, excluded=tuple(name for name in CLASSES if name in excluded), until=until)


def treaty_weights(panel: pd.DataFrame, outcome: str) -> np.ndarray:
    """Weights (row,) under which all events of one treaty count as one decision: 1 / events, and 1 without event."""
    treaty = panel[TREATIES[outcome]].where(panel[outcome] == 1)
    return 1.0 / treaty.map(treaty.value_counts()).fillna(1.0).to_numpy(float)


def informal_under(panel: pd.DataFrame, specification: Specification) -> pd.DataFrame:
    """The informal panel under a specification; what does not count stays as a row without event."""
    support = {"pooled": "military_support", "certain": "support_certain"}[str(specification.choice("support"))]
    agreement = {"any": "defence_agreement", "general": "general_agreement"}[str(specification.choice("agreement"))]
    out = panel.assign(military_support=panel[support], defence_agreement=panel[agreement])
    if specification.choice("conflicts") == "first":  # no support in another conflict in the five years before
        out["military_support"] *= 1 - out["supported"]
    if specification.choice("treaty") == "without":
        for outcome in ("military_support", "defence_agreement"):
            out[outcome] *= 1 - out["treaty_too"]
    return out


def termination_under(panel: pd.DataFrame, specification: Specification) -> pd.DataFrame:
    """The termination panel under a specification."""
    out = panel.assign(dissolved=panel[str(specification.choice("ending"))])
    if specification.choice("defeat") == "in-three-years":  # the year of the victory and the two after it
        every = out[["enemy_defeated", "victory"]].max(axis=1)
        out = out.assign(enemy_defeated=every, victory_lately=every)
    if specification.choice("alliance") == "defence-pact":
        out = out[out["defence"] == 1]
    pair = np.isclose(out["size"], np.log(2))
    return out[{"any": pair | ~pair, "larger-alliance": ~pair, "pair": pair}[str(specification.choice("partner"))]]


def siding_under(panel: pd.DataFrame, specification: Specification) -> pd.DataFrame:
    """The siding panel, or the joining panel, under a specification."""
    out = panel if specification.choice("war") == "any" else panel[~panel["war"].isin(WORLD_WARS)]
    return out[out["major"] == 0] if specification.choice("state") == "minor-power" else out
