"""The evidence stands where the archives have it."""

import pytest

from inference.archives import archive
from inference.evidence.verdicts import slope
from models.claims.registry import OUTCOMES

pytestmark = pytest.mark.slow


def test_numbers_come_from_the_archives(reported, numbers, trees):
    for entry in numbers["hypotheses"]:
        for row in entry["estimands"] if entry["id"] in trees else []:
            assert row["low"] < row["mean"] < row["high"]
            assert row["mcse"] > 0
            if row["outcome"] in OUTCOMES:
                term = row["estimand"].split("[")[1].split("]")[0]
                draws = slope(trees[entry["id"]][row["outcome"]], term)
                assert row["mean"] == pytest.approx(float(draws.mean()))
                assert row["elpd_diff"] == pytest.approx(trees[entry["id"]][row["outcome"]].attrs["elpd_diff"])
        for outcome, fit in entry["fits"].items():
            name = f"{entry['archive']}.{outcome}"
            assert fit["fit_key"] == archive.key_of(name, reported / "posteriors")
            assert all(check["passed"] for check in fit["gate"])
