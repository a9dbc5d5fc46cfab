"""The codings that every claim is refitted under, and what is left out of it in turn.

A specification is a set of changes to the registered coding, by dimension. On the alignment panel these are the
dimensions of ``data.codings`` and the decision that an event stands for: each dyad-year, or each treaty, whose
events then weigh one together. The other panels have dimensions of their own. What two dimensions have no common
meaning for is named in `impossible`.
"""

from __future__ import annotations

from itertools import combinations, product

from data.codings import CHOICES

Specification = dict[str, str]  # dimension -> choice, of the changed dimensions

DIMENSIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "alignment": {name: tuple(map(str, choices)) for name, choices in CHOICES.items()} | {"event": ("dyad", "treaty")},
    "termination": {
        "ending": ("dissolved", "terminated", "abrogated"),
        "alliance": ("any", "defence pact"),
        "defeat": ("before the year", "in the year or before"),
        "partner": ("any", "larger alliance", "pair"),
    },
    "joining": {"war": ("any", "not a world war"), "state": ("any", "contiguous", "minor power")},
}
# A dimension that says nothing about an outcome: its changes need no refit.
SILENT = {"bandwagon": ("balance",), "balance": ("bandwagon",)}


def specifications(panel: str, *, full: bool = False) -> list[Specification]:
    """The registered coding, every single change and every pair of changes; with ``full`` the whole product."""
    changes = {name: choices[1:] for name, choices in DIMENSIONS[panel].items()}
    most = len(changes) if full else 2
    return [
        dict(zip(names, choice, strict=True))
        for count in range(most + 1)
        for names in combinations(changes, count)
        for choice in product(*(changes[name] for name in names))
    ]


def spoken(specification: Specification, outcome: str) -> Specification:
    """The changes that concern the logit of ``outcome``."""
    return {name: choice for name, choice in specification.items() if name not in SILENT.get(outcome, ())}


def words(specification: Specification) -> str:
    """The specification in words."""
    return ", ".join(f"{name}: {choice}" for name, choice in specification.items()) or "registered"


def slug(specification: Specification) -> str:
    """The specification as part of a file's name."""
    parts = [f"{name}={choice.replace(' ', '-')}" for name, choice in specification.items()]
    return "+".join(parts) or "registered"
