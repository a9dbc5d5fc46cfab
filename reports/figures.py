"""The figures: each a function of the archives that returns one matplotlib figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from data.codebook import alignment, label
from inference.archive import group
from inference.checks import CELL_LIMIT, RATE_BAND
from inference.comparison import CI_PROB, slope
from models.hypotheses import OUTCOMES, Hypothesis
from reports.style import COLOURS, NAMES, WIDTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

Pair = dict[str, xr.DataTree]  # outcome -> archive
BOUNDS = [(1 - CI_PROB) / 2, 0.5, (1 + CI_PROB) / 2]
PER_1000 = "events per 1,000 dyad-years"


def _interval(values: xr.DataArray, dims: tuple[str, ...] = ("chain", "draw")) -> Values:
    """Lower bound, median and upper bound: (3, ...)."""
    return values.quantile(BOUNDS, dim=dims).to_numpy()


def _density(axes: Axes, draws: Values, grid: Values, colour: str, *, fill: bool) -> float:
    from scipy.stats import gaussian_kde

    height = gaussian_kde(draws.ravel())(grid)
    axes.plot(grid, height, color=colour, linewidth=1.6)
    if fill:
        axes.fill_between(grid, height, color=colour, alpha=0.25, linewidth=0)
    return float(height.max())


def prior_against_posterior(hypothesis: Hypothesis, pair: Pair) -> Figure:
    """Prior and posterior densities of the average slope of each exposure, in both logits."""
    import matplotlib.pyplot as plt

    terms = hypothesis.exposures
    columns = min(len(terms), 3 if len(terms) > 2 else 2)
    rows = -(-len(terms) // columns)
    figure, grid_of_axes = plt.subplots(rows, columns, figsize=(WIDTH, 3.0 * rows), squeeze=False)
    for axes, term in zip(grid_of_axes.flat, terms, strict=False):
        _slope_densities(axes, term, pair)
        axes.set_title(_wrap(label(term), 84 // columns))
    for axes in grid_of_axes.flat[len(terms) :]:
        axes.set_axis_off()
    return figure


def _slope_densities(axes: Axes, term: str, pair: Pair) -> None:
    prior = slope(pair["bandwagon"], term, "prior")
    draws = {outcome: slope(pair[outcome], term) for outcome in OUTCOMES}
    reach = max(np.quantile(np.abs(prior), 0.98), *(np.abs(d).max() for d in draws.values()))
    x = np.linspace(-reach, reach, 300)
    _density(axes, prior, x, COLOURS["prior"], fill=False)
    top = max(_density(axes, draws[outcome], x, COLOURS[outcome], fill=True) for outcome in OUTCOMES)
    lines = [(COLOURS[o], f"{NAMES[o]}: Pr(> 0) {_share((draws[o] > 0).mean())}") for o in OUTCOMES]
    for k, (colour, text) in enumerate([*lines, (COLOURS["prior"], "prior")]):
        axes.text(
            0.02, 0.98 - 0.08 * k, text, transform=axes.transAxes, va="top", color=colour, fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip
    axes.axvline(0, color="#444444", linewidth=0.8, ymax=0.74)
    axes.set(xlabel="slope, log-odds", yticks=[], ylim=(0, 1.35 * top))
    axes.locator_params(axis="x", nbins=5)


def _share(value: float) -> str:
    """A share to two digits that never claims certainty."""
    if value > 0.995:
        return "> 0.99"
    return "< 0.01" if value < 0.005 else f"= {value:.2f}"


def _wrap(text: str, width: int) -> str:
    from textwrap import fill

    return fill(text, max(width, 16))


def effects(pair: Pair) -> Figure:
    """Region and era intercepts of both logits, as log-odds from the average, with intervals."""
    import matplotlib.pyplot as plt

    names = ("region", "era")
    sizes = [group(pair["bandwagon"], "posterior").sizes[name] for name in names]
    figure, both = plt.subplots(2, 1, figsize=(WIDTH, 1.6 + 0.3 * sum(sizes)), height_ratios=sizes, sharex=True)
    for axes, name in zip(both, names, strict=True):
        levels = group(pair["bandwagon"], "posterior")[name].to_numpy()
        for offset, outcome in zip((-0.14, 0.14), OUTCOMES, strict=True):
            low, middle, high = _interval(group(pair[outcome], "posterior")[f"alpha_{name}"])
            y = np.arange(len(levels)) + offset
            axes.hlines(y, low, high, color=COLOURS[outcome], linewidth=1.8)
            axes.plot(middle, y, "o", color=COLOURS[outcome], markersize=4, label=NAMES[outcome])
        axes.set(yticks=range(len(levels)), yticklabels=levels, title=f"{name} effects")
        axes.axvline(0, color="#444444", linewidth=0.8)
        axes.invert_yaxis()
    both[0].legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2)
    both[1].set_xlabel("log-odds from the average")
    return figure


def curves(pairs: dict[str, Pair], exposures: dict[str, str]) -> Figure:
    """Mean probability along each exposure, from the model of its own hypothesis; duress as two points."""
    import matplotlib.pyplot as plt

    figure, grid_of_axes = plt.subplots(2, 2, figsize=(WIDTH, 6.6))
    for axes, (name, identifier) in zip(grid_of_axes.flat, exposures.items(), strict=True):
        for outcome in OUTCOMES:
            curve = 1000 * group(pairs[identifier][outcome], "curves")[name]
            draw = _points if curve.sizes[f"{name}_value"] == 2 else _band
            draw(axes, curve[f"{name}_value"].to_numpy(), _interval(curve, ("sample",)), outcome)
        axes.set(title=_wrap(f"{label(name)} ({identifier})", 42), ylabel=PER_1000, ylim=(0, None))
        variable = alignment()[name]
        if name == "proximity":
            _distance_axis(axes)
        elif variable.kind != "binary":
            axes.set_xlabel(variable.unit)
    return figure


def _band(axes: Axes, x: Values, bounds: Values, outcome: str) -> None:
    low, middle, high = bounds
    axes.fill_between(x, low, high, color=COLOURS[outcome], alpha=0.25, linewidth=0)
    axes.plot(x, middle, color=COLOURS[outcome])
    at = x.size // 3
    axes.annotate(
        NAMES[outcome], (x[at], high[at]), xytext=(0, 3), textcoords="offset points", ha="center",
        color=COLOURS[outcome], fontsize=8,
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


def prior_predictive(pairs: dict[str, Pair]) -> Figure:
    """Prior mean yearly rate and largest region-era cell of every model, against the bands of the gate."""
    import matplotlib.pyplot as plt

    figure, grid_of_axes = plt.subplots(2, 2, figsize=(WIDTH, 5.6), sharey=True)
    names = list(pairs)
    for row, outcome in zip(grid_of_axes, OUTCOMES, strict=True):
        bands = ((1000 * RATE_BAND[outcome][0], 1000 * RATE_BAND[outcome][1]), (0.0, 1000 * CELL_LIMIT[outcome]))
        for axes, quantity, band in zip(row, ("rate", "largest_cell"), bands, strict=True):
            axes.axvspan(max(band[0], 1e-2), band[1], color="#EFEFEF", zorder=0)
            for y, identifier in enumerate(names):
                values = 1000 * group(pairs[identifier][outcome], "prior_predictive")[quantity]
                low, middle, high = _interval(values)
                axes.hlines(y, low, high, color=COLOURS[outcome], linewidth=2)
                axes.plot(middle, y, "o", color=COLOURS[outcome])
            what = "mean rate" if quantity == "rate" else "largest region-era cell"
            axes.set(xscale="log", yticks=range(len(names)), yticklabels=names, title=f"{NAMES[outcome]}: {what}")
            axes.set_xlabel(f"prior {PER_1000}")
    grid_of_axes[0, 0].invert_yaxis()
    return figure


def calibration(pairs: dict[str, Pair]) -> Figure:
    """Observed against predicted event rates in bins of equal expected events, with 95 % Wilson bounds."""
    import matplotlib.pyplot as plt

    figure, grid_of_axes = plt.subplots(2, len(pairs), figsize=(WIDTH, 4.6), sharex="row", sharey="row")
    for row, outcome in zip(grid_of_axes, OUTCOMES, strict=True):
        for axes, (identifier, pair) in zip(row, pairs.items(), strict=True):
            bins = 1000 * group(pair[outcome], "calibration")
            observed = bins["observed"].to_numpy()
            bounds = np.abs(np.stack([bins["low"], bins["high"]]) - observed)
            axes.errorbar(
                bins["predicted"], observed, yerr=bounds, fmt="o", color=COLOURS[outcome], markersize=3.5, linewidth=1
            )
            ends = [float(bins["predicted"].min()), float(bins["predicted"].max())]
            axes.plot(ends, ends, color="#444444", linewidth=0.8)
            axes.set(xscale="log", yscale="log", title=identifier)
        row[0].set_ylabel(f"observed {NAMES[outcome]}\nper 1,000")
    figure.supxlabel("predicted events per 1,000 dyad-years", fontsize=9.5)
    return figure


def event_counts(pair: Pair) -> Figure:
    """Observed event counts by era and region against the posterior predictive distribution."""
    import matplotlib.pyplot as plt

    names = ("region", "era")
    sizes = [group(pair["bandwagon"], "posterior_predictive").sizes[name] for name in names]
    figure, grid_of_axes = plt.subplots(
        2, 2, figsize=(WIDTH, 1.4 + 0.27 * sum(sizes)), height_ratios=sizes, sharey="row"
    )
    for axes_row, name in zip(grid_of_axes, names, strict=True):
        for axes, outcome in zip(axes_row, OUTCOMES, strict=True):
            counts = group(pair[outcome], "posterior_predictive")[f"events_{name}"]
            observed = group(pair[outcome], "predictive_checks")[f"observed_events_{name}"]
            low, _, high = _interval(counts)
            y = np.arange(len(low))
            axes.hlines(y, low, high, color=COLOURS[outcome], linewidth=5, alpha=0.35)
            axes.plot(observed, y, "|", color=COLOURS["observed"], markersize=11)
            axes.set(yticks=y, yticklabels=counts[name].to_numpy(), title=f"{NAMES[outcome]} by {name}", xlim=(0, None))
        axes_row[0].invert_yaxis()
    for axes in grid_of_axes[1]:
        axes.set_xlabel("events")
    return figure


def duress_removed(pair: Pair) -> Figure:
    """Rates among states under duress, as observed and with duress set to none, and their difference."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 2.9), width_ratios=(3, 2))
    for y, outcome in enumerate(OUTCOMES):
        contrasts = 1000 * group(pair[outcome], "contrasts")[["duress_rate", "duress_removed"]]
        for shift, (name, text, marker) in zip(
            (-0.15, 0.15),
            (("duress_rate", "as observed", "o"), ("duress_removed", "duress set to none", "s")),
            strict=True,
        ):
            low, middle, high = _interval(contrasts[name])
            left.hlines(y + shift, low, high, color=COLOURS[outcome], linewidth=2)
            left.plot(middle, y + shift, marker, color=COLOURS[outcome])
            left.annotate(text, (high, y + shift), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8)
        low, middle, high = _interval(contrasts["duress_removed"] - contrasts["duress_rate"])
        right.hlines(y, low, high, color=COLOURS[outcome], linewidth=2)
        right.plot(middle, y, "D", color=COLOURS[outcome])
    right.axvline(0, color="#444444", linewidth=0.8)
    names = [NAMES[outcome] for outcome in OUTCOMES]
    left.set(yticks=[0, 1], yticklabels=names, xlabel=PER_1000, ylim=(1.5, -0.5), title="states under duress")
    left.set_xlim(0, left.get_xlim()[1] * 1.25)
    right.set(yticks=[], xlabel=f"change in {PER_1000}", ylim=(1.5, -0.5), title="duress set to none")
    return figure
