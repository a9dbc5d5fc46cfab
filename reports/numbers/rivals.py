"""The rival explanations of each outcome on the same rows, from the archives of the contest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inference.archives import archive
from inference.archives.archive import ArchiveError
from inference.fitting import stacking
from models.claims.registry import OUTCOMES, REGISTRY, Hypothesis
from reports.numbers import posteriors


def collect(
    hypotheses: list[Hypothesis], alignment: Path, folder: Path, draft: posteriors.Draft = None
) -> dict[str, dict[str, Any]]:
    """Rows, events and the table of rivals by outcome, best first; empty when not every rival was asked for.

    Raises ArchiveError for a contest that is missing, failed its gate or is of another panel or code; a draft
    uses a stale one and leaves out any other.
    """
    if not set(stacking.RIVALS) <= {hypothesis.id for hypothesis in hypotheses}:
        return {}
    out = {}
    for outcome in OUTCOMES:
        try:
            tree = posteriors.read(stacking.name_of(outcome), alignment, folder, draft)
        except ArchiveError as error:
            if draft is None:
                raise
            draft.append(str(error))
            continue
        table = archive.group(tree, "contest").drop_vars(["elpd_i", "row"]).to_dataframe()
        table = table.sort_values("elpd", ascending=False)
        out[outcome] = {
            "rows": int(tree.attrs["rows"]),
            "events": int(tree.attrs["events"]),
            "fit_key": tree.attrs["fit_key"],
            "rivals": [
                _rival(str(rival), outcome, dict(zip(table.columns, values, strict=True)))
                for rival, *values in table.itertuples()
            ],
        }
    return out


def _rival(rival: str, outcome: str, row: dict[str, Any]) -> dict[str, Any]:
    exposures = REGISTRY[rival].equation(outcome).exposures
    return {"id": rival, "exposures": list(exposures), **row, "bad_k": int(row["bad_k"])}
