"""Changed predictors: what the rows would look like under another value of a variable."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.design import Design
from models.terms import variables

Float = NDArray[np.float64]
GRID = 13
REACH = (0.01, 0.99)  # quantiles of the sample that a curve spans: nothing is shown outside the data


def set_to(design: Design, frame: pd.DataFrame, **values: float | Float) -> Float:
    """Predictors (obs, predictor) of the rows with some variables set, products recomputed."""
    return design.predictors(frame.assign(**values))


def shifted(design: Design, frame: pd.DataFrame, name: str) -> tuple[Float, Float]:
    """Values (obs,) of a variable raised and lowered: 1 and 0 if binary, else half a standard deviation each way."""
    scaling = design.scaling[name]
    value = frame[name].to_numpy(float)
    if scaling.binary:
        return np.ones_like(value), np.zeros_like(value)
    return value + scaling.scale / 2, value - scaling.scale / 2


def risk_difference(design: Design, frame: pd.DataFrame, term: str) -> list[tuple[float, Float]]:
    """Signed predictor matrices whose mean probabilities add up to the risk difference of a term.

    Of a variable: raised less lowered. Of a product: the difference of that difference between the second
    variable raised and lowered, the interaction on the scale of probability (Ai and Norton 2003). Of a square: the
    change by the next standard deviation less that by the one before.
    """
    first, *rest = variables(term)
    up, down = shifted(design, frame, first)
    if rest == [first]:  # a square bends: what the next step adds beyond the step before
        ahead, behind = (set_to(design, frame, **{first: 2 * end - frame[first].to_numpy(float)}) for end in (up, down))
        return [(1.0, ahead), (-2.0, design.predictors(frame)), (1.0, behind)]
    if not rest:
        return [(1.0, set_to(design, frame, **{first: up})), (-1.0, set_to(design, frame, **{first: down}))]
    high, low = shifted(design, frame, rest[0])
    return [
        (sign, set_to(design, frame, **{first: a, rest[0]: b}))
        for sign, a, b in ((1.0, up, high), (-1.0, down, high), (-1.0, up, low), (1.0, down, low))
    ]


def grid(design: Design, frame: pd.DataFrame, name: str) -> Float:
    """Values of a variable to draw a curve along (grid,)."""
    if design.scaling[name].binary:
        return np.array([0.0, 1.0])
    low, high = np.quantile(frame[name].to_numpy(float), REACH)
    return np.linspace(low, high, GRID)
