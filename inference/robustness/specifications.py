"""The codings that every claim is refitted under.

A specification changes some dimensions of the registered coding of a panel. On the alignment panel these are the
dimensions of ``data.codings``; what an event stands for (a part of a state's decision, each dyad-year, or each treaty,
whose events then weigh one together); each class of events in or out; the last year that is learnt from; and which rows
depend on each other, and whether outcomes exclude each other (``models.structure``). The other
panels have dimensions of their own. Pairs of changes are tried among the dimensions of `PAIRED`, which decide who is at
risk and what counts; editions, rules for treaties and classes are changed one at a time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Self

from data.codings import CHOICES, NO_ALIGNMENT, Choices, from_text, to_text
from data.period import TRAINED_TO
from models.claims.registry import REGISTRY
from models.claims.revisions import REVISIONS
from models.structure import STRUCTURES

ONE_OUTCOME = ("registered", "independent-rows")  # structures of panels whose claims have one outcome
CLAIMS = ("revision-2", "revision-1")  # a claim's definition, and that of before (`models.claims.revisions`)
ADJUSTMENTS = ("revision-2", "revision-1")  # the causal graph and the time of adjusters, and those of before
# By panel; the first choice of each dimension is the registered one.
DIMENSIONS: dict[str, Choices] = {
    "alignment": {
        **{name: choices for name, choices in CHOICES.items() if name not in {"last", "classes"}},
        "event": ("decision", "dyad", "treaty"),
        **dict.fromkeys(NO_ALIGNMENT, ("out", "in")),
        "common-enemy": ("as-claimed", "in", "out"),
        "source-of-threat": ("in", "out"),
        "other": ("in", "out"),
        "until": (TRAINED_TO, 2015, 2018),
        "adjustment": ADJUSTMENTS,
        "structure": tuple(STRUCTURES),
    },
    "informal": {
        "support": ("pooled", "certain"),
        "conflicts": ("each", "first"),
        "agreement": ("any", "general"),
        "treaty": ("beside-or-not", "without"),
        "adjustment": ADJUSTMENTS,
        "structure": tuple(name for name in STRUCTURES if name != "no-durations"),
    },
    "termination": {
        "ending": ("dissolved", "terminated", "abrogated"),
        "alliance": ("any", "defence-pact"),
        "claim": CLAIMS,
        "defeat": ("as-claimed", "in-three-years"),
        "partner": ("any", "larger-alliance", "pair"),
        "adjustment": ADJUSTMENTS,
        "structure": ONE_OUTCOME,
    },
    "siding": {
        "claim": CLAIMS,
        "war": ("any", "not-a-world-war"),
        "state": ("any", "minor-power"),
        "adjustment": ADJUSTMENTS,
        "structure": ONE_OUTCOME,
    },
}
PAIRED = frozenset({"aggressor", "bandwagon", "balance", "weak", "window", "event"})
# The dimensions that code only the other outcome: their changes need no refit of this one.
IRRELEVANT = {
    "bandwagon": ("balance",),
    "balance": ("bandwagon",),
    "military_support": ("agreement",),
    "defence_agreement": ("support", "conflicts"),
}


@dataclass(frozen=True)
class Specification:
    """A coding of a panel: its changes to the registered one, as pairs of a dimension and a choice.

    Its ``str`` is the text form of ``data.codings``, which names it in tasks, files, columns and tables; `parse` reads
    that form.
    """

    panel: str
    changes: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return to_text(dict(self.changes))

    @classmethod
    def parse(cls, text: str, panel: str) -> Self:
        """The specification of a panel that a text form names; ValueError with the choices for any other text."""
        return cls(panel, tuple(from_text(text, DIMENSIONS[panel]).items()))

    def choice(self, dimension: str) -> object:
        """The choice of a dimension, changed or registered."""
        return dict(self.changes).get(dimension, DIMENSIONS[self.panel][dimension][0])

    @property
    def as_it_was(self) -> bool:
        """Whether a claim is taken by its definition of revision 1."""
        return dict(self.changes).get("claim") == CLAIMS[1]

    def applies_to(self, claim: str) -> bool:
        """Whether every change is one of a claim: another definition is, if it has had one; a graph, if it asks one."""
        asks = REGISTRY[claim].adjust_for is None
        return (claim in REVISIONS or not self.as_it_was) and (asks or "adjustment" not in dict(self.changes))

    def within(self, dimensions: Collection[str]) -> Self:
        """The changes of some dimensions."""
        return replace(self, changes=tuple(change for change in self.changes if change[0] in dimensions))

    @property
    def exclusive(self) -> bool:
        """Whether the outcomes of a claim exclude each other."""
        return STRUCTURES[str(self.choice("structure"))].exclusive

    def concerning(self, outcome: str) -> Self:
        """The changes that bear on the logit of ``outcome``: all, where the other outcome excludes it."""
        if self.exclusive:
            return self
        return self.within(DIMENSIONS[self.panel].keys() - set(IRRELEVANT.get(outcome, ())))


def structures(panel: str) -> list[Specification]:
    """The registered coding, and every change of its structure alone."""
    changes = DIMENSIONS[panel]["structure"][1:]
    return [Specification(panel), *(Specification(panel, (("structure", name),)) for name in changes)]


def specifications(panel: str, *, full: bool = False) -> list[Specification]:
    """The registered coding, every single change and every pair of changes; with ``full`` the whole product.

    On the alignment panel pairs and products are of the dimensions of `PAIRED`.
    """
    alternatives = {name: choices[1:] for name, choices in DIMENSIONS[panel].items()}
    crossed = [name for name in alternatives if panel != "alignment" or name in PAIRED]
    most = len(crossed) if full else 2
    chosen = [(), *((name,) for name in alternatives)]
    chosen += [names for count in range(2, most + 1) for names in combinations(crossed, count)]
    return [
        Specification(panel, tuple(zip(names, choices, strict=True)))
        for names in chosen
        for choices in product(*(alternatives[name] for name in names))
    ]


def recoded_key(model: str, outcome: str, specification: Specification) -> str:
    """Name of the refit of a logit under a specification."""
    return f"{model}.{outcome}.{specification.concerning(outcome)}"


def without_key(model: str, outcome: str) -> str:
    """What the names of the refits of a logit with a part left out begin with."""
    return f"{model}.{outcome}.without."
