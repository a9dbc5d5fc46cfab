"""Approximate refits are those of draws, give way to draws where they are not good, and are compared as they say."""

import numpy as np
import pytest

from data import schema, synthetic
from inference import panels
from inference.fleet.fleet import Task
from inference.robustness import accuracy, recoding, refit, tasks
from inference.robustness.refit import APPROXIMATE, FULL, SHORT
from models.claims.registry import REGISTRY
from tests.fixtures.small_system import SMALL

CLAIM, OUTCOME = "carter-2", "bandwagon"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("accuracy") / "alignment.parquet"
    panel = synthetic.panel(2500, seed=3, system=SMALL)
    for first, (outcome, column) in zip((1000, 2000), recoding.TREATIES.items(), strict=True):  # of up to three events
        events = panel.index[panel[outcome] == 1]
        panel.loc[events, column] = first + np.arange(events.size) // 3
    schema.write(panel, path)
    return path


def without(small, made):
    region = str(panels.read("alignment", small)["region"].cat.categories[1])
    return refit.left_out(CLAIM, OUTCOME, "region", region, str(small), made)


@pytest.mark.slow
def test_an_approximate_refit_keeps_to_its_bounds(small):
    found, full = (without(small, made) for made in (APPROXIMATE, FULL))
    assert (found.made, full.made) == (APPROXIMATE, FULL)
    assert not full.failed
    for term, slope in found.slopes.items():
        drawn = full.slopes[term]
        assert abs(slope.mean - drawn.mean) < accuracy.OF_MEAN * drawn.sd
        assert abs(slope.positive - drawn.positive) < accuracy.OF_SIGN
    assert found.scores is not None
    assert full.scores is not None
    assert found.scores.log == pytest.approx(full.scores.log, abs=0.01)


@pytest.mark.slow
def test_what_is_corrected_too_far_is_drawn_and_says_so(small, monkeypatch):
    monkeypatch.setattr(refit, "FAR", -1.0)
    found = without(small, APPROXIMATE)
    assert found.made == SHORT
    assert found.moved is not None
    assert found.moved >= 0


def test_a_treaty_is_the_rows_that_it_made_events_and_has_no_score(small):
    frame = panels.read("alignment", small)
    treaty = str(frame.loc[frame[OUTCOME] == 1, "treaty"].iloc[0])
    rows = refit.rows_of(frame, "treaty", treaty)
    known = frame[["treaty", "balance_treaty"]].astype(str)
    assert rows.sum() == (known == treaty).any(axis=1).sum() > 0
    found = refit.left_out(CLAIM, OUTCOME, "treaty", treaty, str(small))
    assert found.scores is None
    assert found.rows == rows[REGISTRY[CLAIM].design(frame, OUTCOME).rows].sum()
    todo = tasks.left_outs([REGISTRY[CLAIM]], small)
    for outcome, column in recoding.TREATIES.items():
        mine = {t.arguments["level"] for t in todo if t.arguments["outcome"] == outcome and "treaty=" in t.key}
        assert mine == set(frame.loc[frame[outcome] == 1, column].astype(str))


def test_the_sample_is_of_all_refits_and_the_same_again():
    todo = [Task(f"a.{k}", {"kind": "recoded", "hypothesis": "x", "made": SHORT}) for k in range(50)]
    chosen = accuracy.sample(todo, 10)
    assert chosen == accuracy.sample(todo, 10)
    assert len({task.key for task in chosen}) == 10
    assert all(task.arguments == {"kind": "compared", "of": "recoded", "hypothesis": "x"} for task in chosen)


def test_a_table_of_both_ways_counts_what_converged_only():
    def one(mean, positive, **values):
        slope = {"mean": 1.0, "sd": 0.5, "positive": 0.97}
        return {"term": "a", "made": APPROXIMATE, "moved": 0.1, "failed": ()} | {
            "found": slope | {"mean": mean, "positive": positive}, "full": slope,
        } | values  # fmt: skip

    found = accuracy.table({
        "accuracy.one": {"slopes": [one(1.02, 0.975), one(1.2, 0.94)]},
        "accuracy.two": {"slopes": [one(9.0, 0.1, failed=("R-hat",)), one(9.0, 0.1, made=SHORT)]},
        "accuracy.three": {"slopes": []},
    })  # fmt: skip
    np.testing.assert_allclose(found["off"], [0.04, 0.4, 16, 16])
    assert found["same_side"].tolist()[2:] == [False, False]
    said = accuracy.words(found)
    assert "4 slopes of 2 refits, 2 of them approximate beside converged draws" in said
    assert "at most 0.400; 50.0% within 0.1" in said
