"""What overturns a claim: its estimates under every coding, and without each region, era and aggressor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from inference.robustness import specifications
from inference.robustness.summary import agreement, share_words
from models.claims.registry import Hypothesis
from reports import formats
from reports.numbers import refits
from reports.numbers.refits import INTERVAL_SDS
from reports.style import COLOURS, LINE, MUTE, WIDTH

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from reports.numbers.report import Numbers

ABREAST = 2  # estimands side by side
TREATIES = 8  # drawn, of those left out


def _blocks(hypothesis: Hypothesis, table: pd.DataFrame) -> list[tuple[int, pd.DataFrame]]:
    """The rows of each estimand that has some."""
    every = ((k, table[table["index"] == k]) for k in range(len(hypothesis.estimands)))
    return [(k, rows) for k, rows in every if not rows.empty]


def _colour(hypothesis: Hypothesis, index: int) -> str:
    return COLOURS[hypothesis.estimands[index].outcome]


def specification_curve(hypothesis: Hypothesis, table: pd.DataFrame, permuted: Sequence[Numbers | None] = ()) -> Figure:
    """Estimates of each estimand under every coding, sorted, over dots that say what was changed.

    ``permuted`` says of each estimand where its curve lies among those of permuted outcomes.

    Intervals are those of a normal with the mean and standard deviation of each posterior.
    """
    import matplotlib.pyplot as plt

    blocks, changes = _blocks(hypothesis, table), refits.changes(hypothesis.panel)
    dims = [
        (name, choice)
        for name, choices in specifications.DIMENSIONS[hypothesis.panel].items()
        for choice in choices[1:]
    ]
    columns, rows = min(ABREAST, len(blocks)), -(-len(blocks) // ABREAST)
    size = (WIDTH, rows * (2.7 + 0.19 * len(dims) + 0.4))
    figure, grid = plt.subplots(
        2 * rows, columns, figsize=size, height_ratios=[2.7, 0.19 * len(dims) + 0.4] * rows, squeeze=False, sharex="col"
    )
    for axes in grid.flat:
        axes.set_visible(False)
    for k, (index, unsorted) in enumerate(blocks):
        upper, lower = grid[2 * (k // columns) : 2 * (k // columns) + 2, k % columns]
        mine = unsorted.sort_values(["mean", "specification"], kind="stable").reset_index(drop=True)
        _estimates(upper, mine, _colour(hypothesis, index))
        _dots(lower, mine, dims, changes, names=k % columns == 0)
        words = _in_words(mine, permuted[index] if permuted else None)
        upper.set_title(f"{hypothesis.estimands[index]}\n{words}", fontsize=8.5)
        if k % columns == 0:
            upper.set_ylabel("estimate, log-odds")
    return figure


def _in_words(mine: pd.DataFrame, permuted: Numbers | None) -> str:
    """How many codings agree, which dimension moves the estimate most, and where the curve lies among others."""
    found = agreement(mine).iloc[0]
    agreeing, weighed, share = (share_words(found[name]) for name in ("agreeing", "weighed", "share"))
    out = f"{agreeing} of {len(mine)} codings agree, weighed {weighed}"
    moved = f"most moved by {found['moved_by']} ({share})" if found["moved_by"] else None
    among = None
    if permuted is not None:
        share, error = (formats.percent(permuted[name]) for name in ("share", "mcse"))
        among = f"{share} \N{PLUS-MINUS SIGN} {error} of {permuted['permutations']} permuted reach it"
    return "\n".join(line for line in (out, moved, among) if line)


def _estimates(axes: Axes, mine: pd.DataFrame, colour: str) -> None:
    axes.set_visible(True)
    x, reach = np.arange(len(mine)), INTERVAL_SDS * mine["sd"]
    width = 1.2 if len(mine) > 60 else 1.8
    axes.vlines(x, mine["mean"] - reach, mine["mean"] + reach, color=colour, linewidth=width, alpha=0.45)
    axes.plot(x, mine["mean"], "o", color=colour, markersize=2.5)
    registered = mine.index[mine["changes"] == 0]
    for k in registered:
        low, high = (mine["mean"][k] + sign * reach[k] for sign in (-1, 1))
        axes.vlines(k, low, high, color=COLOURS["observed"], linewidth=2.2)
        axes.plot(k, mine["mean"][k], "D", color=COLOURS["observed"], markersize=5)
        axes.annotate(
            "registered", (k, high), xytext=(0, 4), textcoords="offset points", fontsize=8,
            ha="left" if k < len(mine) / 2 else "right", bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip
    axes.axhline(0, color=LINE, linewidth=0.8)
    axes.margins(x=0.02, y=0.12)
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.grid(visible=False, axis="x")


def _dots(
    axes: Axes,
    mine: pd.DataFrame,
    dims: list[tuple[str, object]],
    changes: dict[str, specifications.Specification],
    *,
    names: bool,
) -> None:
    axes.set_visible(True)
    for y, (name, choice) in enumerate(dims):
        at = [k for k, text in enumerate(mine["specification"]) if changes[text].choice(name) == choice]
        axes.plot(at, [y] * len(at), "|", color=MUTE, markersize=6, markeredgewidth=1.4)
    axes.set(yticks=range(len(dims)), ylim=(len(dims) - 0.4, -0.6), xlabel="codings, sorted by estimate")
    axes.set_yticklabels([f"{name}: {choice}" for name, choice in dims] if names else [], fontsize=8)
    axes.tick_params(axis="x", labelbottom=False, length=0)
    axes.grid(visible=False, axis="x")


def left_out(hypothesis: Hypothesis, table: pd.DataFrame, registered: list[tuple[float, float]]) -> Figure:
    """Estimates of each estimand without each region, era, leading aggressor and treaty in turn.

    ``registered`` holds the mean and standard deviation of each estimand from all rows: line and band. Of the treaties
    those are drawn that move an estimand farthest.
    """
    import matplotlib.pyplot as plt

    table = _few_treaties(table, registered)
    blocks = _blocks(hypothesis, table)
    levels = list(dict.fromkeys(zip(table["group"], table["level"], strict=True)))
    columns, rows = min(ABREAST, len(blocks)), -(-len(blocks) // ABREAST)
    figure, grid = plt.subplots(
        rows, columns, figsize=(WIDTH, rows * (1.1 + 0.19 * len(levels))), squeeze=False, sharey=True
    )
    for axes in grid.flat[len(blocks) :]:
        axes.set_axis_off()
    for k, (axes, (index, mine)) in enumerate(zip(grid.flat, blocks, strict=False)):
        _without(axes, mine, levels, registered[index], _colour(hypothesis, index))
        axes.set_title(str(hypothesis.estimands[index]), fontsize=9.5)
        axes.set_xlabel("estimate, log-odds")
        if k % columns == 0:
            axes.set_yticks(range(len(levels)))
            axes.set_yticklabels([refits.level_name(*level) for level in levels], fontsize=8)
    return figure


def _few_treaties(table: pd.DataFrame, registered: list[tuple[float, float]]) -> pd.DataFrame:
    """The table with `TREATIES` of its treaties: those whose leaving out moves any estimand by most of its sds."""
    mean, sd = (table["index"].map(dict(enumerate(values))) for values in zip(*registered, strict=True))
    moved = ((table["mean"] - mean) / sd).abs()[table["group"] == "treaty"]
    farthest = moved.groupby(table["level"]).max().nlargest(TREATIES).index
    return table[(table["group"] != "treaty") | table["level"].isin(farthest)]


def _without(
    axes: Axes, mine: pd.DataFrame, levels: list[tuple[str, str]], registered: tuple[float, float], colour: str
) -> None:
    mean, sd = registered
    axes.axvspan(mean - INTERVAL_SDS * sd, mean + INTERVAL_SDS * sd, color=colour, alpha=0.12, linewidth=0)
    axes.axvline(mean, color=colour, linewidth=1)
    y = [levels.index(level) for level in zip(mine["group"], mine["level"], strict=True)]
    reach = INTERVAL_SDS * mine["sd"]
    axes.hlines(y, mine["mean"] - reach, mine["mean"] + reach, color=colour, linewidth=1.8)
    axes.plot(mine["mean"], y, "o", color=colour, markersize=4)
    axes.axvline(0, color=LINE, linewidth=0.8)
    starts = [k for k in range(1, len(levels)) if levels[k][0] != levels[k - 1][0]]
    for start in starts:
        axes.axhline(start - 0.5, color=MUTE, linewidth=0.6)
    axes.set_ylim(len(levels) - 0.4, -0.6)
