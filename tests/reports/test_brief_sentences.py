"""Sentences of the brief follow from numbers by rule, also at the edges."""

import ast
from pathlib import Path

import pytest

from inference.evidence.verdicts import SUPPORTED, VERDICTS, verdict
from models.claims.registry import REGISTRY
from reports.brief import caveats, document, judgement, programme, sentences
from reports.brief.printed import FORMS, Place, interval, joined, listed, plain, say
from tests.fixtures import brief_world as world

MINUS, NBSP = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"
ROOT = Path(__file__).parents[2]


def text(sentence):
    return plain(sentence).replace(NBSP, " ")


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
    assert [step["high"] for step in scale] == [1.0, *(step["low"] for step in scale[:-1])]
    assert scale[-1]["low"] == 0


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
    assert judgement.judgement([verdict(p) for p in probabilities]) == expected
    assert expected in judgement.JUDGEMENTS
    assert expected in sentences.FOUND


def test_confidence_counts_reasons_for_doubt():
    sure = world.entry("carter-2")
    for row in sure["estimands"]:
        row["codings"] = {"share": 0.9, "codings": 92}
    assert judgement.of_claim(sure)["confidence"] == "high"
    assert judgement.doubts(world.entry("carter-2")) == ["other codings not run"]
    assert judgement.of_claim(world.entry("carter-2"))["confidence"] == "moderate"
    shaky = world.refitted([world.entry("carter-3")])[0]
    assert judgement.of_claim(shaky)["confidence"] == "low"
    assert judgement.doubts(shaky) == [
        "not identified without assumption", "codings disagree", "turned over by one part left out",
    ]  # fmt: skip
    moved = world.entry("carter-2")
    moved["estimands"][0]["prior_sensitivity"] = 0.2
    moved["estimands"][1]["prior_sensitivity"] = None  # a difference of two logits has none
    assert "moves with the prior" in judgement.doubts(moved)


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        ("size", 127.4, "127"), ("size", 1270.0, "1,270"), ("size", 9.96, "10"), ("size", -4.86, "4.9"),
        ("size", 0.096, "0.1"), ("size", 0.04, "0.04"), ("size", 0.0, "less than 0.01"), ("change", 0.001, "0"),
        ("change", -0.3, f"{MINUS}0.3"), ("change", 0.3, "+0.3"), ("of_hundred", 0.2, "fewer than 1"),
        ("of_hundred", 50.4, "50"),
        ("of_hundred", 99.8, "more than 99"), ("probability", 1.0, "> 0.99"), ("probability", 0.0, "< 0.01"),
        ("probability", 0.953, "0.95"), ("error", 0.00025, "0.0003"), ("bound", 0.8, "0.8"), ("percent", 0.97, "97 %"),
        ("of_draws", 0.995, "more than 99 %"), ("of_draws", 0.005, "fewer than 1 %"), ("of_draws", 0.62, "62 %"),
        ("count", 45576.0, "45,576"), ("whole", 1995, "1995"), ("hash", "ab" * 32, "ab" * 6),
    ],
)  # fmt: skip
def test_forms(form, value, expected):
    assert FORMS[form](value) == expected


def test_a_number_knows_its_place():
    place = Place({"a": [{"b/c~d": 4.86}]})["a"][0]["b/c~d"]
    printed = place.printed("size")
    assert (printed.text, printed.pointer, printed.value) == ("4.9", "/a/0/b~1c~0d", 4.86)


def test_sentences_are_put_together_without_reading_what_is_put_in():
    braces = Place("{a} {{b}}").printed("text")
    assert plain(say("x {y}.", y=braces)) == "x {a} {{b}}."
    assert plain(listed([say("a"), say("b"), say("c")])) == "a, b and c"
    assert plain(listed([say("a")])) == "a"
    assert plain(listed([])) == ""
    assert plain(joined([say("a"), say("b")], "; ")) == "a; b"


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


def carter(**probabilities):
    entries = [world.entry(claim.replace("_", "-"), p) for claim, p in probabilities.items()]
    return text(sentences.carter(Place(world.collected(entries))))


def test_the_first_sentence_says_which_causes_hold():
    assert carter(carter_1=0.99, carter_2=0.99, carter_3=0.99, carter_4=0.99) == (
        "Of the causes of bandwagoning that Carter (2022) names, the data support external threat, a neighbouring "
        "aggressor, internal duress and absent allied support."
    )
    assert carter(carter_1=0.5, carter_2=0.99, carter_3=0.01, carter_4=0.9) == (
        "Of the causes of bandwagoning that Carter (2022) names, the data support a neighbouring aggressor, lean "
        "towards absent allied support, leave external threat undecided and contradict internal duress."
    )
    assert carter(carter_2=0.1).endswith(
        "the data lean against a neighbouring aggressor; not tested here: external threat, internal duress and absent "
        "allied support."
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


@pytest.mark.parametrize(
    ("p_more", "head"),
    [
        (0.97, "Internal duress: almost certainly more bandwagoning"),
        (0.5, "Internal duress: which way it works cannot be told"),
        (0.03, "Internal duress: almost certainly less bandwagoning"),
    ],
)  # fmt: skip
def test_a_finding_has_its_baseline_beside_it(p_more, head):
    numbers = Place(world.collected(brief={"contrasts": {"duress": world.contrast(p_more)}}))
    said, body = sentences.finding("duress", numbers["brief"]["contrasts"]["duress"], numbers["brief"])
    assert text(said) == head
    assert "about 5.8 in 1,000 dyad-years see bandwagoning; without it, about 4.6: 1.2 more (0.8 to 1.6)" in text(body)


def test_every_registered_estimand_of_carter_has_its_words():
    said = [sentences.expected(which) for claim in sentences.CARTER for which in REGISTRY[claim].estimands]
    assert len(set(said)) == len(said) == 7
    assert "less bandwagoning with allied support" in said[-1]
    assert "the more threat from the aggressor, the more internal duress makes for bandwagoning" in said
    ratio = sentences.expected(REGISTRY["cond-1"].estimands[0])
    assert ratio == "balancing is more common than bandwagoning"


def test_refits_are_told_apart_from_none():
    without = Place(world.collected())
    assert text(caveats.coding(without)).endswith("no other coding was run.")
    assert "neither was run" in text(joined(caveats.would_change(without), " "))
    entries = world.refitted([world.entry(claim) for claim in sentences.CARTER])
    entries[3]["estimands"][0]["stale"] = True
    run = Place(world.collected(entries))
    assert "external threat: at least 62 % of 92 agree" in text(caveats.coding(run))
    assert "absent allied support: refits are of another panel" in text(caveats.coding(run))
    assert text(caveats.would_change(run)[0]) == (
        "External threat: another verdict with another coding (bandwagon: any treaty, aggressor: any revisionist, "
        "weak: small and others); without Russia."
    )
    firm = world.entry("carter-2")
    for row in firm["estimands"]:
        row |= {"codings": {"share": 1.0, "codings": 92}, "turned": {"coding": [], "left out": []}}
    assert "No single change" in text(caveats.would_change(Place(world.collected([firm])))[0])


def test_causes_are_sorted_by_what_identifies_them():
    said = text(caveats.causal(Place(world.collected())))
    assert "identifies the effect of external threat and a neighbouring aggressor" in said
    assert said.count("internal duress and absent allied support") == 1
    assert "was not simulated" in said
    simulated = text(caveats.causal(Place(world.collected(counterfactual=world.programme()))))
    assert "carried in, the effect of early governance aid is 0.2 fewer" in simulated


def test_what_is_not_claimed_goes_with_what_was_done():
    without, simulated = (
        text(joined(caveats.not_claimed(Place(world.collected(counterfactual=what))), " "))
        for what in (None, world.programme())
    )
    for said in (without, simulated):
        assert "no replication of Carter's numbers" in said
        assert "A treaty is not an alignment" in said
        assert "lies after 2011" in said
    assert "none was simulated" in without
    assert "in part elicited" in simulated


def test_a_report_without_carter_has_a_brief_too():
    numbers = world.collected(
        [world.entry("bal-6")], duress_removed=None,
        brief={"contrasts": {}, "contest": None, "baseline": None, "years": None, "duress_removed": None},
    )  # fmt: skip
    written = document.sections(Place(numbers))
    assert [part["id"] for part in written] == [part["id"] for part in document.sections(Place(world.collected()))]


def test_interval_has_both_bounds():
    assert text(interval(Place(world.quantity(5.0)), "size")) == "4.6 to 5.4"


@pytest.mark.parametrize("name", ["sentences", "programme", "caveats", "document"])
def test_no_number_stands_in_the_words(name):
    tree = ast.parse((ROOT / "reports" / f"{name}.py").read_text())
    docstrings = {
        node.body[0].value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef) and ast.get_docstring(node)
    }
    words = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    told = [word for word in words if " " in word and word not in docstrings]
    assert len(told) > 10
    assert not [word for word in told if any(letter.isdigit() for letter in word)]
