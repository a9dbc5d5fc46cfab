"""What models predict: rates along an exposure, and with duress removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data.codebook.panels import label, panel
from inference.archives.archive import group
from models.claims.registry import OUTCOMES
from reports.figures.parts import interval, wrap
from reports.formats import rate_unit
from reports.numbers.limits import PER
from reports.style import COLOURS, LINE, NAMES, WIDTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from reports.figures.parts import Values
    from reports.numbers.archived import Pair, Trees


def curves(trees: Trees, exposures: dict[str, str]) -> Figure:
    """Mean probability along each exposure, from the model of its own claim; duress as two points."""
    import matplotlib.pyplot as plt

    rows = -(-len(exposures) // 2)
    figure, grid_of_axes = plt.subplots(rows, 2, figsize=(WIDTH, 3.3 * rows), squeeze=False)
    for axes in grid_of_axes.flat[len(exposures) :]:
        axes.set_axis_off()
    for axes, (name, identifier) in zip(grid_of_axes.flat, exposures.items(), strict=False):
        of_outcomes = {outcome: PER * group(trees[identifier][outcome], "curves")[name] for outcome in OUTCOMES}
        x = of_outcomes[OUTCOMES[0]][f"{name}_value"].to_numpy()
        bounds = {outcome: interval(curve, ("sample",)) for outcome, curve in of_outcomes.items()}
        draw = _points if x.size == 2 else _band
        for outcome in OUTCOMES:
            draw(axes, x, bounds[outcome], outcome)
        if x.size > 2:
            _name_bands(axes, x, bounds)
        axes.set(title=wrap(f"{label(name)} ({identifier})", 42), ylabel=rate_unit(), ylim=(0, None))
        variable = panel("alignment").columns[name]
        if name == "proximity":
            _distance_axis(axes)
        elif variable.kind != "binary":
            axes.set_xlabel(variable.unit)
    return figure


def _band(axes: Axes, x: Values, bounds: Values, outcome: str) -> None:
    low, middle, high = bounds
    axes.fill_between(x, low, high, color=COLOURS[outcome], alpha=0.25, linewidth=0)
    axes.plot(x, middle, color=COLOURS[outcome])


def _name_bands(axes: Axes, x: Values, bounds: dict[str, Values]) -> None:
    """Names of the outcomes where their curves are furthest apart: over the upper band, and where there is room below.

    Below the lower band, that is, or between both where the lower one is near zero.
    """
    one, other = (bounds[outcome][1] for outcome in OUTCOMES)
    inside = np.arange(x.size // 5, x.size - x.size // 5)  # so that no name leaves the axes
    at = inside[np.abs(one - other)[inside].argmax()]
    upper, lower = OUTCOMES if one[at] > other[at] else OUTCOMES[::-1]
    between = bounds[upper][0][at] - bounds[lower][2][at]
    for outcome, over in ((upper, True), (lower, between > bounds[lower][0][at])):
        axes.annotate(
            NAMES[outcome], (x[at], bounds[outcome][2 if over else 0][at]),
            xytext=(0, 3 if over else -3), textcoords="offset points", ha="center",
            va="bottom" if over else "top", color=COLOURS[outcome], fontsize=8,
        )  # fmt: skip


def _points(axes: Axes, x: Values, bounds: Values, outcome: str) -> None:
    low, middle, high = bounds
    axes.vlines(x, low, high, color=COLOURS[outcome], linewidth=2)
    axes.plot(x, middle, "o", color=COLOURS[outcome])
    axes.annotate(
        NAMES[outcome], (0.5, middle.mean()), xytext=(0, 0), textcoords="offset points", ha="center", va="center",
        color=COLOURS[outcome], fontsize=8,
    )  # fmt: skip
    axes.set(xlim=(-0.5, 1.5))
    axes.set_xticks([0, 1], ["none", "in the last 5 years"])


def _distance_axis(axes: Axes) -> None:
    km = np.array([0, 100, 300, 1000, 3000, 10000])
    axes.set_xticks(-np.log1p(km / 100), [f"{value:,}" for value in km])
    axes.set_xlabel("distance to the aggressor, km")


def duress_removed(pair: Pair) -> Figure:
    """Rates among states under duress, as observed and with duress set to none, and their difference."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 2.9), width_ratios=(3, 2))
    for y, outcome in enumerate(OUTCOMES):
        contrasts = PER * group(pair[outcome], "contrasts")[["duress_rate", "duress_removed"]]
        for shift, (name, text, marker) in zip(
            (-0.15, 0.15),
            (("duress_rate", "as observed", "o"), ("duress_removed", "duress set to none", "s")),
            strict=True,
        ):
            low, middle, high = interval(contrasts[name])
            left.hlines(y + shift, low, high, color=COLOURS[outcome], linewidth=2)
            left.plot(middle, y + shift, marker, color=COLOURS[outcome])
            left.annotate(text, (high, y + shift), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8)
        low, middle, high = interval(contrasts["duress_removed"] - contrasts["duress_rate"])
        right.hlines(y, low, high, color=COLOURS[outcome], linewidth=2)
        right.plot(middle, y, "D", color=COLOURS[outcome])
    right.axvline(0, color=LINE, linewidth=0.8)
    names = [NAMES[outcome] for outcome in OUTCOMES]
    left.set(yticks=[0, 1], yticklabels=names, xlabel=rate_unit(), ylim=(1.5, -0.5), title="states under duress")
    left.set_xlim(0, left.get_xlim()[1] * 1.25)
    right.set(yticks=[], xlabel=f"change in {rate_unit()}", ylim=(1.5, -0.5), title="duress set to none")
    return figure
