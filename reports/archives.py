"""The posteriors a report is made from: all that were asked for, verified and fresh, or none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inference import archive, panels
from inference.archive import ArchiveError
from inference.provenance import provenance
from models.hypotheses import Hypothesis, archive_of

if TYPE_CHECKING:
    import xarray as xr

Pair = dict[str, "xr.DataTree"]  # outcome -> archive
Trees = dict[str, Pair]  # claim -> outcome -> archive
# One value for each row of the panel: no report needs them, and of thirty models they fill the memory.
BY_ROW = ("loo", "loo_without", "fitted", "observed_data")


def absent(hypotheses: list[Hypothesis], alignment: Path) -> dict[str, str]:
    """Why a claim has no posterior, by id: public data cannot test it, or its panel is not there."""
    out = {}
    for hypothesis in hypotheses:
        if not hypothesis.testable:
            out[hypothesis.id] = f"Not tested: {hypothesis.reason}."
        elif missing := panels.lacking(hypothesis, alignment):
            out[hypothesis.id] = f"Left out: there is no {missing.name} beside {alignment.name}."
    return out


def load(hypotheses: list[Hypothesis], alignment: Path, folder: Path) -> Trees:
    """Archives of every claim that has some, each read once and shared by the claims with the same model.

    Raises ArchiveError naming every posterior that is missing, failed its gate, is corrupted, or was fitted
    on another panel or code.
    """
    left_out = absent(hypotheses, alignment)
    chosen = [hypothesis for hypothesis in hypotheses if hypothesis.id not in left_out]
    names = {archive_of(h): h for h in chosen}
    origin = {h.panel: provenance(panels.path_of(h.panel, alignment)) for h in chosen}
    read, faults = {}, []
    for name, hypothesis in names.items():
        read[name] = {}
        for outcome in hypothesis.outcomes:
            try:
                tree = archive.read(f"{name}.{outcome}", folder)
            except ArchiveError as error:
                faults.append(str(error))
                continue
            if reason := archive.fresh(tree, origin[hypothesis.panel]):
                faults.append(f"{name}.{outcome}: {reason}; run 'make fit'")
            read[name][outcome] = _without_rows(tree)
    if faults:
        raise ArchiveError("\n  ".join(["no report from these posteriors:", *faults]))
    return {hypothesis.id: read[archive_of(hypothesis)] for hypothesis in chosen}


def _without_rows(tree: xr.DataTree) -> xr.DataTree:
    return tree.drop_nodes([name for name in BY_ROW if name in tree.children])
