"""The reading of the case of 2015: its pairs and facts against the sources, chances and ranks as archived."""

import pytest

from data import schema, synthetic
from inference import panels
from inference.archives.archive import ArchiveError
from models.claims.registry import get
from reports.readings import case_2015, readings


@pytest.fixture(scope="module")
def case(read):
    return read.case


@pytest.fixture(scope="module")
def pairs(case):
    return {(pair.state, pair.aggressor): pair for pair in case.pairs}


def test_five_of_twelve_pairs_are_rows_and_the_others_say_what_fails(case, pairs):
    assert len(pairs) == 12
    assert case.pairs_with_rows == 5
    assert case.rows == sum(pair.rows for pair in case.pairs) == 25
    assert pairs["Syria", "Russia"].rows == 5
    assert pairs["Syria", "Iran"].fails == ("in reach",)
    assert all("weak" in fails for fails in pairs["Russia", "Syria"].fails)
    for pair in case.pairs:
        assert [year.year for year in pair.years] == [2011, 2012, 2013, 2014, 2015]
        for year in pair.years:
            assert year.at_risk == (not year.fails) == bool(year.exposures)


def test_the_opening_case_left_no_treaty_and_by_its_sources_no_threat_from_russia(case, pairs):
    opening = case.opening
    assert (opening.state, opening.aggressor, opening.year) == ("Syria", "Russia", 2015)
    assert opening.exposures["threat"] == 0
    assert opening.exposures["threat_other"] > 2
    assert opening.exposures["duress"] == 1
    assert case.events == 0
    assert opening.new_support == "13604"
    assert case.supported == 6
    assert pairs["Syria", "Russia"].agreements == "1994"
    assert pairs["Syria", "Iran"].years[4].support == "299, 13604"


def test_chances_and_ranks_are_those_of_the_archive(case):
    years = [year for pair in case.pairs for year in pair.years if year.at_risk]
    first = years[0].expected["carter-1"]
    assert first.value == pytest.approx(5, rel=0.01)
    assert first.low < first.value < first.high
    assert 0 < first.mcse < 0.05
    assert first.times == pytest.approx(first.value / 10)
    assert (first.rank_all, first.rows_all) == (25, 100)
    assert [len(year.expected) for year in years] == [2, 2, 2, 1] + [2] * 21  # one row lacks a column
    assert case.scored == {"carter-1": 25, "carter-3": 24}
    highest = case.highest["carter-1"]
    assert (highest.state, highest.aggressor, highest.year) == ("Syria", "Iraq", 2015)
    assert case.below == {"carter-1": 5, "carter-3": 14}


def test_why_there_is_no_reading(tmp_path, posteriors):
    both = get("carter-1 carter-3")
    assert case_2015.lacking(both, panels.PANEL) is None
    reason = "it needs the models of carter-1 and carter-3, and carter-3 was not asked for"
    assert case_2015.lacking(get("carter-1"), panels.PANEL) == reason
    schema.write(synthetic.panel(500, seed=3), tmp_path / "toy.parquet")
    assert case_2015.lacking(both, tmp_path / "toy.parquet") == "there is no case_2015.csv beside toy.parquet"
    with pytest.raises(ArchiveError, match=r"case.2015: no posterior"):
        readings.collect(both, panels.PANEL, tmp_path)
    faults = []
    found = readings.collect(both, panels.PANEL, tmp_path, faults)
    assert found.case is None
    assert set(found.left_out) == {"case-2015.html"}
    assert "case.2015" in faults[0]
    assert readings.collect(get("carter-1"), panels.PANEL, posteriors).left_out == {"case-2015.html": reason}
