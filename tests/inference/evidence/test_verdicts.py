from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from scipy.stats import norm

from inference.archives.archive import ArchiveError
from inference.evidence import estimands, verdicts
from models.claims.estimand import NEGATIVE, POSITIVE, Estimand
from models.claims.registry import Hypothesis


@pytest.mark.parametrize(
    ("probability", "label"),
    [
        (1.0, "supported"), (0.951, "supported"), (0.95, "leaning for"), (0.80, "leaning for"),
        (0.799, "undecided"), (0.20, "undecided"), (0.199, "leaning against"), (0.05, "leaning against"),
        (0.049, "contradicted"), (0.0, "contradicted"),
    ],
)  # fmt: skip
def test_the_sign_alone_as_revision_1_registered_it(probability, label):
    assert verdicts.by_sign(probability) == label


@pytest.mark.parametrize(
    ("p_sign", "beyond", "opposite", "in_rope", "sd_ratio", "label"),
    [
        (0.99, 0.80, 0.0, 0.20, 0.8, "supported"), (0.99, 0.79, 0.0, 0.21, 0.8, "leaning for"),
        (0.95, 0.90, 0.0, 0.10, 0.5, "leaning for"), (0.01, 0.0, 0.80, 0.20, 0.5, "contradicted"),
        (0.01, 0.0, 0.60, 0.40, 0.5, "leaning against"), (0.05, 0.0, 0.94, 0.06, 0.5, "leaning against"),
        (0.99, 0.09, 0.0, 0.90, 0.2, "practically nil"), (0.50, 0.05, 0.05, 0.90, 0.2, "practically nil"),
        (0.99, 0.95, 0.0, 0.05, 0.81, "not informed"), (0.50, 0.05, 0.05, 0.90, 0.81, "not informed"),
        (0.50, 0.30, 0.30, 0.40, 0.5, "undecided"), (0.99, 0.95, 0.0, 0.05, None, "supported"),
    ],
)  # fmt: skip
def test_a_verdict_asks_for_sign_and_size(p_sign, beyond, opposite, in_rope, sd_ratio, label):
    assert verdicts.verdict(p_sign, beyond, opposite, in_rope, sd_ratio) == label


@pytest.mark.parametrize("probability", [-0.1, 1.1, float("nan")])
def test_no_verdict_on_what_is_no_probability(probability):
    with pytest.raises(ValueError, match="between 0 and 1"):
        verdicts.by_sign(probability)
    with pytest.raises(ValueError, match="between 0 and 1"):
        verdicts.verdict(probability, 0.5, 0.0, 0.5, 0.5)


def normal(mean, sd, seed=0):
    return np.random.default_rng(seed).normal(mean, sd, (4, 2000))


def test_bayes_factor_of_a_normal_posterior():
    """Prior N(0, 0.5), posterior N(0.2, 0.1): the ratio of densities at 0 is known."""
    value, is_bound = estimands.bayes_factor(normal(0.2, 0.1), 0.5)
    assert value == pytest.approx(norm.pdf(0, 0, 0.5) / norm.pdf(0, 0.2, 0.1), rel=0.1)
    assert not is_bound


def test_bayes_factor_beyond_the_draws_is_a_bound_and_undefined_under_a_common_scale():
    draws = normal(2.0, 0.1)
    value, is_bound = estimands.bayes_factor(draws, 0.5)
    assert is_bound
    assert value == pytest.approx(norm.pdf(0, 0, 0.5) * draws.size * draws.std())
    assert estimands.bayes_factor(draws, float("nan")) == (None, False)


def test_summary_counts_the_expected_sign():
    draws, prior = normal(-0.1, 0.1), normal(0, 0.5, 1)
    against, towards = (verdicts.summarise(draws, prior, sign) for sign in (1, -1))
    assert against["p_sign"] + towards["p_sign"] == 1.0
    assert towards["p_sign"] == pytest.approx(norm.cdf(1), abs=4 * towards["p_sign_mcse"])
    assert towards["in_rope"] == pytest.approx(norm.cdf(2) - 0.5, abs=0.02)
    assert towards["beyond"] == against["beyond_opposite"] == pytest.approx(0.5, abs=4 * towards["beyond_mcse"])
    assert towards["beyond_opposite"] == pytest.approx(norm.cdf(-2), abs=4 * towards["beyond_opposite_mcse"])
    assert towards["in_rope"] + towards["beyond"] + towards["beyond_opposite"] == pytest.approx(1.0)
    assert (towards["verdict_by_sign"], against["verdict_by_sign"]) == ("leaning for", "leaning against")
    assert towards["mean"] == pytest.approx(-0.1, abs=4 * towards["mcse"])
    assert (towards["low"], towards["high"]) == pytest.approx((-0.1 - 0.1645, -0.1 + 0.1645), abs=0.01)


def test_quadrants_partition_the_posterior():
    mass = estimands.quadrants(np.array([1.0, -1, 1, -1]), np.array([-1.0, 1, 1, -1]))
    assert list(mass.values()) == [0.25, 0.25, 0.25, 0.25]
    only = estimands.quadrants(np.array([1.0, 1]), np.array([-1.0, -1]))
    assert only["balancing (+,-)"] == 1.0


def tree(beta):
    posterior = xr.Dataset({"beta": (("chain", "draw", "predictor"), beta)}, {"predictor": ["proximity"]})
    return xr.DataTree.from_dict(
        {
            "posterior": posterior,
            "constant_data": xr.Dataset({"slope_prior_sd": ("predictor", [0.5])}, {"predictor": ["proximity"]}),
        }
    )


def test_delta_is_bandwagoning_less_balancing():
    pair = {"bandwagon": tree(np.full((1, 2, 1), 0.7)), "balance": tree(np.full((1, 2, 1), 0.2))}
    delta = Estimand("proximity", "delta", POSITIVE)
    assert estimands.estimand(pair, delta) == pytest.approx(np.full((1, 2), 0.5))
    assert estimands.prior_sd(pair, delta) == pytest.approx(np.sqrt(0.5))
    assert estimands.prior_sd(pair, Estimand("proximity", "balance", POSITIVE)) == 0.5


def test_a_slope_that_varies_by_region_in_any_logit_of_its_estimand_has_no_bayes_factor():
    pair = {name: tree(np.full((1, 2, 1), 0.5)) for name in ("bandwagon", "balance")}
    gamma = xr.DataArray(np.zeros((1, 2, 1, 1)), {"exposure": ["proximity"]}, ("chain", "draw", "exposure", "region"))
    pair["balance"]["posterior"] = pair["balance"]["posterior"].to_dataset().assign(gamma=gamma)
    by = {outcome: Estimand("proximity", outcome, POSITIVE) for outcome in ("bandwagon", "balance", "delta")}
    assert {name: estimands.varies(pair, which) for name, which in by.items()} == {
        "bandwagon": False, "balance": True, "delta": True,
    }  # fmt: skip
    assert not estimands.varies(pair, Estimand("proximity:duress", "balance", POSITIVE))


CLAIM = Hypothesis(
    "near", "Neighbours bandwagon.", "nobody", ("proximity",),
    (Estimand("proximity", "delta", POSITIVE), Estimand("proximity", "balance", NEGATIVE)),
)  # fmt: skip
DELTA = verdicts.Verdict(
    hypothesis="near", estimand="delta[proximity] > 0", outcome="delta", term="proximity", mean=0.5, mcse=0.01, sd=0.1,
    low=0.3, high=0.7, p_sign=1.0, p_sign_mcse=0.001, p_sign_prior=0.5, in_rope=0.0, in_rope_mcse=0.001,
    beyond=1.0, beyond_mcse=0.001, beyond_opposite=0.0, beyond_opposite_mcse=0.001, sd_ratio=0.2, verdict="supported",
    verdict_by_sign="supported", bayes_factor=None, bayes_factor_is_bound=False, bayes_factor_by_width={}, rows=9,
    events=1,
)  # fmt: skip
OF_ONE = {"rd": 0.1, "rd_mcse": 0.1, "rd_low": -1.0, "rd_high": 1.0, "elpd_diff": 2.0, "elpd_diff_se": 1.0}
OF_ONE |= {"elpd_diff_mcse": 0.1, "elpd_diff_by_aggressor": 1.0, "elpd_diff_by_aggressor_se": 0.5}
OF_ONE |= {"bad_k": 0, "refitted": 2, "prior_sensitivity": 0.01, "likelihood_sensitivity": 0.2}
BALANCE = replace(
    DELTA, estimand="b_bal[proximity] < 0", outcome="balance", sd_ratio=None, bayes_factor=0.5,
    bayes_factor_is_bound=True,
    bayes_factor_by_width={"0.25": 0.5, "4": 3.0}, **OF_ONE,
)  # fmt: skip


@pytest.fixture
def judged(tmp_path):
    """The archives of two outcomes with the verdicts of two claims, as a file holds them."""
    trees = {name: tree(np.full((1, 2, 1), 0.5)) for name in ("bandwagon", "balance")}
    for name, one in trees.items():
        one.attrs["fit_key"] = name
    for name, one in trees.items():
        rows = [replace(DELTA, hypothesis="far", verdict="undecided"), DELTA, *([BALANCE] if name == "balance" else [])]
        one["verdicts"] = verdicts.dataset(rows).assign_attrs(fit_keys=verdicts.keys(trees))
        one.to_netcdf(tmp_path / f"{name}.nc")
        with xr.open_datatree(tmp_path / f"{name}.nc") as file:
            trees[name] = file.load()
    return trees


def test_verdicts_are_read_as_they_were_written(judged):
    assert verdicts.read(CLAIM, judged) == (DELTA, BALANCE)
    group = judged["balance"]["verdicts"]
    assert group["verdict"].dims == ("estimand",)
    assert group["hypothesis"].to_numpy().tolist() == ["far", "near", "near"]


def test_verdicts_that_are_missing_or_of_other_posteriors_are_refused(judged):
    other = replace(CLAIM, estimands=(Estimand("proximity", "bandwagon", POSITIVE),))
    with pytest.raises(ArchiveError, match=r"near: its posterior has no verdict on b_bw\[proximity\] > 0; run 'make"):
        verdicts.read(other, judged)
    judged["bandwagon"].attrs["fit_key"] = "later"
    with pytest.raises(ArchiveError, match="near: its verdicts are of other posteriors; run 'make fit'"):
        verdicts.read(CLAIM, judged)
    with pytest.raises(ArchiveError, match="near: its posterior has no verdicts yet; run 'make fit'"):
        verdicts.read(CLAIM, {name: one.drop_nodes("verdicts") for name, one in judged.items()})
