"""Clusters of rows that are left out together: those of one decision, and those that one event of history makes.

A treaty of twenty states is one decision seen in twenty rows. Leaving out one row and keeping the others says how well
a treaty foretells itself. So rows are left out by treaty (the rows of its members in the years in which they joined it;
rows of states and years without one by state and year), and by aggressor and year. A term that predicts only when the
rest of a treaty is known then gains nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Int = NDArray[np.intp]
TREATIES = ("treaty", "balance_treaty")  # columns of the treaty that a row's event belongs to
AGGRESSOR_YEAR = "aggressor_year"
# Clusterings of each panel, that which comparisons are reported by first, and the keys whose combinations are their
# clusters; treaties join states and years of alignments.
CLUSTERINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "alignment": {"treaty": ("state", "year"), AGGRESSOR_YEAR: ("aggressor", "year")},
    "placebo": {"treaty": ("state", "year"), AGGRESSOR_YEAR: ("aggressor", "year")},
    "informal": {"state_year": ("state", "year"), AGGRESSOR_YEAR: ("aggressor", "year")},
    "termination": {"treaty": ("treaty", "year")},
    "joining": {"war": ("war",)},
    "siding": {"war": ("war",)},
    "onset": {"state": ("state",)},
    "continuation": {"state": ("state",)},
}


class Folds(NamedTuple):
    """A partition of the rows of a panel: the cluster of each row (row,), and what the clusters are called."""

    cluster: Int
    labels: tuple[str, ...]


def of_panel(name: str, frame: pd.DataFrame) -> dict[str, Folds]:
    """The clusterings of a panel, by name."""
    return {
        clustering: _by_treaty(frame, keys) if clustering == "treaty" and TREATIES[1] in frame else _by(frame, keys)
        for clustering, keys in CLUSTERINGS[name].items()
    }


def _by(frame: pd.DataFrame, keys: tuple[str, ...]) -> Folds:
    """One cluster for each combination of the keys, called by them."""
    group = frame.groupby(list(keys), observed=True).ngroup().to_numpy()
    first = frame[list(keys)].iloc[np.unique(group, return_index=True)[1]]
    return Folds(
        np.asarray(group, np.intp), tuple("-".join(str(part) for part in row) for row in first.itertuples(index=False))
    )


def _by_treaty(frame: pd.DataFrame, keys: tuple[str, ...]) -> Folds:
    """Combinations of the keys, those joined in which one treaty has events."""
    import scipy.sparse as sp
    from scipy.sparse.csgraph import connected_components

    own = _by(frame, keys)
    joined, treaties = list[Int](), list[NDArray]()
    for column in (name for name in TREATIES if name in frame):
        known = frame[column].notna().to_numpy()
        joined.append(own.cluster[known])
        treaties.append(frame[column].to_numpy(float, na_value=np.nan)[known])
    names, treaty = np.unique(np.concatenate(treaties), return_inverse=True)
    nodes = len(own.labels) + names.size
    edges = np.ones(treaty.size), (np.concatenate(joined), len(own.labels) + treaty)
    _, component = connected_components(sp.coo_array(edges, (nodes, nodes)), directed=False)
    of_treaty = dict(zip(component[len(own.labels) :][::-1], names[::-1], strict=True))  # the first treaty of each
    cluster, first, index = np.unique(component[own.cluster], return_index=True, return_inverse=True)
    labels = [
        f"treaty {of_treaty[c]:.0f}" if c in of_treaty else own.labels[own.cluster[row]]
        for c, row in zip(cluster, first, strict=True)
    ]
    return Folds(np.asarray(index, np.intp), tuple(labels))
