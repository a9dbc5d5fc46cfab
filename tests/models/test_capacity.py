"""The capacity model: its density is that of its formulas, whatever coordinates it is sampled in."""

import numpy as np
import pandas as pd
import pytest
from pytensor.compile.mode import Mode
from scipy import stats

from models import capacity
from models.priors import LEAST_NU

LINEAR = ("alpha", "rho", "beta", "alpha_region", "alpha_era")


@pytest.fixture(scope="module", params=["capacity", "score"], ids=["with an error", "without"])
def what(request):
    """Six states of three regions over twelve years of two eras, with one predictor, and a score of either kind."""
    rng, states, years = np.random.default_rng(1), 6, 12
    rows = states * years
    return capacity.design(
        pd.DataFrame(
            {
                "state": np.repeat(np.arange(states), years),
                "region": pd.Categorical(np.repeat(list("aabbcc"), years)),
                "era": pd.Categorical(np.tile(np.repeat(["one", "two"], years // 2), states)),
                "year": np.tile(np.arange(years), states),
                "capacity": rng.normal(size=rows),
                "capacity_sd": 0.3,
                "capacity_next": rng.normal(size=rows),
                "income": rng.normal(size=rows),
                "score": rng.normal(size=rows),
                "score_next": rng.normal(size=rows),
            }
        ),
        ("income",),
        "small",
        request.param,
    )


def expected(what, point, linear):
    """Log density of the parameters and scores, in the sampler's coordinates but for those of ``linear``."""
    p, alpha, rho, *rest = what.priors, linear[0], linear[1], linear[2:]
    beta, region, era = np.split(rest[0], np.cumsum([len(what.terms), len(what.groups["region"].levels)]))
    own = ("omega",) if what.inexact else ()
    scales = {name: np.exp(point[f"{name}_log__"]) for name in ("sigma_region", "sigma_era", "sigma", *own)}
    index = {name: group.index for name, group in what.groups.items()}
    mean = what.centre + alpha + rho * (what.lag - what.centre) + what.x @ beta
    mean += region[index["region"]] + era[index["era"]]
    out = _of_scores(what, point, mean, rho, scales)
    out += stats.norm.logpdf(alpha, p.alpha.mean, p.alpha.sd) + stats.norm.logpdf(rho, p.rho.mean, p.rho.sd)
    out += stats.norm.logpdf(beta, p.slope.mean, p.slope.sd).sum()
    out += stats.norm.logpdf(region, 0, scales["sigma_region"]).sum()
    out += stats.norm.logpdf(era, 0, scales["sigma_era"]).sum()
    sds = {"sigma_region": p.group_scale.sd, "sigma_era": p.group_scale.sd, "sigma": p.sigma.sd, "omega": p.omega.sd}
    return out + sum(stats.halfnorm.logpdf(scale, 0, sds[name]) + np.log(scale) for name, scale in scales.items())


def _of_scores(what, point, mean, rho, scales):
    """Log density of the scores around their ``mean``, and of what only scores with an error have."""
    if not what.inexact:
        return stats.norm.logpdf(what.y, mean, scales["sigma"]).sum()
    state = what.groups["state"].index
    mean = mean + (rho - 1) * (what.error_sd * point["z_error"])[state]
    nu, own = LEAST_NU + np.exp(point["z_nu_log__"]), np.exp(point["z_scale"])
    out = stats.t.logpdf(what.y, nu, mean, own[state]).sum()
    out += stats.expon.logpdf(nu - LEAST_NU, 0, 1 / what.priors.excess_nu.rate) + point["z_nu_log__"]
    out += stats.norm.logpdf(point["z_error"]).sum()
    return out + stats.norm.logpdf(point["z_scale"], np.log(scales["sigma"]), scales["omega"]).sum()


@pytest.mark.slow
def test_the_density_is_that_of_the_formulas_and_of_the_change_of_coordinates(what):
    model, rng = capacity.build(what), np.random.default_rng(2)
    once = Mode(linker="py", optimizer="fast_compile")  # for a few calls, compiling costs more than it gives
    density = model.compile_logp(mode=once)
    outs = model.replace_rvs_by_values([model[name] for name in LINEAR])
    deterministic = model.compile_fn(outs, inputs=model.value_vars, mode=once, on_unused_input="ignore")

    states = len(what.groups["state"].levels)
    sizes = {"z_linear": 2 + 1 + 3 + 2, "z_error": states, "z_scale": states}

    def linear(point):
        return np.concatenate([np.atleast_1d(value) for value in deterministic(point)])

    for _ in range(5):
        point = {value.name: rng.normal(0, 0.7, sizes.get(value.name, ())) for value in model.value_vars}
        if what.inexact:
            point["z_scale"] -= 1.0
        here, size = linear(point), point["z_linear"].size
        steps = [linear(point | {"z_linear": point["z_linear"] + one}) - here for one in np.eye(size)]
        _, volume = np.linalg.slogdet(np.array(steps))  # linear in z: a step of one is the derivative
        assert density(point) == pytest.approx(expected(what, point, here) + volume, rel=1e-9)
