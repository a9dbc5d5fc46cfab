"""Whether the panel agrees with what the causal graph implies: partial correlations of nodes it calls independent.

Each node is tested by its columns as they stand in the rows. Both columns of a pair are cleared of region, era and the
columns of what separates them by least squares. What is left of one is regressed on what is left of the other, both in
standard deviations; the standard error knows that rows share states and aggressors (Cameron, Gelbach and Miller 2011,
Journal of Business and Economic Statistics 29, 238). A linear measure: what depends in no linear way is not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.graph import GRAPHS
from models.independences import implied
from models.structure import CELLS

if TYPE_CHECKING:
    import pandas as pd

Float = NDArray[np.float64]
CLUSTERS = ("state", "aggressor")
STRONG, ERRORS = 0.1, 2.0  # a correlation above the first, and beyond so many standard errors, contradicts the graph


@dataclass(frozen=True)
class PartialCorrelation:
    """A pair that the graph calls independent, by its columns: what is held, the correlation left, its error, rows.

    It ``fails`` where the correlation is too strong and too certain for the two to be independent.
    """

    one: str
    other: str
    given: tuple[str, ...]
    correlation: float
    error: float
    rows: int
    fails: bool


def tested(panel: pd.DataFrame, name: str = "alignment") -> list[PartialCorrelation]:
    """Every implied independence tested on the rows where its columns are known, the strongest correlation first."""
    columns: dict[str, list[str]] = {}
    for column, node in GRAPHS[name].columns.items():
        columns.setdefault(node, []).append(column)
    out: list[PartialCorrelation] = []
    groups = _dummies(panel)
    for independence in implied(name):
        given = tuple(c for node in sorted(independence.given) for c in columns[node])
        pairs = product(columns[independence.one], columns[independence.other])
        out += [_partial(panel, groups, one, other, given) for one, other in pairs]
    return sorted(out, key=lambda found: -abs(found.correlation))


def _dummies(panel: pd.DataFrame) -> list[Float]:
    """Of region and era, whether each row is in each level (row, level)."""
    codes = [np.unique(panel[group].astype(str), return_inverse=True)[1] for group in CELLS]
    return [np.eye(code.max() + 1)[code] for code in codes]


def _partial(
    panel: pd.DataFrame, groups: list[Float], one: str, other: str, given: Sequence[str]
) -> PartialCorrelation:
    rows = panel[[one, other, *given]].notna().all(axis=1).to_numpy()
    known = panel.loc[rows]
    left = _residuals(known[[one, other]].to_numpy(float), _held(known, [group[rows] for group in groups], given))
    u, v = left.T
    slope = float(u @ v) / u.size
    error = _clustered_error(u, v - slope * u, [known[key].to_numpy() for key in CLUSTERS])
    fails = abs(slope) > max(STRONG, ERRORS * error)
    return PartialCorrelation(one, other, tuple(given), slope, error, u.size, fails)


def _held(frame: pd.DataFrame, groups: list[Float], given: Sequence[str]) -> Float:
    """Columns to clear of (row, column), in standard deviations: a constant, ``groups`` and ``given``.

    Of the levels of a group that have rows, all but the first: with the constant it would be known twice.
    """
    dummies = [group[:, group.any(axis=0)][:, 1:] for group in groups]
    columns = frame[list(given)].to_numpy(float)
    columns = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    return np.hstack([np.ones((len(frame), 1)), *dummies, columns])


def _residuals(values: Float, held: Float) -> Float:
    """What is left of values (row, column), in standard deviations of it."""
    left = values - held @ np.linalg.solve(held.T @ held, held.T @ values)
    return left / left.std(axis=0)


def _clustered_error(u: Float, left: Float, clusters: Sequence[NDArray[np.generic]]) -> float:
    """Standard error of a slope on ``u`` for rows that share either of two clusters.

    Of both, less what they share of both; not below that of either, which a difference can fall below.
    """
    one, other = (np.unique(cluster, return_inverse=True)[1] for cluster in clusters)
    both = np.unique(one * (other.max() + 1) + other, return_inverse=True)[1]
    a, b, shared = (float((np.bincount(cluster, u * left) ** 2).sum()) for cluster in (one, other, both))
    return float(np.sqrt(max(a + b - shared, a, b)) / (u @ u))
