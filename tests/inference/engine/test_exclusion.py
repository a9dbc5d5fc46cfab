"""What the engine adds to the joint model's density where outcomes exclude each other is PyMC's, row by row."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
import xarray as xr

from inference.engine import stream
from models import logit, multinomial
from models.joint import admissible
from models.parameters import draw, is_auxiliary
from tests.fixtures.engine_designs import frequent, paired
from tests.fixtures.pymc_density import EXACT, uncompiled

CASES = {
    "rare outcomes": {"varying": 2, "shrunk": 3, "extra": {"state": 12, "year": 30}},
    "other rows": {"varying": 1, "apart": True},
    "slopes by era and a predictor with error": {"varying": 1, "by_era": True, "error": True},
}
POINTS, STEP = 5, 0.4


def models():
    return {name: paired(rows=400, **case) for name, case in CASES.items()} | {"frequent outcomes": frequent()}


def functions(*stated):
    """Of each PyMC model its log density at a point, and of the first its parameters there too, by name."""
    mode, first = uncompiled(), cast("Any", stated[0])
    names = [str(v.name) for v in first.deterministics]
    names += [str(v.name) for v in first.free_RVs if not is_auxiliary(str(v.name))]
    values = first.replace_rvs_by_values([first[name] for name in names])
    densities = [model.compile_fn(model.logp(sum=False, jacobian=False), mode=mode) for model in stated]
    return densities, first.compile_fn(values, mode=mode, on_unused_input="ignore"), names


def as_draw(model, names, values):
    """Values of the parameters as a posterior of one draw."""
    dims = {name: model.named_vars_to_dims.get(name) or () for name in names}
    variables = {
        n: (("chain", "draw", *dims[n]), np.asarray(v)[None, None]) for n, v in zip(names, values, strict=True)
    }
    return xr.Dataset(variables, {"chain": [0], "draw": [0]})


@pytest.mark.slow
@pytest.mark.parametrize("case", models())
def test_the_density_of_the_multinomial_logit_is_that_of_the_joint_model_and_what_is_added(case):
    joint = admissible(models()[case]).joint
    plain, exclusive = logit.build(joint), multinomial.build(joint)
    assert [v.name for v in exclusive.free_RVs] == [v.name for v in plain.free_RVs]
    (joint_logp, multinomial_logp), parameters, names = functions(plain, exclusive)
    rng, start = np.random.default_rng(3), plain.initial_point()
    for _ in range(POINTS):
        point = {name: value + STEP * rng.normal(size=np.shape(value)) for name, value in start.items()}
        added = stream.multinomial_log_ratio(joint, as_draw(plain, names, parameters(point)), "float64").item()
        theirs, without = (sum(map(np.sum, logp(point))) for logp in (multinomial_logp, joint_logp))
        np.testing.assert_allclose(without + added, theirs, rtol=EXACT)
        np.testing.assert_allclose(added, theirs - without, rtol=EXACT, atol=EXACT)


@pytest.fixture(scope="module")
def drawn():
    """A joint model on admissible rows, and draws of its parameters from near one point of the prior."""
    joint, rng, out = admissible(paired(rows=400, extra={"state": 12})).joint, np.random.default_rng(5), {}
    for design in joint.designs:
        dims = {parameter.name: parameter.dims for parameter in design.parameters}
        for name, value in draw(design, 1, rng).items():
            own = [dim if dim in joint.groups else f"{design.outcome}::{dim}" for dim in dims[name]]
            values = 1.0 * (name == "alpha") + value[0] + 0.2 * rng.normal(size=(2, 30, *value.shape[1:]))
            out[f"{design.outcome}::{name}"] = ["chain", "draw", *own], values
    return joint, xr.Dataset(out, {"chain": range(2), "draw": range(30)} | joint.coords)


def probabilities(joint, posterior):
    """Probabilities of each outcome in each row by the engine's other loops (chain, draw, obs), in float32."""
    from models.joint import view

    for design in joint.designs:
        of = view(posterior, joint, design.outcome)
        _, likelihood = stream.by_row(design.subset(slice(None)), of, seed=1)
        likelihood = likelihood / (1.0 if design.weight is None else design.weight)
        yield np.where(design.y == 1, np.exp(likelihood), -np.expm1(likelihood))


def test_ratio_and_probabilities_are_those_of_rows_taken_one_by_one(drawn):
    joint, posterior = drawn
    p, q = probabilities(joint, posterior)
    weight = joint.designs[0].weight
    expected = -(weight * np.log1p(-p * q)).sum(axis=-1)
    assert expected.min() > 0.01
    for dtype in ("float32", "float64"):
        found = stream.multinomial_log_ratio(joint, posterior, dtype)
        assert found.dims == ("chain", "draw")
        np.testing.assert_allclose(found, expected, rtol=1e-4)
        mean = stream.multinomial_mean_probability(joint, posterior, dtype)
        np.testing.assert_allclose(mean["bandwagon"], (p * (1 - q) / (1 - p * q)).mean(axis=-1), rtol=1e-4)
        np.testing.assert_allclose(mean["balance"], (q * (1 - p) / (1 - p * q)).mean(axis=-1), rtol=1e-4)


def test_outcomes_on_different_rows_are_refused(drawn):
    with pytest.raises(ValueError, match="different rows"):
        stream.multinomial_log_ratio(paired(rows=100, apart=True), drawn[1])
