"""On the committed panels the engine's density is PyMC's: of one model of every kind, in the campaign of all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from inference import panels
from inference.engine.density import assemble
from inference.engine.density.posterior import log_density
from models.claims import links
from models.claims.registry import REGISTRY
from models.joint import as_joint
from tests.fixtures.pymc_density import POINTS, assert_density_is_that_of_pymc, in_both_types

# Of rows in float32 against float64: where the sampler works; and anywhere, where 45,000 rows add up to thousands.
ABSOLUTE32, RELATIVE32 = 1e-4, 1e-7


FEW = 4  # points: a thousand derivatives are compared at each

EVERY = REGISTRY | links.LOGITS  # the claims, and the logits of the counterfactual chain
MODELS = list(dict.fromkeys(claim.id for claim, _ in links.logits()))
# Compared by `make test`, for every kind of model; the others by `make campaign`.
SMOKE = ("ideo-1", "placebo", "informal-1", "cond-1", "bal-6", "cond-5", "onset", "continuation")


def registered(hypothesis):
    """The model of all outcomes of a claim or link, as it is fitted."""
    claim = EVERY[hypothesis]
    return claim.joint(panels.read(claim.panel, panels.PANEL))


def kinds(hypothesis) -> Iterator[str]:
    """What is peculiar to a model."""
    designs = as_joint(registered(hypothesis)).designs
    yield f"panel {EVERY[hypothesis].panel}"
    yield f"{len(designs)} outcomes"
    if not assemble.same_rows(designs[0], designs[-1]):
        yield "outcomes on other rows"
    for design in designs:
        yield f"groups {' '.join(design.groups)}"
        yield "weighted" if design.weight is not None else "unweighted"
        yield "no slope varies" if not design.varying else "one slope varies" if len(design.varying) == 1 else "several"
        has = {
            "no predictor": not design.terms,
            "a product": "product" in design.kinds,
            "a binary predictor": "binary" in design.kinds,
            "a predictor with error": bool(design.error),
            "slopes by era": bool(design.by_era.any()),
            "shrunk slopes": bool(design.shrunk.any()),
        }
        yield from (kind for kind, there in has.items() if there)


@pytest.fixture(
    scope="module",
    params=[m if m in SMOKE else pytest.param(m, marks=pytest.mark.campaign) for m in MODELS],
)
def compared(request):
    """A registered model, and its posteriors with rows in float64 and in float32."""
    model = registered(request.param)
    return model, in_both_types(model)


@pytest.mark.slow
def test_log_density_and_gradient_are_those_of_pymc(compared):
    value32, slope32 = (ABSOLUTE32, RELATIVE32), (ABSOLUTE32, 10 * RELATIVE32)
    model, targets = compared
    assert_density_is_that_of_pymc(model, seed=12, value32=value32, slope32=slope32, points=FEW, targets=targets)


@pytest.mark.slow
def test_rows_in_float32_give_the_density_of_float64_where_the_sampler_works(compared):
    _, ((double, sigma), (single, _)) = compared
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


@pytest.mark.slow
@pytest.mark.campaign
def test_the_models_that_are_always_compared_are_of_every_kind():
    every, some = ({kind for model in models for kind in kinds(model)} for models in (MODELS, SMOKE))
    assert every == some
