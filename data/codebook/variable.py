"""What a column of a panel is: label, unit, range, formula, source, and what a missing value does."""

from __future__ import annotations

from dataclasses import dataclass, replace

MID = "Gibler, Miller and Little (2016), militarised interstate disputes 2.2.1"
ATOP = "Leeds et al. (2002), ATOP 4.01"
NMC = "Singer, Bremer and Stuckey (1972), National Material Capabilities 6"
LEFT_OUT = "rows left out of models that need it, and counted"


@dataclass(frozen=True)
class Variable:
    """One column of a panel.

    ``kind`` is key, group, outcome, binary, count or continuous; ``low`` and ``high`` bound its values
    (None: unbounded); ``nullable`` columns may be missing, and ``missing`` says what follows.
    """

    name: str
    kind: str
    label: str
    unit: str
    formula: str
    source: str
    low: float | None = None
    high: float | None = None
    nullable: bool = False
    missing: str = "never missing"
    levels: tuple[str, ...] = ()


def key(name: str, label: str, low: int, high: int, source: str) -> Variable:
    """An identifier."""
    return Variable(name, "key", label, "COW code" if name != "year" else "year", "identifier", source, low, high)


def binary(name: str, label: str, formula: str, source: str, kind: str = "binary") -> Variable:
    """A column of 0 and 1."""
    return Variable(name, kind, label, "0 or 1", formula, source, 0, 1)


def number(
    name: str,
    label: str,
    unit: str,
    formula: str,
    source: str,
    low: float | None = None,
    high: float | None = None,
    nullable: bool = False,
) -> Variable:
    """A continuous column; a nullable one leaves rows out of models that need it."""
    missing = LEFT_OUT if nullable else "never missing"
    return Variable(name, "continuous", label, unit, formula, source, low, high, nullable, missing)


def treaty(name: str, label: str) -> Variable:
    """The ATOP id of the treaty behind an event."""
    missing = "no event in the row"
    return Variable(name, "key", label, "ATOP id", "lowest id behind the event", ATOP, 1000, 9999, True, missing)


def optional(variable: Variable) -> Variable:
    """The same column where it may be missing; such rows are left out of models that need it."""
    return replace(variable, nullable=True, missing=LEFT_OUT)


@dataclass(frozen=True)
class Panel:
    """What a table is: its columns in order, the columns that identify a row, and what is explained.

    ``unit`` says what a row is; ``outcomes`` are columns of 0 and 1 that need at least one event;
    ``codebook`` is the file that lists the columns.
    """

    name: str
    variables: tuple[Variable, ...]
    keys: tuple[str, ...]
    outcomes: tuple[str, ...]
    unit: str
    codebook: str

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Levels of each grouping column, in order."""
        return {variable.name: variable.levels for variable in self.variables if variable.kind == "group"}
