"""What several test files stand on: the raw files, the world they make, a small simulated panel."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import synthetic
from data.build.alignment import alignment, rows_at_risk
from data.build.informal import informal
from data.period import YEARS
from data.world.grid import Grid
from data.world.sources import Raw
from data.world.world import World
from inference.fleet import work
from inference.fleet.worker import call
from tests.fixtures.browser import browser
from tests.fixtures.shared import made_once, shared_out

__all__ = ["browser"]  # a fixture

ROOT = Path(__file__).parents[1]
# Committed tables do not come with the raw files: a test that needs them names the folder or is skipped.
RAW = Path(os.environ.get("BANDWAGON_RAW") or ROOT.parent / "shared" / "data")


FIRST = "test_all_figures.py"  # makes the world that takes longest, which nobody else should wait for
# Half a minute and more each: the last file to begin must be a short one.
LONGEST = {
    "test_brief.py", "test_contents.py", "test_cases.py", "test_robustness.py", "test_effect_recovery.py",
    "test_registered.py", "test_tables.py",
}  # fmt: skip

DRAWING = {"inference", "brief", "benchmarks"}  # folders of tests that draw posteriors


@pytest.hookimpl(trylast=True)  # of the tests that are left when the campaign is deselected
def pytest_collection_modifyitems(items):
    """Order files: the one that makes the largest world, the longest, others of that world, slow ones, the rest.

    Of two processes that take file after file in this order (see `make test`), one makes that world while the other
    does what needs none, and both end at about the same time.
    """
    rank: dict[Path, int] = {}
    for item in items:
        early = 0 if item.path.name == FIRST else 1 if item.path.name in LONGEST else 2
        own = early if early < 2 or "reported" in item.fixturenames else 3 if item.get_closest_marker("slow") else 4
        rank[item.path] = min(own, rank.get(item.path, own))
    items.sort(key=lambda item: rank[item.path])


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
def rebuilt(world, tmp_path_factory):
    """The alignment panel, built from the raw files."""
    folder = made_once(tmp_path_factory, "rebuilt", lambda root: alignment(world).to_parquet(root / "panel.parquet"))
    return pd.read_parquet(folder / "panel.parquet")


@pytest.fixture(scope="session")
def informal_rebuilt(world, tmp_path_factory):
    """The panel of alignment without a treaty, built from the raw files and not yet validated; not to be changed."""
    folder = made_once(tmp_path_factory, "informal", lambda root: informal(world).to_parquet(root / "panel.parquet"))
    return pd.read_parquet(folder / "panel.parquet")


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """The engine's compiled code, of which each process of the run makes a part where none is kept from before."""
    for parts in work.BEFORE:
        shared_out(tmp_path_factory, {name.replace(":", "."): partial(call, name) for name in parts})


@pytest.fixture(autouse=True)
def _engine(request):
    """Tests that may draw a posterior begin when the engine is compiled: two at a time would each compile all of it."""
    if request.node.get_closest_marker("slow") and DRAWING & set(request.node.path.parts):
        request.getfixturevalue("compiled")


@pytest.fixture(scope="session")
def simulated():
    """A valid panel of 3,000 rows simulated with seed 1; copy it before changing it."""
    return synthetic.panel(3_000, seed=1)


@pytest.fixture(scope="session")
def reported(request, tmp_path_factory):
    """A simulated world with posteriors, refits and a report (see ``tests.fixtures.report_world``)."""
    from tests.fixtures import report_world

    request.getfixturevalue("compiled")
    return made_once(tmp_path_factory, "report", report_world.made)


@pytest.fixture
def command(monkeypatch, capsys):
    """A function that runs a command, as ``python -m`` would, in this process: its exit code, output and errors."""

    def run(module: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", [module, *map(str, arguments)])
        capsys.readouterr()
        try:
            code = import_module(f"{module}.__main__").main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return subprocess.CompletedProcess(sys.argv, code, said.out, said.err)

    return run


@pytest.fixture
def toy_grid():
    """Four states that are always members, none of them a major power: 2 US, 200 UK, 300 and 310."""
    states = np.array([2, 200, 300, 310])
    always = np.ones((4, YEARS), dtype=bool)
    return Grid(states, ("US", "UK", "A", "B"), always, ~always)
