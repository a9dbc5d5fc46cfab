"""The two outcomes: bandwagoning with the aggressor, balancing against it, and the treaty behind each.

An obligation is new in the year the later of the two
enters the treaty when no treaty between them held its type in the year before, so renewals do not count
and a consultation pact that becomes a defence pact does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.codebook.citations import ATOP
from data.codebook.variable import binary, treaty
from data.measures.measure import Measure
from data.period import FIRST, LAST
from data.world.grid import Cube, Field, Grid, window
from data.world.riskset import Rows, before
from data.world.treaties import DEFENCE, HARD, SOFT, Treaties, membership

if TYPE_CHECKING:
    from data.codings import Coding
    from data.world.disputes import Disputes

AT_MOST_SMALL = 3


def new_obligations(treaties: Treaties, cinc: Field) -> pd.DataFrame:
    """Pairs (treaty, i, j, year) with ``new``, the mask of types that no treaty held the year before.

    ``size`` is the number of members in that year and ``centred`` whether j holds at least half of their
    capabilities, as known the year before.
    """
    pairs = treaties.pairs[treaties.pairs["begin"].between(FIRST + 1, LAST)].rename(columns={"begin": "year"})
    held = treaties.held[pairs["i"], pairs["j"], pairs["year"] - 1 - FIRST]
    pairs = pairs.assign(new=pairs["types"].to_numpy() & ~held.astype(int))
    size, capability = membership(treaties.members, cinc)
    key = pd.MultiIndex.from_frame(pairs[["treaty", "phase", "year"]])
    share = cinc[pairs["j"], pairs["year"] - 1 - FIRST] / capability.reindex(key).to_numpy()
    pairs = pairs.assign(size=size.reindex(key).to_numpy(), centred=share >= 0.5)
    return pairs[pairs["new"] > 0].reset_index(drop=True)


def _bandwagons(new: pd.DataFrame, coding: Coding) -> pd.DataFrame:
    choices = {
        "aggressor-centred": new["centred"],
        "any-treaty": new["new"] > 0,
        "small": new["size"] <= AT_MOST_SMALL,
        "bilateral": new["size"] == 2,
        "hard": new["centred"] & ((new["new"] & HARD) > 0),
        "soft": new["centred"] & ((new["new"] & SOFT) > 0) & ((new["new"] & HARD) == 0),
    }
    return new[choices[coding.bandwagon]]


def bandwagon(rows: Rows, treaties: Treaties, cinc: Field, coding: Coding, grid: Grid) -> pd.DataFrame:
    """``bandwagon`` (0/1) and ``treaty`` (id or missing): i enters a new or upgraded obligation with j."""
    return _mark(rows, _bandwagons(new_obligations(treaties, cinc), coding), grid, "bandwagon", "treaty")


def balance(
    rows: Rows,
    treaties: Treaties,
    disputes: Disputes,
    rivals: Cube,
    cinc: Field,
    coding: Coding,
    grid: Grid,
) -> pd.DataFrame:
    """``balance`` (0/1) and ``balance_treaty``: i gains a defence obligation with a third state k.

    j is no party to the treaty, k has no defence pact with j at t-1, and k stands against j: a dispute or
    rivalry with j in the window, or the treaty names j as its target. Without that last condition one pact
    counts as balancing against every aggressor in reach.

    Parameters
    ----------
    rows
        The dyad-years at risk.
    treaties, disputes, rivals, cinc
        Obligations, disputes, the cube of strategic rivals and the field of capabilities, as in `World`.
    coding
        What counts: its ``balance`` and its ``window``.
    grid
        States and years.
    """
    new = new_obligations(treaties, cinc)
    new = new[((new["new"] & DEFENCE) > 0)].rename(columns={"j": "k"})
    if coding.balance == "bilateral":
        new = new[new["size"] == 2]
    against = (window(disputes.any, coding.window) > 0) | (window(rivals, coding.window) > 0)
    allied = before(treaties.defence)
    parties = treaties.members.groupby(["treaty", "phase"])[["i", "begin", "end"]]
    member_of = {key: table.to_numpy().T for key, table in parties}
    events: list[tuple[int, int, int, int]] = []
    for atopid, phase, i, k, year in new[["treaty", "phase", "i", "k", "year"]].to_numpy():
        stands = against[k, :, year - FIRST].copy()
        stands[list(treaties.targets.get(atopid, ()))] = True
        if coding.balance == "any-third-state":
            stands[:] = True
        stands &= ~allied[k, :, year - FIRST]
        party, begin, end = member_of[atopid, phase]
        stands[party[(begin <= year) & (end >= year)]] = False
        events.extend((atopid, i, j, year) for j in np.flatnonzero(stands).tolist())
    table = pd.DataFrame(events, columns=["treaty", "i", "j", "year"])
    return _mark(rows, table, grid, "balance", "balance_treaty")


def _mark(rows: Rows, events: pd.DataFrame, grid: Grid, outcome: str, treaty_behind: str) -> pd.DataFrame:
    """The outcome of each row and the lowest id of the treaties behind it."""
    behind = np.full(grid.shape, np.iinfo(np.int32).max, np.int32)
    np.minimum.at(behind, (events["i"], events["j"], events["year"] - FIRST), events["treaty"].astype(np.int32))
    ids = rows.at(behind, lag=0)
    happened = ids < np.iinfo(np.int32).max
    return pd.DataFrame(
        {outcome: happened.astype(np.int8), treaty_behind: pd.Series(ids, dtype="Int32").where(happened)}
    )


BANDWAGON = Measure(
    (
        binary(
            "bandwagon", "bandwagoning with the aggressor",
            "1 if in t a new or upgraded obligation links i and j under a treaty whose members' capabilities are at "
            "least half j's",
            ATOP, "outcome",
        ),
        treaty("treaty", "treaty behind bandwagoning"),
    ),
    lambda s: bandwagon(s.rows, s.world.treaties, s.world.cinc, s.coding, s.world.grid),
)  # fmt: skip
BALANCE = Measure(
    (
        binary(
            "balance", "balancing against the aggressor",
            "1 if in t i gains a defence obligation with a third state that stands against j, under a treaty without j",
            ATOP, "outcome",
        ),
        treaty("balance_treaty", "treaty behind balancing"),
    ),
    lambda s: balance(
        s.rows, s.world.treaties, s.world.disputes, s.world.rivals, s.world.cinc, s.coding, s.world.grid
    ),
)  # fmt: skip
