"""The values of a coding: who is an aggressor, what counts as alignment, who is weak, how far back to look.

A coding has one text form, which commands, file names, columns and tables share: the changed dimensions as
``dimension=choice``, joined by ``+``, or ``registered`` where nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

Choices = Mapping[str, tuple[object, ...]]
UNCHANGED = "registered"

# Classes of a decision to align, in the order in which their rules are tried; the rules are in
# ``data/measures/event_classes.py``.
CLASSES = ("imposed", "settlement", "renewal", "common enemy", "communique", "source of threat", "other")
NO_ALIGNMENT = ("imposed", "settlement", "renewal", "communique")  # no choice of a side: not counted by any claim

CHOICES: Choices = {
    "aggressor": ("challenger", "any-revisionist", "revisionist-against-i"),
    "bandwagon": ("aggressor-centred", "any-treaty", "small", "bilateral", "hard", "soft"),
    "balance": ("against-the-aggressor", "any-third-state", "bilateral"),
    "weak": ("weaker", "small", "dwarfed"),
    "window": (10, 5, 15),
    "treaties": ("atop-5.1", "atop-4.01"),
    "disputes": ("spliced", "mid-5.0"),
    "entry": ("own", "any"),
    "universal": ("half", "third", "none"),
    "collective": ("apart", "counted"),
    "classes": ("by-rule", "all"),
    "order": ("uk-france-us", "uk-us"),
    "threat": ("disputes", "interests"),
    "capacity": ("measured", "indicators", "predicted"),
    "last": (2015, 2011, 2018),
    "reach": ("relevant", "regional-powers"),
}


def to_text(changes: Mapping[str, object]) -> str:
    """The text form of changes, by dimension."""
    return "+".join(f"{dimension}={choice}" for dimension, choice in changes.items()) or UNCHANGED


def from_text(text: str, choices: Choices) -> dict[str, object]:
    """The changes that a text form names, by dimension: the inverse of `to_text`.

    Raises ValueError for a dimension that ``choices`` lacks or that is named twice, and for a choice that its
    dimension does not have.
    """
    changes: dict[str, object] = {}
    for part in [] if text == UNCHANGED else text.split("+"):
        dimension, _, word = part.partition("=")
        if dimension not in choices:
            raise ValueError(f"unknown coding {dimension!r}: choose from {', '.join(choices)}")
        if dimension in changes:
            raise ValueError(f"coding {dimension} is given twice: give it once")
        known = {str(choice): choice for choice in choices[dimension]}
        if word not in known:
            raise ValueError(f"coding {dimension}={word!r}: choose from {', '.join(known)}")
        changes[dimension] = known[word]
    return changes


@dataclass(frozen=True)
class Coding:
    """One way to code the panel; the default is the registered one, the others are its alternatives.

    - ``aggressor``: ``challenger`` (revisionist in the window and no status-quo power), ``any-revisionist``
      (status-quo powers too), ``revisionist-against-i`` (a challenger whose disputes were with i itself).
    - ``bandwagon``: which treaties with the aggressor count: ``aggressor-centred`` (it holds at least half of
      the members' capabilities), ``any-treaty``, ``small`` (at most three members), ``bilateral``, ``hard``
      and ``soft`` (aggressor-centred, defence or offence only; neither).
    - ``balance``: ``against-the-aggressor`` (the partner stands against it or the treaty names it),
      ``any-third-state``, ``bilateral`` (as the first, two members).
    - ``weak``: ``weaker`` (fewer capabilities than j), ``small`` (less than 0.5 % of the system's),
      ``dwarfed`` (less than a tenth of j's).
    - ``window``: years back in which disputes make an aggressor and a threat.
    - ``treaties``, ``disputes``: editions of the sources. Disputes are ``spliced`` of Gibler, Miller and Little to
      2010 and MID 5.0 after it, or ``mid-5.0`` throughout.
    - ``entry``: whose entry into a treaty makes an event of i: its ``own``, or that of ``any`` member.
    - ``universal``: from which share of all states on a treaty is a declaration and no alliance; ``none``: never.
    - ``collective``: pacts of more than five parties stand ``apart`` (they neither end the risk between two members
      nor make a closer treaty of a few of them a renewal), or are ``counted`` like any treaty.
    - ``classes``: whether events of a class that is no alignment count (``all``) or not (``by-rule``, see
      ``data/measures/event_classes.py``).
    - ``order``: who leads the international order.
    - ``threat``: from ``disputes`` and rivalry, or from the power of states with other ``interests``.
    - ``capacity``: as ``measured``, from ``indicators`` other than income where not measured, or ``predicted`` from
      income there.
    - ``last``: last year of outcomes.
    - ``reach``: aggressors that are contiguous or major powers (``relevant``), or ``regional-powers`` too: the two most
      capable states of i's region.

    Raises ValueError for any other value.
    """

    aggressor: str = "challenger"
    bandwagon: str = "aggressor-centred"
    balance: str = "against-the-aggressor"
    weak: str = "weaker"
    window: int = 10
    treaties: str = "atop-5.1"
    disputes: str = "spliced"
    entry: str = "own"
    universal: str = "half"
    collective: str = "apart"
    classes: str = "by-rule"
    order: str = "uk-france-us"
    threat: str = "disputes"
    capacity: str = "measured"
    last: int = 2015
    reach: str = "relevant"

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"coding {name}={getattr(self, name)!r}: choose from {', '.join(map(str, choices))}")

    def __str__(self) -> str:
        return to_text({f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != f.default})

    @classmethod
    def parse(cls, text: str) -> Self:
        """The coding that a text form names; ValueError with the choices for any other text."""
        return cls.changed(from_text(text, CHOICES))

    @classmethod
    def changed(cls, changes: Mapping[str, object]) -> Self:
        """The registered coding with some choices changed, by dimension; ValueError for a choice that is none."""
        return cls(**changes)  # pyright: ignore[reportArgumentType] - choices have their field's type


REGISTERED = Coding()
# The definitions before 2026-11-28 (revision 1): every later change of a definition is undone here.
REVISION_1 = Coding(
    treaties="atop-4.01", entry="any", universal="none", collective="counted", classes="all",
    order="uk-us", capacity="predicted", last=2011,
)  # fmt: skip
REVISIONS = {1: REVISION_1, 2: REGISTERED}
