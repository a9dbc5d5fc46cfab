"""Planted truths are what they say: treaties of real sizes upon rows at random, and slopes that are nil."""

import numpy as np
import pandas as pd
import pytest

from inference.calibration.worlds import judged_truths as judged
from inference.calibration.worlds import planted_truths as planted
from inference.panels import PANEL
from models.joint import draw_prior


@pytest.fixture(scope="module")
def here():
    return planted.setting(planted.CLAIM, PANEL)


def test_blocks_have_as_many_events_as_the_real_treaties_of_an_era_each_in_one_year(here):
    joint = planted.blocks(here, np.random.default_rng(1))
    for k, (made, real) in enumerate(zip(joint.designs, here.joint.designs, strict=True)):
        era = real.groups["era"]
        wanted = np.zeros(len(era.levels), int)
        for *members, at in here.treaties:
            wanted[at] += members[k]
        found = np.bincount(era.index, made.y, len(era.levels)).astype(int)
        assert wanted.sum() == real.y.sum()
        assert (found <= wanted).all()  # two treaties may fall upon one row
        assert found.sum() > 0.9 * wanted.sum()
        assert made.weight is None


def test_a_treaty_falls_upon_different_states_in_one_year_and_first_upon_one_region(here):
    design, rng = here.joint.designs[0], np.random.default_rng(2)
    index = {name: group.index for name, group in design.groups.items()}
    era = int(np.bincount(index["era"]).argmax())
    for _ in range(20):
        rows = planted._members(design, 3, era, one_aggressor=True, rng=rng)
        assert len(set(index["state"][rows])) == rows.size == 3
        assert len(set(index["year"][rows])) == 1
        assert set(index["era"][rows]) == {era}


def test_slopes_of_exposures_are_nil_but_for_the_main_effect(here):
    """With all else held at the same draw, outcomes differ only where the main exposure has an effect."""
    design, rng = here.joint.designs[0], np.random.default_rng(3)
    truth = draw_prior(here.joint, 1, rng)
    truth["bandwagon"]["alpha"][:] = 0.0  # frequent enough to tell
    rates = {}
    for effect in (0.0, 3.0):

        def changed(design, mine, effect=effect):
            mine["beta"][:, :2] = effect, 0.0
            return np.zeros(design.y.size)

        y = planted._outcome(design, truth, changed, np.random.default_rng(4)).y
        duress = design.x[:, 0] > 0
        rates[effect] = y[duress].mean(), y[~duress].mean()
    assert rates[3.0][0] > rates[0.0][0] + 0.2
    assert rates[3.0][1] < rates[0.0][1]


def test_near_rows_have_more_events_and_power_goes_with_distance_among_rows_at_risk(monkeypatch):
    monkeypatch.setattr(planted, "EFFECT", 1.5)
    here = planted.setting(planted.OF_POWER, PANEL)
    joint = planted.near(here, np.random.default_rng(5))
    design = joint.designs[0]
    near = here.proximity[design.rows]
    assert near[design.y == 1].mean() > near.mean() + 0.3
    assert np.corrcoef(design.x[:, design.terms.index("power")], near)[0, 1] < -0.3
    old = planted.setting(planted.OF_POWER, PANEL, 1)
    assert "proximity_lag1" in design.terms
    assert not any(term.startswith("proximity") for term in old.joint.designs[0].terms)
    refilled = judged._refilled(old.joint, joint)[0]
    assert set(refilled.rows[refilled.y == 1]) == set(design.rows[design.y == 1]) & set(refilled.rows)


FEW = ("null", "selection")  # of which each panel takes a few seconds


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in FEW else [pytest.mark.campaign]) for name in planted.TRUTHS]
)
def test_a_panel_of_each_truth_is_judged(name, monkeypatch):
    monkeypatch.setattr(judged, "DRAWS", 60)
    monkeypatch.setattr(judged.leave_out, "MOST_REFITS", 0)  # of so few draws, nearly every cluster would ask for one
    truth = planted.TRUTHS[name]
    found = pd.DataFrame([vars(row) for row in judged.replicate(name, PANEL, 1, 0)])
    exposures = planted.REGISTRY[truth.claim_of(0)].exposures
    terms = {(o, t) for o in ("bandwagon", "balance") for t in exposures if t not in truth.effects}
    terms |= {("delta", t) for t in exposures}
    assert set(zip(found["outcome"], found["term"], strict=True)) == terms
    assert found["elpd_diff"].notna().sum() == 2 * truth.compared
    assert (found["low"] < found["mean"]).all()
    assert (found["mean"] < found["high"]).all()
    again = judged.false_verdicts(found)
    assert (again["panels"] == 1).all()
    assert (again["called"] <= again["called_by_sign"]).all()
    assert len(judged.credited(found)) == 2 * truth.compared
    assert (judged.covered(found)["inside"] <= 1).all()
