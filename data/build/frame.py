"""What all panels share: identifiers with the groups of the row, and the smallest types that hold the numbers."""

import pandas as pd
from numpy.typing import ArrayLike

from data import groups


def keyed(keys: dict[str, ArrayLike], state: str) -> pd.DataFrame:
    """Identifiers of rows by column, with the region of the state in column ``state`` and the era of ``year``."""
    table = pd.DataFrame(keys).astype("int16")
    table["region"] = groups.region(table[state]).remove_unused_categories()
    table["era"] = groups.era(table["year"]).remove_unused_categories()
    return table


def compact(table: pd.DataFrame) -> pd.DataFrame:
    """The table with truth values as 8-bit integers and numbers in single precision."""
    small = dict.fromkeys(table.select_dtypes("bool").columns, "int8")
    return table.astype(small | dict.fromkeys(table.select_dtypes("float").columns, "float32"))
