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

from inference.engine.density import layout
from inference.engine.density.layout import Own
from models.design import Design

Float = NDArray[np.float64]
Int = NDArray[np.int32]


class Rows(NamedTuple):
    """Entries of each row: ``column`` and ``value`` (obs, entry), ``offset``, ``y`` and ``weight`` (obs,).

    The first ``dense`` entries are of the intercept and the slopes, which are the first latents, in their order.
    """

    column: Int
    value: Float
    offset: Float
    y: Float
    weight: Float
    dense: int


def of_design(design: Design, own: Own) -> Rows:
    """The rows of a design, whose latents of one outcome ``own`` places."""
    column, value = layout.entries(design, own)
    y, weight = design.y.astype(float), design.row_weight.astype(float)
    return Rows(column.astype(np.int32), value, np.zeros(design.y.size), y, weight, 1 + len(design.terms))


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
