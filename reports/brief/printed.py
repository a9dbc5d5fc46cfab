"""What is printed and where it comes from: sentences whose every number keeps its place in numbers.json."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from reports.page import FILTERS, MINUS

DASH = "\N{EN DASH}"


def _size(value: float) -> str:
    """A rate or a difference of rates without its sign: whole from ten up, one decimal from a tenth up."""
    size = abs(value)
    if size < 0.005:
        return "less than 0.01"
    return f"{size:,.0f}" if size >= 9.95 else f"{size:.1f}" if size >= 0.095 else f"{size:.2f}"


def _change(value: float) -> str:
    """A difference of rates with its sign; no sign where it rounds to nothing."""
    if abs(value) < 0.005:
        return "0"
    return ("+" if value > 0 else MINUS) + _size(value)


def _of_hundred(value: float) -> str:
    """How many of a hundred; neither none nor all."""
    return "fewer than 1" if value <= 0.5 else "more than 99" if value >= 99.5 else f"{value:.0f}"


def _of_draws(value: float) -> str:
    """A share of the draws in percent; neither none nor all."""
    return f"{_of_hundred(100 * value)} %"


# How a value of numbers.json is printed.
FORMS = {
    "size": _size,
    "change": _change,
    "of_hundred": _of_hundred,
    "probability": lambda value: FILTERS["probability"](value, 2),
    "error": lambda value: f"{value:.1g}",
    "bound": lambda value: f"{value:g}",
    "percent": FILTERS["percent"],
    "of_draws": _of_draws,
    "count": FILTERS["thousands"],
    "whole": lambda value: f"{value:d}",
    "hash": lambda value: str(value)[:12],
    "text": str,
}


@dataclass(frozen=True)
class Printed:
    """A value as it is printed in one of the ``FORMS``, and its place as a JSON pointer (RFC 6901)."""

    text: str
    form: str
    pointer: str
    value: Any

    def __str__(self) -> str:
        return self.text


Sentence = tuple[str | Printed, ...]


@dataclass(frozen=True)
class Place:
    """A part of numbers.json, with the keys that lead to it."""

    value: Any
    keys: tuple[str | int, ...] = ()

    def __getitem__(self, key: str | int) -> Place:
        return Place(self.value[key], (*self.keys, key))

    def __iter__(self) -> Iterator[Place]:
        return (self[key] for key in (self.value if isinstance(self.value, dict) else range(len(self.value))))

    def printed(self, form: str) -> Printed:
        """The value in one of the ``FORMS``."""
        steps = (str(key).replace("~", "~0").replace("/", "~1") for key in self.keys)
        text = FORMS[form](self.value)
        text = text if form == "text" else text.replace(" ", "\N{NO-BREAK SPACE}")
        return Printed(text, form, "".join(f"/{step}" for step in steps), self.value)


def say(words: str, /, **pieces: str | Printed | Sentence) -> Sentence:
    """Words with pieces put in where they stand in braces."""
    out: list[str | Printed] = []
    for literal, name, _, _ in Formatter().parse(words):
        out += [literal] if literal else []
        if name:
            piece = pieces[name]
            out += piece if isinstance(piece, tuple) else [piece]
    return tuple(out)


def joined(parts: Iterable[Sentence], between: str) -> Sentence:
    """Sentences one after another."""
    out: Sentence = ()
    for part in parts:
        out = (*out, between, *part) if out else part
    return out


def listed(parts: Sequence[Sentence]) -> Sentence:
    """``a``, ``a and b``, ``a, b and c``."""
    head, last = joined(parts[:-1], ", "), parts[-1] if parts else ()
    return (*head, " and ", *last) if head else last


def interval(quantity: Place, form: str) -> Sentence:
    """The bounds of a quantity."""
    return say("{low} to {high}", low=quantity["low"].printed(form), high=quantity["high"].printed(form))


def plain(sentence: Sentence) -> str:
    """The text alone."""
    return "".join(map(str, sentence))
