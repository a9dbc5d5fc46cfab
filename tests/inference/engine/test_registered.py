"""On the committed panels the engine's density is that of PyMC, for every registered hypothesis."""

from __future__ import annotations

import numpy as np
import pytest

from inference import panels
from inference.engine.density import assemble, transport
from inference.engine.density.posterior import log_density
from models.claims import links
from models.claims.registry import REGISTRY
from tests.inference.engine.test_density import log_joint, pymc_point, random_point

POINTS = 20
EXACT = 1e-8  # relative, in float64 (of a derivative near zero: absolute)
# Of rows in float32 against float64: where the sampler works; and anywhere, where 45,000 rows add up to thousands.
ABSOLUTE32, RELATIVE32 = 1e-4, 1e-7


EVERY = REGISTRY | links.LOGITS  # the claims, and the logits of the counterfactual chain
LOGITS = [(claim.id, outcome) for claim, outcome in links.logits()]


def registered(hypothesis, outcome):
    claim = EVERY[hypothesis]
    return claim.design(panels.read(claim.panel, panels.PANEL), outcome)


def compiled(design):
    """Value and gradient of the PyMC model in one function of a point, and its variables' names."""
    from pytensor.compile.mode import Mode

    from models import logit

    model = logit.build(design)
    graphs = [model.logp(jacobian=False), model.dlogp(vars=model.free_RVs, jacobian=False)]
    evaluate = model.compile_fn(graphs, mode=Mode(linker="py", optimizer="fast_compile"))
    return evaluate, [model.rvs_to_values[variable].name for variable in model.free_RVs]


@pytest.mark.slow
@pytest.mark.parametrize(("hypothesis", "outcome"), LOGITS)
def test_log_density_and_gradient_are_those_of_pymc(hypothesis, outcome):
    design = registered(hypothesis, outcome)
    evaluate, names = compiled(design)
    double, single = (assemble.posterior(design, dtype)[0] for dtype in ("float64", "float32"))
    rng = np.random.default_rng(12)
    for _ in range(POINTS):
        sigma, theta, sd = random_point(double, rng)
        value, slope = log_joint(double, sigma, theta)
        point, order = pymc_point(design, double, sigma, theta, sd)
        expected, gradient = evaluate(point)
        moved = sum(np.log(sd[index]).sum() for index, centred in order.values() if not centred)
        assert value + moved == pytest.approx(float(expected), rel=EXACT)
        ends = np.cumsum([np.size(point[name]) for name in names])[:-1]
        parts = dict(zip(names, np.split(gradient, ends), strict=True))
        compared = 0
        for name, (index, centred) in order.items():
            theirs = parts[name].reshape(np.shape(index)) / (1.0 if centred else sd[index])
            np.testing.assert_allclose(slope[index], theirs, rtol=EXACT, atol=EXACT)
            compared += np.size(index)
        assert compared == theta.size
        value32, slope32 = log_joint(single, sigma, theta)
        assert abs(value32 - value) < ABSOLUTE32 + RELATIVE32 * abs(value)
        assert np.abs(slope32 - slope).max() < ABSOLUTE32 + 10 * RELATIVE32 * np.abs(slope).max()


@pytest.mark.slow
@pytest.mark.parametrize(("hypothesis", "outcome"), LOGITS)
def test_rows_in_float32_give_the_density_of_float64_where_the_sampler_works(hypothesis, outcome):
    design = registered(hypothesis, outcome)
    (double, sigma), (single, _) = (assemble.posterior(design, dtype) for dtype in ("float64", "float32"))
    single = single._replace(quadratic=double.quadratic)  # the same coordinates
    scales, dim = sigma.size, sigma.size + double.prior.mean.size
    centre = transport.origin(double.prior, sigma)
    spread = np.concatenate([np.full(scales, 0.5), np.ones(dim - scales)])
    rng = np.random.default_rng(12)
    for _ in range(POINTS):
        position = centre + spread * rng.normal(size=dim)
        gradient, gradient32 = np.zeros(dim), np.zeros(dim)
        value = log_density(double, position, gradient)
        assert abs(log_density(single, position, gradient32) - value) < ABSOLUTE32
        np.testing.assert_allclose(gradient32, gradient, rtol=0, atol=ABSOLUTE32)
