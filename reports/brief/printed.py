"""What is printed and where it comes from: sentences whose every number keeps its place in numbers.json."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from reports.formats import FORMS


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


def text_of(sentence: Sentence) -> str:
    """A sentence as plain text."""
    return "".join(map(str, sentence))
