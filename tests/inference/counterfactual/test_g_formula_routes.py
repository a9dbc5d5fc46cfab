"""Two independent routes to one population contrast, the whole chain in a few worlds,"""

import numpy as np
import pytest
import xarray as xr

from inference.counterfactual.simulation import chain as chain_of
from inference.counterfactual.simulation import g_formula, population
from inference.engine import forward, sample
from inference.sampling.diagnostics import mcse_mean
from models import logit
from models.claims.registry import OUTCOMES, REGISTRY

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_kernel_and_pymc_agree_on_a_population_contrast(w, outcome):
    """Duress for all against none, at capacity raised by one: probabilities summed by the kernel, and ``pm.do``."""
    design = REGISTRY["carter-3"].design(w.alignment, outcome)
    posterior = sample(design, chains=2, draws=500, tune=300, seed=1)["posterior"].to_dataset()
    frame = w.alignment.iloc[design.rows].assign(capacity=lambda rows: rows["capacity"] + 1.0)
    rates = [_by_kernel(design, posterior, frame["capacity"].to_numpy(float), duress) for duress in (0.0, 1.0)]
    ours = (rates[1] - rates[0]).reshape(2, 500)
    changed = [_by_pymc(design, posterior, design.predictors(frame.assign(duress=duress))) for duress in (0.0, 1.0)]
    theirs = changed[1] - changed[0]
    error = np.hypot(mcse_mean(ours), mcse_mean(theirs))
    assert abs(ours.mean() - theirs.mean()) < 4 * error
    assert error < 0.2 * ours.std()  # the routes could be told apart


def _by_kernel(design, posterior, capacity, duress):
    """Mean probability (draw,) with duress and true capacity put in by the compiled sums, states region by region."""
    link = chain_of.logit(design, posterior)
    draws = link.slope.shape[2]
    total = np.zeros(draws)
    for region in range(4):
        mine = np.flatnonzero(design.groups["region"].index == region)
        zero = np.zeros(mine.size, int)
        terms = g_formula.outcome_terms(link, population.Rows(design, mine, zero, zero), 0)
        own = 0.5 * design.error["capacity"][mine, None] * link.term("capacity")[region] ** 2
        own = own + terms.capacity * capacity[mine, None]  # of each row: no state has one capacity here
        terms = terms._replace(base=(terms.base + own).astype(np.float32), capacity=np.zeros(draws, np.float32))
        window = np.full((1, 1, draws), int(duress), np.int8)
        before, out = np.zeros((1, 1, draws), np.float32), np.zeros((1, 1, draws))
        nothing, (eta, probability) = np.zeros((1, draws), np.float32), np.zeros((2, draws), np.float32)
        more = (np.zeros((1, 3), int), nothing, nothing, nothing[0], eta, probability, out)
        forward.add_events(terms, window, before, window, *more)
        total += out[0, 0]
    return total / design.y.size


def _by_pymc(design, posterior, x):
    """Share of rows with the outcome (chain, draw) among outcomes drawn from the PyMC model with other predictors."""
    import pymc as pm

    with pm.do(logit.build(design), {"x": x}):
        seen = pm.sample_posterior_predictive(
            _latent(design, posterior), var_names=["y"], predictions=True, random_seed=3, progressbar=False,
            compile_kwargs={"mode": "FAST_COMPILE"},
        )  # fmt: skip
    return seen["predictions"]["y"].mean("obs").transpose("chain", "draw").to_numpy()


def _latent(design, posterior):
    """The posterior with the standardised effects that the PyMC model samples."""
    extra = {f"z_alpha_{g}": posterior[f"alpha_{g}"] / posterior[f"sigma_{g}"] for g in design.groups}
    extra["z_gamma"] = posterior["gamma"] / posterior["sigma_gamma"]
    scale = xr.ones_like(posterior["beta"]) * design.slope_sd
    for name, (_, mine) in design.shared_scales.items():
        scale = scale.where(~xr.DataArray(mine, dims="predictor"), scale * posterior[name])
    extra["z_beta"] = (posterior["beta"] - design.slope_mean) / scale
    return xr.DataTree.from_dict({"posterior": posterior.assign(extra)})
