"""The results as one figure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CASE = "30,000 rows"
OURS, THEIRS = style.COLOURS["balance"], style.COLOURS["prior"]
NAMES = {"engine": "this engine", "nutpie": "nutpie", "numpyro": "numpyro", "pymc": "PyMC", "bambi": "bambi",
         "pystan": "PyStan", "walnutpie": "walnutpie"}  # fmt: skip


def draw(results: dict[str, Any], folder: Path, name: str) -> None:
    """Write ``<name>.svg`` and ``<name>.png`` of what was measured."""
    import matplotlib.pyplot as plt

    records = results["measurements"]
    mine = {
        record["system"]: record
        for record in records
        if record["task"] == "posterior" and record["case"] == CASE and "bulk_ess" in record
    }
    day = mine.get("engine", {}).get("date")
    rates = {
        name if mine[system]["date"] == day else f"{name} ({mine[system]['date']})":
        mine[system]["bulk_ess"] / mine[system]["sampling_s"]
        for system, name in NAMES.items() if system in mine
    }  # fmt: skip
    growth = [record for record in records if record["task"] == "growth" and "points" in record]
    with style.applied():
        figure, (left, right) = plt.subplots(1, 2, figsize=(style.WIDTH, 3.2))
        speed(left, rates)
        if growth:
            cost(right, growth[0])
        else:
            right.set_axis_off()
        style.save(figure, name, folder)


def speed(axes: Axes, rates: dict[str, float]) -> None:
    """Effective draws per second of each system, on a logarithmic axis."""
    names = sorted(rates, key=rates.__getitem__)
    axes.set_title(f"Effective draws per sampling second, {CASE}")
    for height, name in enumerate(names):
        colour = OURS if name == NAMES["engine"] else THEIRS
        axes.plot([rates[names[0]] / 2, rates[name]], [height, height], color=colour, linewidth=1)
        axes.plot(rates[name], height, "o", color=colour, markersize=6)
        label = f"  {name}, {rates[name]:,.0f}" if rates[name] >= 10 else f"  {name}, {rates[name]:.1f}"
        axes.text(rates[name], height, label, va="center", color=colour if colour == OURS else "#333333")
    axes.set_xscale("log")
    if names:
        axes.set_xlim(rates[names[0]] / 2, rates[names[-1]] * 30)
    axes.set_ylim(-0.6, max(len(names) - 0.4, 0.6))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("smallest bulk effective sample size, per second")


def cost(axes: Axes, record: dict[str, Any]) -> None:
    """Nanoseconds per row and gradient against rows, above the machine's limit."""
    rows = [point["rows"] for point in record["points"]]
    axes.set_title(f"Nanoseconds per row and gradient, {record['predictors']} predictors")
    lines = {"with transport and priors": ("density_ns", "--"), "row kernel": ("kernel_ns", "-")}
    for name, (field, dashes) in lines.items():
        values = [point[field] for point in record["points"]]
        axes.plot(rows, values, dashes, marker="o", markersize=4, color=OURS, label=name)
    axes.axhline(record["limit_ns"], color=style.COLOURS["observed"], linewidth=1)
    axes.annotate(
        "the machine's limit: exp, log1p and multiply-adds in cache", (rows[0], record["limit_ns"]), (0, -11),
        textcoords="offset points",
    )  # fmt: skip
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_ylim(0, 1.15 * axes.get_ylim()[1])
    axes.legend(loc="upper right", frameon=False)
    axes.set_xlabel("rows")
