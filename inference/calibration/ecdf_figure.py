"""The figure of a calibration: by how much the ECDF of each quantity's ranks differs from the uniform one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from inference.calibration import ranks, study
from inference.calibration.cases import BINS, LEVEL, Case

COLUMNS = 8


def differences(case: Case) -> dict[str, ranks.Float]:
    """ECDF of the ranks less the uniform one (point,), by quantity, in i / `BINS` for 0 < i < `BINS`."""
    z = np.arange(1, BINS) / BINS
    return {name: ranks.counts(value, study.DRAWS, BINS) / value.size - z for name, value in case.ranks.items()}


def draw(case: Case) -> Figure:
    """ECDF differences of all quantities with the simultaneous band of one quantity and of all."""
    n, z = len(next(iter(case.ranks.values()))), np.arange(1, BINS) / BINS
    rows = -(-len(case.ranks) // COLUMNS)
    figure = Figure(figsize=(2.4 * COLUMNS, 1.9 * rows), layout="constrained")
    axes = figure.subplots(rows, COLUMNS, sharex=True, sharey=True, squeeze=False).ravel()
    bands = [ranks.band(n, BINS, level) for level in (case.family_level, LEVEL)]
    for ax, (name, difference) in zip(axes, differences(case).items(), strict=False):
        for (low, high), shade in zip(bands, ("0.93", "0.85"), strict=True):
            ax.fill_between(z, low / n - z, high / n - z, color=shade, linewidth=0, step="mid")
        ax.plot(z, difference, color="black", linewidth=1, drawstyle="steps-mid")
        ax.set_title(name, fontsize=8)
        ax.tick_params(labelsize=8)
    for ax in axes[len(case.ranks) :]:
        ax.set_axis_off()
    figure.supxlabel("rank of the truth, as a share", fontsize=9)
    figure.supylabel("ECDF less uniform", fontsize=9)
    return figure


def write(case: Case, path: Path) -> None:
    """Draw ``case`` to a file."""
    draw(case).savefig(path, dpi=120)
