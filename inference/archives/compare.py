"""Whether two folders of posteriors hold the same numbers, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import xarray as xr

from inference.archives.contents import MAKING


def _same(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether two arrays have one shape and type and the same bits, NaN equal to NaN."""
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    return np.array_equal(first, second) if first.dtype == object else first.tobytes() == second.tobytes()


def of_archives(first: xr.DataTree, second: xr.DataTree) -> Iterator[str]:
    """What of the first archive the second lacks or holds otherwise: groups, variables, attributes."""
    for node in first.subtree:
        if node.path != "/" and node.path.lstrip("/") not in second:
            yield f"{node.path}: only in the first"
            continue
        other = second[node.path]
        for name, values in node.variables.items():
            if name not in other.variables:
                yield f"{node.path} {name}: only in the first"
            elif values.dims != other.variables[name].dims or not _same(values.values, other.variables[name].values):
                yield f"{node.path} {name}: different"
        for name in node.attrs.keys() - MAKING:
            if str(node.attrs[name]) != str(other.attrs.get(name)):
                yield f"{node.path} attribute {name}: different"


def of_folders(first: Path, second: Path) -> tuple[int, list[str]]:
    """How many archives the first folder has, and every difference of the second from it."""
    names = sorted(path.name for path in first.glob("*.nc"))
    differences: list[str] = []
    for name in names:
        if not (second / name).is_file():
            differences.append(f"{name}: only in the first folder")
            continue
        with (
            xr.open_datatree(first / name, engine="netcdf4") as one,
            xr.open_datatree(second / name, engine="netcdf4") as other,
        ):
            differences += [f"{name}{difference}" for difference in of_archives(one, other)]
    return len(names), differences
