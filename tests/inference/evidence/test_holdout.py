"""Years that a posterior has not seen: which rows they are, how they are scaled and counted."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from data import synthetic
from inference.evidence.holdout import holdout, score
from models.claims.registry import REGISTRY
from models.parameters import draw

LAST = 2004


@pytest.fixture(scope="module")
def panel():
    return synthetic.panel(3000, seed=4)


@pytest.fixture(scope="module")
def claim():
    return replace(REGISTRY["carter-1"], until=LAST)


def test_rows_are_learnt_from_or_held_out_and_never_both(panel, claim):
    learnt, held = claim.sample(panel), claim.held_out(panel)
    assert panel["year"].iloc[learnt].max() == LAST
    assert panel["year"].iloc[held].min() == LAST + 1
    assert len(learnt) + len(held) == len(panel)


def test_held_out_rows_are_scaled_as_those_learnt_from(panel, claim):
    design = claim.design(panel, "balance")
    frame = panel.iloc[claim.held_out(panel)]
    away = design.elsewhere(frame)
    known = frame.iloc[away.rows]
    scaling = design.scaling["threat"]
    expected = (known["threat"] - scaling.centre) / scaling.scale
    np.testing.assert_allclose(away.x[:, design.terms.index("threat")], expected)
    levels = np.array(design.groups["era"].levels)[away.groups["era"].index]
    assert levels.tolist() == known["era"].astype(str).tolist()


def test_what_is_expected_and_what_happened(panel, claim):
    design = claim.design(panel, "balance")
    truth = draw(design, 1, np.random.default_rng(1))
    dims = {"beta": ["predictor"], "gamma": ["exposure", "region"], "sigma_gamma": ["exposure"]}
    dims |= {f"alpha_{name}": [name] for name in design.groups}
    point = {name: (["chain", "draw", *dims.get(name, [])], value[0][None, None]) for name, value in truth.items()}
    posterior = xr.Dataset(point, {"chain": [0], "draw": [0]} | design.coords)
    found = holdout(claim, design, posterior, panel)
    assert found is not None
    assert int(found["rows"]) == len(claim.held_out(panel))
    assert int(found["events"]) == panel["balance"].iloc[claim.held_out(panel)].sum()
    assert 0 < float(found["expected"].mean()) < int(found["rows"])
    assert holdout(replace(claim, until=int(panel["year"].max())), design, posterior, panel) is None


def test_events_of_excluded_classes_do_not_count():
    panel = pd.DataFrame(
        {
            "bandwagon": [1, 1, 1, 0],
            "bandwagon_class": ["imposed", "common enemy", "other", None],
            "balance": [1, 1, 1, 0],
            "balance_class": ["imposed", "common enemy", "other", None],
        }
    )
    carter, walt = REGISTRY["carter-1"], REGISTRY["bw-1"]
    assert carter.counted(panel, "bandwagon")["bandwagon"].tolist() == [0, 1, 1, 0]
    assert walt.counted(panel, "bandwagon")["bandwagon"].tolist() == [0, 0, 1, 0]
    assert walt.counted(panel, "balance")["balance"].tolist() == [0, 1, 1, 0]


def test_a_part_of_a_decision_scores_as_a_part(panel, claim):
    design = claim.design(panel, "balance").subset(slice(0, 4))
    y, weight = np.array([1, 1, 0, 0], np.int8), np.array([0.5, 0.5, 1.0, 1.0])
    found = score(replace(design, y=y, weight=weight), np.array([0.2, 0.2, 0.1, 0.3]), 0.25)
    assert found.log == pytest.approx((np.log(0.2) + np.log(0.9) + np.log(0.7)) / 3)
    assert found.precision_base == pytest.approx(1 / 4)
