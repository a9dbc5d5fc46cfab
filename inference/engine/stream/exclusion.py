r"""What changes where two outcomes exclude each other: `models.multinomial` beside the joint model of `models.logit`.

Draws of the joint model, each with the weight

.. math::  \prod_n (1 - p_{n1} p_{n2})^{-w_n},

are draws of the multinomial logit on the same rows, with :math:`w_n` the weight of a row.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from inference.engine.density import assemble
from inference.engine.stream.draws import Float, by_draw, draws_of, over_draws
from inference.engine.stream.sweep import sum_exclusive
from models.joint import Joint, view


def multinomial_log_ratio(joint: Joint, posterior: xr.Dataset, dtype: str = "float32") -> xr.DataArray:
    """Log likelihood of the multinomial logit less that of the joint model (chain, draw), over all rows.

    ``joint`` is on the rows that `models.joint.admissible` leaves; ``posterior`` has its draws.
    """
    return by_draw(posterior, _totals(joint, posterior, dtype)[..., 0])


def multinomial_mean_probability(
    joint: Joint, posterior: xr.Dataset, dtype: str = "float32"
) -> dict[str, xr.DataArray]:
    """Probability under the multinomial logit, averaged over all rows (chain, draw), by outcome; as above."""
    mean = _totals(joint, posterior, dtype)[..., 1:] / joint.designs[0].y.size
    return {outcome: by_draw(posterior, mean[..., k]) for k, outcome in enumerate(joint.outcomes)}


def _totals(joint: Joint, posterior: xr.Dataset, dtype: str) -> Float:
    """What `sum_exclusive` sums (chain, draw, 3)."""
    one, two = joint.designs
    if not assemble.same_rows(one, two):
        raise ValueError(f"{one.name} and {two.name} have different rows: outcomes that exclude each other share them")
    first, second = (draws_of(design, view(posterior, joint, design.outcome)) for design in joint.designs)
    columns = np.column_stack([assemble.columns(one), assemble.columns(two)])
    rows, order = assemble.pack_columns(one, columns, dtype)
    totals = np.zeros((len(first.slope), 3))
    over_draws(sum_exclusive, rows, first, (totals, *second.effects(dtype)), (one.row_weight[order],))
    return totals.reshape(*first.shape, 3)
