"""What a column of a panel is: label, unit, range, formula, source, and what a missing value does."""

from dataclasses import dataclass, replace

from data.codebook.citations import ATOP
from data.groups import ERAS, REGIONS

# Panels that are built from the raw files.
BUILT = ("alignment", "informal", "termination", "joining", "state", "pacts")
LEFT_OUT = "rows left out of models that need it, and counted"


@dataclass(frozen=True)
class Variable:
    """One column of a panel.

    ``kind`` is key, group, outcome, category, rows, binary, count or continuous; ``low`` and ``high`` bound its
    values (None: unbounded); ``nullable`` columns may be missing, and ``missing`` says what follows. Some values are
    not measured and stand by rule: those of years before ``since``, when the source begins, and those of rows where
    the column ``measured_by`` is 0.
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
    since: int = 0
    measured_by: str = ""


def key(name: str, label: str, low: int, high: int, source: str) -> Variable:
    """An identifier."""
    return Variable(name, "key", label, "COW code" if name != "year" else "year", "identifier", source, low, high)


def region_of(of: str) -> Variable:
    """The column of the region of what ``of`` names."""
    return Variable(
        "region", "group", f"region of {of}", "name", "COW code ranges", "data/groups.py", levels=tuple(REGIONS)
    )


ERA = Variable("era", "group", "era of t", "name", "first years", "data/groups.py", levels=tuple(ERAS))


def binary(name: str, label: str, formula: str, source: str, kind: str = "binary", since: int = 0) -> Variable:
    """A column of 0 and 1."""
    return Variable(name, kind, label, "0 or 1", formula, source, 0, 1, since=since)


def number(
    name: str,
    label: str,
    unit: str,
    formula: str,
    source: str,
    low: float | None = None,
    high: float | None = None,
    nullable: bool = False,
    since: int = 0,
    measured_by: str = "",
) -> Variable:
    """A continuous column; rows in which a nullable one is missing are left out of models that need it.

    Parameters
    ----------
    name, label, unit, formula, source
        What the column is called, what it holds and where that comes from.
    low, high
        Bounds of its values; None where there is none.
    nullable
        Whether it may be missing.
    since, measured_by
        The first year and the column that tell measured values from those that stand by rule (see `Variable`).
    """
    missing = LEFT_OUT if nullable else "never missing"
    return Variable(
        name, "continuous", label, unit, formula, source, low, high, nullable, missing, (), since, measured_by
    )


def treaty(name: str, label: str) -> Variable:
    """The ATOP id of the treaty behind an event."""
    missing = "no event in the row"
    return Variable(name, "key", label, "ATOP id", "lowest id behind the event", ATOP, 1000, 9999, True, missing)


def category(name: str, label: str, levels: tuple[str, ...]) -> Variable:
    """A named class of an event; missing where there is none."""
    formula = "first rule that fits, see data/measures/event_classes.py"
    return Variable(name, "category", label, "name", formula, ATOP, None, None, True, "no event in the row", levels)


def rows_of(name: str, label: str) -> Variable:
    """In how many rows one decision counts: in each it weighs one over that number."""
    formula = "m where the decision counts against m aggressors in reach; 1 without event"
    return Variable(name, "rows", label, "rows", formula, ATOP, 1)


def optional(variable: Variable) -> Variable:
    """The same column where it may be missing; such rows are left out of models that need it."""
    return replace(variable, nullable=True, missing=LEFT_OUT)


@dataclass(frozen=True)
class Panel:
    """What a table is: its columns in order, the columns that identify a row, and what is explained.

    ``unit`` says what a row is; ``outcomes`` are columns of 0 and 1 that need at least one event;
    ``codebook`` is the file or folder that states the columns; ``lag`` is how many years before the year of the
    row its covariates were measured.
    """

    name: str
    variables: tuple[Variable, ...]
    keys: tuple[str, ...]
    outcomes: tuple[str, ...]
    unit: str
    codebook: str
    lag: int = 1

    @property
    def columns(self) -> dict[str, Variable]:
        """The variables by name, in the order of the columns."""
        return {variable.name: variable for variable in self.variables}

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Levels of each grouping column, in order."""
        return {variable.name: variable.levels for variable in self.variables if variable.kind == "group"}


def unknown_panel(name: str) -> ValueError:
    """The error for a name that no panel has, with the choices."""
    return ValueError(f"unknown panel {name!r}: choose from {', '.join(BUILT)}")
