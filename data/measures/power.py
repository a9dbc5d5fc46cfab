"""Power: material capabilities of the aggressor relative to the weak state's, and those of each.

``power_knot`` is for a slope that changes where j holds a third of the system's capabilities. Coverage: complete but
for states without CINC.
"""

import numpy as np
import pandas as pd

from data.codebook.citations import NMC
from data.codebook.variable import binary, number
from data.measures.measure import Measure
from data.world.grid import Cube, Field
from data.world.riskset import Rows

KNOT = 1 / 3


def power(rows: Rows, cinc: Field, major: Cube) -> pd.DataFrame:
    """The columns of ``POWER`` from fields [state, year]."""
    own, other = rows.of_i(cinc), rows.of_j(cinc)
    knot = np.maximum(0, other - KNOT)  # NaN stays NaN
    with np.errstate(divide="ignore"):
        logs = np.log(own), np.log(other)
    own, other = (np.where(np.isfinite(value), value, np.nan) for value in logs)
    aggressor_major = rows.of_j(major).astype(np.int8)
    return pd.DataFrame(
        {
            "power": other - own,
            "own_power": own,
            "aggressor_power": other,
            "aggressor_major": aggressor_major,
            "power_knot": knot,
        }
    )


POWER = Measure(
    (
        number(
            "power", "power of the aggressor over the state", "log ratio",
            "log(CINC_j / CINC_i) at t-1", NMC, 0, None, True
        ),
        number("own_power", "own power of the state", "log share", "log CINC_i at t-1", NMC, None, 0, True),
        number("aggressor_power", "power of the aggressor", "log share", "log CINC_j at t-1", NMC, None, 0, True),
        binary("aggressor_major", "aggressor is a major power", "1 if a major power at t-1", "Correlates of War 2016"),
        number(
            "power_knot", "capabilities of the aggressor above one third", "share of the system's",
            "max(0, CINC_j - 1/3) at t-1", NMC, 0, 2 / 3, True,
        ),
    ),
    lambda s: power(s.rows, s.world.cinc, s.world.grid.major),
)  # fmt: skip
