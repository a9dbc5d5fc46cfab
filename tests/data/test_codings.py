"""Codings are values with one text form, and the risk sets and outcomes of all of them nest as they should."""

from dataclasses import FrozenInstanceError
from itertools import combinations, product
from typing import Any, cast

import pytest

from data.build.alignment import rows_at_risk
from data.codings import CHOICES, REGISTERED, REVISION_1, Coding
from data.measures.measure import Sample
from data.measures.outcomes import balance

RISK = [Coding.parse(f"{name}={value}") for name in ("aggressor", "weak", "window") for value in CHOICES[name][1:]]


def test_a_coding_is_a_frozen_value_and_says_what_it_changes():
    assert Coding() == REGISTERED
    assert {name: values[0] for name, values in CHOICES.items()} == vars(REGISTERED)
    assert str(REGISTERED) == "registered"
    assert str(Coding(weak="small", window=5)) == "weak=small+window=5"
    with pytest.raises(FrozenInstanceError):
        setattr(REGISTERED, "window", 5)  # noqa: B010 (an assignment is refused by the type checker already)


def test_the_text_of_a_coding_returns_it():
    """Every choice of every pair of dimensions, and revision 1, whose text changes many."""
    for names in combinations(CHOICES, 2):
        for choices in product(*(CHOICES[name] for name in names)):
            coding = Coding.changed(dict(zip(names, choices, strict=True)))
            assert Coding.parse(str(coding)) == coding
    assert Coding.parse(str(REVISION_1)) == REVISION_1 != REGISTERED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("weak=tiny", "coding weak='tiny': choose from weaker, small, dwarfed"),
        ("size=small", "unknown coding 'size': choose from aggressor"),
        ("weak=small+weak=small", "coding weak is given twice"),
        ("", "unknown coding ''"),
    ],
)
def test_a_text_that_is_no_coding_is_refused_with_the_choices(text, words):
    with pytest.raises(ValueError, match=words):
        Coding.parse(text)


@pytest.mark.parametrize("name", CHOICES)
def test_nonsense_is_refused_with_the_choices(name):
    with pytest.raises(ValueError, match=f"coding {name}='nonsense'") as error:
        Coding(**{name: cast("Any", "nonsense")})
    assert all(str(choice) in str(error.value) for choice in CHOICES[name])


@pytest.mark.slow
@pytest.mark.parametrize("coding", RISK, ids=str)
def test_every_coding_of_the_risk_set_builds_and_nests_as_it_should(world, rows, coding):
    def keys(some):
        return set(zip(some.i.tolist(), some.j.tolist(), some.t.tolist(), strict=True))

    registered, other = keys(rows), keys(rows_at_risk(world, coding))
    wider = coding.aggressor == "any-revisionist" or coding.window > REGISTERED.window
    small, large = (registered, other) if wider else (other, registered)
    assert 1_000 < len(small) < len(large)
    assert small < large


@pytest.mark.slow
def test_every_coding_of_balancing_builds_and_nests_as_it_should(world, rows):
    def events(value: Any):
        coding = Coding(balance=value)
        return balance(Sample(rows, world.under(coding), coding))["balance"] == 1

    against, anyone, two = (events(value) for value in CHOICES["balance"])
    assert 0 < two.sum() < against.sum() < anyone.sum()
    assert not (two & ~against).any()
    assert not (against & ~anyone).any()
