"""Years foretold by models trained to the years before: events expected and seen, and calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inference.archives.archive import group
from reports.figures.parts import log_scale
from reports.numbers.limits import PER
from reports.style import COLOURS, LINE, NAMES, WIDTH

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def foretold(tree: xr.DataTree) -> Figure:
    """Of each outcome: events of each span of years, expected by the registered model and seen; and calibration."""
    import matplotlib.pyplot as plt

    table, bins = (group(tree, name).isel(model=0) for name in ("future", "calibration"))
    outcomes = table["outcome"].to_numpy().tolist()
    figure, rows = plt.subplots(
        len(outcomes), 2, figsize=(WIDTH, 2.6 * len(outcomes) + 0.3), width_ratios=(5, 4), squeeze=False
    )
    for (left, right), outcome in zip(rows, outcomes, strict=True):
        _events(left, table.sel(outcome=outcome), COLOURS[outcome])
        left.set_title(f"{NAMES[outcome]}: expected (bars) and seen (black)")
        _calibration(right, PER * bins.sel(outcome=outcome), COLOURS[outcome])
        right.set_title(f"{NAMES[outcome]}: calibration")
    return figure


def _events(axes: Axes, spans: xr.Dataset, colour: str) -> None:
    y = np.arange(spans.sizes["until"])
    axes.hlines(y, spans["low"], spans["high"], color=colour, linewidth=5, alpha=0.45)
    axes.plot(spans["expected"], y, "o", color=colour, markersize=5)
    axes.plot(spans["decisions"], y, "|", color=COLOURS["observed"], markersize=14, markeredgewidth=2)
    labels = [f"{int(u) + 1}-{int(last)}" for u, last in zip(spans["until"], spans["last"], strict=True)]
    axes.set(yticks=y, ylim=(y.size - 0.4, -0.6), xlabel="events", xlim=(0, None))
    axes.set_yticklabels(labels)


def _calibration(axes: Axes, bins: xr.Dataset, colour: str) -> None:
    observed = bins["observed"].to_numpy()
    bounds = np.abs(np.stack([bins["low"], bins["high"]]) - observed)
    axes.errorbar(bins["predicted"], observed, yerr=bounds, fmt="o", color=colour, markersize=4, linewidth=1)
    ends = [float(bins["predicted"].min()), float(bins["predicted"].max())]
    axes.plot(ends, ends, color=LINE, linewidth=0.8)
    log_scale(axes, "x", "y")
    axes.set(xlabel=f"foretold per {PER:,} rows", ylabel="seen")
