"""Coverage counts the rows of a claim."""

import pytest

from data import schema
from data.codebook.panels import label
from inference import panels
from models.claims.registry import REGISTRY
from models.terms import needed
from reports.numbers import sample

pytestmark = pytest.mark.slow


def test_coverage_counts_the_rows_of_the_claim():
    panel, hypothesis = schema.read(panels.PANEL, "alignment"), REGISTRY["bal-4"]
    found, rows = sample.collect(hypothesis, panels.PANEL), panel.iloc[hypothesis.sample(panel)]
    assert sum(found.rows) == len(rows)
    gap = next(column for column in found.columns if column.column == "offence")
    assert sum(gap.lost) == rows["offence"].isna().sum() > 0
    assert gap.label == label("offence")
    assert {*found.complete, *(column.column for column in found.columns)} == set(needed(hypothesis.terms))
