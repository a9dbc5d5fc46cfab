"""A panel simulated from stated truths has the real schema, and a plain logit finds the truths again."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from data import schema, synthetic
from data.build.alignment import ALIGNMENT
from data.codebook.variable import Variable
from data.synthetic import PRINCIPAL, Truth
from models.design import build
from models.priors import DEFAULT

SLOPES = {"threat": 0.4, "proximity": 0.5, "support": -0.4, "duress": 0.7, "duress:threat": 0.3}
STANDARD_ERRORS = 4  # tolerance of a recovered slope; at 30,000 rows a standard error is about 0.03


def maximum_likelihood(x, y):
    """Coefficients (k,) and their standard errors (k,) of a logit of y (n,) on x (n, k)."""

    def objective(b):
        eta = x @ b
        return np.logaddexp(0, eta).sum() - y @ eta, x.T @ (expit(eta) - y)

    best = minimize(objective, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 2000})
    p = expit(x @ best.x)
    return best.x, np.sqrt(np.diag(np.linalg.inv((x.T * (p * (1 - p))) @ x)))


@pytest.fixture(scope="module")
def drawn():
    """A panel of 30,000 rows with bandwagoning drawn from SLOPES, its design and the group effects drawn."""
    rng = np.random.default_rng(11)
    frame = synthetic.covariates(30_000, rng)
    effects = synthetic.simulate(frame, "bandwagon", Truth(-2.5, SLOPES, 0.4, 0.4), rng)
    design = build(frame, "bandwagon", tuple(SLOPES), name="toy", varying=(), priors=DEFAULT)
    return frame, design, effects


def test_the_schema_is_that_of_the_real_panel(simulated):
    committed = schema.read(Path(__file__).parents[2] / "data" / "panels" / "alignment.parquet")
    assert list(simulated.columns) == list(committed.columns)
    for variable in ALIGNMENT.variables:
        if variable.kind in {"outcome", "binary"}:
            assert set(simulated[variable.name].unique()) <= {0, 1}
        if variable.kind == "group":
            assert set(simulated[variable.name].cat.categories) <= set(variable.levels)


def test_one_seed_makes_one_panel_and_another_another():
    same = [synthetic.panel(800, seed=seed) for seed in (5, 5, 6)]
    pd.testing.assert_frame_equal(same[0], same[1])
    assert not same[0].equals(same[2])


def test_a_system_has_the_states_aggressors_and_years_that_it_says():
    frame = synthetic.covariates(60, np.random.default_rng(0), synthetic.System(1, 3, (1900, 1990)))
    assert set(frame["year"]) == {1900, 1990}
    assert frame["aggressor"].nunique() == 3
    assert set(frame.groupby("region", observed=True)["state"].nunique()) == {1}
    with pytest.raises(ValueError, match="choose between 1 and"):
        synthetic.covariates(1000, np.random.default_rng(0), synthetic.System(1, 3, (1900, 1990)))


@pytest.mark.parametrize("rows", [0, -1, 10**9])
def test_an_impossible_number_of_rows_names_the_limits(rows):
    with pytest.raises(ValueError, match=f"rows={rows}: choose between 1 and"):
        synthetic.covariates(rows, np.random.default_rng(0))


@pytest.mark.parametrize("kind", ["continuous", "count", "binary"])
@pytest.mark.parametrize(("low", "high"), [(None, None), (2, None), (None, 3), (1, 4)])
def test_a_column_without_a_rule_of_its_own_is_drawn_within_its_bounds(kind, low, high):
    low, high = (0, 1) if kind == "binary" else (low, high)
    values = synthetic.default(Variable("new", kind, "", "", "", "", low, high), 500, np.random.default_rng(0))
    assert low is None or values.min() >= low
    assert high is None or values.max() <= high
    assert len(np.unique(values)) > 1
    assert kind != "count" or (values == np.floor(values)).all()


def test_columns_agree_with_each_other_as_in_the_real_panel(simulated):
    parts = simulated[["duress_war", "duress_coup", "duress_irregular"]].max(axis=1)
    assert (simulated["duress"] == parts).all()
    assert not simulated.duplicated(["state", "aggressor", "year"]).any()
    np.testing.assert_allclose(simulated["proximity"], -np.log1p(simulated["distance_km"] / 100), atol=1e-5)
    threat = np.log1p(simulated["threat_disputes"]) + simulated["rivalry"]
    np.testing.assert_allclose(simulated["threat"], threat, rtol=1e-5)
    assert (simulated[list(PRINCIPAL)].std() > 0.1).all()
    penetration = (3 * simulated["ties"] + simulated["imposed_leader"]) / 4
    np.testing.assert_allclose(simulated["penetration"], penetration, rtol=1e-6)
    assert (simulated["ties"] >= (simulated["colonial_tie"] + simulated["base"]) / 3).all()
    assert (simulated["bipolar"] == simulated["year"].between(1946, 1989)).all()
    assert ((simulated["arms"] > 0) == (simulated["arms_share"] > 0)).all()


def test_predictors_are_standardised_as_the_design_does(drawn):
    frame, design, _ = drawn
    for k, term in enumerate(SLOPES):
        np.testing.assert_allclose(synthetic._predictor(frame, term), design.x[:, k], atol=1e-12)


def test_the_event_rate_is_that_of_the_truth(drawn):
    frame, design, effects = drawn
    eta = -2.5 + design.x @ np.array(list(SLOPES.values()))
    for name in ("region", "era"):
        eta = eta + effects[f"alpha_{name}"][frame[name].cat.codes.to_numpy()]
    p = expit(eta)
    error = np.sqrt((p * (1 - p)).sum())
    assert abs(frame["bandwagon"].sum() - p.sum()) < STANDARD_ERRORS * error
    for era in frame["era"].cat.categories:
        rows = (frame["era"] == era).to_numpy()
        error = np.sqrt((p[rows] * (1 - p[rows])).sum())
        assert abs(frame.loc[rows, "bandwagon"].sum() - p[rows].sum()) < STANDARD_ERRORS * error, era


def test_maximum_likelihood_with_group_dummies_finds_the_slopes(drawn):
    frame, design, _ = drawn
    dummies = pd.get_dummies(frame[["region", "era"]], drop_first=True, dtype=float).to_numpy()
    x = np.hstack([design.x, np.ones((len(frame), 1)), dummies])
    found, error = maximum_likelihood(x, design.y.astype(float))
    for k, (term, truth) in enumerate(SLOPES.items()):
        assert error[k] < 0.08, term
        assert abs(found[k] - truth) < STANDARD_ERRORS * error[k], term
        assert abs(found[k]) > STANDARD_ERRORS * error[k], f"{term}: too little power to tell its truth from none"


def test_slopes_vary_by_region_as_drawn():
    rng = np.random.default_rng(4)
    frame = synthetic.covariates(30_000, rng)
    effects = synthetic.simulate(frame, "bandwagon", Truth(-2.0, {"threat": 0.3}, 0, 0, {"threat": 0.6}), rng)
    threat, regions = synthetic._predictor(frame, "threat"), frame["region"].cat.codes.to_numpy()
    p = expit(-2.0 + (0.3 + effects["gamma[threat]"][regions]) * threat)
    score = (frame["bandwagon"].to_numpy() - p) * threat  # sums to about zero in a region if its slope is right
    error = np.sqrt(np.bincount(regions, p * (1 - p) * threat**2))
    assert (abs(np.bincount(regions, score)) < STANDARD_ERRORS * error).all()


def test_group_effects_have_the_stated_scales():
    rng = np.random.default_rng(3)
    frame = synthetic.covariates(2_000, rng)
    truth = Truth(-3.0, {"threat": 0.0}, 0.7, 0.3, {"threat": 0.5})
    drawn = [synthetic.simulate(frame, "balance", truth, rng) for _ in range(300)]
    for name, scale in (("alpha_region", 0.7), ("alpha_era", 0.3), ("gamma[threat]", 0.5)):
        values = np.concatenate([effects[name] for effects in drawn])
        assert values.std() == pytest.approx(scale, rel=0.06), name
        assert abs(values.mean()) < 4 * scale / np.sqrt(values.size), name
