"""Planted truths are what they say: treaties of real sizes upon rows at random, and slopes that are nil."""

import numpy as np
import pandas as pd
import pytest

from inference.calibration.worlds import planted_truths as planted
from inference.panels import PANEL
from models.joint import draw_prior


@pytest.fixture(scope="module")
def here():
    return planted.setting(PANEL)


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
        y = planted._outcome(here, design, truth, effect, np.random.default_rng(4)).y
        duress = design.x[:, 0] > 0
        rates[effect] = y[duress].mean(), y[~duress].mean()
    assert rates[3.0][0] > rates[0.0][0] + 0.2
    assert rates[3.0][1] < rates[0.0][1]


@pytest.mark.slow
@pytest.mark.parametrize("truth", planted.TRUTHS)
def test_a_panel_of_each_truth_is_judged(truth, monkeypatch):
    monkeypatch.setattr(planted, "DRAWS", 60)
    found = pd.DataFrame([vars(row) for row in planted.replicate(truth, PANEL, 1, 0)])
    terms = {
        ("bandwagon", "duress:threat"),
        ("balance", "duress:threat"),
        ("delta", "duress:threat"),
        ("delta", "duress"),
    }
    if truth != "main effect":
        terms |= {("bandwagon", "duress"), ("balance", "duress")}
    assert set(zip(found["outcome"], found["term"], strict=True)) == terms
    assert found["elpd_diff"].notna().sum() == (2 if truth == "main effect" else 0)
    assert np.isfinite(found["mean"]).all()
    again = planted.false_verdicts(found)
    assert (again["panels"] == 1).all()
    assert (again["called"] <= again["called_by_sign"]).all()
    assert len(planted.credited(found)) == (2 if truth == "main effect" else 0)
