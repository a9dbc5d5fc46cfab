"""Measured causes as a yardstick: what leaving one out really does to a slope, and when an effect vanishes."""

import numpy as np
import pytest

from inference.counterfactual import benchmark
from inference.counterfactual.benchmark import departures, vanishing
from inference.counterfactual.results import TippingPoint
from inference.evidence.quantities import Quantity
from models.claims.links import LOGITS


def test_the_bias_of_leaving_a_cause_out_is_that_of_least_squares(chain):
    """Exactly so in a linear model of the same predictors."""
    design = chain.outcomes["bandwagon"].design
    indicators = [np.eye(len(design.groups[name].levels))[design.groups[name].index] for name in ("region", "era")]
    columns = np.column_stack([design.x, *indicators])
    y = np.random.default_rng(1).normal(size=len(columns)) + 0.4 * columns[:, 0]
    cause, exposure = design.terms.index("income_lag5"), design.terms.index("capacity")
    full, *_ = np.linalg.lstsq(columns, y, rcond=None)
    kept = [k for k in range(columns.shape[1]) if k != cause]
    without, *_ = np.linalg.lstsq(columns[:, kept], y, rcond=None)
    added = without[kept.index(exposure)] - full[exposure]
    assert departures(design)[cause, exposure] * full[cause] == pytest.approx(added, abs=1e-10)


def test_causes_are_what_the_link_adjusts_for(chain):
    names = benchmark.causes(chain.outcomes["balance"].design)
    assert set(names) <= set(LOGITS["alignment"].equation("balance").adjustment)
    assert {"income_lag5", "democracy_lag5", "threat_lag5"} <= set(names)
    assert "threat" not in names  # the moderator of duress


@pytest.mark.parametrize(
    ("changes", "zero"),
    [((-3.0, -2.0, -1.0, 1.0, 3.0), 0.25), ((1.0, 2.0, 3.0, 4.0, 5.0), None), ((-1.0, 1.0, 1.0, 1.0, -9.0), 0.55)],
)
def test_an_effect_vanishes_between_the_biases_whose_effects_differ_in_sign(changes, zero):
    points = [
        TippingPoint(bias, Quantity(change, 0.0, change, change), 0.5, 0.0)
        for bias, change in zip((-1.0, -0.5, 0.0, 0.5, 1.0), changes, strict=True)
    ]
    assert vanishing(points) == (None if zero is None else pytest.approx(zero))
