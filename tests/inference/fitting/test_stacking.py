"""Rivals on the same rows: weights go to what predicts, and every rival knows every row."""

import numpy as np
import pytest
import xarray as xr

from data import synthetic
from data.codebook.lags import lag_of, unlagged
from inference import panels
from inference.archives import archive
from inference.fitting import stacking
from inference.sampling.settings import Session, Settings
from models.claims.registry import OUTCOMES, REGISTRY
from models.terms import needed
from tests.fixtures.small_system import SMALL


def density(elpd):
    columns = {"elpd": elpd, "pareto_k": np.zeros(elpd.size)}
    return xr.Dataset({name: ("cluster", values) for name, values in columns.items()})


def test_a_rival_that_predicts_every_row_better_gets_all_the_weight():
    elpd = np.log(np.random.default_rng(1).uniform(0.2, 0.8, 500))
    table = stacking.stacking({"good": density(elpd), "bad": density(elpd - 0.3)})
    assert table.loc["good", "weight"] == pytest.approx(1.0, abs=1e-6)
    assert table.loc["good", "elpd"] == pytest.approx(elpd.sum())


def test_rivals_that_know_different_rows_share_the_weight():
    """With densities a in one half and b in the other, and the reverse, the best mixture is even."""
    first = np.repeat(np.log([0.9, 0.1]), 300)
    table = stacking.stacking({"first": density(first), "second": density(first[::-1].copy())})
    np.testing.assert_allclose(table["weight"], 0.5, atol=1e-3)


def test_every_rival_is_a_testable_claim_of_the_alignment_panel():
    assert len(set(stacking.RIVALS)) == len(stacking.RIVALS)
    for name in stacking.RIVALS:
        assert REGISTRY[name].testable
        assert REGISTRY[name].outcomes == OUTCOMES


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_rivals_share_one_adjustment_set_which_holds_no_rivals_exposure(outcome):
    """History is adjusted for by every claim; power, proximity and threat are claims of their own."""
    every = stacking.equations(outcome)
    assert list(every) == list(stacking.RIVALS)
    assert len({(e.adjustment, e.durations) for e in every.values()}) == 1
    shared = every["cond-1"]
    assert shared.exposures == ()
    assert shared.adjustment == ("own_power_lag20", "past_alliance_lag20")  # before the longest window, persistence
    claimed = {variable for e in every.values() for variable in needed(e.exposures)}
    assert not claimed & {unlagged(term) for term in shared.terms}
    assert every["carter-3"].exposures == ("duress", "duress:threat", "threat")


def test_common_rows_are_those_that_no_rival_loses():
    panel = panels.read("alignment", panels.PANEL)
    rows = stacking.common_rows(panel)
    part = panel.iloc[rows]
    for name in stacking.RIVALS:
        for outcome in OUTCOMES:
            assert REGISTRY[name].design(part, outcome).y.size == rows.size
    learnt = panel.iloc[REGISTRY[stacking.RIVALS[0]].sample(panel)]
    lost = learnt.drop(index=panel.index[rows])
    known = ["similarity", "similarity_ally", "offence", "capacity_lag5"]
    lost = lost.drop(index=lost.index[lost[known].isna().any(axis=1)])
    earlier = [name for name in map(str, lost) if lag_of(name)]
    assert lost[earlier].isna().any(axis=1).all()


@pytest.mark.slow
def test_a_contest_is_archived_with_its_weights(tmp_path, monkeypatch):
    panel = synthetic.panel(2000, seed=1, system=SMALL)
    monkeypatch.setattr(stacking, "RIVALS", ("bal-1", "cond-1"))
    monkeypatch.setattr(panels, "read", lambda *_: panel)
    result = stacking.fit_contest("balance", Session(panels.PANEL, Settings(seed=1), tmp_path))
    assert not result.failed
    out = archive.group(archive.read("contest.balance", tmp_path), "contest")
    assert float(out["weight"].sum()) == pytest.approx(1.0)
    np.testing.assert_allclose(out["elpd_i"].sum("cluster"), out["elpd"], rtol=1e-9)
    best = int(np.argmax(out["elpd"].to_numpy()))
    assert float(out["elpd_diff"][best]) == float(out["elpd_diff_se"][best]) == 0.0
