"""Verdicts and contest as data."""

import re

import numpy as np
import pytest

from inference.evidence.estimands import quadrants, slope
from inference.evidence.verdicts import SUPPORTED
from reports import gallery
from reports.figures import verdicts
from tests.fixtures.drawn import x_of

pytestmark = pytest.mark.slow


def test_the_verdicts_figure_draws_every_estimand(numbers):
    axes = verdicts.verdicts(numbers["hypotheses"]).axes[0]
    dots = [float(x_of(line)[0]) for line in axes.lines if line.get_marker() == "o"]
    grouped = [e for family in numbers["families"] for e in numbers["hypotheses"] if e["family"] == family]
    assert dots == [row["p_sign"] for entry in grouped for row in entry["estimands"]]
    assert SUPPORTED in axes.get_xticks()
    written = [text.get_text() for text in axes.texts]
    assert "Carter" in written
    said = [text for text in written if re.search("(supported|for|undecided|against|contradicted|nil|informed)$", text)]
    assert len(said) == len(dots)


def test_the_contest_writes_the_masses_of_the_quadrants(trees):
    shown = gallery.of_claims(verdicts.CONTEST, trees)
    assert shown == {"threat": "bal-1"}
    axes = verdicts.contest(trees, shown).axes[0]
    balance, bandwagon = (slope(trees["bal-1"][o], "threat") for o in ("balance", "bandwagon"))
    masses = quadrants(balance, bandwagon)
    corner = next(text.get_text() for text in axes.texts if text.get_text().startswith("bandwagoning"))
    assert corner.split("\n")[1].removeprefix("= ")[-4:] in f"{masses['bandwagoning (-,+)']:.2f} < 0.01 > 0.99"
    points = next(line for line in axes.lines if line.get_marker() == ".")
    assert len(x_of(points)) <= 2 * verdicts.POINTS
    assert np.abs(x_of(points)).max() < axes.get_xlim()[1]
