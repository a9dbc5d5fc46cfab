"""The evidence stands where the archives have it."""

import pytest

from inference.archives import archive
from inference.evidence.estimands import slope
from inference.evidence.verdicts import CALLED
from models.claims.registry import OUTCOMES

pytestmark = pytest.mark.slow


def test_expected_wrong_signs_are_counted_by_family(numbers):
    for family, found in numbers["wrong_signs"].items():
        rows = [e for entry in numbers["hypotheses"] if entry["family"] == family for e in entry["estimands"]]
        called = [row for row in rows if row["verdict"] in CALLED]
        assert (found["estimands"], found["called"]) == (len(rows), len(called))
        assert found["expected"] == pytest.approx(sum(0.5 - abs(row["p_sign"] - 0.5) for row in rows))
        assert 0 <= found["expected_called"] <= 0.05 * len(called)
        apart = [row for row in called if row["sd_ratio"] is not None]
        assert [row["p_sign"] for row in apart] == [pooled["p_sign"] for pooled in found["pooled"]]
        assert all(0 <= pooled["p_sign_pooled"] <= 1 for pooled in found["pooled"])
    assert set(numbers["wrong_signs"]) == set(numbers["families"])


def test_numbers_come_from_the_archives(reported, numbers, trees):
    for entry in numbers["hypotheses"]:
        for row in entry["estimands"] if entry["id"] in trees else []:
            assert row["low"] < row["mean"] < row["high"]
            assert row["mcse"] > 0
            if row["outcome"] in OUTCOMES:
                term = row["estimand"].split("[")[1].split("]")[0]
                draws = slope(trees[entry["id"]][row["outcome"]], term)
                assert row["mean"] == pytest.approx(float(draws.mean()))
                added = archive.group(trees[entry["id"]][row["outcome"]], "comparison").sel(term=term)
                assert row["elpd_diff"] == pytest.approx(float(added["elpd_diff"].sel(clustering="treaty")))
        for outcome, fit in entry["fits"].items():
            name = f"{entry['archive']}.{outcome}"
            assert fit["fit_key"] == archive.key_of(name, reported / "posteriors")
            assert all(check["passed"] for check in fit["gate"])
