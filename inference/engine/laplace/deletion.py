r"""Case deletion: the approximate posterior of a logit without some of its rows, from that of all of them.

Let :math:`U` hold the rows that go, each times the root of its weight in the information at the mode, and :math:`C` be
the covariance of the latents. Without them it is :math:`C + C U' (I - U C U')^{-1} U C` (Woodbury), and a step of it
along what these rows lent the gradient leads nearly to the new mode (Cook and Weisberg 1982, Residuals and Influence in
Regression, 5.5); one gradient over the rows that stay says whether it does. Scales, what third derivatives add and the
doubt about scales are taken as they are with all rows, which only holds while few rows go and the mode stays `NEAR`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import linalg
from threadpoolctl import threadpool_limits

from inference.engine.laplace import loops
from inference.engine.laplace import rows as rows_of
from inference.engine.laplace.approximation import CLOSE, Approximation, Model, above_zero, model_of
from inference.engine.laplace.rows import Rows

Float = NDArray[np.float64]
MOST = 100  # rows that go, of which a dense matrix is made
NEAR = 0.5  # sds that any slope may move
STEPS = 3


@dataclass(frozen=True)
class Deletion:
    """The approximation of a logit, from which those without some rows follow."""

    model: Model
    found: Approximation

    @classmethod
    def of(cls, found: Approximation) -> Self:
        """From the approximation of all rows."""
        return cls(model_of(found.design), found)

    @threadpool_limits.wrap(limits=1, user_api="blas")
    def without(self, gone: NDArray[np.bool_]) -> Approximation | None:
        """The approximation without the rows that are ``gone`` (obs,); None where they are too many or move it far."""
        found, model = self.found, self.model
        if gone.sum() > MOST or not found.converged:
            return None
        rows = rows_of.linearised(model.rows, model.design, found.theta)
        covariance, step = one_step(rows, gone, found)
        if covariance is None:
            return None
        stay = model.rows._replace(weight=np.where(gone, 0.0, model.rows.weight))
        theta = self._mode(stay, covariance, found.theta + step)
        slopes = model.own.latents["beta"]
        if theta is None or np.max(np.abs(theta - found.theta)[slopes] / found.sd, initial=0.0) > NEAR:
            return None
        change = np.diag(covariance)[slopes] - np.diag(found.covariance)[slopes]
        mean, sd = found.mean + (theta - found.theta)[slopes], np.sqrt(found.sd**2 + change)
        return replace(
            found, mean=mean, sd=sd, positive=above_zero(mean / sd, found.skewness), theta=theta,
            centre=found.centre + theta - found.theta, covariance=covariance,
        )  # fmt: skip

    def _mode(self, rows: Rows, covariance: Float, theta: Float) -> Float | None:
        """The mode of these rows at the scales found, from ``theta`` on by steps of a covariance; None if not soon."""
        model, prior = self.model, self.model.prior
        precision, slope = prior.precision(self.found.sigma), np.empty(theta.size)
        for _ in range(STEPS):
            loops.gradient(rows_of.linearised(rows, model.design, theta), theta, slope)
            slope -= precision * (theta - prior.mean)
            step = covariance @ slope
            theta = theta + step
            if 0.5 * slope @ step < CLOSE:
                return theta
        return None


def one_step(rows: Rows, gone: NDArray[np.bool_], found: Approximation) -> tuple[Float | None, Float]:
    """Covariance without the rows that are gone, and the step towards the mode; None where they decide a latent."""
    which = np.flatnonzero(gone)
    entered = np.zeros((which.size, found.theta.size))
    np.add.at(entered, (np.arange(which.size)[:, None], rows.column[which]), rows.value[which])
    p = 1.0 / (1.0 + np.exp(-(entered @ found.theta + rows.offset[which])))
    lent = entered.T @ (rows.weight[which] * (rows.y[which] - p))
    u = np.sqrt(rows.weight[which] * p * (1.0 - p))[:, None] * entered
    along = u @ found.covariance  # (row, latent)
    left = np.eye(which.size) - along @ u.T
    try:
        root = linalg.cholesky(left, lower=True)
    except linalg.LinAlgError:
        return None, lent
    half = linalg.solve_triangular(root, along, lower=True)
    covariance = found.covariance + half.T @ half
    return covariance, -covariance @ lent
