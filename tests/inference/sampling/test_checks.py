import numpy as np
import pytest
import xarray as xr

from inference.sampling import checks
from models.claims.links import logits
from models.priors import DEFAULT

CHAINS, DRAWS = 4, 1000


def test_every_outcome_of_a_logit_has_a_prior_and_bands():
    outcomes = {outcome for _, outcome in logits()}
    assert outcomes <= set(DEFAULT.alpha)
    assert outcomes <= set(checks.RATE_BAND)
    assert outcomes <= set(checks.CELL_LIMIT)


def healthy(seed=0):
    rng = np.random.default_rng(seed)
    draws = ("chain", "draw")
    posterior = xr.Dataset(
        {"alpha": (draws, rng.normal(size=(4, 1000))), "beta": ((*draws, "predictor"), rng.normal(size=(4, 1000, 3)))}
    )
    statistics = xr.Dataset(
        {
            "diverging": (draws, np.zeros((4, 1000), bool)),
            "energy": (draws, rng.normal(size=(4, 1000))),
            "reached_max_treedepth": (draws, np.zeros((4, 1000), bool)),
        }
    )
    return posterior, xr.Dataset({"rate": posterior["alpha"] * 2}), statistics


def gate(posterior, estimands, statistics, **changes):
    return checks.failures(
        checks.convergence(posterior, estimands, statistics, **({"chains": CHAINS, "draws": DRAWS} | changes))
    )


def test_independent_draws_pass():
    assert gate(*healthy()) == []


FAULTS = {
    "a NaN draw": ("alpha", lambda a: np.where(np.arange(1000) == 7, np.nan, a), "finite"),
    "an infinite draw": ("alpha", lambda a: np.where(np.arange(1000) == 7, np.inf, a), "finite"),
    "a constant parameter": ("alpha", lambda a: a * 0 + 3.0, "sd above 0"),
    "a chain elsewhere": ("alpha", lambda a: a + np.arange(4)[:, None] * 0.3, "R-hat"),
    "sticky chains": ("alpha", lambda a: np.repeat(a[:, ::20], 20, axis=1), "bulk ESS"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_draws_fail(fault):
    name, change, expected = FAULTS[fault]
    posterior, estimands, statistics = healthy()
    posterior[name] = posterior[name].dims, change(posterior[name].to_numpy())
    assert any(expected in failure for failure in gate(posterior, estimands, statistics))


def test_faulty_estimands_fail():
    posterior, estimands, statistics = healthy()
    estimands["rate"] = estimands["rate"].dims, np.repeat(estimands["rate"].to_numpy()[:, ::20], 20, axis=1)
    assert any("ESS" in failure for failure in gate(posterior, estimands, statistics))


def test_sampler_statistics_fail():
    posterior, estimands, statistics = healthy()
    for name, expected in (("diverging", "divergences: 1"), ("reached_max_treedepth", "saturated trees: 1")):
        broken = statistics.copy(deep=True)
        broken[name][2, 5] = True
        assert [failure.startswith(expected) for failure in gate(posterior, estimands, broken)] == [True]
    drifting = statistics.assign(energy=statistics["energy"].cumsum("draw"))
    assert any("E-BFMI" in failure for failure in gate(posterior, estimands, drifting))


def test_missing_chains_and_draws_fail():
    posterior, estimands, statistics = healthy()
    few = {"chain": slice(0, 3)}
    assert gate(posterior.isel(few), estimands.isel(few), statistics.isel(few)) == [
        "chains and draws present: 3e+03 (4 x 1000)"
    ]


def test_posterior_predictive_tail_probability():
    counts = xr.Dataset({"events": (("chain", "draw"), np.array([[1, 2, 3, 3]]))})
    tails = checks.posterior_predictive(counts, xr.Dataset({"events": 3}))
    assert float(tails["p_events"]) == 0.75  # two below, two equal


def test_calibration_bins_hold_equal_expected_events():
    rng = np.random.default_rng(1)
    probability = rng.beta(0.3, 30, 50_000)
    y = (rng.random(probability.size) < probability).astype(float)
    bins = checks.calibration(probability, y)
    expected = (bins["predicted"] * bins["rows"]).to_numpy()
    np.testing.assert_allclose(expected, probability.sum() / 10, rtol=0.02)
    assert int(bins["rows"].sum()) == y.size
    assert float((bins["observed"] * bins["rows"]).sum()) == pytest.approx(y.sum())
    inside = (bins["low"] <= bins["predicted"]) & (bins["predicted"] <= bins["high"])
    assert inside.sum() >= 8  # of ten 95 % intervals


def rates(bandwagon=0.005, balance=0.02):
    rng = np.random.default_rng(2)
    spread = np.exp(rng.normal(0, 0.5, 500))
    return {"bandwagon": bandwagon * spread, "balance": balance * spread[::-1]}


def prior_gate(scale=1.0, odds=1.0):
    pair = rates()
    cells = scale * pair["bandwagon"][:, None] * np.array([0.5, 1.5])
    results = checks.prior_predictive("bandwagon", cells, np.array([50.0, 50.0]), np.full((500, 1), odds), pair)
    return checks.failures(results)


def test_prior_gate():
    assert prior_gate() == []
    assert len(prior_gate(scale=100)) == 2  # mean rate and largest cell
    assert prior_gate(odds=5.0) == ["prior odds ratio of a binary predictor within 1/4-4: 0 (at least 0.94)"]
