"""The one way in which results become plain values, as JSON holds them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


def plain(value: object, where: str = "value") -> Plain:
    """A result as plain values: dataclasses and mappings become dicts, sequences lists, numpy scalars numbers.

    Raises ValueError for a number that is not finite (None stands where there is none) and TypeError for anything
    that JSON has no form for; both name ``where`` it stands.
    """
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    elif getattr(value, "ndim", None) == 0:  # a scalar of numpy
        value = getattr(value, "item")()  # noqa: B009 - not every object has one
    elif isinstance(value, Path):
        value = str(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{where} is {value}, which JSON cannot hold: use None where there is no number")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(part, f"{where}[{key!r}]") for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part, f"{where}[{k}]") for k, part in enumerate(value)]
    raise TypeError(f"{where} is a {type(value).__name__}, which JSON has no form for")
