"""Carter's claims and the contest of balancing and bandwagoning in one compact figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from models.claims.registry import REGISTRY
from reports.brief.judgement import LIKELIHOOD
from reports.brief.printed import Place
from reports.brief.sentences import CARTER, DRIVERS, expected
from reports.figures.parts import wrap
from reports.figures.verdicts import CONTEST
from reports.formats import probability
from reports.numbers.report import Numbers
from reports.style import COLOURS, MUTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = (6.9, 3.6)  # inches: the line of an A4 page, so that letters keep their size in print
WIDTHS = (1.35, 1)
# Answer -> its colour, and the colour of a number on it.
ANSWERS = {
    "balancing (+,-)": (COLOURS["balance"], "white"),
    "bandwagoning (-,+)": (COLOURS["bandwagon"], "black"),
    "alignment of either kind (+,+)": ("#C9C9C9", "black"),
    "hiding (-,-)": ("#F2F2F2", "black"),
}
READABLE = 0.12  # shares below it are too narrow for their number


def drivers(numbers: Place) -> Iterator[tuple[str, Place]]:
    """Each contested driver with the masses of its four quadrants, from a model that has no other exposure."""
    for term in CONTEST:
        known = (entry["quadrants"] for entry in numbers["hypotheses"] if set(entry["quadrants"].value) == {term})
        masses = next(known, None)
        if masses is not None:
            yield term, masses[term]


def glance(collected: Numbers) -> Figure | None:
    """Probabilities of Carter's expectations on the scale of likelihood, and the answers to each contested driver.

    None when there is neither.
    """
    import matplotlib.pyplot as plt

    claims = [entry for entry in collected["hypotheses"] if entry["id"] in CARTER and entry["estimands"]]
    contest = {term: place.value for term, place in drivers(Place(collected))}
    panels: list[tuple[Callable[[Axes, Any], None], Any]] = [(_expectations, claims), (_answers, contest)]
    shown = [(draw, what) for draw, what in panels if what]
    if not shown:
        return None
    figure, grid = plt.subplots(1, len(shown), figsize=SIZE, squeeze=False, width_ratios=WIDTHS[-len(shown) :])
    for axes, (draw, what) in zip(grid[0], shown, strict=True):
        draw(axes, what)
    return figure


def _expectations(axes: Axes, claims: list[Numbers]) -> None:
    edges = [1.0, *(bound for bound, _ in LIKELIHOOD)]
    for k, (high, low) in enumerate(pairwise(edges)):
        axes.axvspan(low, high, color=("#F1F1F1", "#FFFFFF")[k % 2], linewidth=0, zorder=0)
    rows = [(which, row) for entry in claims for which, row in
            zip(REGISTRY[entry["id"]].estimands, entry["estimands"], strict=True)]  # fmt: skip
    for y, (which, row) in enumerate(rows):
        colour, ends = COLOURS[which.outcome], [row["p_sign_prior"], row["p_sign"]]
        axes.plot(ends, [y, y], color=colour, linewidth=1, alpha=0.6)
        axes.plot(ends[:1], [y], "|", color=COLOURS["prior"], markersize=7, markeredgewidth=2)
        axes.plot(ends[1:], [y], "o", color=colour, markersize=4.5)
        number = probability(row["p_sign"], 2)
        _beside(axes, (1, y), (4, 0), number, fontsize=8, va="center", color=colour)
        _beside(axes, (0, y), (2, 5), wrap(expected(which), 64), fontsize=7, va="bottom", linespacing=1.15)
    axes.set(xlim=(-0.02, 1.02), ylim=(len(rows) - 0.7, -0.9), yticks=[], xticks=[0.05, 0.2, 0.5, 0.8, 0.95])
    axes.tick_params(axis="x", labelsize=8)
    axes.grid(visible=False)
    axes.set_title("probability of what Carter expects", fontsize=8.5, fontweight="normal")


def _beside(axes: Axes, at: tuple[float, float], shift: tuple[float, float], text: str, **style: Any) -> None:  # noqa: ANN401
    """Text at a share of the width and a row, moved by points."""
    axes.annotate(text, at, xycoords=("axes fraction", "data"), xytext=shift, textcoords="offset points", **style)


def _answers(axes: Axes, contest: dict[str, dict[str, float]]) -> None:
    from matplotlib.patches import Patch

    for y, masses in enumerate(contest.values()):
        start = 0.0
        for answer, (colour, ink) in ANSWERS.items():
            axes.barh(y, masses[answer], left=start, color=colour, edgecolor="white", linewidth=0.5, height=0.7)
            if masses[answer] > READABLE:
                middle = start + masses[answer] / 2
                axes.text(middle, y, probability(masses[answer], 2), ha="center", va="center", fontsize=8,
                          color=ink)  # fmt: skip
            start += masses[answer]
    axes.set(xlim=(0, 1), ylim=(len(contest) - 0.4, -0.6), yticks=range(len(contest)), xticks=[])
    axes.set_yticklabels([wrap(DRIVERS[term], 16) for term in contest], fontsize=8.5)
    axes.tick_params(axis="y", length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.grid(visible=False)
    names = [wrap(answer.partition(" (")[0], 16) for answer in ANSWERS]
    handles = [Patch(facecolor=colour, edgecolor=MUTE, linewidth=0.4) for colour, _ in ANSWERS.values()]
    axes.legend(handles, names, loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=2, fontsize=8, handlelength=1)
    axes.set_title("share of the posterior", fontsize=8.5, fontweight="normal")
