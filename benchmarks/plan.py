"""All measurements of a run, in order: the quick ones first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from benchmarks import cases
from benchmarks.systems import SYSTEMS
from models.design import Design

ROWS = (30_000, 200_000)
VARYING = (0, 4)
COMPILING = "engine, compiling"  # the first run ever on a machine


@dataclass(frozen=True)
class Measurement:
    """A task for a system on designs, which are made when it is its turn."""

    task: str
    case: str
    system: str
    rows: int | None = None
    designs: Callable[[], list[Design]] | None = None

    def __str__(self) -> str:
        return f"{self.task}, {self.case}, {self.system}"

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from the others."""
        return self.task, self.case, self.system

    @property
    def peer(self) -> str:
        """The name that selects it: comparisons with ArviZ and numpy go with the engine."""
        return "engine" if self.system in {COMPILING, "arviz", "numpy"} else self.system


def _real() -> list[Design]:
    return [cases.real()]


def _simulated(rows: int, varying: int) -> list[Design]:
    return [cases.simulated(rows, varying)]


def measurements() -> list[Measurement]:
    """Every measurement of a full run."""
    small = ROWS[0]
    plain = partial(_simulated, small, 0)
    ten, make_ten = f"{cases.MODELS} models of {small:,} rows", partial(cases.models, small)
    out = [Measurement("growth", "rows", "engine")]
    for task, other in (("loo", "arviz"), ("average", "numpy")):
        out += [Measurement(task, title(small, 0), system, small, plain) for system in ("engine", other)]
    out.append(Measurement("together", ten, "engine", small, make_ten))
    posteriors: dict[str, tuple[int | None, Callable[[], list[Design]]]] = {
        title(n, v): (n, partial(_simulated, n, v)) for n in ROWS[:1] for v in VARYING
    }
    posteriors[cases.REAL] = (None, _real)
    posteriors |= {title(n, 0): (n, partial(_simulated, n, 0)) for n in ROWS[1:]}  # peers take a quarter of an hour
    each = [
        Measurement("posterior", case, system, rows, make)
        for case, (rows, make) in posteriors.items()
        for system in SYSTEMS
    ]
    out += sorted(each, key=lambda item: item.system != "engine")
    out.append(Measurement("posterior", title(small, 0), COMPILING, small, plain))
    return [*out, Measurement("together", ten, "nutpie", small, make_ten)]


def title(rows: int, varying: int) -> str:
    """A simulated case as the table names it."""
    return f"{rows:,} rows" + (f", {varying} varying slopes" if varying else "")
