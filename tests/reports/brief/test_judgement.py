"""Words for likelihoods, and judgements with their confidence."""

import pytest

from inference.evidence.verdicts import SUPPORTED, VERDICTS, by_sign
from reports.brief import judgement, sentences
from reports.brief.printed import Place
from tests.fixtures import brief_world as world
from tests.fixtures.brief_world import text

MINUS, NBSP = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"


def carter(**probabilities):
    entries = [world.entry(claim.replace("_", "-"), p) for claim, p in probabilities.items()]
    return text(sentences.carter(Place(world.collected(entries))))


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (1.0, "almost certain"), (0.9991, "almost certain"), (0.9501, "almost certain"), (0.95, "very likely"),
        (0.80, "very likely"), (0.7999, "likely"), (0.55, "likely"), (0.5, "roughly even"), (0.45, "roughly even"),
        (0.4499, "unlikely"), (0.2, "unlikely"), (0.1999, "very unlikely"), (0.05, "very unlikely"),
        (0.0499, "almost no chance"), (0.0, "almost no chance"),
    ],
)  # fmt: skip
def test_each_probability_has_one_word(probability, word):
    assert judgement.likelihood(probability) == word


@pytest.mark.parametrize("probability", [float("nan"), -0.01, 1.01])
def test_what_is_no_probability_has_none(probability):
    with pytest.raises(ValueError, match="between 0 and 1"):
        judgement.likelihood(probability)


def test_words_and_verdicts_have_the_same_bounds():
    bounds = {low for low, _ in judgement.LIKELIHOOD}
    assert {SUPPORTED, *(bound for bound, _ in VERDICTS)} <= bounds
    scale = judgement.scale()
    assert [step.high for step in scale] == [1.0, *(step.low for step in scale[:-1])]
    assert scale[-1].low == 0


@pytest.mark.parametrize(
    ("p_more", "expected"),
    [
        (1.0, ("almost certainly", 1)), (0.85, ("very likely", 1)), (0.55, ("likely", 1)), (0.5, ("", 0)),
        (0.4501, ("", 0)), (0.3, ("likely", -1)), (0.1, ("very likely", -1)), (0.0, ("almost certainly", -1)),
    ],
)  # fmt: skip
def test_a_direction_is_said_only_where_one_is_likelier(p_more, expected):
    assert judgement.direction(p_more) == expected


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [
        ([0.97, 0.99], "supported"), ([0.97, 0.9], "leaning for"), ([0.97, 0.5], "partly supported"),
        ([0.5, 0.4], "undecided"), ([0.97, 0.01], "divided"), ([0.5, 0.01], "partly contradicted"),
        ([0.1, 0.01], "leaning against"), ([0.01, 0.02], "contradicted"), ([0.95], "leaning for"),
        ([0.97, 0.5, 0.01], "divided"),
    ],
)  # fmt: skip
def test_a_claim_is_judged_by_all_its_estimands(probabilities, expected):
    assert judgement.judgement([by_sign(p) for p in probabilities]) == expected
    assert expected in judgement.JUDGEMENTS
    assert expected in sentences.FOUND


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["practically nil"] * 2, "practically nil"), (["not informed"], "not informed"),
        (["practically nil", "not informed"], "undecided"), (["undecided", "not informed"], "undecided"),
        (["supported", "practically nil"], "partly supported"), (["leaning for", "undecided"], "partly leaning for"),
        (["leaning against", "not informed"], "partly leaning against"),
        (["not informed", "contradicted"], "partly contradicted"),
        (["supported", "not informed", "contradicted"], "divided"),
    ],
)  # fmt: skip
def test_a_verdict_without_a_side_takes_none(verdicts, expected):
    assert judgement.judgement(verdicts) == expected
    assert expected in judgement.JUDGEMENTS
    assert expected in sentences.FOUND


def test_confidence_counts_reasons_for_doubt():
    sure = world.entry("carter-2")
    for row in sure["estimands"]:
        row["codings"] = {"share": 0.9, "codings": 92}
    assert judgement.of_claim(sure).confidence == "high"
    assert judgement.doubts(world.entry("carter-2")) == ("other codings not run",)
    assert judgement.of_claim(world.entry("carter-2")).confidence == "moderate"
    shaky = world.refitted([world.entry("carter-3")])[0]
    assert judgement.of_claim(shaky).confidence == "low"
    assert judgement.doubts(shaky) == (
        "not identified without assumption", "codings disagree", "turned over by one part left out",
    )  # fmt: skip
    moved = world.entry("carter-2")
    moved["estimands"][0]["prior_sensitivity"] = 0.2
    moved["estimands"][1]["prior_sensitivity"] = None  # a difference of two logits has none
    assert "moves with the prior" in judgement.doubts(moved)
