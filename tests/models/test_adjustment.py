"""On panels with a known graph the computed adjustment set finds the total effect, and all drivers at once do not.

Proximity raises threat, and threat is what brings allies in and, beside proximity itself, moves weak states to
bandwagon. Holding threat and support constant takes the paths away through which proximity works, so the slope
of the regression with everything in it answers another question.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from inference.engine import sample
from inference.evidence import predictions
from models.claims.registry import REGISTRY
from models.structure import Structure

ROWS, SEEDS = 25_000, (1, 2, 3)
ERRORS = 3.0  # posterior standard deviations that an estimate may lie from the truth
REGIONS, ERAS = 6, 4
STATES, AGGRESSORS = 8, 12  # of a region, and of the world


def world(rng, rows, push=0.0):
    """A panel from the stated graph, proximity pushed by ``push`` against its causes; and its probabilities."""
    frame = pd.DataFrame(
        {
            "region": pd.Categorical([f"region {k}" for k in rng.integers(0, REGIONS, rows)]),
            "era": pd.Categorical([f"era {k}" for k in rng.integers(0, ERAS, rows)]),
            "year": np.full(rows, 1950),
            "power": rng.normal(size=rows),
            "own_power": rng.normal(size=rows),
            "past_alliance": (rng.random(rows) < 0.3).astype(float),
            "colonial_tie": (rng.random(rows) < 0.1).astype(float),
            "before": rng.normal(size=rows),  # aggression in earlier years
            "own_revisionism": rng.normal(size=rows),
            "threat_other": rng.normal(size=rows),
            "offence": rng.normal(size=rows),
            "capacity": rng.normal(size=rows),
            "similarity": rng.normal(size=rows),
        }
    )
    local = np.array([-0.5, -0.3, -0.1, 0.1, 0.3, 0.5])[frame["region"].cat.codes]
    history = frame["past_alliance"] - 0.3
    frame["proximity"] = 0.4 * frame["power"] + local + rng.normal(size=rows) + push
    frame["threat"] = 0.8 * frame["proximity"] + 0.4 * frame["power"] + 0.5 * history + 0.4 * frame["own_revisionism"]
    frame["threat"] += rng.normal(size=rows)
    frame["aggression"] = frame["threat"] + rng.normal(size=rows)
    # Power and ties are as they were the year before; what an aggressor did by then comes before its threats.
    for column, now in {"aggressor_power": "power", "own_power": "own_power", "past_alliance": "past_alliance"}.items():
        frame[f"{column}_lag1"] = frame[now]
    frame["aggression_lag1"] = frame["before"]
    odds = 0.7 * frame["threat"] + 0.6 * frame["capacity"] - 1.0
    frame["duress"] = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(float)
    frame["support"] = -0.6 * frame["threat"] - 0.3 * frame["proximity"] + 0.3 * history + rng.normal(size=rows)
    eta = -4.6 + 0.2 * frame["proximity"] + 0.5 * frame["threat"] - 0.5 * frame["support"] + 0.4 * frame["duress"]
    eta += 0.3 * frame["power"] + 0.4 * history + 0.5 * local
    probability = 1 / (1 + np.exp(-eta.to_numpy()))
    frame["bandwagon"] = (rng.random(rows) < probability).astype(np.int8)
    frame["state"] = STATES * frame["region"].cat.codes + rng.integers(0, STATES, rows)
    frame["aggressor"] = rng.integers(0, AGGRESSORS, rows)
    return frame, probability


def total_effect(seed, sd):
    """Average change of probability when proximity is raised by one standard deviation, by brute force."""
    high, low = (world(np.random.default_rng(seed), 400_000, push)[1].mean() for push in (sd / 2, -sd / 2))
    return high - low


def risk_difference(hypothesis, frame):
    # The simulated world has no times since treaties and disputes.
    claim = replace(REGISTRY[hypothesis], structure=Structure(durations=False))
    design = claim.design(frame, "bandwagon")
    posterior = sample(design, seed=11, draws=500)["posterior"].to_dataset()
    contrasts = predictions.contrasts(("proximity",), design, frame, posterior)
    return contrasts["risk_difference"].sel(term="proximity").to_numpy()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [SEEDS[0], *(pytest.param(seed, marks=pytest.mark.campaign) for seed in SEEDS[1:])])
def test_the_computed_set_finds_the_total_effect_and_everything_at_once_does_not(seed):
    frame, _ = world(np.random.default_rng(seed), ROWS)
    truth = total_effect(100 + seed, float(frame["proximity"].std()))
    chosen, everything = (risk_difference(name, frame) for name in ("carter-2", "all-in"))
    assert abs(chosen.mean() - truth) < ERRORS * chosen.std()
    assert everything.mean() < truth - ERRORS * everything.std()
    assert everything.mean() < 0.5 * truth  # most of the effect runs through threat and support
