"""One style for every figure: colours by concept, sizes, and reproducible files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito (2008), and of Tol (2021) the last five: told apart under the common forms of colour blindness.
# One colour, one concept.
COLOURS = {
    "bandwagon": "#D55E00",
    "balance": "#0072B2",
    "delta": "#009E73",
    "prior": "#8A8A8A",
    "observed": "#111111",
    "dissolved": "#AA4499",
    "with_stronger": "#7F7A12",
    "ratio": "#332288",
    "military_support": "#882255",
    "defence_agreement": "#117733",
}
# Statistics of what rows share, in words.
CLUSTERS = {
    "variance_year": "variance of events per year",
    "variance_state": "variance per state",
    "variance_aggressor_year": "variance per aggressor and year",
    "largest_aggressor_year": "most events of an aggressor in a year",
    "longest_quiet": "longest run of years without one",
}
NAMES = {
    "bandwagon": "bandwagoning",
    "balance": "balancing",
    "delta": "bandwagoning less balancing",
    "dissolved": "dissolution",
    "with_stronger": "joining the stronger side",
    "ratio": "balancing over bandwagoning",
    "military_support": "military support",
    "defence_agreement": "defence agreement",
}
# What a row of a panel is, and what its outcomes are called in a count.
UNITS = {
    "alignment": "dyad-years",
    "informal": "dyad-years",
    "termination": "member-years",
    "siding": "states that join a war",
}
EVENTS = {
    "bandwagon": "with bandwagoning",
    "balance": "with balancing",
    "dissolved": "in which the alliance dissolves",
    "with_stronger": "in which the state joins the stronger side",
    "military_support": "in which the aggressor begins to support the government",
    "defence_agreement": "in which the two sign a defence agreement",
}
LINE = "#444444"  # zero lines, diagonals
MUTE = "#5C5C5C"
SHADE = "#EFEFEF"
SHADE_DARK = "#D0D0D0"
WIDTH = 9.0  # inches

RC: dict[Any, Any] = {
    "figure.dpi": 100,
    "savefig.dpi": 150,
    "figure.constrained_layout.use": True,
    "figure.max_open_warning": 0,
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "svg.hashsalt": "bandwagon",
    "svg.fonttype": "none",
    "text.parse_math": False,  # a dollar in a name is a dollar
}


@contextmanager
def applied() -> Iterator[None]:
    """Matplotlib without a display and with this style."""
    import matplotlib as mpl

    mpl.use("Agg")
    with mpl.rc_context(RC):
        yield


def save(figure: Figure, name: str, folder: Path, *, pixels: bool = True, draft: bool = False) -> tuple[float, float]:
    """Write ``<name>.svg`` and, for ``pixels``, ``<name>.png``, marked if of a draft; returns width, height in inches.

    The same figure gives the same bytes.
    """
    import matplotlib.pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    if draft:
        figure.text(0.5, 0.5, "DRAFT", fontsize=64, color=MUTE, alpha=0.22, rotation=25, ha="center", va="center")
    if pixels:
        figure.savefig(folder / f"{name}.png", metadata={"Software": None}, pil_kwargs={"compress_level": 1})
        figure.set_layout_engine("none")  # laid out once, not again for each file
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})
    width, height = map(float, figure.get_size_inches())
    plt.close(figure)
    return width, height
