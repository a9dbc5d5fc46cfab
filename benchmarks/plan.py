"""All measurements of a run, in order: the quick ones first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from benchmarks import cases
from benchmarks.cases import Model
from benchmarks.systems import SYSTEMS

ROWS = (30_000, 200_000)
VARYING = (0, 4)
ACTORS = (100, 500, 1000, 5000)
JOINT = f"{cases.JOINT}, both outcomes"
COMPILING = "engine, compiling"  # the first run ever on a machine


@dataclass(frozen=True)
class Measurement:
    """A task for a system on models, which are made when it is its turn."""

    task: str
    case: str
    system: str
    rows: int | None = None
    models: Callable[[], list[Model]] | None = None

    def __str__(self) -> str:
        return f"{self.task}, {self.case}, {self.system}"

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from the others."""
        return self.task, self.case, self.system

    @property
    def peer(self) -> str:
        """The name that selects it: the comparison with numpy goes with the engine."""
        return "engine" if self.system in {COMPILING, "numpy"} else self.system


def _real() -> list[Model]:
    return [cases.real()]


def _joint() -> list[Model]:
    return [cases.joint()]


def _simulated(rows: int, varying: int, actors: int = 0) -> list[Model]:
    return [cases.simulated(rows, varying, actors=actors)]


def _models(rows: int) -> list[Model]:
    return [*cases.models(rows)]


def measurements() -> list[Measurement]:
    """Every measurement of a full run."""
    small = ROWS[0]
    plain = partial(_simulated, small, 0)
    ten, make_ten = f"{cases.MODELS} models of {small:,} rows", partial(_models, small)
    out = [Measurement("growth", "rows", "engine")]
    out += [Measurement("levels", actors(n), "engine", small, partial(_simulated, small, 0, n)) for n in ACTORS]
    out += [Measurement("average", title(small, 0), system, small, plain) for system in ("engine", "numpy")]
    out.append(Measurement("together", ten, "engine", small, make_ten))
    posteriors: dict[str, tuple[int | None, Callable[[], list[Model]]]] = {
        title(n, v): (n, partial(_simulated, n, v)) for n in ROWS[:1] for v in VARYING
    }
    posteriors |= {cases.REAL: (None, _real), JOINT: (None, _joint)}
    posteriors |= {title(n, 0): (n, partial(_simulated, n, 0)) for n in ROWS[1:]}  # peers take a quarter of an hour
    each = [
        Measurement("posterior", case, system, rows, make)
        for case, (rows, make) in posteriors.items()
        for system in SYSTEMS
    ]
    out += sorted(each, key=lambda item: item.system != "engine")
    out.append(Measurement("posterior", title(small, 0), COMPILING, small, plain))
    out.append(Measurement("posterior", JOINT, COMPILING, None, _joint))
    return [*out, Measurement("together", ten, "nutpie", small, make_ten)]


def title(rows: int, varying: int) -> str:
    """A simulated case as the table names it."""
    return f"{rows:,} rows" + (f", {varying} varying slopes" if varying else "")


def actors(count: int) -> str:
    """A case of many actors as the table names it."""
    return f"{count:,} actors"
