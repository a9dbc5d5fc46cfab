"""What a programme of state building would change: trajectories, timing, dose, paths, tipping points, regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inference.counterfactual.positivity import FEW
from inference.counterfactual.simulation.programme import ARROWS, SLOPES, TIMINGS
from inference.robustness.aid import WHOLE
from models.claims.registry import OUTCOMES
from reports.figures import world_map
from reports.formats import DASH, MINUS, minus, percent, rate_unit
from reports.numbers.report import Numbers
from reports.style import COLOURS, LINE, MUTE, NAMES, WIDTH

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.contour import ContourSet
    from matplotlib.figure import Figure

ARROW_WORDS = {
    "estimated": "governance aid, as estimated",
    "estimated, US aid": "US aid, as estimated",
    "elicited": "effect as elicited",
    "given": "capacity raised by {size:g} sd",
}
PATH_WORDS = {
    "duress alone": "through duress",
    "capacity alone": "capacity itself",
    "aid itself alone": "aid itself",
    "income and democracy alone": "income and democracy",
    "together": "the paths together",
}


def arrow_words(scenario: Numbers, arrow: str) -> str:
    """A first arrow as readers meet it."""
    return ARROW_WORDS[arrow].format(size=scenario["size"])


def _bar(axes: Axes, y: float, q: Numbers, colour: str, *, marker: str = "o", width: float = 2.0) -> None:
    axes.hlines(y, q["low"], q["high"], color=colour, linewidth=width)
    axes.plot(q["value"], y, marker, color=colour, markersize=5)


def fan(scenario: Numbers, trajectory: xr.Dataset) -> Figure:
    """Cumulated rates with and without an early programme, and the change that each first arrow makes, by year."""
    import matplotlib.pyplot as plt
    from matplotlib.ticker import MaxNLocator

    figure, grid = plt.subplots(2, 2, figsize=(WIDTH, 5.6), sharex=True)
    years = trajectory["year"].to_numpy()
    for column, outcome in enumerate(OUTCOMES):
        by_arm = trajectory.sel(outcome=outcome)
        upper, lower = grid[:, column]
        for arm, colour, style in (("none", COLOURS["observed"], "--"), ("given, early", COLOURS[outcome], "-")):
            _band(upper, years, by_arm["rate"].sel(arm=arm), colour, style)
        _end_labels(upper, years, by_arm["rate"], scenario, outcome)
        upper.set(title=NAMES[outcome], ylim=(0, None))
        for arrow, style in zip(ARROWS, ("-", ":", "--", "-."), strict=True):
            change = by_arm["difference"].sel(arm=f"{arrow}, early")
            if arrow in {"given", "elicited"}:
                low, high = (change.sel(statistic=edge) for edge in ("low", "high"))
                alpha = 0.12 if arrow == "given" else 0.2
                lower.fill_between(years, low, high, color=COLOURS[outcome], alpha=alpha, linewidth=0)
            lower.plot(years, change.sel(statistic="mean"), style, color=COLOURS[outcome], linewidth=1.4,
                       label=arrow_words(scenario, arrow))  # fmt: skip
        lower.axhline(0, color=LINE, linewidth=0.8)
        lower.set_xlabel(f"events counted from {scenario['years'][0]} to the year")
        lower.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        lower.legend(fontsize=7.5, loc="best", handlelength=2.4)
    grid[0, 0].set_ylabel(rate_unit())
    grid[1, 0].set_ylabel(f"change in {rate_unit()}")
    return figure


def _band(axes: Axes, years: np.ndarray, values: xr.DataArray, colour: str, style: str) -> None:
    low, mean, high = (values.sel(statistic=name).to_numpy() for name in ("low", "mean", "high"))
    axes.fill_between(years, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.plot(years, mean, style, color=colour, linewidth=1.6)


def _end_labels(axes: Axes, years: np.ndarray, rate: xr.DataArray, scenario: Numbers, outcome: str) -> None:
    """Names of the two lines beyond their ends, the higher one above."""
    last = rate.sel(year=years[-1], statistic="mean")
    none, given = float(last.sel(arm="none")), float(last.sel(arm="given, early"))
    for value, other, text, colour in (
        (none, given, "no\nprogramme", COLOURS["observed"]),
        (given, none, f"capacity\n+{scenario['size']:g} sd", COLOURS[outcome]),
    ):
        axes.annotate(
            text, (years[-1], value), xytext=(4, 1 if value >= other else -1), textcoords="offset points",
            va="bottom" if value >= other else "top", fontsize=7.5, color=colour, annotation_clip=False,
        )  # fmt: skip


def _row(scenario: Numbers, arrow: str, timing: str, outcome: str, horizon: int) -> Numbers:
    return next(
        e for e in scenario["effects"]
        if (e["arrow"], e["timing"], e["outcome"], e["horizon"]) == (arrow, timing, outcome, horizon)
    )  # fmt: skip


def timing(scenario: Numbers) -> Figure:
    """Change of the rates by first arrow, early against late, with the interval that an unobserved cause would widen.

    Above, each programme is on its own dates; below, where there are such histories, both are at equal exposure.
    """
    import matplotlib.pyplot as plt

    equal = scenario["equal_exposure"]
    lines = 2 if equal else 1
    figure, grid = plt.subplots(lines, 2, figsize=(WIDTH, 3.6 * lines), sharey=True, squeeze=False)
    for axes, outcome in zip(grid[0], OUTCOMES, strict=True):
        _on_own_dates(axes, scenario, outcome)
    years = min((row["years"] for row in equal), default=0)
    for axes, outcome in zip(grid[1], OUTCOMES, strict=True) if equal else ():
        _at_equal_exposure(axes, scenario, outcome, years)
    for axes in grid.flat:
        axes.axvline(0, color=LINE, linewidth=0.8)
        axes.set_ylim(len(ARROWS) - 0.5, -0.5)
        axes.margins(x=0.16)
    for axes in grid[:, 0]:
        axes.set_yticks(range(len(ARROWS)), [arrow_words(scenario, arrow) for arrow in ARROWS], fontsize=8.5)
    return figure


def _on_own_dates(axes: Axes, scenario: Numbers, outcome: str) -> None:
    horizon = scenario["horizons"][-1]
    for k, arrow in enumerate(ARROWS):
        for shift, when, marker in ((-0.16, "early", "o"), (0.16, "late", "s")):
            row = _row(scenario, arrow, when, outcome, horizon)
            wide = row["confounded"]
            axes.hlines(k + shift, wide["low"], wide["high"], color=COLOURS[outcome], linewidth=5, alpha=0.25)
            _bar(axes, k + shift, row["difference"], COLOURS[outcome], marker=marker)
            _say(axes, when, max(wide["high"], row["difference"]["high"]), k + shift)
    axes.set(title=NAMES[outcome], xlabel=f"change in {rate_unit()},\n{horizon} years, each on its own dates")


def _at_equal_exposure(axes: Axes, scenario: Numbers, outcome: str, years: int) -> None:
    found = {(r["arrow"], r["outcome"], r["years"]): r for r in scenario["equal_exposure"]}
    for k, arrow in enumerate(ARROWS):
        row = found.get((arrow, outcome, years))
        if row is None:  # an arrow that does nothing
            continue
        words = {"ahead": f"{row['lead']} years ahead", "late": "after onset"}
        for shift, when, marker in ((-0.16, "ahead", "o"), (0.16, "late", "s")):
            _bar(axes, k + shift, row[when], COLOURS[outcome], marker=marker)
            _say(axes, words[when], row[when]["high"], k + shift)
    axes.set_xlabel(f"change in {rate_unit()},\n{years} years from the start, in the same histories")


def _say(axes: Axes, words: str, x: float, y: float) -> None:
    """Words to the right of an interval that ends at ``x``."""
    axes.annotate(words, (x, y), xytext=(5, 0), textcoords="offset points", va="center", fontsize=7.5, color=MUTE)


def dose(scenario: Numbers) -> Figure:
    """Rate with a programme over that without, by the rise in capacity it brings; dotted: cuts with a threshold."""
    import matplotlib.pyplot as plt

    figure, grid = plt.subplots(1, 2, figsize=(WIDTH, 3.5), sharey=True)
    sizes = np.array(scenario["dose"]["sizes"])
    every = [q for ratios in scenario["dose"]["ratio"].values() for outcome in OUTCOMES for q in ratios[outcome]]
    highest = max(q["high"] for q in every)
    for axes, outcome in zip(grid, OUTCOMES, strict=True):
        for when, style in zip(TIMINGS, ("-", "--"), strict=True):
            ratio = scenario["dose"]["ratio"][when][outcome]
            low, mean, high = (np.array([q[name] for q in ratio]) for name in ("low", "value", "high"))
            axes.fill_between(
                sizes, low, high, color=COLOURS[outcome], alpha=0.2 if when == "early" else 0.1, linewidth=0
            )
            axes.plot(sizes, mean, style, color=COLOURS[outcome], linewidth=1.6)
            axes.annotate(
                when, (sizes[-1], mean[-1]), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8,
                color=COLOURS[outcome],
            )  # fmt: skip
        for cut in sorted({t["cut"] for t in scenario["threshold"]}):
            axes.axhline(1 - cut, color=MUTE, linewidth=0.7, linestyle=":")
            axes.annotate(
                MINUS + percent(cut), (0, 1 - cut), xytext=(2, 2), textcoords="offset points",
                fontsize=7.5, color=MUTE,
            )  # fmt: skip
        axes.axhline(1, color=LINE, linewidth=0.8)
        axes.set(title=NAMES[outcome], xlim=(0, sizes[-1] * 1.1), ylim=(0, 1.05 * highest))
        axes.set_xlabel("rise in capacity at the end of the programme,\nstandard deviations")
    grid[0].set_ylabel("rate with the programme\nover rate without")
    return figure


def paths(scenario: Numbers) -> Figure:
    """Change of the rates along each causal path alone, early programme of given size."""
    import matplotlib.pyplot as plt

    figure, grid = plt.subplots(1, 2, figsize=(WIDTH, 2.7), sharey=True)
    names = [*PATH_WORDS]
    for axes, outcome in zip(grid, OUTCOMES, strict=True):
        changes = {p["path"]: p["difference"] for p in scenario["paths"]
                if (p["arrow"], p["timing"], p["outcome"]) == ("given", "early", outcome)}  # fmt: skip
        for y, name in enumerate(names):
            _bar(axes, y, changes[name], COLOURS[outcome])
        whole = _row(scenario, "given", "early", outcome, scenario["horizons"][-1])["difference"]
        _bar(axes, len(names), whole, COLOURS["observed"], marker="D")
        axes.axvline(0, color=LINE, linewidth=0.8)
        axes.set(title=NAMES[outcome], ylim=(len(names) + 0.5, -0.5), xlabel=f"change in {rate_unit()}")
    grid[0].set_yticks(range(len(names) + 1), [*PATH_WORDS.values(), "in all"], fontsize=8.5)
    return figure


def tipping(scenario: Numbers) -> Figure:
    """Change of the rates by the arrows of an unobserved cause to duress (above) or capacity (below), and to alignment.

    On the black line there is no change; within the dotted one its sign is sure.
    """
    import matplotlib.pyplot as plt

    every = [row["difference"]["value"] for rows in scenario["tipping"].values() for o in OUTCOMES for row in rows[o]]
    largest, image = max(map(abs, every)), None
    figure, grid = plt.subplots(len(SLOPES), 2, figsize=(WIDTH, 7.4))
    for line, which in zip(grid, SLOPES, strict=True):
        for axes, outcome in zip(line, OUTCOMES, strict=True):
            image = _contours(axes, scenario["tipping"][which][outcome], largest)
            unit = "log-odds" if which == "duress" else "standard deviations"
            axes.set(title=NAMES[outcome], xlabel=f"unobserved cause to {which}, {unit}", aspect="equal")
        line[0].set_ylabel("unobserved cause to alignment,\nlog-odds")
    assert image is not None
    figure.colorbar(image, ax=grid, label=f"change in {rate_unit()}", shrink=0.6, format="%+.1f")
    return figure


def _contours(axes: Axes, rows: list[Numbers], largest: float) -> ContourSet:
    arrows = np.linspace(-1.0, 1.0, 101)
    product, bias = np.multiply.outer(arrows, arrows), [row["bias"] for row in rows]
    change = np.interp(product, bias, [row["difference"]["value"] for row in rows])
    sure = np.interp(product, bias, [row["p_fewer"] for row in rows])
    image = axes.contourf(arrows, arrows, change, levels=np.linspace(-largest, largest, 13), cmap="PuOr")
    if change.min() < 0 < change.max():
        axes.clabel(axes.contour(arrows, arrows, change, levels=[0.0], colors=LINE, linewidths=1.6),
                    fmt={0.0: "no change"}, fontsize=8)  # fmt: skip
    for level in (0.05, 0.95):
        if sure.min() < level < sure.max():
            contour = axes.contour(arrows, arrows, sure, levels=[level], colors=LINE, linewidths=1.0, linestyles=":")
            axes.clabel(contour, fmt={level: f"Pr(fewer) {level:g}"}, fontsize=7)
    axes.plot(0, 0, "+", color=LINE, markersize=9)
    axes.grid(visible=False)
    return image


def region_map(scenario: Numbers, outcome: str = "bandwagon") -> Figure:
    """Events averted by an early programme of given size in each region over the years counted."""
    import matplotlib.pyplot as plt

    averted = scenario["regions"][outcome]
    figure, axes = plt.subplots(figsize=(WIDTH, 4.6))
    world_map.draw(axes)
    largest = max(abs(q["value"]) for q in averted.values()) or 1.0
    for region, q in averted.items():
        x, y = world_map.ANCHORS[region]
        value = q["value"]
        colour = COLOURS[outcome] if value > 0 else COLOURS["prior"]
        axes.plot(
            x, y, "o", color=colour, markersize=4 + 22 * np.sqrt(abs(value) / largest), alpha=0.45, markeredgewidth=0
        )
        axes.annotate(
            minus(f"{q['value']:+.2f}\n[{q['low']:+.2f}, {q['high']:+.2f}]"), (x, y),
            ha="center", va="center", fontsize=8,
        )  # fmt: skip
    for region, place in world_map.ANCHORS.items():
        if region not in averted:
            axes.plot(*place, "x", color=MUTE, markersize=5)
    axes.set_title(f"events of {NAMES[outcome]} averted, {scenario['years'][0]}{DASH}{scenario['years'][1]}")
    return figure


def refits(rows: list[Numbers]) -> Figure:
    """Change that an early programme of given size makes: under single codings, changes undone, without aggressors."""
    import matplotlib.pyplot as plt

    early = [row for row in rows if (row["arrow"], row["timing"], row["path"]) == ("given", "early", WHOLE)]
    names = list(dict.fromkeys(row["words"] for row in early))
    figure, grid = plt.subplots(1, 2, figsize=(WIDTH, 0.9 + 0.2 * len(names)), sharey=True)
    for axes, outcome in zip(grid, OUTCOMES, strict=True):
        for row in (row for row in early if row["outcome"] == outcome):
            y, registered = names.index(row["words"]), row["words"] == "registered"
            colour = COLOURS["observed"] if registered else COLOURS[outcome]
            _bar(axes, y, row, colour, marker="D" if registered else "o", width=1.6)
        axes.axvline(0, color=LINE, linewidth=0.8)
        axes.set(title=NAMES[outcome], ylim=(len(names) - 0.4, -0.6), xlabel=f"change in {rate_unit()}")
    grid[0].set_yticks(range(len(names)), names, fontsize=8)
    return figure


def natural_course(scenario: Numbers) -> Figure:
    """Observed events by region and era beside those of the simulation without a programme."""
    import matplotlib.pyplot as plt

    figure, grid = plt.subplots(1, 2, figsize=(WIDTH, 0.9 + 0.26 * _levels(scenario)), sharey=True)
    for axes, outcome in zip(grid, OUTCOMES, strict=True):
        rows = [r for r in scenario["natural_course"] if r["outcome"] == outcome]
        for y, row in enumerate(rows):
            axes.hlines(y, row["low"], row["high"], color=COLOURS[outcome], linewidth=6, alpha=0.3)
            axes.plot(row["expected"]["value"], y, "|", color=COLOURS[outcome], markersize=9, markeredgewidth=2)
            axes.plot(row["observed"], y, "D", color=COLOURS["observed"], markersize=4)
        axes.set(title=NAMES[outcome], ylim=(len(rows) - 0.4, -0.6), xlabel="events")
        axes.set_yticks(range(len(rows)), [r["level"] or "all" for r in rows], fontsize=8)
    return figure


def _levels(scenario: Numbers) -> int:
    return sum(row["outcome"] == OUTCOMES[0] for row in scenario["natural_course"])


def positivity(counts: xr.Dataset) -> Figure:
    """How many observed spans and state-years stand in the cells that a programme moves states into."""
    import matplotlib.pyplot as plt

    words = {"aid_governance": "governance aid\nper head and year", "aid_us": "US aid\nper head and year"}
    tables = [(counts["gains"], "gain", "change of capacity\nover the programme's years")]
    tables += [
        (counts["aid"].sel(source=source), "dollars", words[source]) for source in counts["source"].to_numpy().tolist()
    ]
    figure, grid = plt.subplots(1, len(tables), figsize=(WIDTH, 3.6), sharey=True)
    for axes, (table, dim, title) in zip(grid, tables, strict=True):
        _cells(axes, table.transpose("start", dim))
        axes.set_title(title, fontsize=8.5)
    places = zip(counts["start"].to_numpy(), counts["states"].to_numpy(), strict=True)
    names = [f"{name}\n{int(states)} states here" for name, states in places]
    grid[0].set_yticks(range(len(names)), names, fontsize=7.5)
    return figure


def _cells(axes: Axes, table: xr.DataArray) -> None:
    """A count in each cell, in colour where it is too small to speak of."""
    values = table.to_numpy()
    axes.imshow(np.log1p(values), cmap="Greys", aspect="auto", vmin=0, vmax=3 * np.log1p(values.max()))
    for (i, j), value in np.ndenumerate(values):
        colour, weight = (COLOURS["bandwagon"], "bold") if value < FEW else (COLOURS["observed"], "normal")
        axes.text(j, i, f"{value:,}", ha="center", va="center", fontsize=7, color=colour, fontweight=weight)
    names = [str(name) for name in table[table.dims[1]].to_numpy()]
    axes.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=7)
    axes.grid(visible=False)
