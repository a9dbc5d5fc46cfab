"""Which dyad-years are at risk: a weak state i, an aggressor j within reach, and a year t.

Everything that decides is known at t-1. Cubes are [i, j, year] unless said otherwise.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from data import groups
from data.codings import Coding
from data.period import BEGIN, FIRST, LAST, YEARS
from data.world.disputes import Disputes
from data.world.grid import Cube, Field, Grid, Ints, window
from data.world.treaties import HARD, Treaties

# Leaders of the international order with the years in which they lead it. France guaranteed the settlement of 1919
# until it fell (definition of 2026-11-28). Its allies do not stand for the order as those of the others do: it allied
# with the USSR of 1935 against the order's challenger, not for the order.
LEADERS: dict[str, dict[int, tuple[int, int]]] = {
    "uk-france-us": {200: (1816, LAST), 220: (1919, 1940), 2: (1942, LAST)},
    "uk-us": {200: (1816, LAST), 2: (1942, LAST)},
}
WITHOUT_ALLIES = 220
PACT_YEARS = 3  # a pact makes a status-quo power when it has stood for more than this
QUIET_YEARS = 10
REGIONAL = 2  # powers of a region
SMALL, DWARFED = 0.005, 10.0


@dataclass(frozen=True)
class Rows:
    """Positions of the dyad-years at risk: state ``i``, aggressor ``j`` and ``t``, the year less FIRST."""

    i: Ints
    j: Ints
    t: Ints

    def at[T: np.generic](self, cube: NDArray[T], lag: int = 1) -> NDArray[T]:
        """Values of a cube [i, j, year] for these rows, ``lag`` years before t."""
        return cube[self.i, self.j, self.t - lag]

    def of_i[T: np.generic](self, field: NDArray[T], lag: int = 1) -> NDArray[T]:
        """Values of a field [state, year] for the weak state, ``lag`` years before t."""
        return field[self.i, self.t - lag]

    def of_j[T: np.generic](self, field: NDArray[T], lag: int = 1) -> NDArray[T]:
        """Values of a field [state, year] for the aggressor, ``lag`` years before t."""
        return field[self.j, self.t - lag]


def before[T: np.generic](field: NDArray[T]) -> NDArray[T]:
    """The same field or cube a year later: element t holds the value of t-1 (False or 0 in the first)."""
    out = np.zeros_like(field)
    out[..., 1:] = field[..., :-1]
    return out


def status_quo(grid: Grid, treaties: Treaties, disputes: Disputes, coding: Coding) -> Cube:
    """[state, year]: leaders of the order, and major powers long allied and lately at peace with them.

    A major power counts when its defence pact with a leader has stood for more than three years and it has
    had no dispute with display of force or more with either leader in the last ten years. Without the first
    condition the Nyon agreement would make the USSR of 1939 a status-quo power; without the second the
    Anglo-Soviet treaty of 1942 would do so in 1948. A pact that ends in the year no longer counts (definition of
    2026-11-28): Germany denounced Locarno in March 1936.
    """
    years = np.arange(YEARS) + FIRST
    leads = {
        int(grid.index(code)): (years >= first) & (years <= last)
        for code, (first, last) in LEADERS[coding.order].items()
    }
    stood = np.zeros_like(grid.member)
    quiet = np.ones_like(grid.member)
    for leader, in_office in leads.items():
        pact = treaties.defence[:, leader]
        long = window(pact, PACT_YEARS + 1) > PACT_YEARS
        if coding.order != "uk-us":
            long[:, :-1] &= pact[:, 1:]
        if grid.states[leader] != WITHOUT_ALLIES:
            stood |= long & in_office
        quiet &= (window(disputes.display[:, leader], QUIET_YEARS) == 0) | ~in_office
    out = before(grid.major) & stood & quiet
    for leader, in_office in leads.items():
        out[leader] |= in_office
    return out


def aggressors(grid: Grid, treaties: Treaties, disputes: Disputes, coding: Coding) -> Cube:
    """[i, j, year] (or broadcastable to it): j counts as an aggressor in the year, for i."""
    if coding.aggressor == "revisionist-against-i":
        revisionist = window(disputes.revisionist, coding.window).transpose(1, 0, 2) > 0
    else:
        revisionist = (window(disputes.launched, coding.window) > 0)[None]
    if coding.aggressor == "any-revisionist":
        return revisionist
    return revisionist & ~status_quo(grid, treaties, disputes, coding)[None]


def weak(grid: Grid, cinc: Field, coding: Coding) -> Cube:
    """[i, j, year], read at t-1: i is no major power and weaker than j as the coding says."""
    own, other = cinc[:, None], cinc[None]
    weaker = own < other
    if coding.weak == "small":
        weaker &= own < SMALL
    elif coding.weak == "dwarfed":
        weaker &= own * DWARFED < other
    return weaker & ~grid.major[:, None]


def regional_powers(grid: Grid, cinc: Field) -> Cube:
    """[i, j, year]: j is one of the two most capable members of i's region in the year."""
    regions = np.asarray(groups.region(grid.states).codes)
    strength = np.where(grid.member, np.nan_to_num(cinc), -1.0)
    leads = np.zeros_like(grid.member)
    for region in np.unique(regions):
        own = np.flatnonzero(regions == region)
        top = own[np.argsort(-strength[own], axis=0, kind="stable")[:REGIONAL]]
        np.put_along_axis(leads, top, values=True, axis=0)
    return (regions[:, None] == regions[None])[:, :, None] & (leads & grid.member)[None]


def allied(treaties: Treaties, coding: Coding) -> Cube:
    """[i, j, year]: one owes the other defence or offence, by a pact that keeps the two out of the risk set."""
    held = treaties.held_close if coding.collective == "apart" else treaties.held
    return (held & HARD) != 0


def conditions(
    grid: Grid,
    treaties: Treaties,
    disputes: Disputes,
    cinc: Field,
    contiguous: Cube,
    occupied: Cube,
    coding: Coding,
) -> dict[str, Cube]:
    """What must hold for a row to be at risk in t, by name: cubes [i, j, year], or such as broadcast to one.

    Members: in t-1 and t. In reach: contiguous by land or within 400 miles of water, or j a major power, or what the
    coding of ``reach`` adds. Unallied: no defence or offence obligation between the two at t-1 (softer ties may be
    upgraded), none of a collective pact counted where these stand apart.

    Parameters
    ----------
    grid, treaties, disputes
        States and years, obligations and disputes, as in `World`.
    cinc
        Field of the states' shares of capabilities.
    contiguous, occupied
        Cubes: i and j are contiguous; j occupies i.
    coding
        Who is weak, who is an aggressor and how far back to look.
    """
    member = grid.member & before(grid.member)
    relevant = contiguous | grid.major[None]
    if coding.reach == "regional-powers":
        relevant |= regional_powers(grid, cinc)
    return {
        "members": member[:, None] & member[None] & ~np.eye(len(grid.states), dtype=bool)[:, :, None],
        "weak": before(weak(grid, cinc, coding)),
        "aggressor": aggressors(grid, treaties, disputes, coding),
        "in reach": before(relevant),
        "unallied": before(~allied(treaties, coding)),
        "not occupied": ~(occupied | before(occupied)),
    }


def riskset(
    grid: Grid,
    treaties: Treaties,
    disputes: Disputes,
    cinc: Field,
    contiguous: Cube,
    occupied: Cube,
    coding: Coding,
) -> Rows:
    """Rows at risk: those of the project's years in which all `conditions` hold.

    Parameters
    ----------
    grid, treaties, disputes, cinc, contiguous, occupied, coding
        As those of `conditions`.
    """
    required = conditions(grid, treaties, disputes, cinc, contiguous, occupied, coding)
    risk = reduce(np.logical_and, required.values())
    risk[:, :, : BEGIN - FIRST] = False
    risk[:, :, coding.last - FIRST + 1 :] = False
    return Rows(*np.nonzero(risk))
