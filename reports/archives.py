"""The posteriors a report is made from: all of them, verified and fresh, or none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inference import archive
from inference.archive import ArchiveError
from inference.provenance import provenance
from models.hypotheses import OUTCOMES, Hypothesis

if TYPE_CHECKING:
    import xarray as xr

Trees = dict[str, dict[str, "xr.DataTree"]]  # hypothesis -> outcome -> archive


def load(hypotheses: list[Hypothesis], panel: Path, folder: Path) -> Trees:
    """Archives of both outcomes of each hypothesis.

    Raises ArchiveError naming every posterior that is missing, failed its gate, is corrupted, or was fitted
    on another panel or code.
    """
    now, trees, faults = provenance(panel), {}, []
    for hypothesis in hypotheses:
        trees[hypothesis.id] = {}
        for outcome in OUTCOMES:
            name = f"{hypothesis.id}.{outcome}"
            try:
                tree = archive.read(name, folder)
            except ArchiveError as error:
                faults.append(str(error))
                continue
            if reason := archive.fresh(tree, now):
                faults.append(f"{name}: {reason}; run 'make fit'")
            trees[hypothesis.id][outcome] = tree
    if faults:
        raise ArchiveError("\n  ".join(["no report from these posteriors:", *faults]))
    return trees
