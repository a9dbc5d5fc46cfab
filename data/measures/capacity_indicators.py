"""State capacity from indicators other than income, for state-years without a measured score: a named variant.

A linear regression of the measured scores on indicators that reach back to 1816: years since independence (state
history), iron and steel, energy and soldiers per head, the urban share, and military spending per head relative to the
system's, which is free of currencies and prices. Where spending or energy is unknown (half of the state-years before
1871) the regression without both stands in. Census, tax and territory indicators, on which the measured scores rest,
begin in 1960 in the files at hand and cannot serve.

What it can do: held-out states are predicted with R2 0.61 (0.52 without spending and energy), and the years 1960-1987
of held-out states by the later years of others with 0.53 (0.41). Log income alone reaches 0.62 and 0.56; but this
prediction correlates with income at 0.84 (0.71), where the one from income is income itself.

What it cannot do: soldiers and spending rise with threat, so that a state at war looks capable. Steel and energy are
industry, of which income is made. Earlier years come out 0.1 (0.2) too high. Nothing tells whether the relations of
1960-2015 held in 1850: the standard error is the error for held-out states in earlier years, which tells of decades
and not of centuries. Defined on 2026-11-28.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from data.period import FIRST, YEARS
from data.world.grid import Field, Ints

if TYPE_CHECKING:
    from data.world.world import World

FULL = ("history", "urban", "steel", "energy", "soldiers", "spending")
REDUCED = ("history", "urban", "steel", "soldiers")
FOLDS = 10
THOUSAND = 1000.0
MONTH_DIGITS = 100  # dates of independence are yyyymm


@dataclass(frozen=True)
class Sample:
    """State-years with a measured score ``y`` (n,) and indicators ``x`` (n, 1 + indicators), a constant first."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    state: Ints
    year: Ints


def _history(world: World) -> Field:
    """Log of years since independence, 1 in its year (ICOW); members before it (Greece in 1828) count from then."""
    table = world.raw.read("coldata110.csv")
    since = np.full(len(world.grid.states), np.nan)
    i = world.grid.index(table["State"])
    since[i[i >= 0]] = table["IndDate"].to_numpy(float)[i >= 0] // MONTH_DIGITS
    return np.log1p((np.arange(YEARS) + FIRST - since[:, None]).clip(0))


def _relative(amount: Field, people: Field, member: NDArray[np.bool_]) -> Field:
    """Amount per head over that of all members for whom it is known, by year."""
    known = member & np.isfinite(amount) & np.isfinite(people)
    system = np.where(known, amount, 0.0).sum(axis=0) / np.where(known, people, 0.0).sum(axis=0)
    return amount / people / system


def indicators(world: World) -> dict[str, Field]:
    """Each indicator as a field [state, year]: logs per thousand people but for the urban share."""
    people = np.where(world.capability("tpop") > 0, world.capability("tpop"), np.nan)

    def per_thousand(component: str) -> Field:
        return np.log1p(THOUSAND * world.capability(component) / people)

    return {
        "history": _history(world),
        "urban": world.capability("upop") / people,
        "steel": per_thousand("irst"),
        "energy": per_thousand("pec"),
        "soldiers": per_thousand("milper"),
        "spending": np.log1p(_relative(world.capability("milex"), people, world.grid.member)),
    }


def matrix(fields: dict[str, Field], names: tuple[str, ...]) -> NDArray[np.float64]:
    """The indicators ``names`` behind a constant, [state, year, 1 + indicator]."""
    return np.stack([np.ones_like(fields[names[0]]), *(fields[name] for name in names)], axis=-1)


def fit(sample: Sample, rows: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """Coefficients of least squares on some rows, or all."""
    x, y = (sample.x, sample.y) if rows is None else (sample.x[rows], sample.y[rows])
    return np.linalg.lstsq(x, y, rcond=None)[0]


def held_out(sample: Sample, earlier: bool) -> NDArray[np.float64]:
    """Errors of prediction for states left out, a tenth at a time; NaN for rows that are not predicted.

    With ``earlier``, the first half of the years is predicted from the second half of the other states only.
    """
    errors = np.full(sample.y.size, np.nan)
    late = sample.year > (sample.year.min() + sample.year.max()) / 2 if earlier else np.ones(sample.y.size, bool)
    target = ~late if earlier else late
    for fold in range(FOLDS):
        mine = sample.state % FOLDS == fold
        rows = mine & target
        errors[rows] = sample.y[rows] - sample.x[rows] @ fit(sample, late & ~mine)
    return errors


def r_squared(sample: Sample, errors: NDArray[np.float64]) -> float:
    """Share of the variance of the scores, in the rows that are predicted, without ``errors``."""
    rows = np.isfinite(errors)
    return float(1 - (errors[rows] ** 2).mean() / sample.y[rows].var())


def known_in(measured: Field, x: NDArray[np.float64]) -> Sample:
    """The state-years with a measured score and every indicator."""
    both = np.isfinite(measured) & np.isfinite(x).all(axis=-1)
    state, t = np.nonzero(both)
    return Sample(x[both], measured[both], state, t + FIRST)


def predicted(world: World, measured: Field) -> tuple[Field, Field]:
    """Capacity by indicators and its standard error, fields [state, year]; NaN where a reduced set is unknown too."""
    fields = indicators(world)
    value, sd = np.full(measured.shape, np.nan), np.full(measured.shape, np.nan)
    for names in (FULL, REDUCED):
        x = matrix(fields, names)
        sample = known_in(measured, x)
        open_ = np.isnan(value) & np.isfinite(x).all(axis=-1) & world.grid.member
        value[open_] = x[open_] @ fit(sample)
        sd[open_] = np.sqrt(np.nanmean(held_out(sample, earlier=True) ** 2))
    return value, sd
