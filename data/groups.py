"""Regions and eras, as data: to regroup the panel, change this file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

# Region -> ranges of COW codes, first to last. Drawn for size before any outcome was counted.
REGIONS: dict[str, tuple[tuple[int, int], ...]] = {
    "North and Central America": ((2, 99),),
    "South America": ((100, 199),),
    "Western Europe": ((200, 235), (324, 338)),
    "Central Europe": ((240, 317), (349, 349)),
    "Southeastern Europe": ((339, 348), (350, 360)),
    "Northern Europe": ((375, 395),),
    "Eastern Europe and Central Asia": ((361, 374), (701, 705)),
    "West Africa": ((402, 471),),
    "Central and East Africa": ((475, 531),),
    "Southern Africa": ((540, 591),),
    "North Africa": ((600, 626),),
    "Middle East": ((630, 700),),
    "South Asia": ((750, 790),),
    "East and Southeast Asia and Pacific": ((710, 740), (800, 999)),
}
# Era -> first year, up to the next era's.
ERAS: dict[str, int] = {
    "1817-1870": 1817,
    "1871-1913": 1871,
    "1914-1918": 1914,
    "1919-1938": 1919,
    "1939-1945": 1939,
    "1946-1968": 1946,
    "1969-1989": 1969,
    "1990-2001": 1990,
    "2002-2015": 2002,
}


def region(codes: ArrayLike) -> pd.Categorical[str]:
    """Region of each COW code (n,); missing for a code in no range."""
    import numpy as np
    import pandas as pd

    codes = np.asarray(codes)
    names = np.full(codes.shape, None, dtype=object)
    for name, ranges in REGIONS.items():
        for first, last in ranges:
            names[(codes >= first) & (codes <= last)] = name
    return pd.Categorical(names, categories=list(REGIONS))


def era(years: ArrayLike) -> pd.Categorical[str]:
    """Era of each year (n,); missing before the first."""
    import numpy as np
    import pandas as pd

    position = np.searchsorted(list(ERAS.values()), np.asarray(years), side="right") - 1
    names = np.array([*ERAS, None], dtype=object)[position]
    return pd.Categorical(names, categories=list(ERAS))
