"""All claims at a glance: probabilities of the expected signs, and the contest of the two answers to a threat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data.codebook.panels import label
from inference.evidence.estimands import quadrants, slope
from inference.evidence.verdicts import SUPPORTED, VERDICTS
from reports.figures.parts import wrap
from reports.formats import probability
from reports.style import COLOURS, LINE, MUTE, NAMES, WIDTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from reports.figures.parts import Values
    from reports.numbers.archived import Trees
    from reports.numbers.report import Numbers

# Exposure -> claim whose model holds its slopes: Walt's balancing and bandwagoning 1 to 5.
CONTEST = {"threat": "bal-1", "power": "bal-2", "proximity": "bal-3", "offence": "bal-4", "aggression": "bal-5"}
POINTS = 800  # draws shown, evenly spaced
CORNERS = (  # corner of the panel, name of the answer
    ((0.98, 0.03), "balancing (+,-)"),
    ((0.02, 0.97), "bandwagoning (-,+)"),
    ((0.98, 0.97), "alignment of either kind (+,+)"),
    ((0.02, 0.03), "hiding (-,-)"),
)


def verdicts(entries: list[Numbers]) -> Figure:
    """Prior and posterior probability of the expected sign of every registered estimand, by family."""
    import matplotlib.pyplot as plt

    rows = _rows(entries)
    figure, axes = plt.subplots(figsize=(WIDTH, 0.9 + 0.215 * len(rows)))
    for lower, upper, shade in _bands():
        axes.axvspan(lower, upper, color=shade, linewidth=0, zorder=0)
    for y, (claim, estimand) in enumerate(rows):
        if estimand is None:
            axes.annotate(
                claim[:1].upper() + claim[1:], (0, y), xycoords=("axes fraction", "data"), xytext=(-6, 0),
                textcoords="offset points", ha="right", va="center", fontweight="bold", fontsize=9,
            )  # fmt: skip
        else:
            _row(axes, y, estimand)
    names = [f"{claim}   {e['estimand']}" if e else "" for claim, e in rows]
    axes.set(xlim=(-0.015, 1.015), ylim=(len(rows) - 0.3, -0.8), xticks=[*_thresholds(), 0.5], yticks=range(len(rows)))
    axes.set_yticklabels(names, fontsize=8)
    axes.tick_params(axis="x", labeltop=True, labelsize=8)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False)
    axes.set_xlabel("probability of the expected sign (grey bar: prior, dot: posterior)")
    return figure


def _thresholds() -> list[float]:
    return sorted([SUPPORTED, *(bound for bound, _ in VERDICTS if bound)])


def _bands() -> list[tuple[float, float, str]]:
    """Bounds and shade of each verdict: the surer, the darker."""
    edges = [-0.02, *_thresholds(), 1.02]
    shades = ("#DADADA", "#ECECEC", "#FFFFFF", "#ECECEC", "#DADADA")
    return list(zip(edges, edges[1:], shades, strict=False))


def _rows(entries: list[Numbers]) -> list[tuple[str, Numbers | None]]:
    """Families (without an estimand) and their estimands, in order."""
    out: list[tuple[str, Numbers | None]] = []
    for family in dict.fromkeys(entry["family"] for entry in entries):
        estimands = [(e["id"], which) for e in entries if e["family"] == family for which in e["estimands"]]
        if estimands:
            out += [(family, None), *estimands]
    return out


def _row(axes: Axes, y: int, estimand: Numbers) -> None:
    colour, expected, prior = COLOURS[estimand["outcome"]], estimand["p_sign"], estimand["p_sign_prior"]
    axes.plot([prior, expected], [y, y], color=colour, linewidth=1, alpha=0.6)
    axes.plot([prior], [y], "|", color=COLOURS["prior"], markersize=8, markeredgewidth=2)
    axes.plot([expected], [y], "o", color=colour, markersize=5)
    axes.annotate(
        f"{probability(expected, 2)}  {estimand['verdict']}", (1, y), xycoords=("axes fraction", "data"),
        xytext=(6, 0), textcoords="offset points", va="center", fontsize=8, color=colour,
    )  # fmt: skip


def contest(trees: Trees, exposures: dict[str, str]) -> Figure:
    """Posterior draws of both slopes of each contested driver, with the mass of the four quadrants."""
    import matplotlib.pyplot as plt

    draws = {
        term: (slope(trees[claim]["balance"], term).ravel(), slope(trees[claim]["bandwagon"], term).ravel())
        for term, claim in exposures.items()
    }
    reach = 1.35 * max(float(np.quantile(np.abs(values), 0.995)) for pair in draws.values() for values in pair)
    columns = min(3, len(draws))
    rows = -(-len(draws) // columns)
    size = (WIDTH, 3.35 * rows + 0.2)
    figure, grid = plt.subplots(rows, columns, figsize=size, sharex=True, sharey=True, squeeze=False)
    for axes in grid.flat[len(draws) :]:
        axes.set_axis_off()
    for axes, (term, (balance, bandwagon)) in zip(grid.flat, draws.items(), strict=False):
        _scatter(axes, balance, bandwagon, reach)
        axes.set_title(f"{wrap(label(term), 40)}\n({exposures[term]})", fontsize=9)
    for axes in grid.flat[max(0, len(draws) - columns) : len(draws)]:
        axes.tick_params(labelbottom=True)  # the last of its column, also where the last row is not full
    figure.supxlabel(f"slope in the logit of {NAMES['balance']}, log-odds", fontsize=9.5)
    figure.supylabel(f"slope in the logit of {NAMES['bandwagon']}, log-odds", fontsize=9.5)
    return figure


def _scatter(axes: Axes, balance: Values, bandwagon: Values, reach: float) -> None:
    step = max(1, balance.size // POINTS)
    axes.plot(balance[::step], bandwagon[::step], ".", color=LINE, markersize=2, alpha=0.35)
    axes.axhline(0, color=LINE, linewidth=0.8)
    axes.axvline(0, color=LINE, linewidth=0.8)
    masses = quadrants(balance, bandwagon)
    for (x, y), name in CORNERS:
        words = name.partition(" (")[0].replace("alignment of either kind", "either kind")
        axes.text(
            x, y, f"{words}\n{probability(masses[name], 2)}", transform=axes.transAxes, fontsize=8,
            ha="left" if x < 0.5 else "right", va="bottom" if y < 0.5 else "top", color=_corner_colour(name),
        )  # fmt: skip
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach))


def _corner_colour(name: str) -> str:
    answer = {"balancing (+,-)": "balance", "bandwagoning (-,+)": "bandwagon"}.get(name)
    return COLOURS[answer] if answer else MUTE
