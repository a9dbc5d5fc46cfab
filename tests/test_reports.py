"""The report as data: what it refuses, what it says, what its figures draw."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from data import schema, synthetic
from inference import archive
from models.hypotheses import OUTCOMES, REGISTRY
from reports import figures, page, style
from reports.__main__ import CURVES

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


def run(module, *arguments):
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500, check=False)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A simulated panel, the posteriors of every hypothesis on it, and a report."""
    root = tmp_path_factory.mktemp("report")
    panel = root / "panel.parquet"
    schema.write(synthetic.panel(4000, seed=5), panel)
    fitted = run("inference", "--panel", panel, "--folder", root / "posteriors")
    assert fitted.returncode == 0, fitted.stderr
    made = run("reports", "--panel", panel, "--folder", root / "posteriors", "--out", root / "build")
    assert made.returncode == 0, made.stderr
    return root


@pytest.fixture(scope="module")
def trees(world):
    return {
        h: {outcome: archive.read(f"{h}.{outcome}", world / "posteriors") for outcome in OUTCOMES} for h in REGISTRY
    }


def report(world, folder, **changes):
    options = {"panel": world / "panel.parquet", "folder": folder, "out": world / "elsewhere"} | changes
    return run("reports", *(f"--{name}={value}" for name, value in options.items()))


@pytest.fixture
def copied(world, tmp_path):
    shutil.copytree(world / "posteriors", tmp_path / "posteriors")
    return tmp_path / "posteriors"


def refused(result, *words):
    assert result.returncode == 2
    assert all(word in result.stderr for word in words), result.stderr


def test_a_missing_posterior_is_refused(world, copied):
    archive.path_of("carter-2.balance", copied).unlink()
    refused(report(world, copied), "carter-2.balance: no posterior")


def test_a_corrupted_posterior_is_refused(world, copied):
    path = archive.path_of("carter-3.bandwagon", copied)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    refused(report(world, copied), "carter-3.bandwagon.nc is corrupted")


def test_a_failed_gate_is_refused(world, copied):
    name = "carter-1.balance"
    tree = archive.read(name, copied)
    archive.path_of(name, copied).unlink()
    archive.write(tree, name, passed=False, folder=copied)
    refused(report(world, copied), "carter-1.balance: its fit failed the gate")


def test_posteriors_of_another_panel_are_refused(world, copied, tmp_path):
    schema.write(synthetic.panel(3000, seed=6), tmp_path / "other.parquet")
    refused(
        report(world, copied, panel=tmp_path / "other.parquet"),
        "carter-1.bandwagon: fitted on another panel",
        "all-in.balance",
    )
    assert not (world / "elsewhere").exists()


def test_the_same_posteriors_give_the_same_bytes(world):
    assert report(world, world / "posteriors").returncode == 0
    first = {path.name: path.read_bytes() for path in (world / "build").iterdir()}
    second = {path.name: path.read_bytes() for path in (world / "elsewhere").iterdir()}
    shutil.rmtree(world / "elsewhere")
    assert first == second


def test_every_picture_on_the_page_exists_as_svg_and_png(world):
    html = (world / "build" / "index.html").read_text()
    pictures = re.findall(r'<img src="([^"]+)" alt="[^"]+"', html)
    assert len(pictures) == html.count("<img ") > 10
    for picture in pictures:
        assert (world / "build" / picture).is_file()
        assert (world / "build" / picture).with_suffix(".png").is_file()


def test_numbers_come_from_the_archives(world, trees):
    numbers = json.loads((world / "build" / "numbers.json").read_text())
    for entry in numbers["hypotheses"]:
        for row in entry["estimands"]:
            if row["outcome"] == "delta":
                continue
            term = row["estimand"].split("[")[1].split("]")[0]
            draws = trees[entry["id"]][row["outcome"]]["posterior"]["beta"].sel(predictor=term)
            assert row["mean"] == pytest.approx(float(draws.mean()))
            assert row["low"] < row["mean"] < row["high"]
            assert row["mcse"] > 0
        for outcome, fit in entry["fits"].items():
            assert fit["fit_key"] == trees[entry["id"]][outcome].attrs["fit_key"]
            assert all(check["passed"] for check in fit["gate"])


def test_curves_draw_the_medians(trees):
    with style.applied():
        figure = figures.curves(trees, CURVES)
    for axes, (name, identifier) in zip(figure.axes, CURVES.items(), strict=True):
        for line, outcome in zip(axes.lines, OUTCOMES, strict=True):
            curve = 1000 * trees[identifier][outcome]["curves"][name].median("sample")
            np.testing.assert_allclose(line.get_ydata(), curve, rtol=1e-6)
            assert line.get_color() == style.COLOURS[outcome]
        assert axes.get_ylim()[0] == 0
        assert {text.get_text() for text in axes.texts} == {"bandwagoning", "balancing"}


def test_effects_name_every_region_and_era(trees):
    with style.applied():
        figure = figures.effects(trees["carter-3"])
    posterior = trees["carter-3"]["bandwagon"]["posterior"]
    for axes, name in zip(figure.axes, ("region", "era"), strict=True):
        assert [tick.get_text() for tick in axes.get_yticklabels()] == posterior[name].to_numpy().tolist()
        middle = posterior[f"alpha_{name}"].median(("chain", "draw"))
        np.testing.assert_allclose(axes.lines[0].get_xdata(), middle)


def test_formats_never_claim_certainty():
    probability, ratio, signed = (page.FILTERS[name] for name in ("probability", "ratio", "signed"))
    assert (probability(1.0), probability(0.0), probability(0.5)) == ("> 0.999", "< 0.001", "0.500")
    assert (ratio(None, False), ratio(0.25, False), ratio(320.0, True)) == ("\N{EN DASH}", "1/4", "> 320")
    assert (signed(-0.001, 2), signed(-1.5, 1), signed(1.5, 1)) == ("0.00", "\N{MINUS SIGN}1.5", "+1.5")


def test_names_are_escaped_and_numbers_owed(world):
    numbers = json.loads((world / "build" / "numbers.json").read_text())
    numbers["hypotheses"][0]["claim"] = "<script>alert(1)</script>"
    assert "<script>" not in page.render(numbers, rope=0.1)
    del numbers["interval"]
    with pytest.raises(Exception, match="interval"):
        page.render(numbers, rope=0.1)
