"""Proximity of the aggressor: 0 is a shared border, and each further log of distance counts alike."""

import numpy as np
import pandas as pd

from data.codebook.variable import binary, number
from data.measures.measure import Measure
from data.world.grid import Amounts
from data.world.riskset import Rows

UNIT_KM = 100.0


def proximity(rows: Rows, distance_km: Amounts, contiguity_km: Amounts) -> pd.DataFrame:
    """``proximity``, ``distance_km`` and ``contiguous`` from the cubes of those names in `World`."""
    km = rows.at(distance_km).astype(float)
    contiguous = np.isfinite(rows.at(contiguity_km)).astype(np.int8)
    return pd.DataFrame({"proximity": -np.log1p(km / UNIT_KM), "distance_km": km, "contiguous": contiguous})


PROXIMITY = Measure(
    (
        number(
            "proximity", "proximity of the aggressor", "minus log(1 + 100 km)", "-log(1 + distance / 100 km) at t-1",
            "Schvitz et al. (2022) from 1886; distance of capitals before", None, 0, True,
        ),
        number(
            "distance_km", "distance to the aggressor", "km",
            "minimum distance of borders from 1886, of 1 January (of the next where one of the two enters); before, of "
            "capitals, capped by contiguity",
            "Schvitz et al. (2022); Stinnett et al. (2002)", 0, 20100, True,
        ),
        binary(
            "contiguous", "contiguous with the aggressor", "1 if by land or within 400 miles of water at t-1",
            "Stinnett et al. (2002)",
        ),
    ),
    lambda s: proximity(s.rows, s.world.distance_km, s.world.contiguity_km),
)  # fmt: skip
