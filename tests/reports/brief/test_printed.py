"""Sentences whose numbers know their place."""

from reports.brief.printed import Place, interval, joined, listed, say, text_of
from tests.fixtures import brief_world as world
from tests.fixtures.brief_world import text

MINUS, NBSP = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"


def test_a_number_knows_its_place():
    place = Place({"a": [{"b/c~d": 4.86}]})["a"][0]["b/c~d"]
    printed = place.printed("size")
    assert (printed.text, printed.pointer, printed.value) == ("4.9", "/a/0/b~1c~0d", 4.86)


def test_sentences_are_put_together_without_reading_what_is_put_in():
    braces = Place("{a} {{b}}").printed("text")
    assert text_of(say("x {y}.", y=braces)) == "x {a} {{b}}."
    assert text_of(listed([say("a"), say("b"), say("c")])) == "a, b and c"
    assert text_of(listed([say("a")])) == "a"
    assert text_of(listed([])) == ""
    assert text_of(joined([say("a"), say("b")], "; ")) == "a; b"


def test_interval_has_both_bounds():
    assert text(interval(Place(world.quantity(5.0)), "size")) == "4.6 to 5.4"
