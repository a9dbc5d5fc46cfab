"""Statistics of clusters against counts by hand, and models without the grouping fail the check that is theirs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from inference.engine import sample, stream
from inference.evidence import clusters
from inference.evidence.predictions import cluster_checks, thinned
from models.design import Group
from tests.fixtures.engine_designs import changed, simulated

YEARS, STATES, AGGRESSORS = 40, 25, 30
# Of each statistic: the groupings whose absence it shows.
SHOWN_BY = {
    "variance_year": ("year",),
    "variance_state": ("state",),
    "variance_aggressor_year": ("aggressor",),
    "largest_aggressor_year": ("aggressor",),
    "longest_quiet": ("year",),
}


def test_statistics_of_a_few_rows_by_hand():
    frame = pd.DataFrame({"state": [1, 1, 2, 2, 2], "aggressor": [7, 8, 7, 7, 8], "year": [1, 2, 3, 4, 4]})
    found = clusters.statistics(np.array([[1, 0, 0, 1, 1], [0, 0, 0, 0, 0]]), frame)
    np.testing.assert_allclose(found["variance_year"], [np.var([1, 0, 0, 2]), 0])
    np.testing.assert_allclose(found["variance_state"], [np.var([1, 2]), 0])
    np.testing.assert_allclose(found["variance_aggressor_year"], [np.var([1, 0, 1, 0, 1]), 0])
    np.testing.assert_allclose(found["largest_aggressor_year"], [1, 0])
    np.testing.assert_allclose(found["longest_quiet"], [2, 4])


def test_statistics_without_the_column_are_left_out():
    frame = pd.DataFrame({"year": [1, 2]})
    assert set(clusters.statistics(np.zeros((1, 2)), frame)) == {"variance_year", "longest_quiet"}


def world(grouping, sd):
    """A design whose events cluster by one grouping, and the keys of its rows."""
    rng = np.random.default_rng(7)
    rows = 8000
    levels = {"state": STATES, "aggressor": AGGRESSORS, "year": YEARS}
    index = {name: rng.integers(0, size, rows) for name, size in levels.items()}
    effect = rng.normal(0, sd, levels[grouping])
    eta = -2.5 - 0.3 * sd**2 + (effect - effect.mean())[index[grouping]]
    design = simulated(rows=rows, predictors=1, varying=0)
    groups = dict(design.groups)
    for name, size in levels.items():
        groups[name] = Group(index[name], tuple(str(k) for k in range(size)))
    y = (rng.random(rows) < 1 / (1 + np.exp(-eta))).astype(np.int8)
    return changed(design, y=y, groups=groups), pd.DataFrame(index)


def tail(design, frame, name):
    """Share of replicates below the observed statistic."""
    posterior = sample(design, chains=2, draws=300, seed=3)["posterior"].to_dataset()
    replicates, _ = stream.by_row(design, thinned(posterior, 200), 4)
    return float(cluster_checks(design, replicates, frame)[f"p_{name}"])


@pytest.mark.slow
@pytest.mark.parametrize("name", SHOWN_BY)
def test_a_model_without_the_grouping_fails_the_check(name):
    (grouping,) = SHOWN_BY[name]
    design, frame = world(grouping, sd=2.5 if name == "longest_quiet" else 1.8)
    assert 0.02 < tail(design, frame, name) < 0.98
    without = changed(design, groups={g: group for g, group in design.groups.items() if g != grouping})
    assert tail(without, frame, name) > 0.98
