"""The posteriors a report is made from: all that were asked for, verified and fresh, or none; a draft takes less."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from inference import panels
from inference.archives import archive
from inference.archives.archive import ArchiveError
from models.claims.registry import Hypothesis, archive_of
from reports.numbers import logits

if TYPE_CHECKING:
    import xarray as xr

Pair = dict[str, "xr.DataTree"]  # outcome -> archive
Trees = dict[str, Pair]  # claim -> outcome -> archive
Draft = list[str] | None  # of a draft: what is wrong with it, to be added to; None where nothing may be wrong
Unlike = Callable[["xr.DataTree"], str | None]  # why an archive is not what its name says
# What is printed of a posterior; another version of the code may have archived less.
GROUPS = (
    "posterior", "prior", "prior_predictive", "predictive_checks", "calibration", "contrasts", "curves",
    "power_scaling", "constant_data", "verdicts",
)  # fmt: skip


def absent(hypotheses: list[Hypothesis], alignment: Path) -> dict[str, str]:
    """Why a claim has no posterior, by id: public data cannot test it, or the panels do not hold it."""
    out: dict[str, str] = {}
    for hypothesis in hypotheses:
        if not hypothesis.testable:
            out[hypothesis.id] = f"Not tested: {hypothesis.reason}."
        elif reason := panels.lacking(hypothesis, alignment):
            out[hypothesis.id] = f"Left out: {reason}."
    return out


def read(
    name: str, files: tuple[Path, ...], folder: Path, draft: Draft = None, unlike: Unlike | None = None
) -> xr.DataTree:
    """The archive ``name``, if it is verified and was fitted on the panels ``files`` by the present code and lock.

    Of a draft a stale archive is used, and ``draft`` says so, unless ``unlike`` finds that it holds something else.
    Raises ArchiveError for any other.
    """
    tree = archive.read(name, folder, rows=False)  # of thirty models the rows fill the memory
    reason = _staleness(tree, files)
    if reason is None:
        return tree
    if draft is None:
        raise ArchiveError(f"{name}: {reason}; run 'make fit'")
    if unlike and (other := unlike(tree)):
        raise ArchiveError(f"{name}: {reason}, and {other}; run 'make fit'")
    draft.append(f"{name}: used though {reason}")
    return tree


def _staleness(tree: xr.DataTree, files: tuple[Path, ...]) -> str | None:
    """Why a posterior or the verdicts beside it are of another panel, code or lock than the present, or None."""
    if reason := archive.staleness(tree.attrs, *files):
        return reason
    judged = tree.children.get("verdicts")
    reason = None if judged is None else archive.outdated(judged.attrs)
    return reason and f"its verdicts were {reason}"


def read_or_leave_out(name: str, files: tuple[Path, ...], folder: Path, draft: Draft) -> xr.DataTree | None:
    """The archive as `read` gives it; of a draft, None for one that cannot be used, and ``draft`` says why."""
    try:
        return read(name, files, folder, draft)
    except ArchiveError as error:
        if draft is None:
            raise
        draft.append(str(error))
        return None


def load(hypotheses: list[Hypothesis], alignment: Path, folder: Path, draft: Draft = None) -> Trees:
    """Archives of every claim that has some, each read once and shared by the claims with the same model.

    Raises ArchiveError naming every posterior that is missing, failed its gate, is corrupted, or was fitted
    on another panel or code. Of a draft such posteriors are left out, and ``draft`` says which and why.
    """
    left_out = absent(hypotheses, alignment)
    chosen = [hypothesis for hypothesis in hypotheses if hypothesis.id not in left_out]
    pairs: dict[str, Pair] = {}
    faults: list[str] = []
    for name, hypothesis in {archive_of(h): h for h in chosen}.items():
        pairs[name] = {}
        for outcome in hypothesis.outcomes:
            try:
                pairs[name][outcome] = _of_logit(hypothesis, outcome, alignment, folder, draft)
            except ArchiveError as error:
                faults.append(str(error))
    if faults and draft is None:
        raise ArchiveError("\n  ".join(["no report from these posteriors:", *faults]))
    if draft is not None:
        draft += faults
    trees = {hypothesis.id: pairs[archive_of(hypothesis)] for hypothesis in chosen}
    return {h.id: trees[h.id] for h in chosen if len(trees[h.id]) == len(h.outcomes)}


def left_out(hypotheses: list[Hypothesis], trees: Trees, draft: list[str]) -> dict[str, str]:
    """Why a draft lacks a claim that has a posterior, by id."""
    lacking = [h for h in hypotheses if h.testable and h.id not in trees]
    faults = {h.id: [fault for fault in draft if fault.startswith(f"{archive_of(h)}.")] for h in lacking}
    return {name: f"Left out of this draft: {'; '.join(mine)}." for name, mine in faults.items() if mine}


def _of_logit(hypothesis: Hypothesis, outcome: str, alignment: Path, folder: Path, draft: Draft) -> xr.DataTree:
    def unlike(tree: xr.DataTree) -> str | None:
        expected = ", ".join(hypothesis.equation(outcome).exposures)
        lacking = [group for group in GROUPS if group not in tree.children]
        if lacking:
            return f"without the group {lacking[0]}"
        try:
            logits.collect(tree)
        except KeyError as error:
            return f"without what is printed ({error.args[0]})"
        return None if tree.attrs["exposures"] == expected else f"for the exposures {tree.attrs['exposures']}"

    name = f"{archive_of(hypothesis)}.{outcome}"
    return read(name, panels.files_of(hypothesis.panel, alignment), folder, draft, unlike)
