"""The engine's density is PyMC's, its gradient the derivative, its coordinates a change of variables."""

from __future__ import annotations

import numpy as np
import pytest

from inference.engine import pack
from inference.engine.density import assemble, posterior, transport
from inference.engine.rows import kernel
from inference.engine.rows.pack import LANES, RUN, pack_rows
from tests.fixtures.coordinates import (
    assert_determinant_is_contained,
    assert_gradient_is_the_derivative,
    draws_of_position,
)
from tests.fixtures.engine_designs import changed, paired, simulated
from tests.fixtures.pymc_density import assert_density_is_that_of_pymc

CASES = {
    "fixed slopes": {"varying": 0},
    "varying slopes": {"varying": 2},
    "all shrunk": {"varying": 2, "shrunk": 5},
    "shrinkage and further groups": {"varying": 1, "shrunk": 3, "extra": {"weak": 12, "aggressor": 7}},
    "slopes by era": {"varying": 1, "shrunk": 2, "by_era": True},
    "a predictor with error": {"varying": 1, "shrunk": 2, "error": True},
    "weighted rows": {"varying": 2, "weighted": True},
    "no predictors": {"predictors": 0, "varying": 0},
    "two outcomes": {"outcomes": 2, "varying": 2, "shrunk": 3, "extra": {"state": 12, "year": 30}},
    "two outcomes on other rows": {"outcomes": 2, "varying": 1, "extra": {"state": 12}, "apart": True},
    "two outcomes with a scaling each": {"outcomes": 2, "varying": 1, "extra": {"state": 12}, "rescaled": True},
}


def model(rows, outcomes=1, **case):
    return (simulated if outcomes == 1 else paired)(rows, **case)


# Registered models of two outcomes on other rows are compared in test_registered.py.
LONG = ("two outcomes on other rows", "two outcomes with a scaling each")


@pytest.mark.slow
@pytest.mark.parametrize("case", [pytest.param(c, marks=pytest.mark.campaign) if c in LONG else c for c in CASES])
def test_log_density_and_gradient_are_those_of_pymc(case):
    assert_density_is_that_of_pymc(model(600, **CASES[case]), seed=2, value32=(1e-4, 0.0), slope32=(1e-3, 0.0))


@pytest.mark.parametrize("case", CASES)
def test_gradient_is_the_derivative_of_the_log_density(case):
    target, rng = assemble.posterior(model(400, **CASES[case]), "float64")[0], np.random.default_rng(3)
    for _ in range(3):
        assert_gradient_is_the_derivative(target, rng)


@pytest.mark.parametrize("case", CASES)
def test_log_density_contains_the_determinant_of_the_change_of_variables(case):
    target = assemble.posterior(model(200, regions=2, eras=2, **CASES[case]), "float64")[0]
    assert_determinant_is_contained(target, np.random.default_rng(4))


@pytest.mark.parametrize("eta", [-200.0, -30.0, -1.0, 0.0, 1.0, 30.0, 200.0])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_logarithm_for_many_rows_is_the_sum_of_theirs(eta, dtype):
    count = 2 * RUN + 37
    rows, _ = pack_rows(np.zeros((count, 0)), np.zeros(count, int), 1, np.zeros((0, count), int), 0, dtype)
    effects = kernel.Effects(*(np.full(shape, eta, dtype) for shape in (1, (1, 0), (1, LANES))))
    sums = kernel.empty_sums(1, (1, 0), (1, LANES), dtype)
    found = kernel.log_likelihood_sums(rows, np.arange(0), effects, sums)
    assert found == pytest.approx(count * np.logaddexp(0.0, eta), rel=1e-6 if dtype == "float32" else 1e-13, abs=1e-10)
    assert sums.cell[0] == pytest.approx(count / (1.0 + np.exp(-eta)), rel=1e-6, abs=1e-30)


def test_scales_have_an_exact_inverse():
    sigma = np.array([1e-6, 0.01, 0.3, 1.0, 5.0])
    target = assemble.posterior(simulated(rows=100, varying=3), "float64")[0]
    tau = transport.scales_inverse(sigma)
    position = np.concatenate([tau, np.zeros(target.prior.mean.size)])
    posterior.log_density(target, position, np.zeros_like(position))
    np.testing.assert_allclose(target.transport.sigma / target.prior.sigma_sd, sigma, rtol=1e-9)


def test_designs_on_the_same_rows_share_packed_columns():
    design = simulated(rows=400, varying=1)
    part = changed(design, terms=("x3", "x0"), varying=("x0",), x=design.x[:, [3, 0]], shrunk=design.shrunk[[3, 0]])
    shared = pack(design, part)
    alone, _ = assemble.posterior(part, "float32")
    together, _ = assemble.posterior(part, packed=shared)
    position, one, two = draws_of_position(alone, np.random.default_rng(5)), *np.zeros((2, 500))
    one, two = one[: position.size], two[: position.size]
    assert posterior.log_density(alone, position, one) == posterior.log_density(together, position, two)
    np.testing.assert_array_equal(one, two)
    other = changed(part, x=part.x + 1.0)
    with pytest.raises(ValueError, match="predictor 'x3' differs"):
        pack(design, other)
    with pytest.raises(ValueError, match="not among the designs that were packed"):
        assemble.posterior(changed(design, terms=("y1", *design.terms[1:]), varying=()), packed=shared)


def into(buffer, array, offset, gap):
    """A copy of ``array`` at ``offset`` of ``buffer``, and where the next may lie, ``gap`` bytes behind it."""
    view = buffer[offset : offset + array.nbytes].view(array.dtype).reshape(array.shape)
    view[...] = array
    return view, (offset + array.nbytes + gap + 15) // 16 * 16


def placed(buffer, value, offset, gap):
    """Arrays of a named tuple moved into ``buffer`` one behind the other, ``gap`` bytes apart; and the next offset."""
    moved = []
    for part in value:
        place = placed if isinstance(part, tuple) else into if isinstance(part, np.ndarray) else None
        there, offset = place(buffer, part, offset, gap) if place else (part, offset)
        moved.append(there)
    return type(value)(*moved), offset


@pytest.mark.parametrize("case", CASES)
def test_results_do_not_depend_on_where_in_memory_the_work_is_done(case):
    """Bit by bit: arrays that lie close together must not make compiled loops add in another order."""
    size = {"predictors": 15, "regions": 15, "eras": 8}
    target = assemble.posterior(model(600, **(size | CASES[case])), "float32")[0]
    rng = np.random.default_rng(6)
    position = draws_of_position(target, rng)
    gradient = np.zeros_like(position)
    value = posterior.log_density(target, position, gradient)
    buffer = np.zeros(1 << 22, np.uint8)
    for _ in range(150):
        parts = {"effects": target.effects, "sums": target.sums, "transport": target.transport}
        offset, gap = 16 * int(rng.integers(0, 8)), int(rng.choice([0, 16, 64]))
        other, moved = np.zeros_like(position), target
        for name in rng.permutation([*parts, "gradient"]):
            if name == "gradient":
                other, offset = into(buffer, other, offset, gap)
            else:
                part, offset = placed(buffer, parts[name], offset, gap)
                moved = moved._replace(**{str(name): part})
        assert posterior.log_density(moved, position, other) == value
        np.testing.assert_array_equal(other, gradient)
