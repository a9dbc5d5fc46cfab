"""The rival explanations of each outcome on the same rows, from the archives of the contest."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from inference.archives import archive
from inference.fitting import stacking
from models.claims.registry import OUTCOMES, Hypothesis
from reports.numbers import archived
from reports.numbers.report import Contest, Rival

NUMBERS = ("elpd", "elpd_diff", "elpd_diff_se", "weight")


def collect(
    hypotheses: list[Hypothesis], alignment: Path, folder: Path, draft: archived.Draft = None
) -> dict[str, Contest]:
    """The contest of each outcome; empty when not every rival was asked for.

    Raises ArchiveError for a contest that is missing, failed its gate or is of another panel or code; a draft
    uses a stale one and leaves out any other.
    """
    if not set(stacking.RIVALS) <= {hypothesis.id for hypothesis in hypotheses}:
        return {}
    out: dict[str, Contest] = {}
    for outcome in OUTCOMES:
        tree = archived.read_or_leave_out(stacking.name_of(outcome), (alignment,), folder, draft)
        if tree is not None:
            out[outcome] = _contest(tree, outcome)
    return out


def _contest(tree: xr.DataTree, outcome: str) -> Contest:
    table = archive.group(tree, "contest")
    rivals = [_rival(table.sel(rival=name), str(name), outcome) for name in table["rival"].to_numpy()]
    best_first = tuple(sorted(rivals, key=lambda rival: -rival.elpd))
    return Contest(int(tree.attrs["rows"]), int(tree.attrs["events"]), tree.attrs["fit_key"], best_first)


def _rival(row: xr.Dataset, name: str, outcome: str) -> Rival:
    exposures = stacking.exposures(outcome)[name]
    return Rival(name, exposures, *(float(row[number]) for number in NUMBERS), bad_k=int(row["bad_k"]))
