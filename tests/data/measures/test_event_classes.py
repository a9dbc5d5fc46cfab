"""The class of a decision: famous cases by name, each with the source of what it was, and the order of the rules."""

import pytest

from data.build.events import decisions
from data.codings import CLASSES, NO_ALIGNMENT
from data.famous import FAMOUS, STILL_WRONG
from data.measures.event_classes import RULES


@pytest.fixture(scope="module")
def counted(world):
    """Bandwagoning decisions under the registered coding, by state, partner and year."""
    table = decisions(world)
    return table[table["outcome"] == "bandwagon"].set_index(["state", "partner", "year"])["class"]


@pytest.mark.parametrize(("name", "state", "partner", "year", "expected", "source"), FAMOUS)
def test_famous_cases(counted, name, state, partner, year, expected, source):
    assert counted.loc[[(state, partner, year)]].tolist() == [expected], f"{name} ({source})"


@pytest.mark.parametrize("case", STILL_WRONG, ids=lambda case: case.name)
def test_cases_that_the_rules_still_get_wrong(counted, case):
    assert counted.loc[[(case.state, case.partner, case.year)]].tolist() == [case.given], f"{case.name} ({case.source})"
    assert case.given != case.right


def test_famous_cases_cover_the_classes_and_two_centuries():
    assert len(FAMOUS) >= 25
    assert {case.right for case in FAMOUS} == {*CLASSES} - {"other"}
    years = [case.year for case in FAMOUS]
    assert min(years) < 1835
    assert max(years) > 1995


def test_every_class_has_a_rule_and_those_that_are_none_come_first_but_for_communiques():
    assert set(RULES) == {*CLASSES} - {"other"}
    assert set(NO_ALIGNMENT) < set(RULES)
    assert CLASSES[:3] == NO_ALIGNMENT[:3]
