"""Worlds with hidden causes: what they bias, by how much, and that it is gone once that is taken off."""

from dataclasses import replace

import numpy as np
import pytest

from inference.calibration.worlds import effect_recovery, hidden_cause, simulated_world, stored
from inference.calibration.worlds.hidden_cause import AS_IT_STANDS, KNOWN, PLANTED, biases
from inference.calibration.worlds.truths import TERM
from models.claims.links import LOGITS
from models.claims.registry import OUTCOMES


@pytest.fixture(scope="module")
def led():
    return simulated_world.world(3, hidden_cause.hidden_cause)


def test_leaders_stay_for_a_term_and_move_what_they_should(led):
    orientation, skill = (led.columns[name] for name in ("orientation", "skill"))
    changes = (np.diff(orientation, axis=1) != 0).sum(axis=1)
    assert set(changes) <= {
        orientation.shape[1] // TERM - 1,
        orientation.shape[1] // TERM,
        -(-orientation.shape[1] // TERM),
    }
    assert np.corrcoef(orientation[:, 6:].ravel(), led.histories["duress"][:, 6:].ravel())[0, 1] > 0.1
    still = simulated_world.world(
        3, lambda what: replace(hidden_cause.hidden_cause(what), hidden=replace(PLANTED, skill=0.0))
    )
    lost = (led.capacity - still.capacity)[:, 20:]
    assert np.corrcoef(skill[:, 20:].ravel(), lost.ravel())[0, 1] < -0.2


def test_the_bias_of_a_linear_model_is_the_one_that_is_stated(led):
    """Least squares with and without the hidden causes, which is what the formula is exact for."""
    design = LOGITS["alignment"].design(led.alignment, "bandwagon")
    frame = led.alignment.iloc[design.rows]
    i, t = np.searchsorted(simulated_world.CODES, frame["state"]), frame["year"].to_numpy() - simulated_world.FIRST
    hidden = simulated_world.unseen(led.columns)[i, t - 1]
    groups = [np.eye(len(group.levels))[group.index] for group in design.groups.values()]
    columns, y = np.column_stack([design.x, *groups]), np.random.default_rng(1).normal(size=len(frame))
    y = y + PLANTED.alignments * hidden
    without = np.linalg.lstsq(columns, y, rcond=None)[0]
    full = np.linalg.lstsq(np.column_stack([columns, PLANTED.alignments * hidden]), y, rcond=None)[0]
    strength = full[-1]
    sd = 0.7
    found = biases(led, design, sd)
    scale = {"duress": 1.0, "capacity": sd / design.scaling["capacity"].scale}
    for (name, unit), bias in zip(scale.items(), found, strict=True):
        at = design.terms.index(name)
        assert (without[at] - full[at]) * unit == pytest.approx(strength * bias, abs=1e-8)
    assert found[0] > 0.05 and found[1] < -0.02  # both make aid look better than it is


@pytest.mark.slow
@pytest.mark.campaign
def test_known_biases_taken_off_make_aid_look_worse_and_intervals_hold(tmp_path):
    """Both causes make aid look better than it is, in every world; errors of so few worlds say nothing of the size."""
    worlds = 6
    table = stored.worlds("hidden", worlds, 11, tmp_path)
    rows = [effect_recovery.Recovery(**{str(k): v for k, v in row.items()}) for row in table.to_dict("records")]
    mean, known = {(r.arm, r.world, r.outcome): r.mean for r in rows}, [r for r in rows if r.arm == KNOWN]
    assert len(rows) == 2 * len(known) == worlds * 2 * len(OUTCOMES)
    for r in known:
        assert r.mean > mean[AS_IT_STANDS, r.world, r.outcome], r
    # Of twelve intervals that hold the truth with probability 0.88 each, seven or fewer do in one of 100 samples.
    assert sum(r.covered for r in known) >= 8
