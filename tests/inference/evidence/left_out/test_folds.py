"""Every row is in one cluster; a treaty's cluster holds its members' rows of the year, in the registered panel too."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from inference import panels
from inference.evidence.left_out import folds

PANEL = Path(__file__).parents[4] / "data" / "panels" / "alignment.parquet"
NATO, RIO = 3180, 3130  # ATOP's ids


def test_treaties_join_the_rows_of_their_members_and_what_these_share():
    frame = pd.DataFrame({
        "state": [1, 1, 2, 2, 3, 3, 3],
        "aggressor": [8, 9, 8, 9, 8, 8, 9],
        "year": [1950, 1950, 1950, 1951, 1950, 1951, 1951],
        "treaty": pd.array([10, None, None, None, None, None, None], "Int32"),
        "balance_treaty": pd.array([None, 11, 11, None, None, None, None], "Int32"),
    })  # fmt: skip
    found = folds.of_panel("alignment", frame)["treaty"]
    labels = [found.labels[i] for i in found.cluster]
    assert labels == ["treaty 10", "treaty 10", "treaty 10", "2-1951", "3-1950", "3-1951", "3-1951"]
    by_year = folds.of_panel("alignment", frame)["aggressor_year"]
    assert [by_year.labels[i] for i in by_year.cluster] == [
        "8-1950", "9-1950", "8-1950", "9-1951", "8-1950", "8-1951", "9-1951",
    ]  # fmt: skip


def test_the_north_atlantic_treaty_is_one_cluster_with_the_rows_of_its_members_that_have_no_event():
    frame = panels.read("alignment", PANEL)
    found = folds.of_panel("alignment", frame)["treaty"]
    events = frame["balance_treaty"].eq(NATO).fillna(value=False).to_numpy(bool)
    founded = events & (frame["year"] == 1949).to_numpy()
    (cluster,) = np.unique(found.cluster[events])
    assert found.labels[cluster] == f"treaty {NATO}"
    inside = frame[(found.cluster == cluster) & (frame["year"] == 1949).to_numpy()]
    members = set(frame["state"][founded])
    assert {210, 211, 390, 395} <= members  # the Netherlands, Belgium, Denmark, Iceland
    everything = frame[frame["state"].isin(members) & (frame["year"] == 1949)]
    assert set(inside.index) == set(everything.index)
    without = (found.cluster == cluster) & (frame[["bandwagon", "balance"]].sum(axis=1) == 0).to_numpy()
    assert without.sum() >= 10  # of later members, in the years in which they joined


@pytest.mark.parametrize("panel", folds.CLUSTERINGS)
def test_every_row_of_every_panel_is_in_one_named_cluster(panel):
    frame = panels.read(panel, PANEL)
    for found in folds.of_panel(panel, frame).values():
        assert found.cluster.shape == (len(frame),)
        assert set(found.cluster) == set(range(len(found.labels)))
        assert len(set(found.labels)) == len(found.labels)
