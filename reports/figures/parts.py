"""What several figures share: intervals, densities, words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from inference.evidence.quantities import CI_BOUNDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

BOUNDS = [CI_BOUNDS[0], 0.5, CI_BOUNDS[1]]


def log_scale(axes: Axes, *which: str) -> None:
    """Logarithmic axes, ``x`` or ``y``, with plain numbers at the ticks."""
    from matplotlib.ticker import NullFormatter

    for name in which:
        axis = getattr(axes, f"{name}axis")
        axes.set(**{f"{name}scale": "log"})
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter(NullFormatter())


def interval(values: xr.DataArray, dims: tuple[str, ...] = ("chain", "draw")) -> Values:
    """Lower bound, median and upper bound: (3, ...)."""
    return values.quantile(BOUNDS, dim=dims).to_numpy()


def density(axes: Axes, draws: Values, grid: Values, colour: str, *, fill: bool, most: float = np.inf) -> float:
    """Draw a density estimate, up to a height of ``most``, and return its peak."""
    from scipy.stats import gaussian_kde

    height = gaussian_kde(draws.ravel())(grid)
    height[height > most] = np.nan
    axes.plot(grid, height, color=colour, linewidth=1.6)
    if fill:
        axes.fill_between(grid, height, color=colour, alpha=0.25, linewidth=0)
    return float(np.nanmax(height))


def wrap(text: str, width: int) -> str:
    """The text on lines of at most ``width`` characters."""
    from textwrap import fill

    return fill(text, max(width, 16))


def offsets(count: int, step: float = 0.28) -> Values:
    """Vertical places (count,) of marks that share a row, around its middle."""
    return step * (np.arange(count, dtype=np.float64) - (count - 1) / 2)
