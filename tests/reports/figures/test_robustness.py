"""Figures of the refits as data."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection

from data.groups import ERAS, REGIONS
from inference.robustness.specifications import specifications
from models.claims.registry import REGISTRY
from reports.figures import robustness
from reports.numbers import refits
from tests.fixtures.drawn import x_of, y_of

pytestmark = pytest.mark.slow


def test_the_specification_curve_marks_the_registered_coding(tables):
    mine = refits.of_claim(tables, "specification", "carter-2")
    assert mine is not None
    figure = robustness.specification_curve(REGISTRY["carter-2"], mine)
    upper, lower = figure.axes[0], figure.axes[2]
    mine = mine[mine["index"] == 0].sort_values("mean").reset_index(drop=True)
    dots, marked = (next(line for line in upper.lines if line.get_marker() == m) for m in ("o", "D"))
    np.testing.assert_allclose(y_of(dots), mine["mean"])
    assert list(x_of(marked)) == [mine.index[mine["changes"] == 0][0]]
    intervals = next(part for part in upper.collections if isinstance(part, LineCollection))
    segments = intervals.get_segments()
    np.testing.assert_allclose([s[1][1] - s[0][1] for s in segments], 2 * refits.INTERVAL_SDS * mine["sd"])
    assert f"99 % of {len(specifications('alignment'))} codings agree" in upper.get_title(loc="left")
    names = [tick.get_text() for tick in lower.get_yticklabels()]
    at = dict(zip(names, [list(x_of(line)) for line in lower.lines], strict=True))
    assert at["weak: small"] == [k for k, words in enumerate(mine["specification"]) if "weak=small" in words]


def test_the_specification_curve_says_where_it_lies_among_permuted_ones(tables):
    curve = refits.of_claim(tables, "specification", "carter-2")
    assert curve is not None
    planted = {"share": 0.035, "mcse": 0.013, "permutations": 200, "codings": 41}
    figure = robustness.specification_curve(REGISTRY["carter-2"], curve, [planted, None])
    assert figure.axes[0].get_title(loc="left").endswith("\n4 % \N{PLUS-MINUS SIGN} 1 % of 200 permuted reach it")
    assert "permuted" not in figure.axes[1].get_title(loc="left")


def test_what_is_left_out_is_named_as_readers_know_it(tables):
    mine = refits.of_claim(tables, "left_out", "carter-2")
    assert mine is not None
    figure = robustness.left_out(REGISTRY["carter-2"], mine, [(0.5, 0.1), (0.4, 0.1)])
    names = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    assert names == [*REGIONS, *ERAS, "Russia", "state 947"]
    dots = next(line for line in figure.axes[1].lines if line.get_marker() == "o")
    np.testing.assert_allclose(x_of(dots), mine[mine["index"] == 1]["mean"])
