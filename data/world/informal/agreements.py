"""Defence cooperation agreements: DCAD 1.0 (Kinne 2020), signed 1980-2010.

All types count: general agreements (frameworks of defence or of its industry) and those of one sector (training and
exercises, procurement, research, joint commissions). The data set admits an agreement only when it sets up lasting
cooperation of the two defence establishments, so each is one; general frameworks alone are a coding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from data.world.grid import Grid

FILE = "DCAD-v1.0-main.csv"
YEARS = (1980, 2010)  # of signature; nothing is known outside


def agreements(table: pd.DataFrame, grid: Grid) -> pd.DataFrame:
    """(i, j, year, agreement, general): agreements signed, both directions of each.

    From raw ``DCAD-v1.0-main.csv``; ``agreement`` is the number in its id, ``general`` tells frameworks from sectors.
    """
    one = pd.DataFrame(
        {
            "i": grid.index(table["ccode1"]),
            "j": grid.index(table["ccode2"]),
            "year": table["signYear"].to_numpy(int),
            "agreement": table["DCAid"].str.rpartition("-")[2].to_numpy(int),
            "general": (table["type"] == "general").to_numpy(),
        }
    )
    both = pd.concat([one, one.rename(columns={"i": "j", "j": "i"})], ignore_index=True)
    return both[(both["i"] >= 0) & (both["j"] >= 0)].reset_index(drop=True)
