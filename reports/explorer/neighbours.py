"""How much data stand behind a point: dyad-years and events of its region and era in the same bands of the drivers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.groups import ERAS, REGIONS
from models.design import Design

# Driver -> upper bounds of its bands, in the units of the panel, and the words for each band. The last has no bound.
# Threat is log(1 + disputes) + rivalry and takes few values: its bounds lie halfway between them.
BANDS: dict[str, tuple[tuple[float, ...], tuple[str, ...]]] = {
    "threat": (
        (np.log(2) / 2, (1 + np.log(3)) / 2),
        ("no threat", "a rivalry or one dispute", "more than a rivalry or one dispute"),
    ),
    "proximity": (
        tuple(-np.log1p(distance / 100) for distance in (1000.0, 5.0)),
        ("more than 1,000 km apart", "up to 1,000 km apart", "adjacent"),
    ),
    "support": ((0.005, 0.25), ("no support", "support of up to a quarter", "support of more than a quarter")),
    "duress": ((0.5,), ("no duress", "duress")),
}
# Fewer than this, and the number leans on other regions, eras and values of the drivers.
FEW_ROWS, FEW_EVENTS = 100, 5


def band(name: str, values: NDArray | float) -> NDArray[np.intp]:
    """Band of each value of a driver; a bound belongs to the band below it."""
    return np.searchsorted(BANDS[name][0], np.asarray(values, float), side="left")


@dataclass(frozen=True)
class Neighbours:
    """Counts of rows and events in each combination of region, era and bands that has rows.

    ``at`` is the position of a combination in the array (region, era, *bands), less that of the one before.
    """

    at: list[int]
    rows: list[int]
    events: list[int]


def counts(design: Design, frame: pd.DataFrame, drivers: list[str]) -> Neighbours:
    """Count the rows of a design and their events by region, era and the bands of some drivers."""
    names = {"region": list(REGIONS), "era": list(ERAS)}
    index = [pd.Categorical(frame[name].astype(str), categories=levels).codes for name, levels in names.items()]
    index += [band(name, frame[name].to_numpy(float)) for name in drivers]
    shape = [*map(len, names.values()), *(len(BANDS[name][1]) for name in drivers)]
    flat = np.ravel_multi_index([np.asarray(i, np.intp) for i in index], shape)
    cells, cell_of_row = np.unique(flat, return_inverse=True)
    rows = np.bincount(cell_of_row)
    events = np.bincount(cell_of_row, weights=design.decisions).round().astype(int)
    return Neighbours(np.diff(cells, prepend=0).tolist(), rows.tolist(), events.tolist())
