"""The values of a coding: who is an aggressor, what counts as alignment, who is weak, how far back to look."""

from __future__ import annotations

from dataclasses import dataclass, fields

CHOICES: dict[str, tuple[object, ...]] = {
    "aggressor": ("challenger", "any revisionist", "revisionist against i"),
    "bandwagon": ("aggressor-centred", "any treaty", "small", "bilateral", "hard", "soft"),
    "balance": ("against the aggressor", "any third state", "bilateral"),
    "weak": ("weaker", "small", "dwarfed"),
    "window": (10, 5, 15),
}


@dataclass(frozen=True)
class Coding:
    """One way to code the panel; the default is the registered one, the others are its alternatives.

    - ``aggressor``: ``challenger`` (revisionist in the window and no status-quo power), ``any revisionist``
      (status-quo powers too), ``revisionist against i`` (a challenger whose disputes were with i itself).
    - ``bandwagon``: which treaties with the aggressor count: ``aggressor-centred`` (it holds at least half of
      the members' capabilities), ``any treaty``, ``small`` (at most three members), ``bilateral``, ``hard``
      and ``soft`` (aggressor-centred, defence or offence only; neither).
    - ``balance``: ``against the aggressor`` (the partner stands against it or the treaty names it),
      ``any third state``, ``bilateral`` (as the first, two members).
    - ``weak``: ``weaker`` (fewer capabilities than j), ``small`` (less than 0.5 % of the system's),
      ``dwarfed`` (less than a tenth of j's).
    - ``window``: years back in which disputes make an aggressor and a threat.

    Raises ValueError for any other value.
    """

    aggressor: str = "challenger"
    bandwagon: str = "aggressor-centred"
    balance: str = "against the aggressor"
    weak: str = "weaker"
    window: int = 10

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"coding {name}={getattr(self, name)!r}: choose from {', '.join(map(str, choices))}")

    def __str__(self) -> str:
        changed = [f"{f.name}={getattr(self, f.name)}" for f in fields(self) if getattr(self, f.name) != f.default]
        return ", ".join(changed) or "registered coding"


REGISTERED = Coding()
