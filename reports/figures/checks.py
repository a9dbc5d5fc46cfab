"""Checks of the models: prior predictive rates, calibration, event counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inference.archives.archive import group
from inference.sampling.checks import CELL_LIMIT, RATE_BAND
from models.claims.estimand import EXPLAINED
from reports.figures.parts import interval, log_scale
from reports.formats import rate_unit
from reports.numbers.limits import PER
from reports.style import CLUSTERS, COLOURS, LINE, NAMES, SHADE, WIDTH

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from reports.numbers.archived import Pair, Trees


def _by_outcome(pairs: Trees) -> dict[str, list[str]]:
    """Archives that have each outcome."""
    outcomes = dict.fromkeys(outcome for pair in pairs.values() for outcome in pair)
    return {outcome: [name for name, pair in pairs.items() if outcome in pair] for outcome in outcomes}


def prior_predictive(pairs: Trees) -> Figure:
    """Prior mean yearly rate and largest region-era cell of every model, against the bands of the gate."""
    import matplotlib.pyplot as plt

    every = _by_outcome(pairs)
    sizes = [len(names) + 3 for names in every.values()]
    figure, grid_of_axes = plt.subplots(
        len(every), 2, figsize=(WIDTH, 0.19 * sum(sizes) + 0.7), height_ratios=sizes, sharey="row", squeeze=False
    )
    for row, (outcome, names) in zip(grid_of_axes, every.items(), strict=True):
        bands = ((PER * RATE_BAND[outcome][0], PER * RATE_BAND[outcome][1]), (0.0, PER * CELL_LIMIT[outcome]))
        for axes, quantity, band in zip(row, ("rate", "largest_cell"), bands, strict=True):
            drawn = [PER * group(pairs[name][outcome], "prior_predictive")[quantity] for name in names]
            low, middle, high = np.transpose([interval(values) for values in drawn])
            axes.axvspan(band[0] or low.min() / 3, band[1], color=SHADE, zorder=0)  # a logarithmic axis has no 0
            axes.hlines(range(len(names)), low, high, color=COLOURS[outcome], linewidth=2)
            axes.plot(middle, range(len(names)), "o", color=COLOURS[outcome], markersize=4)
            what = "mean rate" if quantity == "rate" else "largest region-era cell"
            log_scale(axes, "x")
            axes.set(yticks=range(len(names)), title=f"{NAMES[outcome]}: {what}")
            axes.set_yticklabels(names, fontsize=8)
            panel = EXPLAINED[outcome].panels[0]
            axes.set_xlabel(f"prior {rate_unit(panel)}", fontsize=8.5)
        row[0].set_ylim(len(names) - 0.4, -0.6)
    return figure


def calibration(pairs: Trees) -> Figure:
    """Observed against predicted event rates in bins of equal expected events, with 95 % Wilson bounds."""
    import matplotlib.pyplot as plt

    columns = min(6, len(pairs))
    rows = -(-len(pairs) // columns)
    figure, grid_of_axes = plt.subplots(
        rows, columns, figsize=(WIDTH, 1.55 * rows + 0.9), sharex=True, sharey=True, squeeze=False
    )
    for axes in grid_of_axes.flat[len(pairs) :]:
        axes.set_axis_off()
    for axes, (identifier, pair) in zip(grid_of_axes.flat, pairs.items(), strict=False):
        for outcome in pair:
            _bins(axes, pair, outcome)
        log_scale(axes, "x", "y")
        axes.minorticks_off()  # hundreds of ticks on small panels take seconds to draw
        axes.set_title(identifier)
    for axes in grid_of_axes.flat[max(0, len(pairs) - columns) : len(pairs)]:
        axes.tick_params(labelbottom=True)  # the last of its column, also where the last row is not full
    handles = [
        plt.Line2D([], [], color=COLOURS[o], marker="o", markersize=4, linestyle="", label=NAMES[o])
        for o in _by_outcome(pairs)
    ]
    figure.legend(handles=handles, loc="outside upper right", ncols=4)
    figure.supxlabel("predicted events per 1,000 rows", fontsize=9.5)
    figure.supylabel("observed events per 1,000 rows", fontsize=9.5)
    return figure


def _bins(axes: Axes, pair: Pair, outcome: str) -> None:
    bins = PER * group(pair[outcome], "calibration")
    observed = bins["observed"].to_numpy()
    bounds = np.abs(np.stack([bins["low"], bins["high"]]) - observed)
    axes.errorbar(
        bins["predicted"], observed, yerr=bounds, fmt="o", color=COLOURS[outcome], markersize=2.5, linewidth=0.9
    )
    ends = [float(bins["predicted"].min()), float(bins["predicted"].max())]
    axes.plot(ends, ends, color=LINE, linewidth=0.8)


def of_model(pair: Pair) -> Figure:
    """Calibration of every logit of a model, and its mean rate before and after the data beside the observed one."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 2.2 + 0.6 * len(pair)), width_ratios=(4, 5))
    log_scale(left, "x", "y")
    for outcome in pair:
        _bins(left, pair, outcome)
    unit = rate_unit(EXPLAINED[next(iter(pair))].panels[0])
    left.set(title="calibration", xlabel=f"predicted {unit}", ylabel="observed")
    names = []
    for k, outcome in enumerate(pair):
        _rates(right, pair[outcome], 2 * k, outcome)
        names += [f"{NAMES[outcome]}: prior", "posterior predictive"]
    log_scale(right, "x")
    right.set(ylim=(len(names) - 0.4, -0.6), title="mean rate (black: observed)", xlabel=unit)
    right.set_yticks(range(len(names)), names)
    return figure


def _rates(axes: Axes, tree: xr.DataTree, y: int, outcome: str) -> None:
    """Intervals of the mean rate under prior and posterior, in two rows, and the rate of the observed events."""
    per = PER / int(tree.attrs["rows"])
    before = PER * group(tree, "prior_predictive")["rate"]
    after = per * group(tree, "predictive_checks")["events"]
    for row, (draws, colour) in enumerate(((before, COLOURS["prior"]), (after, COLOURS[outcome]))):
        low, middle, high = interval(draws)
        axes.hlines(y + row, low, high, color=colour, linewidth=3)
        axes.plot(middle, y + row, "o", color=colour, markersize=5)
    observed = per * int(group(tree, "predictive_checks")["observed_events"])
    axes.vlines(observed, y - 0.3, y + 1.3, color=COLOURS["observed"], linewidth=1.6)


def clusters(pair: Pair) -> Figure:
    """Statistics of what rows share against replicates of the model, and of the model as if rows were independent."""
    import matplotlib.pyplot as plt

    figure, grid_of_axes = plt.subplots(
        len(CLUSTERS), len(pair), figsize=(WIDTH, 0.95 * len(CLUSTERS) + 0.4), squeeze=False
    )
    for axes_row, (name, words) in zip(grid_of_axes, CLUSTERS.items(), strict=True):
        for axes, (outcome, tree) in zip(axes_row, pair.items(), strict=True):
            _cluster(axes, tree, name, COLOURS[outcome])
            axes.set_title(f"{NAMES[outcome]}: {words}", fontsize=8.5)
    return figure


def _cluster(axes: Axes, tree: xr.DataTree, name: str, colour: str) -> None:
    """One statistic: intervals of replicates with and without what rows share, and the observed value."""
    observed = float(group(tree, "cluster_checks")[f"observed_{name}"])
    rows = {"independent": ("independent_clusters", COLOURS["prior"]), "as registered": ("cluster_checks", colour)}
    for y, (source, shade) in enumerate(rows.values()):
        low, middle, high = interval(group(tree, source)[name].astype(float))
        axes.hlines(y, low, high, color=shade, linewidth=5, alpha=0.6)
        axes.plot(middle, y, "o", color=shade, markersize=4)
    axes.axvline(observed, color=COLOURS["observed"], linewidth=1.6)
    axes.set(yticks=range(len(rows)), ylim=(-0.6, len(rows) - 0.4))
    axes.set_yticklabels(list(rows), fontsize=8)


def event_counts(pair: Pair) -> Figure:
    """Observed event counts by era and region against the posterior predictive distribution."""
    import matplotlib.pyplot as plt

    names = ("region", "era")
    first = group(next(iter(pair.values())), "predictive_checks")
    sizes = [first.sizes[name] for name in names]
    figure, grid_of_axes = plt.subplots(
        2, len(pair), figsize=(WIDTH, 1.4 + 0.27 * sum(sizes)), height_ratios=sizes, sharey="row", squeeze=False
    )
    for axes_row, name in zip(grid_of_axes, names, strict=True):
        for axes, outcome in zip(axes_row, pair, strict=True):
            checked = group(pair[outcome], "predictive_checks")
            counts, observed = checked[f"events_{name}"], checked[f"observed_events_{name}"]
            low, _, high = interval(counts)
            y = np.arange(len(low))
            axes.hlines(y, low, high, color=COLOURS[outcome], linewidth=5, alpha=0.35)
            axes.plot(observed, y, "|", color=COLOURS["observed"], markersize=11)
            axes.set(yticks=y, yticklabels=counts[name].to_numpy(), title=f"{NAMES[outcome]} by {name}", xlim=(0, None))
        axes_row[0].invert_yaxis()
    for axes in grid_of_axes[1]:
        axes.set_xlabel("events")
    return figure
