"""Threat by power and interest: capabilities of the states in reach of i whose interests differ from its own.

After Leeds and Savun (2007, Journal of Politics 69, 1118), who sum the capabilities of the states in reach whose
alliance portfolios are unlike. They split at the median of Signorino and Ritter's S; here each state counts by how far
its interests differ, so that no threshold moves with the system. Interests are read from portfolios of alliances (3
defence or offence, 2 neutrality or non-aggression, 1 consultation, 0 none, 3 with oneself), the one source that covers
all years. Their similarity is Cohen's kappa with squared distances. S calls any two states with few allies alike:
0.92 for two that have none among 50. Kappa takes out the agreement that comes by chance where ties are rare
and where the two differ in how many they have (Haege 2011, Political Analysis 19, 287).

A proxy: parties of one pact count as alike whatever divides them (Kuwait and Iraq in the Arab League, 1990; China and
the USSR until their pact lapsed in 1980), and a state with which i shares no ally counts by half its capabilities.
Among aggressors in reach most of the measure is therefore their power, and it falls as disputes rise, since these are
with neighbours (`by_era`). It falls as well with S split at its median, or with ideal points of votes in the United
Nations. Coverage: complete but for states without CINC, which add nothing. Defined on 2026-11-28.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.codebook.citations import ATOP, NMC
from data.codebook.variable import number
from data.measures.measure import Measure
from data.period import LONG, RECENT, YEARS
from data.world.grid import Cube, Field
from data.world.riskset import Rows
from data.world.treaties import HARD, TYPES

if TYPE_CHECKING:
    from data.world.world import World

SELF = 3
LEVELS = ((TYPES["consul"], 1), (TYPES["neutral"] | TYPES["nonagg"], 2), (HARD, 3))
PER_CENT = 100.0
LARGEST = float(np.log1p(PER_CENT))  # the whole system


def portfolios(held: NDArray[np.uint8], member: Cube) -> Field:
    """Value of the closest tie of i to j, [i, j], from masks of obligations ``held`` [i, j] among members [state]."""
    value = np.zeros(held.shape)
    for mask, level in LEVELS:  # rising, so that the closest stands
        value[(held & mask) > 0] = level
    np.fill_diagonal(value, SELF)
    return value * (member[:, None] & member)


def kappa(value: Field, members: int) -> Field:
    """Cohen's weighted kappa, squared distances, of each two rows of ``value`` [state, target] over so many members.

    1 for equal portfolios, 0 for agreement by chance; 0 also for two that are empty.
    """
    squares, mean = (value**2).sum(axis=1), value.sum(axis=1) / members
    chance = squares[:, None] + squares - 2 * members * mean[:, None] * mean
    distance = squares[:, None] + squares - 2 * value @ value.T
    return 1 - np.divide(distance, chance, out=np.ones_like(chance), where=chance > 0)


def similarity_of_interests(world: World, t: int) -> Field:
    """Kappa of the alliance portfolios of i and j in year position ``t``, [i, j]; 0 where one is no member."""
    members = np.flatnonzero(world.grid.member[:, t])
    among = np.ix_(members, members)
    everyone = np.ones(members.size, bool)
    out = np.zeros(world.treaties.held.shape[:2])
    out[among] = kappa(portfolios(world.treaties.held[:, :, t][among], everyone), members.size)
    return out


def threats(world: World, t: int, alike: Field | None = None) -> Field:
    """What j adds to the threat to i in year position ``t``, [i, j]: CINC_j (1 - kappa) / 2 in reach, else 0.

    ``alike`` is the kappa of that year, where it is known already.
    """
    alike = similarity_of_interests(world, t) if alike is None else alike
    member = world.grid.member[:, t]
    reach = (np.isfinite(world.contiguity_km[:, :, t]) | world.grid.major[:, t]) & member
    np.fill_diagonal(reach, val=False)
    return reach * np.nan_to_num(world.cinc[:, t]) * (1 - alike) / 2


def interests(rows: Rows, world: World) -> pd.DataFrame:
    """``interests`` of i and j, ``threat_interests`` of j to i and ``threat_interests_other`` of all but j."""
    alike, own, others = (np.zeros(len(rows.t)) for _ in range(3))
    for t in np.unique(rows.t):
        now = np.flatnonzero(rows.t == t)
        i, j = rows.i[now], rows.j[now]
        kappas = similarity_of_interests(world, t - 1)
        alike[now] = kappas[i, j]
        added = threats(world, t - 1, kappas)[i]  # (n, other)
        own[now] = added[np.arange(now.size), j]
        added[np.arange(now.size), j] = 0.0
        others[now] = added.sum(axis=1)
    logs = {"threat_interests": own, "threat_interests_other": others}
    return pd.DataFrame({"interests": alike} | {name: np.log1p(PER_CENT * value) for name, value in logs.items()})


def _years(known: Cube, first: int, last: int) -> NDArray[np.float64]:
    """Number of known years among the ``first`` to ``last`` - 1 before, [state, year]."""
    return sum((_later(known.astype(float), lag) for lag in range(first, last)), np.zeros(known.shape))


def _later(field: Field, lag: int) -> Field:
    out = np.zeros_like(field)
    out[:, lag:] = field[:, : field.shape[1] - lag]
    return out


def _log_mean(added: Field, known: Cube, first: int, last: int) -> Field:
    years = _years(known, first, last)
    total = sum((_later(added, lag) for lag in range(first, last)), np.zeros(added.shape))
    return np.log1p(PER_CENT * total / np.where(years > 0, years, 1.0))


def threat_of_interests(world: World) -> tuple[Field, Field]:
    """Threat to a state by power and interest and its rise, fields [state, year], of all states in reach.

    threat = log(1 + per cent of the system's capabilities) at t-1; rise = the same of the mean of t-3..t-1 less that
    of t-10..t-4, years in the system only, and 0 where there is none before.
    """
    added = np.stack([np.zeros(len(world.grid.states)), *(threats(world, t).sum(axis=1) for t in range(YEARS - 1))])
    known = np.stack([np.zeros_like(added[0], bool), *world.grid.member.T[:-1]])  # both [year, state], a year late
    known, added = known.T, np.where(known, added, 0.0).T
    rise = _log_mean(added, known, 0, RECENT) - _log_mean(added, known, RECENT, LONG)
    return np.log1p(PER_CENT * added), np.where(_years(known, RECENT, LONG) > 0, rise, 0.0)


def by_era(panel: pd.DataFrame) -> pd.DataFrame:
    """Rank correlation of the two measures of threat from the aggressor in an alignment panel, by era and in all.

    Columns: ``rows``; ``disputes``, ``capabilities`` and ``interests``, the correlation of threat by power and interest
    with threat by disputes and rivalry, with CINC_j and with how far interests differ.
    """
    table = panel[["era", "threat_interests"]].assign(
        disputes=np.log1p(panel["threat_disputes"]) + panel["rivalry"],
        capabilities=panel["power"] + panel["own_power"],
        interests=-panel["interests"],
    )
    names = ["disputes", "capabilities", "interests"]

    def correlation(rows: pd.DataFrame) -> pd.Series:
        ranks = rows[["threat_interests", *names]].rank().corr()["threat_interests"]
        return pd.Series({"rows": len(rows)} | {name: ranks[name] for name in names})

    parts = {str(era): correlation(rows) for era, rows in table.groupby("era", observed=True)}
    return pd.DataFrame(parts | {"all": correlation(table)}).T.astype({"rows": int})


INTERESTS = Measure(
    (
        number(
            "interests", "similarity of interests of state and aggressor", "kappa",
            "Cohen's weighted kappa of their alliance portfolios at t-1, squared distances of 0-3", ATOP, -1, 1,
        ),
        number(
            "threat_interests", "threat from the aggressor, by power and interest", "log(1 + per cent)",
            "log(1 + 100 CINC_j (1 - interests) / 2) at t-1 if j is contiguous or a major power", f"{ATOP}; {NMC}",
            0, LARGEST,
        ),
        number(
            "threat_interests_other", "threat from other states, by power and interest", "log(1 + per cent)",
            "log(1 + 100 x sum of CINC_k (1 - kappa_ik) / 2) over the k in reach of i at t-1, j left out",
            f"{ATOP}; {NMC}", 0, LARGEST,
        ),
    ),
    lambda s: interests(s.rows, s.world),
)  # fmt: skip
