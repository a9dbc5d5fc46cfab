"""A wrong transport has the same posterior; a wrong Jacobian is a density whose gradient is right, but another one."""

from __future__ import annotations

import numpy as np
import pytest

from inference.calibration import wrong_transport
from inference.engine.density import assemble
from inference.engine.density.posterior import log_density
from tests.fixtures.engine_designs import paired


@pytest.fixture(scope="module")
def posterior():
    found, sigma = assemble.posterior(paired(rows=300, seed=4), "float64")
    rng = np.random.default_rng(1)
    start = assemble.origin(found, sigma)
    return found, start + 0.5 * rng.normal(size=start.size)


def test_parts_of_the_other_outcome_move_latents_but_not_those_of_the_posterior(posterior):
    right, position = posterior
    wrong = wrong_transport.swapped_parts(right)
    latents = []
    for target in (right, wrong):
        log_density(target, position, np.zeros_like(position))
        latents.append(target.transport.theta.copy())
    assert np.abs(latents[0] - latents[1]).max() > 0.01
    assert wrong_transport.swapped_information(right).information is not right.units.information
    np.testing.assert_array_equal(np.sort(wrong.units.information), np.sort(right.units.information))
    for o, size in enumerate(wrong.map.dense):
        root = wrong.map.root[o, :size, :size]
        assert (np.diag(root) > 0).all()
        np.testing.assert_array_equal(root, np.tril(root))


def test_the_wrong_density_lacks_the_correlation_of_pairs_in_its_log_det(posterior):
    target, position = posterior
    gradient, right = np.zeros_like(position), np.zeros_like(position)
    apart = wrong_transport.wrong_density(target, position, gradient) - log_density(target, position, right)
    units, t, expected = target.units, target.transport, 0.0
    for (d, e), g in zip(units.pair, units.pair_group, strict=True):
        one, two = t.sigma[units.group_scale[g]]
        covariance = np.array([[one**2, t.rho[g] * one * two], [t.rho[g] * one * two, two**2]])
        a = np.linalg.inv(covariance) + np.diag(units.information[[d, e]])
        expected += 0.5 * np.log(np.linalg.det(a)) - 0.5 * np.log(np.diag(a)).sum()
    assert apart == pytest.approx(expected)
    assert apart < -0.01


def test_the_gradient_of_the_wrong_density_is_its_own(posterior):
    target, position = posterior
    gradient = np.zeros_like(position)
    wrong_transport.wrong_density(target, position, gradient)
    for k in range(position.size):
        step = np.zeros_like(position)
        step[k] = 1e-5
        ends = [wrong_transport.wrong_density(target, position + sign * step, step * 0) for sign in (1, -1)]
        assert (ends[0] - ends[1]) / 2e-5 == pytest.approx(gradient[k], rel=1e-4, abs=1e-4)
