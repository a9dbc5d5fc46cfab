"""The class of a decision to align, by rule from treaty text, disputes, wars and leaders (2026-11-28).

Alliances with a threatening state are signed for more than one reason: some are dictated by an occupier, some end a
war, some renew what has lapsed, some are aimed at a third state (Weitsman 2004 calls the last and the tethering of
rivals apart from bandwagoning). The first rule that fits, in the order of `CLASSES`, gives the class. Nothing that
happens after the year of the signature decides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.codings import CLASSES
from data.period import FIRST
from data.world.grid import Counts, window
from data.world.riskset import before
from data.world.treaties import CONSULTATION, EDITIONS, HARD, NEUTRALITY, NONAGGRESSION
from data.world.world import World, once

if TYPE_CHECKING:
    from data.world.grid import Cube

IMPOSED_YEARS, SETTLED_YEARS, LAPSED_YEARS = 5, 3, 5
Mask = NDArray[np.bool_]


class Decisions:
    """Positions of state, partner and year of decisions (n,), with what was new, and the world they fell into."""

    def __init__(self, events: pd.DataFrame, world: World) -> None:
        self.world = world
        self.i, self.j = events["i"].to_numpy(), events["partner"].to_numpy()
        self.t = events["year"].to_numpy() - FIRST
        self.treaty, self.new = events["treaty"].to_numpy(), events["new"].to_numpy()
        self.collective = events["collective"].to_numpy(bool)

    def lately(self, happened: Counts | Cube, years: int) -> Mask:
        """Whether a cube is true in t or in one of so many years before, between state and partner in that order."""
        return np.any([self.at(happened, lag) for lag in range(years + 1)], axis=0)

    def at(self, cube: Counts | Cube, lag: int) -> Mask:
        """Truth of a cube [i, partner, year] so many years before t; False before the grid begins."""
        t = self.t - lag
        return (cube[self.i, self.j, t.clip(0)] > 0) & (t >= 0)


@once("disputes")
def _imposing(world: World) -> Cube:
    """[i, j, year]: a foreign power put i's leader in office in the year (Archigos), and it was j.

    The source does not say which power it was: here the states with which i had a dispute with deaths in that year or
    the year before, or, where none had deaths, one with display of force.
    """
    table = world.raw.read("archigos.rda")
    imposed = table[table["entry"].astype(str) == "Foreign Imposition"]
    i = world.grid.index(imposed["gwcode"])
    t = imposed["startdate"].astype(str).str[:4].to_numpy(int) - FIRST
    out = np.zeros(world.grid.shape, bool)
    for state, year in zip(i[i >= 0].tolist(), t[i >= 0].tolist(), strict=True):
        lately = slice(max(year - 1, 0), year + 1)
        killed = (world.disputes.deaths[state, :, lately] > 0).any(axis=1)
        shown = (world.disputes.display[state, :, lately] > 0).any(axis=1)
        out[state, :, year] |= killed if killed.any() else shown
    return out


def _imposed(d: Decisions) -> Mask:
    return d.lately(d.world.occupied, IMPOSED_YEARS) | d.lately(_imposing(d.world), IMPOSED_YEARS)


def _settlement(d: Decisions) -> Mask:
    peaceful = (d.new & ~(NONAGGRESSION | CONSULTATION)) == 0
    return peaceful & d.lately(d.world.disputes.deaths, SETTLED_YEARS)


def _strength(types: NDArray[np.integer]) -> NDArray[np.integer]:
    """Rank of the strongest type of a mask: 3 defence or offence, 2 neutrality or non-aggression, 1 consultation."""
    types = np.asarray(types, int)
    ranks = (types & HARD) > 0, (types & (NEUTRALITY | NONAGGRESSION)) > 0, (types & CONSULTATION) > 0
    return np.select(ranks, (3, 2, 1), 0)


def _renewal(d: Decisions) -> Mask:
    """An obligation at least as strong stood between them in t-5..t-2; that it was new in t says it had lapsed.

    Where collective pacts stand apart, what stood under one does not make a closer treaty a renewal.
    """
    held, treaties = np.zeros_like(d.new), d.world.treaties
    apart = (d.world.coding.collective == "apart") & ~d.collective
    for lag in range(2, LAPSED_YEARS + 1):
        at = d.i, d.j, (d.t - lag).clip(0)
        held |= np.where(d.t >= lag, np.where(apart, treaties.held_close[at], treaties.held[at]), 0)
    return _strength(held) >= _strength(d.new)


def _named(d: Decisions) -> Mask:
    """The treaty names as its target a state that is neither of the two."""
    targets = d.world.treaties.targets
    third = [bool(targets.get(treaty, frozenset[int]()) - {i, j}) for treaty, i, j in zip(
        d.treaty.tolist(), d.i.tolist(), d.j.tolist(), strict=True)]  # fmt: skip
    return np.array(third, bool)


def _up_to_now(events: Counts, years: int) -> Cube:
    """Whether any event fell into t or the ``years`` before it: what is signed in the year of a dispute follows it.

    A class says what a decision was, unlike a covariate, which must be known the year before.
    """
    return (window(events, years) + events) > 0


@once("disputes", "window")
def threatening(world: World) -> Cube:
    """[k, i, year]: k threatens i, by a new revisionist dispute with force in t-10..t or rivalry the year before."""
    return _up_to_now(world.disputes.revisionist, world.coding.window) | before(world.rivals)


@once("disputes", "window")
def disputing(world: World) -> Cube:
    """[i, j, year]: a dispute between the two in t or the coding's window before it."""
    return _up_to_now(world.disputes.any, world.coding.window)


def _common_enemy(d: Decisions) -> Mask:
    world = d.world
    threatens, opposed = threatening(world), disputing(world) | before(world.rivals)
    return _named(d) | (threatens[:, d.i, d.t] & opposed[:, d.j, d.t]).any(axis=0)


def _communique(d: Decisions) -> Mask:
    """Consultation only, unconditional, between states that neither adjoin nor have had a dispute in the window."""
    level = d.world.raw.read(EDITIONS[d.world.coding.treaties])
    conditional = set(level.loc[level["conditio"].fillna(0) != 0, "atopid"].astype(int))
    free = ~np.isin(d.treaty, list(conditional))
    near = np.isfinite(d.world.contiguity_km[d.i, d.j, d.t - 1])
    return ((d.new & ~CONSULTATION) == 0) & free & ~near & ~disputing(d.world)[d.i, d.j, d.t]


def _source_of_threat(d: Decisions) -> Mask:
    return threatening(d.world)[d.j, d.i, d.t]


RULES: dict[str, Callable[[Decisions], Mask]] = {
    "imposed": _imposed,
    "settlement": _settlement,
    "renewal": _renewal,
    "common enemy": _common_enemy,
    "communique": _communique,
    "source of threat": _source_of_threat,
}


def classify(events: pd.DataFrame, world: World) -> NDArray[np.object_]:
    """The class of each event (n,); events have the columns treaty, i, partner, year and new."""
    decisions = Decisions(events, world)
    names = [name for name in CLASSES if name in RULES]
    return np.select([RULES[name](decisions) for name in names], names, "other").astype(object)
