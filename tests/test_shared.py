"""Two processes share what they make: each world once, each file's tests in one process, in the order given."""

import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.conftest import FIRST, LONGEST

ROOT = Path(__file__).parents[1]
CONFTEST = """
import os
from time import sleep
import pytest
from tests.fixtures.shared import made_once

@pytest.fixture(scope="session")
def world(tmp_path_factory):
    def make(folder):
        sleep(0.5)
        (folder / "maker").write_text(os.environ["PYTEST_XDIST_WORKER"])
    return made_once(tmp_path_factory, "world", make)
"""
TESTS = """
import os
import pytest

@pytest.mark.parametrize("number", range(4))
def test(world, number):
    with open("log", "a") as log:
        print(__file__[-4], os.environ["PYTEST_XDIST_WORKER"], (world / "maker").read_text(), file=log)
"""
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.slow
def test_processes_make_a_world_once_and_keep_each_file_together(tmp_path):
    (tmp_path / "conftest.py").write_text(CONFTEST)
    for name in "abc":
        (tmp_path / f"test_{name}.py").write_text(TESTS)
    flags = MAKEFILE.split("$(RUN) pytest ")[1].split(" $(")[0].split()
    assert flags[:2] == ["-n", "2"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        *flags,
        "-o",
        f"pythonpath={ROOT}",
        f"--basetemp={tmp_path / 'base'}",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    lines = [line.split() for line in (tmp_path / "log").read_text().splitlines()]
    assert len(lines) == 12
    assert {process for _, process, _ in lines} == {"gw0", "gw1"}
    assert len({maker for *_, maker in lines}) == 1
    assert len({(file, process) for file, process, _ in lines}) == 3


def test_a_world_that_could_not_be_made_is_not_tried_again(tmp_path_factory, monkeypatch, tmp_path):
    from tests.fixtures.shared import made_once

    monkeypatch.setattr(tmp_path_factory, "getbasetemp", lambda: tmp_path)
    with pytest.raises(ZeroDivisionError):
        made_once(tmp_path_factory, "broken", lambda _: 1 / 0)
    with pytest.raises(pytest.fail.Exception, match="broken could not be made"):
        made_once(tmp_path_factory, "broken", lambda _: None)
    assert made_once(tmp_path_factory, "whole", lambda _: None) == tmp_path / "whole"


def test_no_folder_of_tests_is_passed_over(pytestconfig):
    """By default pytest looks into no folder that is called build or dist."""
    folders = {part for path in (ROOT / "tests").rglob("test_*.py") for part in path.relative_to(ROOT).parent.parts}
    assert "build" in folders
    passed_over = pytestconfig.getini("norecursedirs")
    assert not [folder for folder in folders if any(fnmatch(folder, pattern) for pattern in passed_over)]


def test_files_begin_with_the_longest_and_stay_whole(request):
    files = [item.path for item in request.session.items]
    first = list(dict.fromkeys(files))
    assert files == sorted(files, key=first.index)
    items, parts = request.session.items, []
    parts += [[path for path in first if path.name == FIRST], [path for path in first if path.name in LONGEST]]
    parts += [{item.path for item in items if "reported" in item.fixturenames}]
    parts += [{item.path for item in items if item.get_closest_marker("slow")}]
    at, seen = 0, set()
    for part in parts:
        new = set(part) - seen
        assert set(first[at : at + len(new)]) == new
        at, seen = at + len(new), seen | new
