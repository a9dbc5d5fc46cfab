"""How numbers are printed."""

import pytest

from models.claims.registry import REGISTRY
from reports import page, style
from reports.formats import FORMS

MINUS, NBSP = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"


def test_every_outcome_and_panel_of_a_claim_has_its_words_and_a_colour_of_its_own():
    for claim in REGISTRY.values():
        for outcome in claim.outcomes:
            assert {outcome} <= style.NAMES.keys() & style.COLOURS.keys() & style.EVENTS.keys()
        assert claim.panel in style.UNITS
    assert len(set(style.COLOURS.values())) == len(style.COLOURS)


def test_formats_never_claim_certainty():
    probability, ratio, signed = (page.FILTERS[name] for name in ("probability", "ratio", "signed"))
    assert (probability(1.0), probability(0.0), probability(0.5)) == ("> 0.999", "< 0.001", "0.500")
    assert (ratio(None, False), ratio(0.25, False), ratio(320.0, True)) == ("\N{EN DASH}", "1/4", "> 320")
    assert ratio(0.999, False) == "1"
    assert (signed(-0.001, 2), signed(-1.5, 1), signed(1.5, 1)) == ("0.00", "\N{MINUS SIGN}1.5", "+1.5")


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
