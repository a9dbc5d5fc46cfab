"""``python -m data``: which panels it builds, and what it says of arguments that make no sense."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from data import schema
from data.__main__ import _names, _parser
from tests.data.build.test_alignment import differences

ROOT = Path(__file__).parents[2]
PANELS = ROOT / "data" / "panels"


def run(*arguments):
    command = [sys.executable, "-m", "data", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_the_command_simulates_a_panel_that_reads_back(tmp_path):
    out = tmp_path / "toy.parquet"
    done = run("--simulate", 4000, "--seed", 3, "--out", out)
    assert done.returncode == 0, done.stderr
    assert len(schema.read(out)) == 4000
    assert pd.read_csv(out.with_suffix(".coverage.csv"))["rows"].sum() > 0
    assert "bandwagon" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["--raw", "nowhere"], ["error: ", "not found in nowhere", "sha256"]),
        (["--raw", "nowhere", "--coding", "weak=tiny"], ["error: coding weak='tiny'", "weaker, small, dwarfed"]),
        (["--raw", "nowhere", "--coding", "mood=good"], ["error: unknown coding 'mood'", "aggressor, bandwagon"]),
        (["--raw", "nowhere", "--coding", "weak=small+window=5", "mood=x"], ["error: unknown coding 'mood'"]),
        (["--raw", "nowhere", "--coding", "weak=small+window=4"], ["error: coding window='4'", "10, 5, 15"]),
        (["--simulate", "0"], ["error: rows=0", "choose between"]),
    ],
)
def test_the_command_says_what_is_wrong_in_one_sentence_and_leaves_2(command, tmp_path, arguments, parts):
    done = command("data", *arguments, "--out", tmp_path / "panel.parquet")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert [part for part in parts if part not in done.stderr] == []
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ([], ["alignment", "informal", "termination", "joining", "state", "pacts"]),
        (["--raw", "somewhere"], ["alignment", "informal", "termination", "joining", "state", "pacts"]),
        (["--panel", "state"], ["state"]),
        (["--panel", "state", "--out", "x.parquet"], ["state"]),
        (["--out", "x.parquet"], ["alignment"]),
        (["--coding", "weak=small"], ["alignment"]),
        (["--coding", "weak=small+window=5"], ["alignment"]),
        (["--simulate", "4000"], ["alignment"]),
    ],
)
def test_the_command_builds_all_panels_unless_asked_for_one(arguments, names):
    assert _names(_parser().parse_args(arguments)) == names


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (
            ["--panel", "weather"],
            "unknown panel 'weather': choose from alignment, informal, termination, joining, state, pacts",
        ),
        (
            ["--panel", "placebo"],
            "unknown panel 'placebo': choose from alignment, informal, termination, joining, state, pacts",
        ),
        (
            ["--panel", "state", "--coding", "weak=small"],
            "--coding is for the panels alignment, informal, pacts, not for 'state'",
        ),
        (["--panel", "joining", "--simulate", "4000"], "--simulate is for the alignment panel, not for 'joining'"),
    ],
)
def test_the_command_refuses_what_makes_no_sense_in_one_sentence(command, tmp_path, arguments, part):
    done = command("data", "--raw", "nowhere", *arguments, "--out", tmp_path / "panel.parquet")
    assert done.returncode == 2
    assert done.stderr == f"error: {part}\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("state", ["--panel", "state"]),
        pytest.param("alignment", [], marks=pytest.mark.campaign),  # which `test_alignment` builds in every run
    ],
)
def test_the_command_builds_the_committed_panel(raw_folder, tmp_path, name, arguments):
    out = tmp_path / "panel.parquet"
    done = run("--raw", raw_folder, *arguments, "--out", out)
    assert done.returncode == 0, done.stderr
    panel = schema.read(PANELS / f"{name}.parquet", name)
    assert differences(schema.read(out, name), panel) == {}
    assert name == "alignment" or done.stdout.startswith(f"{name}: {len(panel):,} rows\n")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["panel.coverage.csv", "panel.parquet"]
