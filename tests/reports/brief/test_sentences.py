"""Sentences of the brief follow from numbers by rule, also at the edges."""

import pytest

from models.claims.registry import REGISTRY
from reports.brief import sentences
from reports.brief.printed import Place
from tests.fixtures import brief_world as world
from tests.fixtures.brief_world import text

MINUS, NBSP = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"


def carter(**probabilities):
    entries = [world.entry(claim.replace("_", "-"), p) for claim, p in probabilities.items()]
    return text(sentences.carter(Place(world.collected(entries))))


@pytest.mark.parametrize(
    ("value", "reach", "expected"),
    [
        (5.9, 1.8, "5.9 more (4.1 to 7.7)"), (-5.9, 1.8, "5.9 fewer (4.1 to 7.7)"),
        (-0.1, 0.4, f"0.1 fewer ({MINUS}0.5 to +0.3)"), (0.0, 0.004, "less than 0.01 more (its bounds too)"),
        (0.0, 0.3, f"less than 0.01 more ({MINUS}0.3 to +0.3)"),
    ],
)  # fmt: skip
def test_a_difference_says_more_or_fewer_and_its_bounds(value, reach, expected):
    assert text(sentences.difference(Place(world.quantity(value, reach)))) == expected


ONE_CODING = "; all this under one coding, since others were not run."


def test_the_first_sentence_says_which_causes_hold():
    assert carter(carter_1=0.99, carter_2=0.99, carter_3=0.99, carter_4=0.99) == (
        "Of the causes of bandwagoning that Carter (2022) names, the data support external threat, a neighbouring "
        "aggressor, internal duress and absent allied support" + ONE_CODING
    )
    assert carter(carter_1=0.5, carter_2=0.99, carter_3=0.01, carter_4=0.9) == (
        "Of the causes of bandwagoning that Carter (2022) names, the data support a neighbouring aggressor, lean "
        "towards absent allied support, leave external threat undecided and contradict internal duress" + ONE_CODING
    )
    assert carter(carter_2=0.1).endswith(
        "the data lean against a neighbouring aggressor; not tested here: external threat, internal duress and absent "
        "allied support" + ONE_CODING
    )
    shaken = world.refitted([world.entry("carter-2"), world.entry("carter-4")])
    said = text(sentences.carter(Place(world.collected(shaken))))
    assert said.endswith("; another coding or one part left out turns this over for a neighbouring aggressor.")
    assert carter() == "None of Carter's claims was tested here."


@pytest.mark.parametrize(
    ("p_more", "p_mostly", "expected"),
    [
        (0.99, 0.99, ("almost certainly bandwagon more often", "almost certainly tilts them towards bandwagoning")),
        (0.01, 0.01, ("almost certainly balance more often", "almost certainly tilts them towards balancing")),
        (0.5, 0.5, ("balance and bandwagon about equally often", "which way a threat tilts them cannot be told")),
        (0.7, 0.1, ("very likely balance more often", "likely tilts them towards bandwagoning")),
    ],
)
def test_the_second_sentence_says_which_answer_a_threat_gets(p_more, p_mostly, expected):
    said = text(sentences.contest(Place(world.share(p_more, p_mostly))))
    assert all(part in said for part in expected)
    assert "about 20 (16 to 24)" in said
    assert "about 30 (25 to 35)" in said
    assert "was not estimated" in text(sentences.contest(None))


@pytest.mark.parametrize(
    ("p_more", "head"),
    [
        (0.97, "Internal duress: almost certainly more bandwagoning, under one coding"),
        (0.5, "Internal duress: which way it works cannot be told, under one coding"),
        (0.03, "Internal duress: almost certainly less bandwagoning, under one coding"),
    ],
)  # fmt: skip
def test_a_finding_has_its_baseline_beside_it(p_more, head):
    numbers = Place(world.collected(brief={"contrasts": {"duress": world.contrast(p_more)}}))
    said, body = sentences.finding("duress", numbers["brief"]["contrasts"]["duress"], numbers["brief"])
    assert text(said) == head
    assert "about 5.8 in 1,000 dyad-years see bandwagoning; without it, about 4.6: 1.2 more (0.8 to 1.6)" in text(body)


def test_a_finding_is_no_surer_than_other_codings_allow():
    agreed = world.refitted([world.entry("carter-2")])
    for row in agreed[0]["estimands"]:
        row["codings"], row["turned"] = {"share": 0.97, "codings": 92}, {}
    for entries, head in (
        (agreed, "Internal duress: almost certainly more bandwagoning"),
        (world.refitted([world.entry("carter-2")]), "Internal duress: very likely more bandwagoning"),
    ):
        numbers = Place(world.collected(entries, brief={"contrasts": {"duress": world.contrast(0.97)}}))
        said, _ = sentences.finding("duress", numbers["brief"]["contrasts"]["duress"], numbers["brief"])
        assert text(said) == head


def test_every_registered_estimand_of_carter_has_its_words():
    said = [sentences.expected(which) for claim in sentences.CARTER for which in REGISTRY[claim].estimands]
    assert len(set(said)) == len(said) == 7
    assert "less bandwagoning with allied support" in said[-1]
    assert "the more threat from the aggressor, the more internal duress makes for bandwagoning" in said
    ratio = sentences.expected(REGISTRY["cond-1"].estimands[0])
    assert ratio == "balancing is more common than bandwagoning"
