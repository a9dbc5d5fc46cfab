"""Streamed estimates against plain numpy over rows x draws, on a small panel."""

import numpy as np
import pytest
from scipy.special import expit

from data import synthetic
from inference.engine import stream
from inference.evidence import datagrid, predictions
from inference.fitting.logit import prior_draws
from models.claims.registry import REGISTRY

CARTER_3 = REGISTRY["carter-3"]


@pytest.fixture(scope="module")
def small():
    panel = synthetic.panel(1500, seed=3)
    joint = CARTER_3.joint(panel)
    design = joint.designs[0]
    assert set(design.groups) == {"region", "era", "state", "aggressor", "year"}
    draws = prior_draws(joint, 7)["bandwagon"].isel(draw=slice(0, 240))
    return design, panel.iloc[design.rows], draws


def probabilities(design, draws, x):
    """(draw, obs) by plain algebra in double precision."""
    flat = draws.isel(chain=0)
    region = design.groups["region"].index
    eta = flat["alpha"].to_numpy()[:, None] + flat["beta"].to_numpy() @ x.T
    for name, group in design.groups.items():
        eta += flat[f"alpha_{name}"].to_numpy()[:, group.index]
    gamma = flat["gamma"].transpose("draw", "region", "exposure").to_numpy()
    for k, column in enumerate(design.varying_columns):
        eta += gamma[:, region, k] * x[:, column]
    for term, variance in design.error.items():
        eta += 0.5 * np.outer(flat["beta"].sel(predictor=term) ** 2, variance)
    return expit(eta)


def test_means_over_rows_and_over_draws(small):
    design, _, draws = small
    p = probabilities(design, draws, design.x)
    np.testing.assert_allclose(stream.mean_probability(design, draws, design.x)[0], p.mean(axis=1), rtol=2e-5)
    np.testing.assert_allclose(stream.row_probability(design, draws), p.mean(axis=0), rtol=2e-5)


def test_fitted_probabilities_follow_from_the_densities(small):
    design, frame, draws = small
    groups = predictions.predictive(design, draws, frame, seed=1)
    expected = probabilities(design, draws, design.x).mean(axis=0)
    np.testing.assert_allclose(groups["fitted"]["probability"], expected, rtol=1e-4)


def test_replicates_and_counts_are_of_evenly_spaced_draws(small, monkeypatch):
    design, frame, draws = small
    monkeypatch.setattr(predictions, "BY_ROW", 60)
    groups = predictions.predictive(design, draws, frame, seed=1)
    y = groups["posterior_predictive"]["y"]
    assert (y.dims, y.sizes["obs"]) == (("chain", "draw", "obs"), design.y.size)
    assert y["draw"].to_numpy().tolist() == draws["draw"].to_numpy()[::4].tolist()
    densities = groups["log_likelihood"]["y"]
    p = probabilities(design, draws, design.x)[::4]
    np.testing.assert_allclose(densities[0], np.log(np.where(design.y == 1, p, 1 - p)), rtol=2e-5)
    assert densities["draw"].equals(y["draw"])
    found = groups["predictive_checks"]
    assert found["events"].dims == ("chain", "draw")
    assert found["events_region"].sum("region").equals(found["events"])
    assert int(found["observed_events"]) == design.y.sum()


def test_cells_add_up(small):
    design, _, draws = small
    cells = predictions.cell_probability(design, draws)
    p = probabilities(design, draws, design.x)
    chosen = (design.groups["region"].index == 2) & (design.groups["era"].index == 3)
    np.testing.assert_allclose(cells["probability"][0, :, 2, 3], p[:, chosen].mean(axis=1), rtol=2e-5)
    np.testing.assert_allclose(predictions.overall(cells)[0], p.mean(axis=1), rtol=2e-5)


def test_simulated_counts_have_the_right_mean_and_spread(small):
    design, _, draws = small
    one = draws.isel(draw=[5] * 4000).assign_coords(draw=np.arange(4000))
    p = probabilities(design, draws, design.x)[5]
    events = stream.event_counts(design, one, seed=1).sum(("region", "era"))
    sd = np.sqrt((p * (1 - p)).sum())
    assert float(events.mean()) == pytest.approx(p.sum(), abs=4 * sd / np.sqrt(4000))
    assert float(events.std()) == pytest.approx(sd, rel=0.05)
    assert stream.event_counts(design, one, seed=1).sum(("region", "era")).equals(events)


def test_risk_differences_by_hand(small):
    design, frame, draws = small
    contrasts = predictions.contrasts(CARTER_3.exposures, design, frame, draws)

    def mean(**values):
        return probabilities(design, draws, design.predictors(frame.assign(**values))).mean(axis=1)

    half = design.scaling["threat"].scale / 2
    up, down = frame["threat"].astype(float) + half, frame["threat"].astype(float) - half
    duress = mean(duress=1.0) - mean(duress=0.0)
    np.testing.assert_allclose(contrasts["risk_difference"].sel(term="duress")[0], duress, atol=1e-6)
    product = mean(duress=1.0, threat=up) - mean(duress=0.0, threat=up)
    product -= mean(duress=1.0, threat=down) - mean(duress=0.0, threat=down)
    np.testing.assert_allclose(contrasts["risk_difference"].sel(term="duress:threat")[0], product, atol=1e-6)


def test_duress_removed_concerns_states_under_duress_only(small):
    design, frame, draws = small
    contrasts = predictions.contrasts(CARTER_3.exposures, design, frame, draws)
    under = (frame["duress"] == 1).to_numpy()
    p = probabilities(design, draws, design.x)[:, under].mean(axis=1)
    calm = probabilities(design, draws, design.predictors(frame.assign(duress=0)))[:, under].mean(axis=1)
    np.testing.assert_allclose(contrasts["duress_rate"][0], p, rtol=2e-5)
    np.testing.assert_allclose(contrasts["duress_removed"][0], calm, rtol=2e-5)


def test_products_are_recomputed_and_observed_values_give_the_design(small):
    design, frame, _ = small
    np.testing.assert_allclose(datagrid.set_to(design, frame), design.x)
    raised = datagrid.set_to(design, frame, duress=1.0)
    columns = [design.terms.index(term) for term in ("duress", "threat", "duress:threat")]
    duress, threat, product = raised[:, columns].T
    np.testing.assert_allclose(product, duress * threat)


def test_curves_stay_inside_the_data(small):
    design, frame, draws = small
    curves = predictions.curves(design, frame, draws)
    assert curves["duress"]["duress_value"].to_numpy().tolist() == [0.0, 1.0]
    carter_1 = REGISTRY["carter-1"].design(frame, "bandwagon")
    values = datagrid.grid(carter_1, frame, "threat_other")
    assert values[0] >= frame["threat_other"].min()
    assert values[-1] <= frame["threat_other"].max()
