r"""Two outcomes that exclude each other as one multinomial logit: neither, the first or the second.

.. math::

    \Pr(y_n = k) = \frac{e^{\eta_{nk}}}{1 + e^{\eta_{n1}} + e^{\eta_{n2}}}, \quad k = 1, 2,

(McFadden 1974, in Zarembka, ed., Frontiers in Econometrics, 105), with the linear predictors :math:`\eta`, the effects
and the priors of the joint model (`models.logit`). The joint model's two logits are a multinomial logit too, with a
fourth alternative: both, whose utility is :math:`\eta_{n1} + \eta_{n2}`. Without it the likelihood of a row is the
product of those of the two logits, divided by the probability that not both happen:

.. math::  \log L_n = \log L_{n1} + \log L_{n2} - \log(1 - p_{n1} p_{n2}).

Where both outcomes are rare the last term is small, and logits of one alternative at a time come close to the
multinomial logit (Begg and Gray 1984, Biometrika 71, 11).
"""

# PyTensor's types leave most open: see `models.logit`.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportArgumentType=false, reportOperatorIssue=false

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from models.joint import Joint, admissible
from models.logit import linear_predictors


def build(joint: Joint) -> pm.Model:
    """The PyMC model on the admissible rows of ``joint``; parameters and dims are named as in the joint model.

    ``y`` is 0 where neither outcome happened, 1 and 2 for the outcomes in their order.
    """
    rows = admissible(joint).joint
    one, two = rows.designs
    with pm.Model(coords=rows.coords) as out:
        first, second = linear_predictors(rows)
        utility = pt.stack([pt.zeros_like(first), first, second], axis=1)  # (obs, alternative)
        y = one.y.astype(np.int64) + 2 * two.y.astype(np.int64)
        if one.weight is None:
            pm.Categorical("y", logit_p=utility, observed=y, dims=f"{one.outcome}::obs")
        else:
            weighted = one.weight * pm.logp(pm.Categorical.dist(logit_p=utility), y)
            pm.Potential("y", weighted, dims=f"{one.outcome}::obs")
    return out
