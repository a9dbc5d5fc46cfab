"""What several test files stand on: the raw files, the world they make, a small simulated panel."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from data import synthetic
from data.build.alignment import alignment, rows_at_risk
from data.period import YEARS
from data.world.grid import Grid
from data.world.sources import Raw
from data.world.world import World
from tests.fixtures.browser import browser

__all__ = ["browser"]  # a fixture

ROOT = Path(__file__).parents[1]
# Committed tables do not come with the raw files: a test that needs them names the folder or is skipped.
RAW = Path(os.environ.get("BANDWAGON_RAW") or ROOT.parent / "shared" / "data")


def pytest_collection_modifyitems(items):
    """Tests of one file run in one process, and so do all tests of the world that takes longest to make."""
    for item in items:
        group = "reported" if "reported" in item.fixturenames else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def raw_folder():
    """Folder of the raw files."""
    if not RAW.is_dir():
        pytest.skip(f"no raw files in {RAW}: set BANDWAGON_RAW to the folder that holds them")
    return RAW


@pytest.fixture(scope="session")
def world(raw_folder):
    """The world of the raw files, read once."""
    return World(Raw(raw_folder))


@pytest.fixture(scope="session")
def rows(world):
    """The dyad-years at risk under the registered coding."""
    return rows_at_risk(world)


@pytest.fixture(scope="session")
def rebuilt(world):
    """The alignment panel, built from the raw files."""
    return alignment(world)


@pytest.fixture(scope="session")
def simulated():
    """A valid panel of 3,000 rows simulated with seed 1; copy it before changing it."""
    return synthetic.panel(3_000, seed=1)


@pytest.fixture(scope="session")
def reported(tmp_path_factory):
    """A simulated world with posteriors, refits and a report made twice (see ``tests.fixtures.report_world``)."""
    from tests.fixtures.report_world import made

    return made(tmp_path_factory.mktemp("report"))


@pytest.fixture
def toy_grid():
    """Four states that are always members, none of them a major power: 2 US, 200 UK, 300 and 310."""
    states = np.array([2, 200, 300, 310])
    always = np.ones((4, YEARS), dtype=bool)
    return Grid(states, ("US", "UK", "A", "B"), always, ~always)
