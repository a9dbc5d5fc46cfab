"""The kinds of work of ``python -m inference``: what each needs to know, and the function that does it.

A piece of work travels to a worker as plain values: `task_of` makes them, `perform` reads them. One function performs
every kind, so that one line of progress counts all. Modules that compute are imported only where the work is done.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, override

from inference.archives import archive
from inference.fleet.worker import Task
from inference.plain import plain
from inference.sampling.settings import Session, Settings

if TYPE_CHECKING:
    from inference.counterfactual.scenario import Scenario
    from inference.fitting.result import FitResult

#: What compiles the engine, in two rounds: on a new machine the processes share each of them out.
BEFORE = tuple(
    tuple(f"inference.engine.precompile:{part}" for part in parts)
    for parts in (("likelihood", "coordinates"), ("chain", "summaries"))
)


class Work(ABC):
    """A piece of work; its fields are what it is done with, ``made_by`` the module that does it."""

    made_by: ClassVar[str]

    @property
    @abstractmethod
    def name(self) -> str:
        """Name of the archive that it makes or adds to, or of the model whose archives it makes."""

    @property
    def archives(self) -> tuple[str, ...]:
        """Names of the archives that it makes."""
        return (self.name,)

    @abstractmethod
    def do(self, session: Session) -> FitResult:
        """Do it and archive what comes of it."""


@dataclass(frozen=True)
class LogitFit(Work):
    """The fit of all outcomes of a claim or link."""

    made_by = "inference.fitting.logit"
    hypothesis: str
    outcomes: tuple[str, ...]

    @property
    @override
    def name(self) -> str:
        return self.hypothesis

    @property
    @override
    def archives(self) -> tuple[str, ...]:
        every = [f"{self.hypothesis}.{outcome}" for outcome in self.outcomes]
        return tuple(archived for name in every for archived in (name, archive.thinned_name(name)))

    @override
    def do(self, session: Session) -> FitResult:
        from inference.fitting import logit

        return logit.fit_registered(self.hypothesis, session)


@dataclass(frozen=True)
class AutoregressionFit(Work):
    """The fit of one autoregression, of ``outcome``."""

    made_by = "inference.fitting.capacity"
    hypothesis: str
    outcome: str

    @property
    @override
    def name(self) -> str:
        return f"{self.hypothesis}.{self.outcome}"

    @override
    def do(self, session: Session) -> FitResult:
        from inference.fitting import capacity

        return capacity.fit_registered(self.hypothesis, session)


@dataclass(frozen=True)
class Contest(Work):
    """The contest of rival explanations of one outcome."""

    made_by = "inference.fitting.stacking"
    outcome: str

    @property
    @override
    def name(self) -> str:
        return f"contest.{self.outcome}"

    @override
    def do(self, session: Session) -> FitResult:
        from inference.fitting import stacking

        return stacking.fit_contest(self.outcome, session)


@dataclass(frozen=True)
class Case(Work):
    """What models that end before it expected of the case of 2015."""

    made_by = "inference.fitting.case_2015"

    @property
    @override
    def name(self) -> str:
        return "case.2015"

    @override
    def do(self, session: Session) -> FitResult:
        from inference.fitting import case_2015

        return case_2015.fit_case(session)


@dataclass(frozen=True)
class Future(Work):
    """How well a claim's model foretells years to come."""

    made_by = "inference.fitting.future"
    hypothesis: str

    @property
    @override
    def name(self) -> str:
        return f"future.{self.hypothesis}"

    @override
    def do(self, session: Session) -> FitResult:
        from inference.fitting import future

        return future.fit_future(self.hypothesis, session)


@dataclass(frozen=True)
class Verdicts(Work):
    """The verdicts on the claims that share a model, by the id that its posteriors are kept under."""

    made_by = "inference.fitting.verdicts"
    model: str

    @property
    @override
    def name(self) -> str:
        return f"{self.model}.verdicts"

    @override
    def do(self, session: Session) -> FitResult:
        from inference.fitting import verdicts

        return verdicts.judge(self.model, session)


@dataclass(frozen=True)
class Simulation(Work):
    """The simulation of one scenario."""

    made_by = "inference.counterfactual.run"
    scenario: Scenario

    @property
    @override
    def name(self) -> str:
        return f"scenario.{self.scenario.id}"

    @override
    def do(self, session: Session) -> FitResult:
        from inference.counterfactual import run

        return run.simulate_scenario(self.scenario, session)


KINDS: dict[str, type[Work]] = {
    kind.__name__: kind for kind in (LogitFit, AutoregressionFit, Contest, Case, Future, Verdicts, Simulation)
}


def task_of(work: Work, session: Session) -> Task:
    """The task of a fleet that does a piece of work, as plain values."""
    shared = Session(session.panel.resolve(), session.settings, session.folder.resolve())
    return Task(work.name, {"kind": type(work).__name__, "work": plain(work), "session": plain(shared)})


def perform(kind: str, work: dict[str, Any], session: dict[str, Any]) -> dict[str, Any]:
    """Do the piece of work that `task_of` described; returns the `FitResult` as plain values (see `result_of`)."""
    if kind == "Simulation":
        from inference.counterfactual.scenario import Scenario

        work = {"scenario": Scenario(**work["scenario"])}
    settings = Settings(**session["settings"])
    result = KINDS[kind](**work).do(Session(Path(session["panel"]), settings, Path(session["folder"])))
    return {name: plain(value, name) for name, value in vars(result).items()}


def result_of(answer: dict[str, Any]) -> FitResult:
    """The result that `perform` returned as plain values."""
    from inference.fitting.result import FitResult

    path = answer["path"] and Path(answer["path"])
    return FitResult(answer["name"], path, tuple(answer["failed"]), answer["text"])


def before(works: Iterable[Work], engine: str) -> tuple[tuple[str, ...], ...]:
    """What is to be called before the work begins: nothing where the engine draws no posterior."""
    return (
        BEFORE
        if engine == "kernel" and any(isinstance(work, LogitFit | Contest | Case | Future) for work in works)
        else ()
    )
