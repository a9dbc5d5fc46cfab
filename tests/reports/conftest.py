"""The simulated report that the tests read: its pages, its numbers, and what they were made from."""

import json

import pytest

from models.claims.registry import get
from reports.numbers import archived, refits
from tests.fixtures.report_world import ASKED


@pytest.fixture(scope="session")
def build(reported):
    """Folder of the report."""
    return reported / "build"


@pytest.fixture(scope="session")
def numbers(build):
    """Its numbers.json; not to be changed."""
    return json.loads((build / "numbers.json").read_text())


@pytest.fixture(scope="session")
def trees(reported):
    """The archives that it was made from, by claim and outcome."""
    return archived.load(get(ASKED), reported / "panel.parquet", reported / "posteriors")


@pytest.fixture(scope="session")
def tables(reported):
    """The tables of its refits."""
    return refits.read(reported / "refits")
