"""Figures are drawn in the report's style and closed after each test."""

import pytest

from reports import style


@pytest.fixture(autouse=True)
def _styled():
    import matplotlib.pyplot as plt

    with style.applied():
        yield
    plt.close("all")
