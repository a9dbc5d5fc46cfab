r"""The rows of a logit as they enter its latents.

Row :math:`n` has the linear predictor :math:`\eta_n = u_n'\theta + o_n`, where :math:`u_n` is 0 but for one entry for
the intercept, one for each predictor, one for each grouping, and one for each slope that varies by region. With a
predictor measured with error of variance :math:`e_n`, :math:`\eta_n` holds :math:`\tfrac12\beta^2 e_n` too: at
:math:`\beta_0` its entry is :math:`x_n + \beta_0 e_n` and the offset :math:`-\tfrac12\beta_0^2 e_n`, which is exact
there, and so is the derivative.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inference.engine.density.layout import Own
from models.design import Design

Float = NDArray[np.float64]
Int = NDArray[np.int32]


class Rows(NamedTuple):
    """Entries of each row: ``column`` and ``value`` (obs, entry), ``offset``, ``y`` and ``weight`` (obs,)."""

    column: Int
    value: Float
    offset: Float
    y: Float
    weight: Float


def of_design(design: Design, own: Own) -> Rows:
    """The rows of a design, whose latents of one outcome ``own`` places."""
    first, n = int(own.latents["alpha"][0]), design.y.size
    columns: list[NDArray[np.integer]] = [np.zeros(n, np.intp)]
    values: list[Float] = [np.ones(n)]
    for k, at in enumerate(own.latents["beta"] - first):
        columns.append(np.full(n, at))
        values.append(design.x[:, k])
    for name, group in design.groups.items():
        columns.append(own.latents[f"alpha_{name}"][group.index] - first)
        values.append(np.ones(n))
    for k, column in enumerate(design.varying_columns):
        columns.append(own.latents["gamma"][k, design.groups["region"].index] - first)
        values.append(design.x[:, column])
    column, value = np.stack(columns, axis=1).astype(np.int32), np.stack(values, axis=1)
    return Rows(column, value, np.zeros(n), design.y.astype(float), design.row_weight.astype(float))


def linearised(rows: Rows, design: Design, theta: Float) -> Rows:
    """The rows with the error variances of predictors as they enter at latents ``theta``."""
    if not design.error:
        return rows
    value, offset = rows.value.copy(), np.zeros_like(rows.offset)
    for name, variance in design.error.items():
        entry = 1 + design.terms.index(name)
        slope = theta[rows.column[0, entry]]
        value[:, entry] = design.x[:, entry - 1] + slope * variance
        offset -= 0.5 * slope**2 * variance
    return rows._replace(value=value, offset=offset)
