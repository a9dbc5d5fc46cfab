"""A report as files: the same bytes each time, every reason named, one added claim in all of them."""

import json

import pytest

from tests.fixtures.report_world import asking, finished, reported_here, start

pytestmark = pytest.mark.slow


def bytes_of(folder, pattern="*"):
    """Contents of the files in a folder and below it, by their path from there."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob(pattern) if path.is_file()}


@pytest.mark.campaign
def test_the_same_posteriors_give_the_same_bytes(reported, tmp_path):
    finished(start(reported / "driver.py", *asking(reported, tmp_path / "again")))
    assert bytes_of(reported / "build") == bytes_of(tmp_path / "again")


def test_the_same_posterior_gives_the_same_bytes_in_a_report_of_its_claim_alone(reported, numbers, tmp_path):
    """One claim with refits stands for all, which the campaign reports twice."""
    code, _, err = reported_here(reported, tmp_path / "alone", claims="carter-2")
    assert code == 0, err
    pattern = "*-carter-2.*"
    figures = bytes_of(tmp_path / "alone", pattern)
    kinds = ("graph", "checks", "posterior", "effects", "specification", "left_out")
    assert set(figures) == {f"{kind}-carter-2.svg" for kind in kinds}
    assert figures == bytes_of(reported / "build", pattern)
    alone = json.loads((tmp_path / "alone" / "numbers.json").read_text())["hypotheses"]
    assert alone == [entry for entry in numbers["hypotheses"] if entry["id"] == "carter-2"]


def test_claims_without_a_posterior_are_named_with_the_reason(reported, numbers):
    reasons = {entry["id"]: entry["absent"] for entry in numbers["hypotheses"] if entry["absent"]}
    assert reasons == {
        "ideo-5": "Not tested: perceptions are not measured by any public data set.",
        "cond-5": "Left out: there is no joining.parquet beside panel.parquet.",
    }
    said, html = (reported / "said.txt").read_text(), (reported / "build" / "appendix.html").read_text()
    assert all(reason in said and reason in html for reason in reasons.values())


def test_one_added_hypothesis_reaches_table_page_and_figures(reported, numbers):
    added = numbers["hypotheses"][-1]
    assert (added["id"], added["family"]) == ("added-1", "beside the claims")
    assert [row["estimand"] for row in added["estimands"]] == ["b_bal[offence] > 0", "delta[offence] < 0"]
    assert set(added["quadrants"]) == {"offence"}
    html = (reported / "build" / "appendix.html").read_text()
    assert 'id="added-1"' in html
    assert "<b>claim</b>" not in html
    assert (reported / "build" / "posterior-added-1.svg").is_file()
    assert "added-1" in (reported / "build" / "verdicts.svg").read_text()
