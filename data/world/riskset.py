"""Which dyad-years are at risk: a weak state i, an aggressor j within reach, and a year t.

Everything that decides is known at t-1. Cubes are [i, j, year] unless said otherwise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.codings import Coding
from data.period import BEGIN, END, FIRST, YEARS
from data.world.disputes import Disputes
from data.world.grid import Cube, Field, Grid, Ints, window
from data.world.treaties import HARD, Treaties

# Leaders of the international order, and the first year in which they lead it.
LEADERS = {200: 1816, 2: 1942}
PACT_YEARS = 3  # a pact makes a status-quo power when it has stood for more than this
QUIET_YEARS = 10
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


def status_quo(grid: Grid, treaties: Treaties, disputes: Disputes) -> Cube:
    """[state, year]: leaders of the order, and major powers long allied and lately at peace with them.

    A major power counts when its defence pact with a leader has stood for more than three years and it has
    had no dispute with display of force or more with either leader in the last ten years. Without the first
    condition the Nyon agreement would make the USSR of 1939 a status-quo power; without the second the
    Anglo-Soviet treaty of 1942 would do so in 1948.
    """
    years = np.arange(YEARS) + FIRST
    leads = {int(grid.index(code)): years >= since for code, since in LEADERS.items()}
    stood = np.zeros_like(grid.member)
    quiet = np.ones_like(grid.member)
    for leader, in_office in leads.items():
        pact = window(treaties.defence[:, leader], PACT_YEARS + 1) > PACT_YEARS
        stood |= pact & in_office
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
    return revisionist & ~status_quo(grid, treaties, disputes)[None]


def weak(grid: Grid, cinc: Field, coding: Coding) -> Cube:
    """[i, j, year], read at t-1: i is no major power and weaker than j as the coding says."""
    own, other = cinc[:, None], cinc[None]
    weaker = own < other
    if coding.weak == "small":
        weaker &= own < SMALL
    elif coding.weak == "dwarfed":
        weaker &= own * DWARFED < other
    return weaker & ~grid.major[:, None]


def riskset(
    grid: Grid,
    treaties: Treaties,
    disputes: Disputes,
    cinc: Field,
    contiguous: Cube,
    occupied: Cube,
    coding: Coding,
) -> Rows:
    """Rows at risk: members in t-1 and t, i weak, j an aggressor, relevant, unallied and not occupying i.

    Relevant: contiguous by land or within 400 miles of water, or j a major power. Unallied: no defence or
    offence obligation between the two at t-1 (softer ties may be upgraded).

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
    free = (treaties.held & HARD) == 0
    risk = before(weak(grid, cinc, coding) & relevant & free)
    risk &= member[:, None] & member[None] & aggressors(grid, treaties, disputes, coding)
    risk &= ~(occupied | before(occupied))
    risk[:, :, : BEGIN - FIRST] = False
    risk[:, :, END - FIRST + 1 :] = False
    i, j, t = np.nonzero(risk & ~np.eye(len(grid.states), dtype=bool)[:, :, None])
    return Rows(i, j, t)
