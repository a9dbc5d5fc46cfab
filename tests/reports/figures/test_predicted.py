"""Predicted rates as data."""

import numpy as np
import pytest

from models.claims.registry import OUTCOMES
from reports import style
from reports.figures import predicted
from tests.fixtures.drawn import y_of

pytestmark = pytest.mark.slow
CURVES = {"proximity": "carter-2", "duress": "carter-3"}


def test_curves_draw_the_medians(trees):
    figure = predicted.curves(trees, CURVES)
    for axes, (name, identifier) in zip(figure.axes, CURVES.items(), strict=True):
        for line, outcome in zip(axes.lines, OUTCOMES, strict=True):
            curve = 1000 * trees[identifier][outcome]["curves"][name].median("sample")
            np.testing.assert_allclose(y_of(line), curve, rtol=1e-6)
            assert line.get_color() == style.COLOURS[outcome]
        assert axes.get_ylim()[0] == 0
        assert {text.get_text() for text in axes.texts} == {"bandwagoning", "balancing"}
