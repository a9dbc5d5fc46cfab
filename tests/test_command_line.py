"""The commands as a person calls them: exit codes, sentences, and what stays untouched."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import schema, synthetic
from data.period import TRAINED_TO
from inference.archives import archive
from tests.fixtures.small_system import SMALL

ROOT = Path(__file__).parents[1]
DRAWN = ("--chains", "2", "--draws", "1500")  # R-hat of two chains needs half as many draws as that of four


def run(module, *arguments):
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def small_panel(tmp_path_factory):
    path = tmp_path_factory.mktemp("panel") / "small.parquet"
    schema.write(synthetic.panel(4000, seed=5, system=SMALL), path)
    return path


@pytest.fixture(scope="module")
def killed(small_panel, tmp_path_factory):
    """A run that was killed as soon as its first archive was there: its arguments, and the archives it has left."""
    folder = tmp_path_factory.mktemp("posteriors")
    arguments = ("--panel", str(small_panel), "--folder", str(folder), "--hypotheses", "carter-2", "--workers", "1")
    arguments += DRAWN
    process = subprocess.Popen(
        [sys.executable, "-m", "inference", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    first = archive.path_of("carter-2.bandwagon", folder)
    deadline = time.monotonic() + 120
    while not first.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return arguments, {o for o in ("bandwagon", "balance") if archive.key_of(f"carter-2.{o}", folder)}


@pytest.fixture(scope="module")
def fitted(killed):
    """The folder in which the next run has finished what the killed one began."""
    arguments, _ = killed
    result = run("inference", *arguments)
    assert result.returncode == 0, result.stderr
    return Path(arguments[3])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--hypotheses", "carter-9"), ("carter-9", "carter-1, carter-2")),
        (("--engine", "stan"), ("stan", "kernel", "nutpie")),
        (("--draws", "0"), ("--draws", "'0'", "at least 1")),
        (("--chains", "two"), ("--chains", "'two'")),
        (("--seed", "-1"), ("--seed",)),
        (("--panel", "nowhere.parquet"), ("nowhere.parquet", "make data")),
        (("--panel", "data"), ("data: no such file",)),
        (("--hypotheses", ","), ("','", "names nothing")),
        (("--draws", "1000000000"), ("--draws", "at most 100,000", "memory")),
        (("--draws", "9" * 300), ("--draws", "at most 100,000")),
        (("--draws", "1"), ("--draws", "at least 10", "convergence")),
        (("--draws", "100000", "--chains", "64"), ("64 chains of 100,000 draws", "400,000")),
        (("--workers", "100000"), ("--workers", "at most 256")),
        (("--folder", "pyproject.toml"), ("pyproject.toml", "is a file", "--folder")),
        (("--folder", "pyproject.toml/x"), ("pyproject.toml is a file", "--folder")),
    ],
)
def test_bad_arguments_get_one_sentence(command, arguments, words):
    result = command("inference", *arguments)
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert all(word in result.stderr for word in words)


@pytest.mark.parametrize(
    ("module", "arguments", "words"),
    [
        ("inference.robustness", ("--panel", "nowhere.parquet", "--part", "left-out"), ("nowhere", "make data")),
        ("inference.robustness", ("--panel", "data"), ("data: no such file",)),
        ("inference.robustness", ("--hypotheses", ","), ("names nothing",)),
        ("inference.robustness", ("--hypotheses", "ideo-5"), ("nothing to refit",)),
        ("inference.robustness", ("--workers", "0"), ("--workers", "at least 1")),
        ("inference.robustness", ("--folder", "pyproject.toml"), ("is a file",)),
        ("inference.counterfactual", ("--folder", "pyproject.toml"), ("is a file",)),
        ("inference.calibration", ("--out", "pyproject.toml"), ("is a file",)),
        ("reports", ("--hypotheses", ","), ("names nothing",)),
        ("data", ("--out", "pyproject.toml/x.parquet"), ("is a file",)),
    ],
)  # fmt: skip
def test_every_command_refuses_in_one_sentence_before_any_work(command, module, arguments, words):
    result = command(module, *arguments)
    assert result.returncode == 2
    assert result.stderr.startswith("error: ") and result.stderr.count("\n") == 1
    assert all(word in result.stderr for word in words)


def test_a_damaged_manifest_is_said_before_any_work(command, tmp_path):
    (tmp_path / "manifest.json").write_text("[]")
    result = command("inference", "--folder", tmp_path, "--hypotheses", "carter-3")
    assert result.returncode == 2
    assert (
        result.stderr.startswith(f"error: {tmp_path / 'manifest.json'} is damaged") and result.stderr.count("\n") == 1
    )
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def test_an_engine_that_is_not_installed_is_said_once_and_at_once(command, monkeypatch):
    monkeypatch.setattr("inference.__main__.find_spec", lambda _: None)
    result = command("inference", "--engine", "numpyro", "--hypotheses", "carter-3")
    assert result.returncode == 2
    assert result.stderr == f"error: engine 'numpyro' is not installed: {sys.executable} -m pip install numpyro\n"


def test_listing_imports_nothing_heavy():
    code = (
        "import sys; sys.argv = ['inference', '--list']; from inference.__main__ import main; main();"
        "print([m for m in ('numpy', 'pandas', 'xarray', 'pymc', 'arviz', 'numba') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def broken(fault, panel):  # noqa: PLR0911 (one return a fault)
    """A faulty copy of a panel, and words its message must hold."""
    frame = panel.copy()
    if fault == "missing column":
        return frame.drop(columns="bandwagon"), ("missing column bandwagon",)
    if fault == "extra column":
        return frame.assign(more=1), ("unknown column more",)
    if fault == "twice":
        return pd.concat([frame, frame.iloc[[3]]]), ("row 4000", "more than once")
    if fault == "no event":
        return frame.assign(bandwagon=np.int8(0)), ("bandwagon", "no event")
    if fault == "empty group":
        return frame[frame["region"] != "South Asia"], ("region", "South Asia", "has no row")
    if fault == "own aggressor":
        return frame.assign(aggressor=frame["state"]), ("row 0", "its own aggressor")
    if fault == "unknown region":
        frame["region"] = frame["region"].astype(str).where(frame.index != 6, "Atlantis")
        return frame, ("region", "row 6", "Atlantis")
    column, value = {
        "NaN": ("threat", np.nan), "infinity": ("capacity", np.inf),
        "outcome": ("bandwagon", 2.0), "year": ("year", 2031.0),
    }[fault]  # fmt: skip
    frame[column] = frame[column].astype(float).where(frame.index != 6, value)
    return frame, (column, "row 6", str(value))


FAULTS = (
    "missing column", "extra column", "twice", "own aggressor", "NaN", "infinity", "outcome", "unknown region",
    "year", "empty group", "no event",
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_panels_touch_nothing(command, fault, small_panel, fitted, tmp_path):
    frame, words = broken(fault, pd.read_parquet(small_panel))
    frame.to_parquet(tmp_path / "bad.parquet", index=False)
    before = {path: path.read_bytes() for path in fitted.iterdir()}
    result = command("inference", "--panel", tmp_path / "bad.parquet", "--folder", fitted, "--hypotheses", "carter-2")
    assert result.returncode == 2
    assert result.stderr.startswith("error: ") and result.stderr.count("\n") == 1
    assert all(word in result.stderr for word in words), result.stderr
    assert {path: path.read_bytes() for path in fitted.iterdir()} == before


@pytest.mark.parametrize("content", ["not parquet", "cut short"])
def test_unreadable_panels(command, content, small_panel, fitted, tmp_path):
    whole = small_panel.read_bytes()
    (tmp_path / "bad.parquet").write_bytes(b"a,b\n1,2\n" if content == "not parquet" else whole[: len(whole) // 2])
    result = command("inference", "--panel", tmp_path / "bad.parquet", "--folder", fitted)
    assert result.returncode == 2
    assert "not a readable parquet file" in result.stderr


def test_what_is_fitted_is_not_fitted_again(command, small_panel, fitted):
    times = {path: path.stat().st_mtime_ns for path in fitted.iterdir()}
    assert {f"carter-2.{outcome}.nc" for outcome in ("bandwagon", "balance")} <= {path.name for path in times}
    arguments = ("--panel", small_panel, "--folder", fitted, "--hypotheses", "carter-2", *DRAWN)
    again = command("inference", *arguments)
    assert again.returncode == 0
    assert "1 of 1 posteriors are already there" in again.stdout
    assert {path: path.stat().st_mtime_ns for path in fitted.iterdir()} == times


def test_archives_describe_themselves(fitted):
    tree = archive.read("carter-2.bandwagon", fitted)
    assert {"posterior", "prior", "sample_stats", "observed_data", "constant_data", "contrasts", "loo_treaty"} <= set(
        tree.children
    )
    assert tree["posterior"]["beta"].dims == ("chain", "draw", "predictor")
    assert tree["posterior"]["alpha_region"].dims == ("chain", "draw", "region")
    assert tree["observed_data"]["y"].size == (tree["constant_data"]["obs_year"] <= TRAINED_TO).sum() > 3500
    assert tree["observed_data"]["y"].size + int(archive.group(tree, "holdout")["rows"]) == 4000
    assert tree["observed_data"]["y"].to_numpy().sum() == tree.attrs["events"]
    for name in ("claim", "outcome", "seed", "versions", "panel_sha256", "code_sha256", "revision", "priors"):
        assert str(tree.attrs[name])


def test_a_killed_run_is_finished_by_the_next(killed, fitted):
    assert "balance" not in killed[1]
    for outcome in ("bandwagon", "balance"):
        archive.read(f"carter-2.{outcome}", fitted)


def test_a_failed_gate_exits_nonzero_and_is_kept_aside(command, small_panel, tmp_path):
    arguments = ("--panel", small_panel, "--folder", tmp_path, "--hypotheses", "carter-2", "--workers", 1)
    result = command("inference", *arguments, "--chains", 2, "--draws", 20)
    assert result.returncode == 1
    assert "carter-2 failed its gate, kept aside as carter-2.bandwagon.failed.nc: " in result.stderr
    assert "ESS" in result.stderr
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept >= {f"carter-2.{outcome}.failed.nc" for outcome in ("bandwagon", "balance")}
    assert not any(archive.path_of(f"carter-2.{outcome}", tmp_path).exists() for outcome in ("bandwagon", "balance"))
