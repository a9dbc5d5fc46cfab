"""Worlds with hidden causes: what they bias, by how much, and that it is gone once that is taken off."""

from dataclasses import replace

import numpy as np
import pytest

from inference.calibration.worlds import effect_recovery, hidden_cause, simulated_world
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
def test_effects_are_recovered_once_known_biases_are_taken_off():
    rows = effect_recovery.of_worlds(hidden_cause.replicate, 6, 11)
    off = {name: np.mean([abs(r.mean - r.truth) for r in rows if r.arm == name]) for name in (AS_IT_STANDS, KNOWN)}
    assert len(rows) == 6 * 2 * len(OUTCOMES)
    assert off[KNOWN] < off[AS_IT_STANDS]
