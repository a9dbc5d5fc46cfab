"""Figures of the checks as data."""

import pytest

from reports.figures import checks
from tests.fixtures.report_world import FITTED

pytestmark = pytest.mark.slow


def test_prior_bands_and_calibration_cover_every_model(trees):
    models = {name: trees[name] for name in FITTED.split()}
    figure = checks.prior_predictive(models)
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()] == list(models)
    assert [axes.get_title(loc="left") for axes in checks.calibration(models).axes[: len(models)]] == list(models)
