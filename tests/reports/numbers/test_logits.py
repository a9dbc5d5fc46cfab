"""What is reported of a logit is what its archive holds."""

import numpy as np
import pytest

from inference.archives import archive
from inference.evidence.verdicts import ROPE
from inference.sampling.diagnostics import mcse_share
from reports.numbers import logits

pytestmark = pytest.mark.slow


def test_what_is_reported_of_a_logit_is_what_its_archive_holds(reported, numbers):
    entry = next(e for e in numbers["hypotheses"] if e["id"] == "carter-3")
    tree, fit = archive.read("carter-3.balance", reported / "posteriors"), entry["fits"]["balance"]
    posterior, calibration = (archive.group(tree, name) for name in ("posterior", "calibration"))
    eras = tree["constant_data"]["era"].to_numpy()
    assert {era: row["rows"] for era, row in fit["by_era"].items()} == dict(
        zip(*np.unique(eras[tree["constant_data"]["era_index"]], return_counts=True), strict=True)
    )
    assert sum(row["events"] for row in fit["by_era"].values()) == fit["events"] == fit["predictive"]["observed"]
    draws = posterior["beta"].sel(predictor="own_power_lag5")
    slope = fit["slopes"]["own_power_lag5"]
    assert (slope["value"], slope["positive"]) == pytest.approx((float(draws.mean()), float((draws > 0).mean())))
    assert slope["low"] < slope["value"] < slope["high"]
    effect = posterior["alpha_region"].sel(region="Middle East")
    assert fit["effects"]["region"]["Middle East"]["value"] == pytest.approx(float(effect.mean()))
    prior = 1000 * archive.group(tree, "prior_predictive")["largest_cell"]
    assert fit["prior_predictive"]["largest_cell"]["high"] == pytest.approx(float(prior.quantile(0.95)))
    assert fit["calibration"][3]["observed"] == pytest.approx(1000 * float(calibration["observed"][3]))
    none = np.abs(posterior["beta"].sel(predictor="duress").to_numpy()) < ROPE
    own = numbers["hypotheses"][[e["id"] for e in numbers["hypotheses"]].index("bw-1")]["estimands"][0]
    assert 0 < own["in_rope_mcse"] < 0.02
    assert mcse_share(none) == pytest.approx(np.sqrt(none.mean() * (1 - none.mean()) / none.size), rel=0.5)
    assert mcse_share(np.ones((4, 10), bool)) == 1 / 40
    masses, errors = entry["quadrants"]["duress"], entry["quadrant_errors"]["duress"]
    assert sum(masses.values()) == pytest.approx(1)
    assert all(0 < errors[name] < 0.05 for name in masses)


def test_regions_outside_their_predictive_interval_are_named(reported):
    tree = archive.read("carter-3.balance", reported / "posteriors")
    moved = tree["predictive_checks"].to_dataset()
    moved["p_events_region"][2] = 0.99
    tree["predictive_checks"] = tree["predictive_checks"].assign(moved.data_vars)
    outside = logits.collect(tree).predictive.levels["region"].outside
    assert "Western Europe" in outside


def test_years_not_learnt_from_are_scored_as_archived(trees, numbers):
    entry = next(entry for entry in numbers["hypotheses"] if entry["id"] == "carter-1")
    for outcome, tree in trees["carter-1"].items():
        late, scores = entry["fits"][outcome]["holdout"], archive.group(tree, "holdout")
        assert (late["first"], late["last"]) == (2012, 2015)
        assert (late["rows"], late["decisions"]) == (int(scores["rows"]), float(scores["decisions"]))
        assert late["expected"]["value"] == pytest.approx(float(scores["expected"].mean()))
        assert (late["log"], late["log_base"]) == (float(scores["log"]), float(scores["log_base"]))
        assert late["low"] < late["expected"]["value"] < late["high"]


def test_numbers_of_rare_decisions_have_the_interval_of_their_simulation():
    rng = np.random.default_rng(0)
    expected = rng.gamma(8, 1, 4000)
    simulated = np.quantile(rng.poisson(expected[:, None], (4000, 50)), (0.05, 0.95))
    assert logits._predicted(expected) == tuple(simulated)
    assert logits._predicted(np.zeros(10)) == (0, 0)
