"""Who joins a war under way, and on which side: one row per war, year, state outside it and side.

Source of wars: Correlates of War inter-state wars v4 (Sarkees and Wayman 2010), directed dyad-years 1823-2003,
without dates. A state that enters in the war's first year cannot be told from one that was there at the outbreak, so
rows begin in the second year of a war: joiners are states whose first year in it is later than the war's first.
A state that the other side invaded (Belgium in 1940) joins the side it fights on like one that chose it (Italy in
1940): the source does not tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.build.frame import compact, keyed
from data.codebook.citations import ATOP, COW_STATES, COW_WARS, NMC, RIVALRIES
from data.codebook.lags import lagged, with_earlier
from data.codebook.variable import ERA, Panel, Variable, binary, key, number, region_of
from data.measures.proximity import UNIT_KM
from data.period import BEGIN, END, FIRST
from data.world.treaties import HARD

if TYPE_CHECKING:
    from data.world.grid import Cube, Grid, Ints
    from data.world.world import World

SIDES = (1, 2)


# What the graph adjusts for, of the same belligerents a year before.
EARLIER = ("allied", "rival", "proximity", "power", "major")
JOINING = Panel(
    name="joining",
    variables=with_earlier(
        {1: EARLIER},
        key("war", "inter-state war", 1, 999, COW_WARS),
        key("state", "state i outside the war", 2, 999, COW_STATES),
        key("year", "year t of the outcome", BEGIN, END, COW_STATES),
        key("side", "side of the war", 1, 2, COW_WARS),
        region_of("i"),
        ERA,
        binary("joined", "joining the side", "1 if t is i's first year in the war, on this side", COW_WARS, "outcome"),
        number(
            "side_share", "capability share of the side", "share of both sides' capabilities",
            "CINC at t-1 of the side's belligerents standing at the end of t-1, over both sides'", f"{COW_WARS}; {NMC}",
            0, 1,
        ),
        binary("allied", "ally on the side",
        "1 if a defence or offence pact at t-1 with a belligerent of the side", ATOP),
        binary(
            "allied_other", "ally on the other side",
            "1 if a defence or offence pact at t-1 with one of the other side",
            ATOP,
        ),
        binary(
            "rival", "rival on the other side", "1 if a strategic rival at t-1 of one of the other side",
            RIVALRIES,
        ),
        binary(
            "rival_own", "rival on the side", "1 if a strategic rival at t-1 of a belligerent of the side",
            RIVALRIES,
        ),
        number(
            "proximity", "proximity of the side", "minus log(1 + 100 km)",
            "-log(1 + distance to its nearest belligerent / 100 km) at t-1",
            "Schvitz et al. (2022) from 1886; distance of capitals before", None, 0, True,
        ),
        binary(
            "contiguous", "contiguous with the side",
            "1 if with a belligerent of it, by land or within 400 miles of water at t-1", "Stinnett et al. (2002)",
        ),
        number(
            "power", "power of i relative to the war", "log ratio",
            "log(CINC_i / CINC of all belligerents) at t-1", NMC,
            nullable=True,
        ),
        binary("major", "major power", "1 if i is a major power at t-1", "Correlates of War 2016"),
        Variable("war_year", "count", "year of the war", "years", "t minus the war's first year, plus 1", COW_WARS, 2),
    ),
    keys=("war", "state", "year", "side"),
    outcomes=("joined",),
    unit="side of a war in a year",
    codebook="data/build/joining.py",
)  # fmt: skip


@dataclass(frozen=True)
class WarYear:
    """A war under way in year position ``t``, seen from its eve.

    ``standing`` (2, state): belligerents of each side at the end of t-1: in the war on that side in both t-1
    and t, so that a state that fell out by then is left out. ``outside`` (state,): in the war in no year before
    t. ``entering`` (2, state): first in the war in t, on that side.
    """

    war: int
    t: int
    first: int
    standing: Cube
    outside: Cube
    entering: Cube


def fighting(wars: pd.DataFrame, grid: Grid) -> pd.DataFrame:
    """(war, i, side, t), one row for each side and year in which a state fights, from ``cow_war_inter.rda``."""
    table = pd.DataFrame(
        {
            "war": wars["warnum"].astype(int),
            "i": grid.index(wars["ccode1"]),
            "side": wars["sidea1"].astype(int),
            "t": wars["year"].astype(int) - FIRST,
        }
    )
    return table[table["i"] >= 0].drop_duplicates(ignore_index=True)


def war_years(table: pd.DataFrame, states: int) -> Iterator[WarYear]:
    """Each year of each war but its first, of wars ``fighting`` among so many states."""
    for war, rows in table.groupby("war"):
        first, last = int(rows["t"].min()), int(rows["t"].max())
        active = np.zeros((len(SIDES), states, last - first + 1), dtype=bool)
        active[rows["side"] - 1, rows["i"], rows["t"] - first] = True
        for year in range(1, last - first + 1):
            before = active[:, :, :year].any(axis=(0, 2))
            standing = active[:, :, year - 1] & active[:, :, year]
            yield WarYear(int(str(war)), first + year, first, standing, ~before, active[:, :, year] & ~before)


def relevant(war: WarYear, world: World) -> Cube:
    """[state]: members in t-1 and t outside the war, contiguous to a belligerent or a major power at t-1.

    Contiguous: by land or within 400 miles of water, as in the alignment panel.
    """
    grid, belligerent = world.grid, war.standing.any(axis=0)
    contiguous = np.isfinite(world.contiguity_km[:, belligerent, war.t - 1]).any(axis=1)
    member = grid.member[:, war.t] & grid.member[:, war.t - 1]
    return member & war.outside & (contiguous | grid.major[:, war.t - 1])


def _share(war: WarYear, world: World) -> NDArray[np.float64]:
    """Share of each side in the capabilities of both at the end of t-1 (side,)."""
    cinc = np.nan_to_num(world.cinc[:, war.t - 1])
    sides = np.where(war.standing, cinc, 0.0).sum(axis=1)  # in an order that no processor changes
    return sides / sides.sum()


def _ties(war: WarYear, side: int, i: Ints, eve: int, world: World) -> dict[str, NDArray[Any]]:
    """What states ``i`` are to the belligerents of the war and of one side (position 0 or 1) at the end of a year."""
    own, other = (np.flatnonzero(war.standing[k]) for k in (side, 1 - side))
    pact = (world.treaties.held[:, :, eve] & HARD) > 0
    km = world.distance_km[np.ix_(i, own, [eve])][:, :, 0].astype(float)
    nearest = np.fmin.reduce(km, axis=1, initial=np.inf)
    total = np.where(war.standing, np.nan_to_num(world.cinc[:, eve]), 0.0).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        power = np.log(world.cinc[i, eve] / total)
    return {
        "allied": pact[np.ix_(i, own)].any(axis=1),
        "allied_other": pact[np.ix_(i, other)].any(axis=1),
        "rival": world.rivals[np.ix_(i, other, [eve])].any(axis=(1, 2)),
        "rival_own": world.rivals[np.ix_(i, own, [eve])].any(axis=(1, 2)),
        "proximity": np.where(np.isfinite(nearest), -np.log1p(nearest / UNIT_KM), np.nan),
        "contiguous": np.isfinite(world.contiguity_km[np.ix_(i, own, [eve])]).any(axis=(1, 2)),
        "power": np.where(np.isfinite(power), power, np.nan),
        "major": world.grid.major[i, eve],
    }


def _side(war: WarYear, side: int, i: Ints, world: World) -> dict[str, NDArray[Any]]:
    """Columns of the rows of states ``i`` and one side (position 0 or 1), known at t-1 but for ``joined``."""
    eve = war.t - 1
    share, now, before = _share(war, world), _ties(war, side, i, eve, world), _ties(war, side, i, eve - 1, world)
    earlier = {name: before[name].astype(float) for name in EARLIER}
    return {
        "i": i,
        "side": np.full(i.size, SIDES[side]),
        "joined": war.entering[side, i],
        "side_share": np.full(i.size, share[side]),
        **now,
        # Of states that entered the system in t-1 the first year is the one that there is.
        **{lagged(name, 1): np.where(np.isnan(value), now[name], value) for name, value in earlier.items()},
    }


def _rows(war: WarYear, world: World) -> pd.DataFrame:
    i = np.flatnonzero(relevant(war, world))
    both = [pd.DataFrame(_side(war, side, i, world)) for side in range(len(SIDES))]
    return pd.concat(both).assign(war=war.war, t=war.t, war_year=war.t - war.first + 1)


def joining(world: World) -> pd.DataFrame:
    """The joining panel: one row per war, year (from the war's second), state outside it and side, 1824-2003.

    Years in which one side has no belligerent left from the year before are passed over. Columns are those of
    ``JOINING``, in that order; rows are sorted by war, state, year, side.
    """
    table = fighting(world.raw.read("cow_war_inter.rda"), world.grid)
    wars = [
        war
        for war in war_years(table, len(world.grid.states))
        if war.standing.any(axis=1).all() and BEGIN <= war.t + FIRST <= END
    ]
    rows = pd.concat([_rows(war, world) for war in wars]).sort_values(["war", "i", "t", "side"], ignore_index=True)
    states, years = world.grid.states[rows["i"]], rows["t"] + FIRST
    keys = keyed({"war": rows["war"], "state": states, "year": years, "side": rows["side"]}, "state")
    covariates = rows.drop(columns=["war", "i", "t", "side"]).astype({"war_year": "int16"})
    return compact(pd.concat([keys, covariates], axis=1)[list(JOINING.columns)])
