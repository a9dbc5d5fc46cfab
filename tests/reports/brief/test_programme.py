"""What is said of an aid programme, or of none."""

import pytest

from reports.brief import programme
from reports.brief.printed import Place
from tests.fixtures import brief_world as world
from tests.fixtures.brief_world import text

MINUS, NBSP = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("p_fewer", "reach", "expected"),
    [
        (0.99, 0.05, "would almost certainly make bandwagoning rarer"),
        (0.99, 0.15, "rarer cannot be told"),  # one of three versions may have either sign
        (0.7, 0.05, "would likely make bandwagoning rarer"),
    ],
)
def test_the_third_sentence_says_what_early_aid_does_by_every_version(p_fewer, reach, expected):
    said = text(programme.early_aid(Place(world.collected(counterfactual=world.programme(p_fewer, reach)))))
    assert expected in said
    assert "over 20 years, instead of 4.9 in 1,000 dyad-years, 0.2 fewer" in said
    assert ("if aid of the United States builds capacity" in said) == ("cannot be told" in said)
    assert "the literature" not in said  # it points the first one's way
    assert "if aid is certain to build capacity, 1.1 fewer" in said
    assert "less internal duress, the way that the advice rests on, brings 0.03 more" in said


def test_a_programme_that_does_harm_by_every_version_is_said_to():
    told = world.programme(0.01, 0.05)
    for row in told["shipped"][0]["effects"]:
        row["confounded"] = {name: -value for name, value in row["confounded"].items()}
        low, high = sorted((row["confounded"]["low"], row["confounded"]["high"]))
        row["confounded"] |= {"low": low, "high": high}
    said = text(programme.early_aid(Place(world.collected(counterfactual=told))))
    assert "would almost certainly make bandwagoning more common" in said


@pytest.mark.parametrize(
    "missing", [{}, {"counterfactual": None}, {"counterfactual": {"headline": "x", "shipped": []}}]
)
def test_without_a_programme_the_third_sentence_says_so(missing):
    numbers = world.collected()
    del numbers["counterfactual"]
    said = text(programme.early_aid(Place(numbers | missing)))
    assert said.startswith(
        "No aid programme was simulated here; were states under internal duress free of it, bandwagoning"
    )
    assert "would very likely be rarer: about 5.0 instead of 6.0 in 1,000" in said
    assert "nothing on its effects" in text(programme.early_aid(Place(numbers | missing | {"duress_removed": None})))


def test_a_scenario_without_the_estimated_effect_is_told_by_the_next():
    told = world.programme()
    told["shipped"][0]["effects"] = [row for row in told["shipped"][0]["effects"] if row["arrow"] != "estimated"]
    said = text(programme.early_aid(Place(world.collected(counterfactual=told))))
    assert "if aid of the United States builds capacity as estimated; if aid is certain" in said
    assert "governance aid" not in said
    told["shipped"][0]["effects"] = []
    assert text(programme.early_aid(Place(world.collected(counterfactual=told)))).startswith("No aid programme")
