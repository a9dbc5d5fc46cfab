"""Changes of the simulation undone: each does what it says and nothing else."""

import numpy as np
import pytest

from inference import panels
from inference.robustness.undone import UNDONE
from models.claims.links import ALIGNMENT
from models.claims.registry import OUTCOMES

REGISTERED = ALIGNMENT.equation(OUTCOMES[0])


def equation(name):
    last = UNDONE[name].last(ALIGNMENT)
    return UNDONE[name].equation(last.equation(OUTCOMES[0]))


def test_income_and_democracy_are_out_of_one_equation_and_in_the_others():
    assert set(REGISTERED.terms) - set(equation("income-out").terms) == {"income_lag5", "democracy_lag5"}
    for name in ("all-years", "further-back", "scores-held", "risk-set-held"):
        assert equation(name) == REGISTERED


def test_in_the_first_version_capacity_is_adjusted_for():
    first = equation("first-version")
    assert "capacity" in first.adjustment
    assert "capacity" not in first.exposures
    assert {"duress", "duress:threat"} <= set(first.exposures)
    assert not {"income_lag5", "democracy_lag5"} & set(first.terms)


def test_capacity_further_back_is_that_of_five_years_before():
    frame = panels.read("alignment", panels.PANEL)
    moved = UNDONE["further-back"].frame(frame)
    for name in ("capacity", "capacity_sd"):
        np.testing.assert_array_equal(moved[name], frame[f"{name}_lag5"])
    assert (moved["capacity"] != frame["capacity"]).any()
    assert UNDONE["scores-held"].frame(frame) is frame


@pytest.mark.parametrize("name", UNDONE)
def test_what_follows_the_simulation_is_held_where_it_says_so(name):
    held = {"risk-set-held", "first-version"}
    assert UNDONE[name].pacts == (name not in held)
