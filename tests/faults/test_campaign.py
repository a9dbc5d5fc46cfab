"""The campaign itself: a hundredth of it finds nothing, and what is wrong would be found and told."""

import pandas as pd
import pytest

from inference.robustness import sealed_tables
from reports.numbers import refits
from tests.faults import damage, tally, world, writers


@pytest.fixture
def campaign(tmp_path):
    """A campaign of one try of a kind, or little more."""
    return tally.Campaign(tmp_path, 20, 0.01)


def test_nothing_that_is_damaged_is_read(campaign, simulated):
    damage.damaged(campaign, simulated)
    assert campaign.tally.faults() == []
    assert sum(campaign.tally.tried.values()) >= 32


def test_writers_at_once_are_told_apart(campaign):
    writers.write(campaign.root, 1, 1)
    assert writers.faults(campaign.root) == []
    (campaign.root / "table.csv").write_text("who\n1\n2\n")
    assert writers.faults(campaign.root) == ["a table of two writers"]


def test_a_reader_that_takes_what_is_damaged_is_told_of(campaign, simulated, monkeypatch):
    trusting = damage.Kind(
        "trusted", "x", lambda folder: (folder / "x").write_text("0.0648"), lambda folder: (folder / "x").read_text()
    )
    monkeypatch.setattr(damage, "kinds", lambda _panel: (trusting,))
    damage.damaged(campaign, simulated)
    faults = campaign.tally.faults()
    assert any("other values are read" in fault for fault in faults)
    wrong = sum("flipped" in fault for fault in faults)
    assert f"| trusted, bits flipped | 10 | {10 - wrong} | {wrong} |" in tally.table(campaign, 60, "abc")


def test_a_table_of_refits_that_changed_is_refused_and_one_of_no_manifest_is_read(tmp_path):
    table = pd.DataFrame({"hypothesis": ["carter-1"], "mean": [0.0648]})
    sealed_tables.write(tmp_path / "specification.csv", table)
    assert refits.read(tmp_path)["specification"].equals(table)
    (tmp_path / "specification.csv").write_text("hypothesis,mean\ncarter-1,2.0648\n")
    with pytest.raises(ValueError, match=r"specification\.csv: not as it was written .* run 'make robustness' again"):
        refits.read(tmp_path)
    (tmp_path / "manifest.json").unlink()
    assert refits.read(tmp_path)["specification"]["mean"].tolist() == [2.0648]


def test_the_counterfactual_is_left_out_with_the_reason_where_its_links_are_not_there(campaign, tmp_path):
    assert world.made(campaign, ("counterfactual",), tmp_path / "none") == {}
    assert "| counterfactual | not tried: " in tally.table(campaign, 60, "abc")
    assert f"no posterior in {tmp_path / 'none'}" in campaign.tally.left_out["counterfactual"]
