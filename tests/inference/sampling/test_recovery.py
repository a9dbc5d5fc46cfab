"""Parameters put into simulated panels come back out of the fits."""

from dataclasses import replace

import numpy as np
import pytest

from data import synthetic
from inference.sampling import engines
from models.claims.registry import REGISTRY
from models.structure import INDEPENDENT_ROWS

PANELS, ROWS = 20, 6000
LOWEST, HIGHEST = 0.80, 0.98  # admitted coverage of 90 % intervals over all slopes and panels
TRUTH = synthetic.Truth(
    alpha=-3.5,
    slopes={
        "duress": 0.5, "duress:threat": 0.2, "threat": 0.4, "aggressor_power_lag5": -0.3, "own_power_lag5": 0.2,
        "past_alliance_lag5": 0.3, "colonial_tie": -0.4, "threat_lag5": 0.1, "threat_other_lag5": 0.1,
        "income_lag5": 0.1, "democracy_lag5": -0.1, "capacity_lag5": -0.2,
    },
    sigma_region=0.4, sigma_era=0.4, sigma_gamma={"duress": 0.3},
)  # fmt: skip


def recovered(seed):
    """Whether the 90 % interval of each slope covers the truth, and the estimates' errors."""
    rng = np.random.default_rng(seed)
    panel = synthetic.covariates(ROWS, rng)
    effects = synthetic.simulate(panel, "bandwagon", TRUTH, rng)
    # The simulated truth has effects of regions and eras, and no times since treaties and disputes.
    design = replace(REGISTRY["carter-3"], structure=INDEPENDENT_ROWS).design(panel, "bandwagon")
    tree = engines.sample(design, "kernel", chains=2, draws=500, seed=seed)
    beta = tree["posterior"]["beta"]
    truth = np.array([TRUTH.slopes[term] for term in design.terms])
    truth[design.terms.index("duress")] += effects["gamma[duress]"].mean()  # the average of the regions drawn
    low, high = beta.quantile([0.05, 0.95], dim=("chain", "draw")).to_numpy()
    return (low <= truth) & (truth <= high), beta.mean(("chain", "draw")).to_numpy() - truth


@pytest.mark.slow
def test_intervals_of_slopes_cover_the_truth():
    covered, errors = zip(*(recovered(seed) for seed in range(PANELS)), strict=True)
    coverage = np.mean(covered)
    print(f"coverage of 90 % intervals: {coverage:.3f} over {np.size(covered)} slopes")
    assert LOWEST <= coverage <= HIGHEST
    bias = np.abs(np.mean(errors, axis=0))
    spread = np.std(errors, axis=0) / np.sqrt(PANELS)
    assert (bias < 4 * spread + 0.05).all()  # priors centred at zero pull slopes in by a little
