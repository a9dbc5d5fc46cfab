"""Posteriors of one model: slopes beside their priors, effects of region and era, slopes by era."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data.codebook.panels import label
from inference.archives.archive import group
from inference.evidence.estimands import estimand, slope
from models.claims.estimand import POSITIVE
from models.claims.registry import RATIO, Estimand, Hypothesis
from reports.figures.parts import density, interval, offsets, wrap
from reports.formats import equation
from reports.style import COLOURS, LINE, NAMES, WIDTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from reports.figures.parts import Values
    from reports.numbers.archived import Pair

LEVELS = ("region", "era")


def _terms(hypothesis: Hypothesis) -> list[str]:
    """Exposures of any of the logits, each once."""
    return list(dict.fromkeys(term for o in hypothesis.outcomes for term in hypothesis.equation(o).exposures))


def prior_against_posterior(hypothesis: Hypothesis, pair: Pair) -> Figure:
    """Prior and posterior densities of the average slope of each exposure, in every logit that has it.

    Of a claim on rates, the densities of the logarithm of their ratio.
    """
    import matplotlib.pyplot as plt

    terms = _terms(hypothesis)
    columns = min(max(len(terms), 1), 2 if len(terms) == 4 else 3)
    rows = max(1, -(-len(terms) // columns))
    figure, grid_of_axes = plt.subplots(rows, columns, figsize=(WIDTH, 3.0 * rows), squeeze=False)
    for axes in grid_of_axes.flat[max(len(terms), 1) :]:
        axes.set_axis_off()
    if not terms:
        _ratio_densities(grid_of_axes[0, 0], pair)
    for axes, term in zip(grid_of_axes.flat, terms, strict=False):
        having = [o for o in hypothesis.outcomes if term in hypothesis.equation(o).exposures]
        _densities(
            axes,
            slope(pair[having[0]], term, "prior"),
            {o: slope(pair[o], term) for o in having},
            "slope, log-odds",
        )
        axes.set_title(wrap(label(term, hypothesis.panel), 84 // columns))
    return figure


def _ratio_densities(axes: Axes, pair: Pair) -> None:
    which = Estimand("rate", RATIO, POSITIVE)
    drawn = {RATIO: estimand(pair, which)}
    _densities(axes, estimand(pair, which, "prior"), drawn, "log of mean Pr(balance) / Pr(bandwagon)")
    axes.set_title("balancing over bandwagoning")


def _densities(axes: Axes, prior: Values, draws: dict[str, Values], unit: str) -> None:
    # A prior shrunk towards 0 has a peak far above the posteriors': it is cut off at theirs.
    reach = max(np.quantile(np.abs(prior), 0.98), *(np.abs(d).max() for d in draws.values()))
    x = np.linspace(-reach, reach, 300)
    top = max(density(axes, d, x, COLOURS[outcome], fill=True) for outcome, d in draws.items())
    density(axes, prior, x, COLOURS["prior"], fill=False, most=1.02 * top)
    lines = [(COLOURS[o], f"{NAMES[o]}: Pr(> 0) {equation((d > 0).mean())}") for o, d in draws.items()]
    for k, (colour, text) in enumerate([*lines, (COLOURS["prior"], "prior")]):
        axes.text(
            0.02, 0.98 - 0.08 * k, text, transform=axes.transAxes, va="top", color=colour, fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip
    axes.axvline(0, color=LINE, linewidth=0.8, ymax=0.74)
    axes.set(xlabel=unit, yticks=[], ylim=(0, 1.35 * top))
    axes.locator_params(axis="x", nbins=5)


def effects(pair: Pair) -> Figure:
    """Region and era intercepts of every logit, as log-odds from the average, with intervals."""
    import matplotlib.pyplot as plt

    levels = {name: _levels(pair, name) for name in LEVELS}
    sizes = [len(found) for found in levels.values()]
    figure, both = plt.subplots(2, 1, figsize=(WIDTH, 1.6 + 0.3 * sum(sizes)), height_ratios=sizes, sharex=True)
    for axes, (name, found) in zip(both, levels.items(), strict=True):
        for offset, outcome in zip(offsets(len(pair)), pair, strict=True):
            effect = group(pair[outcome], "posterior")[f"alpha_{name}"].reindex({name: found})
            _marks(axes, interval(effect), offset, outcome)
        axes.set(yticks=range(len(found)), yticklabels=found, title=f"{name} effects", ylim=(len(found) - 0.4, -0.6))
        axes.axvline(0, color=LINE, linewidth=0.8)
    figure.legend(*both[0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    both[1].set_xlabel("log-odds from the average")
    return figure


def _levels(pair: Pair, name: str) -> list[str]:
    """Levels of a grouping in any of the logits, whose rows may differ."""
    return list(dict.fromkeys(str(v) for tree in pair.values() for v in group(tree, "posterior")[name].to_numpy()))


def _marks(axes: Axes, bounds: Values, offset: float, outcome: str) -> None:
    """Intervals and medians, one to a row of the axes."""
    low, middle, high = bounds
    y = np.arange(len(middle)) + offset
    axes.hlines(y, low, high, color=COLOURS[outcome], linewidth=1.8)
    axes.plot(middle, y, "o", color=COLOURS[outcome], markersize=4, label=NAMES[outcome])


def era_slopes(hypothesis: Hypothesis, pair: Pair) -> Figure:
    """Slope of each exposure that varies by era, one mark an era, beside the slope common to all eras."""
    import matplotlib.pyplot as plt

    shown = [(o, t) for o in pair for t in hypothesis.by_era if t in hypothesis.equation(o).exposures]
    figure, row = plt.subplots(1, len(shown), figsize=(WIDTH, 4.0), sharex=True, squeeze=False)
    for axes, (outcome, term) in zip(row[0], shown, strict=True):
        eras = _levels({outcome: pair[outcome]}, "era")
        beta = group(pair[outcome], "posterior")["beta"]
        common = beta.sel(predictor=term)
        by_era = common + beta.sel(predictor=[f"{term}@{era}" for era in eras])
        low, middle, high = interval(common)
        axes.axvspan(low, high, color=COLOURS[outcome], alpha=0.12, linewidth=0)
        axes.axvline(middle, color=COLOURS[outcome], linewidth=1)
        _marks(axes, interval(by_era), 0, outcome)
        axes.axvline(0, color=LINE, linewidth=0.8)
        axes.set(yticks=range(len(eras)), yticklabels=eras, ylim=(len(eras) - 0.5, -0.5), xlabel="slope, log-odds")
        axes.set_title(f"{NAMES[outcome]}:\n{wrap(label(term, hypothesis.panel), 42)}")
    return figure
