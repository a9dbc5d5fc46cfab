"""Do other signs of alignment rise after an event? Arms, exercises and votes before and after, beside rows without one.

What i and j share is compared between the five years after t and the five before, t itself left out. The signs are no
events of any panel: they validate those that are. A sign is compared only where its source covers all ten years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.measures.arms import recorded
from data.period import ARMS_BEGIN, FIRST, LAST, YEARS
from data.world.informal import exercises
from data.world.riskset import Rows

if TYPE_CHECKING:
    from data.world.world import World

Values = NDArray[np.float64]
SPAN = 5  # years before and after
VOTES = "IdealpointsJuly2025.dta"
# The events that are compared, and the column of the informal panel that tells each.
EVENTS = {
    "military support": "military_support",
    "defence agreement": "defence_agreement",
    "treaty": "treaty_too",
}


def beside(rows: Rows, cube: NDArray[Any], lags: range) -> Values:
    """Mean of a cube [i, j, year] over the years t + lag of each row; NaN where one of them is missing or outside."""
    out = np.zeros(len(rows.t))
    for lag in lags:
        t = rows.t + lag
        inside = (t >= 0) & (t < YEARS)
        out += np.where(inside, cube[rows.i, rows.j, np.clip(t, 0, YEARS - 1)], np.nan)
    return out / len(lags)


def mean_of_clusters(values: Values, clusters: NDArray[Any]) -> tuple[float, float]:
    """Mean, and its standard error robust to dependence within clusters (the sandwich estimator).

    NaN for no value; the error is NaN for fewer than two clusters.
    """
    if values.size == 0:
        return float("nan"), float("nan")
    mean = float(values.mean())
    sums = pd.Series(values - mean).groupby(pd.Series(clusters)).sum().to_numpy()
    if sums.size < 2:
        return mean, float("nan")
    return mean, float(np.sqrt((sums**2).sum() * sums.size / (sums.size - 1)) / values.size)


def votes(table: pd.DataFrame, world: World) -> Values:
    """Cube: minus the distance of ideal points in the General Assembly, NaN where either state has none.

    From raw ``IdealpointsJuly2025.dta``, the estimates from all votes.
    """
    points = world.grid.field(table, "ccode", "idealpointall")
    return -np.abs(points[:, None] - points[None])


def signs(world: World) -> dict[str, Values]:
    """Cubes [i, j, year] by name, NaN in years that the source does not cover."""
    years = np.arange(YEARS) + FIRST
    joint = exercises.joint(world.raw.read(exercises.FILE), world.grid).astype(float)
    joint[:, :, (years < exercises.YEARS[0]) | (years > exercises.YEARS[1])] = np.nan
    arms = np.log1p(world.arms.astype(float))
    arms[:, :, (years < ARMS_BEGIN) | (years > LAST)] = np.nan
    return {
        "arms from j, log millions of trend-indicator value a year": arms,
        "years with a joint exercise, share": np.where(np.isnan(joint), np.nan, joint > 0),
        "similarity of votes, minus the distance of ideal points": votes(world.raw.read(VOTES), world),
    }


def _quiet(rows: Rows, panel: pd.DataFrame, world: World) -> NDArray[np.bool_]:
    """Rows of pairs without any of the events in t-5..t+5, as far as they are at risk and the sources tell."""
    happened = np.zeros(world.grid.shape, bool)
    any_event = (panel[list(EVENTS.values())] == 1).any(axis=1).to_numpy()
    happened[rows.i[any_event], rows.j[any_event], rows.t[any_event]] = True
    return beside(rows, happened, range(-SPAN, SPAN + 1)) == 0


def changes(panel: pd.DataFrame, world: World) -> pd.DataFrame:
    """Per row of the informal panel and sign: ``before``, ``after`` and the ``change``, where all years are known.

    ``excess`` is the change less the mean change of the year's rows without event, whose ``quiet`` is true.
    """
    grid = world.grid
    rows = Rows(grid.index(panel["state"]), grid.index(panel["aggressor"]), panel["year"].to_numpy(int) - FIRST)
    quiet = _quiet(rows, panel, world)
    tables: list[pd.DataFrame] = []
    for name, cube in signs(world).items():
        before, after = beside(rows, cube, range(-SPAN, 0)), beside(rows, cube, range(1, SPAN + 1))
        if name.startswith("arms"):
            before = np.where(recorded(rows, grid), before, np.nan)
        table = panel[["state", "aggressor", "year", *EVENTS.values()]].assign(
            sign=name, before=before, after=after, change=after - before, quiet=quiet
        )
        table = table[table["change"].notna()]
        usual = table["change"].where(table["quiet"]).groupby(table["year"]).transform("mean")
        tables.append(table.assign(excess=table["change"] - usual))
    return pd.concat(tables, ignore_index=True)


def _row(part: pd.DataFrame) -> dict[str, float]:
    pairs = (part["state"].astype(int) * 1000 + part["aggressor"].astype(int)).to_numpy()
    change, error = mean_of_clusters(part["change"].to_numpy(float), pairs)
    known = part["excess"].notna().to_numpy()
    excess, excess_error = mean_of_clusters(part["excess"].to_numpy(float)[known], pairs[known])
    return {
        "n": len(part),
        "pairs": np.unique(pairs).size,
        "before": float(part["before"].mean()),
        "after": float(part["after"].mean()),
        "change": change,
        "change_se": error,
        "excess": excess,
        "excess_se": excess_error,
    }


def validation(panel: pd.DataFrame, world: World) -> pd.DataFrame:
    """One row per sign and event, and for rows without any: means before and after, change and excess.

    Standard errors are robust to dependence within pairs of states. ``panel`` is the informal panel.
    """
    table = changes(panel, world)
    out: list[pd.DataFrame] = []
    for sign, rows in table.groupby("sign", sort=False):
        parts = {event: rows[rows[column] == 1] for event, column in EVENTS.items()}
        parts["none in the five years before and after"] = rows[rows["quiet"]]
        found = pd.DataFrame([_row(part) for part in parts.values()])
        out.append(pd.concat([pd.DataFrame({"sign": str(sign), "event": list(parts)}), found], axis=1))
    return pd.concat(out, ignore_index=True)
