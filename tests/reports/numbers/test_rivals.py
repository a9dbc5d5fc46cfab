"""The contest of rivals, or why there is none."""

import pytest

from inference.archives import archive
from inference.fitting import stacking
from models.claims.registry import get
from reports.numbers.predicted import rivals

pytestmark = pytest.mark.slow


def test_a_contest_that_is_missing_is_refused_and_left_out_of_a_draft(reported, monkeypatch):
    monkeypatch.setattr(stacking, "RIVALS", ("cond-1",))
    arguments = (get("cond-1"), reported / "panel.parquet", reported / "posteriors")
    with pytest.raises(archive.ArchiveError, match=r"contest\.bandwagon: no posterior"):
        rivals.collect(*arguments)
    draft = []
    assert rivals.collect(*arguments, draft) == {}
    assert [reason.partition(":")[0] for reason in draft] == ["contest.bandwagon", "contest.balance"]
