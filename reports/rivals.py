"""The rival explanations of each outcome on the same rows, from the archives of the contest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inference import archive, contest
from inference.archive import ArchiveError
from inference.provenance import provenance
from models.hypotheses import OUTCOMES, REGISTRY, Hypothesis


def collect(hypotheses: list[Hypothesis], alignment: Path, folder: Path) -> dict[str, dict[str, Any]]:
    """Rows, events and the table of rivals by outcome, best first; empty when not every rival was asked for.

    Raises ArchiveError for a contest that is missing, failed its gate or is of another panel or code.
    """
    if not set(contest.RIVALS) <= {hypothesis.id for hypothesis in hypotheses}:
        return {}
    out = {}
    for outcome in OUTCOMES:
        name = contest.name_of(outcome)
        tree = archive.read(name, folder)
        if reason := archive.fresh(tree, provenance(alignment)):
            raise ArchiveError(f"{name}: {reason}; run 'make fit'")
        table = archive.group(tree, "contest").drop_vars(["elpd_i", "row"]).to_dataframe()
        table = table.sort_values("elpd", ascending=False)
        out[outcome] = {
            "rows": int(tree.attrs["rows"]),
            "events": int(tree.attrs["events"]),
            "fit_key": tree.attrs["fit_key"],
            "rivals": [_rival(str(rival), outcome, row.to_dict()) for rival, row in table.iterrows()],
        }
    return out


def _rival(rival: str, outcome: str, row: dict[str, Any]) -> dict[str, Any]:
    exposures = REGISTRY[rival].equation(outcome).exposures
    return {"id": rival, "exposures": list(exposures), **row, "bad_k": int(row["bad_k"])}
