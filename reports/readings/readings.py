"""The readings of a report, and why one is left out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inference.archives.archive import ArchiveError
from reports.numbers import archived
from reports.readings import case_2015, changes, decisions
from reports.readings.values import Readings

if TYPE_CHECKING:
    from models.claims.claim import Hypothesis

DECISIONS, CASE, CHANGES = "decisions.html", "case-2015.html", "changes.html"


def collect(hypotheses: list[Hypothesis], alignment: Path, folder: Path, draft: archived.Draft = None) -> Readings:
    """The readings of a panel and of the archive of the case in ``folder``.

    Raises ArchiveError for the case of other claims, code or panel; a draft uses a stale one and leaves out any other.
    """
    reasons = {
        DECISIONS: decisions.lacking(alignment),
        CASE: case_2015.lacking(hypotheses, alignment),
        CHANGES: changes.lacking(alignment),
    }
    left_out = {page: reason for page, reason in reasons.items() if reason}
    tree = None
    if CASE not in left_out:
        try:
            tree = archived.read(case_2015.NAME, (alignment,), folder, draft)
        except ArchiveError as error:
            if draft is None:
                raise
            draft.append(str(error))
            left_out[CASE] = str(error)
    return Readings(
        decisions=None if DECISIONS in left_out else decisions.collect(alignment),
        case=None if tree is None else case_2015.collect(tree, alignment),
        left_out=left_out,
    )
