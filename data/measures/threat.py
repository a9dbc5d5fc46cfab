"""Threat: what the aggressor has done to the weak state, and what others have.

Under the coding ``threat=interests`` the columns ``threat`` and ``threat_other`` hold the threat by power and interest
of ``data.measures.interests`` instead; those of disputes and rivalry stay what they are. Both measures are logs that
are 0 without a threat.

A proxy: disputes stand for threats perceived. They count where the other side was the revisionist and itself
threatened, displayed or used force. Coverage: complete; windows are shorter in the first years after 1816.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.codebook.citations import MID, RIVALRIES
from data.codebook.variable import Variable, binary, number
from data.measures.interests import interests, threat_of_interests
from data.measures.measure import Measure, Sample
from data.period import LONG, RECENT
from data.world.disputes import Disputes
from data.world.grid import Counts, Cube, Field
from data.world.riskset import Rows

if TYPE_CHECKING:
    from data.world.world import World


def threat(rows: Rows, against: Counts, rivals: Cube) -> pd.DataFrame:
    """``threat``, ``threat_disputes`` and ``rivalry`` of j against i; ``threat_other`` of all but j.

    ``against`` [j, i, year] are the disputes of the years before, each once, ``rivals`` tells strategic rivals.
    """
    disputes = against[rows.j, rows.i, rows.t]
    all_disputes = against.sum(axis=0)[rows.i, rows.t]
    rivalry = rows.at(rivals).astype(np.int8)
    other_rivals = rows.of_i(rivals.sum(axis=1)) - rivalry
    return pd.DataFrame(
        {
            "threat": np.log1p(disputes) + rivalry,
            "threat_disputes": disputes.astype(np.int16),
            "rivalry": rivalry,
            "threat_other": np.log1p(all_disputes - disputes) + (other_rivals > 0),
        }
    )


def threat_of_all(disputes: Disputes) -> tuple[Field, Field]:
    """Threat to a state and its rise, fields [state, year], from new revisionist disputes with force of anyone.

    threat = log(1 + n) with n of t-10..t-1; rise = log(1 + m) - log(1 + 3/7 (n - m)) with m of t-3..t-1, so that
    it is 0 when disputes keep their pace.
    """
    total, recent = (disputes.against(years).sum(axis=0) for years in (LONG, RECENT))
    expected = (total - recent) * (RECENT / (LONG - RECENT))
    return np.log1p(total), np.log1p(recent) - np.log1p(expected)


def _disputes(sample: Sample) -> pd.DataFrame:
    world = sample.world
    return threat(sample.rows, world.disputes.against(sample.coding.window), world.rivals)


def _interests(sample: Sample) -> pd.DataFrame:
    by_interest = interests(sample.rows, sample.world)
    return _disputes(sample).assign(
        threat=by_interest["threat_interests"], threat_other=by_interest["threat_interests_other"]
    )


# What each choice of the coding `threat` makes of a threat from one state to another, and of the threat to a state.
OF_THE_AGGRESSOR: dict[str, Callable[[Sample], pd.DataFrame]] = {"disputes": _disputes, "interests": _interests}
OF_ALL: dict[str, Callable[[World], tuple[Field, Field]]] = {
    "disputes": lambda world: threat_of_all(world.disputes),
    "interests": threat_of_interests,
}


THREAT = Measure(
    (
        number(
            "threat", "threat from the aggressor", "log disputes, plus 1 for rivalry",
            "log(1 + disputes) + rivalry; under `threat=interests` that of threat_interests", f"{MID}; {RIVALRIES}", 0,
        ),
        Variable(
            "threat_disputes", "count", "revisionist disputes of j against i", "disputes in t-10..t-1",
            "new disputes, j revisionist, j's hostility at least a threat of force", MID, 0,
        ),
        binary("rivalry", "strategic rivalry of state and aggressor", "1 if rivals at t-1", RIVALRIES),
        number(
            "threat_other", "threat from other states", "log disputes, plus 1 for a rivalry",
            "log(1 + disputes of all but j against i) + any other rivalry; under `threat=interests` that of "
            "threat_interests_other",
            f"{MID}; {RIVALRIES}", 0,
        ),
    ),
    lambda s: OF_THE_AGGRESSOR[s.coding.threat](s),
)  # fmt: skip
