"""Approximate refits are those of draws, give way to draws where they are not good, and are compared as they say."""

import numpy as np
import pytest

from data import schema, synthetic
from inference import panels
from inference.engine import stream
from inference.fleet.fleet import Task
from inference.robustness import accuracy, recoding, tasks
from inference.robustness.refits import refit
from inference.robustness.refits.left_out import left_out, rate_without, rows_of
from inference.robustness.refits.refit import APPROXIMATE, FULL, SHORT
from inference.robustness.refits.registered import Rate, Registered
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
    return left_out(CLAIM, OUTCOME, "region", region, str(small), made)


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
    rows = rows_of(frame, "treaty", treaty)
    known = frame[["treaty", "balance_treaty"]].astype(str)
    assert rows.sum() == (known == treaty).any(axis=1).sum() > 0
    found = left_out(CLAIM, OUTCOME, "treaty", treaty, str(small))
    assert found.scores is None
    assert found.rows == rows[REGISTRY[CLAIM].design(frame, OUTCOME).rows].sum()
    todo = tasks.left_outs([REGISTRY[CLAIM]], small)
    for outcome, column in recoding.TREATIES.items():
        mine = {t.arguments["level"] for t in todo if t.arguments["outcome"] == outcome and "treaty=" in t.key}
        assert mine == set(frame.loc[frame[outcome] == 1, column].astype(str))


@pytest.mark.slow
@pytest.mark.parametrize("claim", [CLAIM, "cond-1"])  # slopes; the rate alone
def test_without_a_treaty_it_is_as_a_refit_of_the_rows_that_stay(small, monkeypatch, claim):
    """Moments from the approximation of all rows beside those of a refit: the bounds are halves of what refits have."""
    frame = panels.read("alignment", small)
    design = REGISTRY[claim].design(frame, OUTCOME)
    treaty = str(frame.iloc[design.rows].loc[design.y == 1, "treaty"].iloc[0])
    found = left_out(claim, OUTCOME, "treaty", treaty, str(small))
    monkeypatch.setattr("inference.robustness.refits.left_out._deleted", lambda *_: None)
    refitted = left_out(claim, OUTCOME, "treaty", treaty, str(small))
    assert (found.rows, found.events, found.made) == (refitted.rows, refitted.events, refitted.made)
    for term, slope in refitted.slopes.items():
        assert found.slopes[term] != slope
        error = 0.0 if term in REGISTRY[claim].equation(OUTCOME).exposures else 3 * slope.sd / np.sqrt(800)
        assert abs(found.slopes[term].mean - slope.mean) < accuracy.OF_MEAN / 2 * slope.sd + error
        assert abs(found.slopes[term].positive - slope.positive) < accuracy.OF_SIGN / 2


def test_the_rate_without_rows_is_that_of_weighed_draws(small):
    """Beside the same by brute force: the likelihood of the rows that are away taken from each draw's weight."""
    registered = Registered("cond-1", OUTCOME, str(small))
    design, few = registered.design, {"draw": slice(None, None, 4)}
    rate = Rate(registered.rate.draws.isel(few), registered.rate.mean[:, few["draw"]])
    held = np.zeros(design.y.size, bool)
    held[np.flatnonzero(design.y == 1)[:2]] = True
    found = rate_without(rate, design.subset(held), design.y.size)
    p = np.stack([
        stream.row_probability(design, rate.draws.isel(draw=[k])) for k in range(rate.draws.sizes["draw"])
    ])  # fmt: skip
    y = design.y[held]
    weight = 1 / np.prod(np.where(y == 1, p[:, held], 1 - p[:, held]), axis=1)
    value = np.log(p[:, ~held].mean(axis=1))
    mean = np.average(value, weights=weight)
    assert found is not None
    assert found.mean == pytest.approx(mean, abs=0.02 * found.sd)  # the largest weights are smoothed
    assert found.sd == pytest.approx(np.sqrt(np.average((value - mean) ** 2, weights=weight)), rel=0.02)
    assert abs(mean - value.mean()) > 0.1 * found.sd


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
