"""Figures of one posterior as data."""

import numpy as np
import pytest

from data.codebook.panels import label
from models.claims.registry import OUTCOMES, REGISTRY
from reports import style
from reports.figures import posterior
from tests.fixtures.drawn import x_of

pytestmark = pytest.mark.slow


def test_effects_name_every_region_and_era(trees):
    figure = posterior.effects(trees["carter-3"])
    effects = trees["carter-3"]["bandwagon"]["posterior"]
    for axes, name in zip(figure.axes, ("region", "era"), strict=True):
        assert [tick.get_text() for tick in axes.get_yticklabels()] == effects[name].to_numpy().tolist()
        np.testing.assert_allclose(x_of(axes.lines[0]), effects[f"alpha_{name}"].median(("chain", "draw")))


def test_era_slopes_add_the_deviation_of_the_era(trees):
    figure = posterior.era_slopes(REGISTRY["ideo-1"], trees["ideo-1"])
    assert len(figure.axes) == 2
    for axes, (outcome, term) in zip(
        figure.axes, zip(OUTCOMES, ("similarity", "similarity_ally"), strict=True), strict=True
    ):
        beta = trees["ideo-1"][outcome]["posterior"]["beta"]
        dots = next(line for line in axes.lines if line.get_marker() == "o")
        last = (beta.sel(predictor=term) + beta.sel(predictor=f"{term}@2002-2015")).median()
        assert x_of(dots)[-1] == pytest.approx(float(last))
        assert axes.get_yticklabels()[-1].get_text() == "2002-2015"
        assert " ".join(axes.get_title(loc="left").split()).endswith(label(term))


def test_a_ratio_of_rates_has_its_own_density(trees):
    figure = posterior.prior_against_posterior(REGISTRY["cond-1"], trees["cond-1"])
    assert [axes.get_xlabel() for axes in figure.axes] == ["log of mean Pr(balance) / Pr(bandwagon)"]
    assert {line.get_color() for line in figure.axes[0].lines} >= {style.COLOURS["ratio"], style.COLOURS["prior"]}
