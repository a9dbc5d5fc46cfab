"""The environment is what the lock says, and the Makefile offers what the commands take."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PINNED = {name.lower(): pin for name, pin in re.findall(r"^([\w.-]+)==(\S+)", LOCK, re.MULTILINE)}
needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")


def required():
    extra = PROJECT["optional-dependencies"]
    return [Requirement(text) for text in (*PROJECT["dependencies"], *extra["dev"])]


@pytest.mark.parametrize("requirement", required(), ids=lambda requirement: requirement.name)
def test_every_requirement_is_pinned_within_its_range_and_installed_as_pinned(requirement):
    pin = PINNED[requirement.name.lower()]
    assert requirement.specifier.contains(pin)
    assert version(requirement.name) == pin


def test_every_pin_carries_hashes_and_no_address():
    blocks = re.split(r"^(?=\S+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(PINNED) > 30
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCK


def test_optional_engines_stay_out_of_the_lock():
    assert "numpyro" in PROJECT["optional-dependencies"]
    assert not {"numpyro", "jax", "jaxlib"} & set(PINNED)


def test_the_named_interpreter_is_one_that_the_project_takes():
    named = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    assert named == "3.13"
    assert PROJECT["requires-python"] == ">=3.12"
    assert sys.version_info >= (3, 12)


VARIABLES = re.findall(r"^([A-Z]+) \?=", MAKEFILE, re.MULTILINE)


def make(*arguments):
    """A run of make that knows nothing of the one that may have started the tests."""
    known = {key: value for key, value in os.environ.items() if key not in VARIABLES and not key.startswith("M")}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True, timeout=60, check=False)


@needs_make
def test_help_explains_every_target_and_every_variable():
    text = make("help").stdout
    targets = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert targets is not None
    for target in targets[1].split():
        assert re.search(rf"^  {target} +\S", text, re.MULTILINE), target
    for variable in VARIABLES:
        assert re.search(rf"^  {variable} +\S", text, re.MULTILINE), variable


@needs_make
def test_variables_become_flags_and_unset_ones_nothing():
    assert re.search(r"-m inference *$", make("-n", "fit").stdout, re.MULTILINE)
    text = make("-n", "fit", "HYPOTHESES=carter-1 carter-3", "DRAWS=50", "CHAINS=2", "SEED=7", "ENGINE=pymc").stdout
    for flag in ("--hypotheses 'carter-1 carter-3'", "--draws '50'", "--chains '2'", "--seed '7'", "--engine 'pymc'"):
        assert flag in text
    assert "--raw '../shared/data'" in make("-n", "data", "RAW=../shared/data").stdout


@needs_make
@pytest.mark.parametrize(
    "name", ["Mali's panel.parquet", "cost$5.parquet", "$(shell false) `false`.parquet", "two  spaces"]
)
def test_a_value_reaches_python_as_it_was_given(name):
    command = make("-n", "fit", f"PANEL={name}").stdout
    assert shlex.split(command)[-2:] == ["--panel", name]


@needs_make
def test_every_flag_of_the_makefile_is_one_that_the_command_takes():
    values = [f"{name}=1" for name in VARIABLES if name != "PYTHON"]
    for target in ("data", "fit", "report"):
        command = re.search(r"-m (data|inference|reports) (.*)", make("-n", target, *values).stdout)
        assert command is not None
        done = subprocess.run(
            [sys.executable, "-m", command[1], "--help"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        flags = re.findall(r"--\w+", command[2])
        assert flags
        assert set(flags) <= set(re.findall(r"--\w+", done.stdout)), target


@needs_make
def test_without_an_interpreter_one_sentence_says_what_is_needed(tmp_path):
    """In an empty checkout whose candidates all fail, as a shim without its version does."""
    for name in ("Makefile", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    shims = tmp_path / "shims"
    shims.mkdir()
    for name in ("python", "python3", "python3.12", "python3.13", "old"):
        (shims / name).write_text("#!/bin/sh\nexit 127\n")
        (shims / name).chmod(0o755)
    tools = {Path(found).parent for tool in ("make", "sh", "sed") if (found := shutil.which(tool))}
    path = os.pathsep.join(map(str, (shims, *tools)))
    arguments = [f"CANDIDATES={shims}/python3.13 {shims}/python3", f"PYTHON={shims}/old"]
    done = subprocess.run(
        ["make", "-C", str(tmp_path), "env", *arguments],
        env={"PATH": path}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    first, second, *_ = done.stderr.splitlines()
    assert first.startswith(f"PYTHON={shims}/old does not run")
    assert second.startswith("error: Python 3.12 or later")
    assert "make PYTHON=" in second
    assert not (tmp_path / ".venv").exists()
