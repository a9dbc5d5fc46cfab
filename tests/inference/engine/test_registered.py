"""On the committed panels the engine's density is that of PyMC, for every registered hypothesis."""

from __future__ import annotations

import numpy as np
import pytest

from inference import panels
from inference.engine.density import assemble
from inference.engine.density.posterior import log_density
from models.claims import links
from models.claims.registry import REGISTRY
from tests.fixtures.pymc_density import POINTS, assert_density_is_that_of_pymc

# Of rows in float32 against float64: where the sampler works; and anywhere, where 45,000 rows add up to thousands.
ABSOLUTE32, RELATIVE32 = 1e-4, 1e-7


FEW = 4  # points: a thousand derivatives are compared at each

EVERY = REGISTRY | links.LOGITS  # the claims, and the logits of the counterfactual chain
MODELS = list(dict.fromkeys(claim.id for claim, _ in links.logits()))


def registered(hypothesis):
    """The model of all outcomes of a claim or link, as it is fitted."""
    claim = EVERY[hypothesis]
    return claim.joint(panels.read(claim.panel, panels.PANEL))


@pytest.mark.slow
@pytest.mark.parametrize("hypothesis", MODELS)
def test_log_density_and_gradient_are_those_of_pymc(hypothesis):
    value32, slope32 = (ABSOLUTE32, RELATIVE32), (ABSOLUTE32, 10 * RELATIVE32)
    assert_density_is_that_of_pymc(registered(hypothesis), seed=12, value32=value32, slope32=slope32, points=FEW)


@pytest.mark.slow
@pytest.mark.parametrize("hypothesis", MODELS)
def test_rows_in_float32_give_the_density_of_float64_where_the_sampler_works(hypothesis):
    model = registered(hypothesis)
    (double, sigma), (single, _) = (assemble.posterior(model, dtype) for dtype in ("float64", "float32"))
    single = single._replace(map=double.map, units=double.units)  # the same coordinates
    centre = assemble.origin(double, sigma)
    scales, dim = centre.size - double.prior.mean.size, centre.size
    spread = np.concatenate([np.full(scales, 0.5), np.ones(dim - scales)])
    rng = np.random.default_rng(12)
    for _ in range(POINTS):
        position = centre + spread * rng.normal(size=dim)
        gradient, gradient32 = np.zeros(dim), np.zeros(dim)
        value = log_density(double, position, gradient)
        assert abs(log_density(single, position, gradient32) - value) < ABSOLUTE32
        np.testing.assert_allclose(gradient32, gradient, rtol=0, atol=ABSOLUTE32)
