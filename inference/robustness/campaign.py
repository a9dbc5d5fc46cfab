"""A campaign of refits: what there is to do, its run, and the tables of every refit that is kept."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from data.command_line import alone, writable
from data.world.sources import at_hand
from inference import panels
from inference.archives import archive, provenance
from inference.counterfactual.simulation.chain import ARCHIVES
from inference.fleet import fleet
from inference.robustness import accuracy, aid, recoding, sealed_tables, summary, tasks
from inference.robustness.curve import permuted
from inference.robustness.refits import refit
from inference.robustness.refits.refit import Refit
from inference.robustness.specifications import DIMENSIONS, Specification, specifications, structures
from models.claims.registry import REGISTRY, Hypothesis, archive_of

if TYPE_CHECKING:
    import pandas as pd

    from inference.fleet.fleet import Task

# The claims that the brief is about, whose refits under single changes are part of a fit.
MAIN = ("carter-1", "carter-2", "carter-3", "carter-4", "cond-1")


def single(panel: str) -> list[Specification]:
    """The registered coding and every single change of it."""
    return [s for s in specifications(panel) if len(s.changes) <= 1]


class Part(NamedTuple):
    """What a part of a campaign is made of: codings, kinds of parts left out, and parts of the simulations of aid."""

    codings: Callable[[str], list[Specification]] | None = None  # of a panel
    left_out: Collection[str] = ()
    simulations: tuple[str | None, ...] = ()  # as `aid.tasks` names them; None: all of them


MAKERS = tuple(kind.__module__ for kind in accuracy.KINDS.values())  # of refits
ALL = "all"
EVERY_GROUP = (*tasks.GROUPS, "aggressor", "treaty")
PARTS = {
    ALL: Part(specifications, EVERY_GROUP, (None,)),
    "main": Part(single, ("treaty", "aggressor"), ("codings", "left-out")),
    "codings": Part(specifications, (), ("codings",)),
    "left-out": Part(None, EVERY_GROUP, ("left-out",)),
    "structure": Part(structures),
    "undone": Part(simulations=("undone",)),
    "accuracy": Part(specifications, EVERY_GROUP),
    "permuted": Part(single),
}


class Plan(NamedTuple):
    """What there is to do."""

    recodings: list[Task]
    left_outs: list[Task]
    simulations: list[Task]
    compared: list[Task]
    permuted: list[Task]

    @property
    def every(self) -> list[Task]:
        """All tasks but the panels that they need."""
        return [task for some in self for task in some]

    def only(self, condition: Callable[[Task], bool]) -> Plan:
        """The tasks that fulfil a condition."""
        return Plan(*(list(filter(condition, some)) for some in self))


@dataclass(frozen=True)
class Asked:
    """What is asked for: the claims, one of `PARTS`, pairs of codings or every product of them, and how.

    ``made`` is a way of making a refit (see `refit`), ``sample`` how many refits are set beside full draws, or how
    often outcomes are permuted.
    """

    claims: tuple[Hypothesis, ...]
    part: str = ALL
    full: bool = False
    made: str = refit.APPROXIMATE
    sample: int = 200
    simulated: bool = True


@dataclass(frozen=True)
class Campaign:
    """Where the panels and posteriors are, where results go, and on what the refits run.

    ``raw`` is the folder of the raw files, which panels under other codings are built from; without it they are
    fetched. ``scheduler`` is the address of a Dask scheduler.
    """

    alignment: Path
    posteriors: Path
    folder: Path = sealed_tables.FOLDER
    raw: Path | None = None
    workers: int = 2
    scheduler: str | None = None

    def plan(self, asked: Asked) -> Plan:
        """The tasks of what is asked for; ValueError when there are none."""
        part, models = PARTS[asked.part], tasks.models(list(asked.claims), self.alignment)
        codings = partial(specifications, full=True) if asked.full and part.codings is specifications else part.codings
        recodings = tasks.recodings(models, self.alignment, codings, asked.made) if codings else []
        left_outs = tasks.left_outs(models, self.alignment, asked.made) if part.left_out else []
        left_outs = [task for task in left_outs if task.arguments["group"] in part.left_out]
        plan = Plan(recodings, left_outs, self._simulations(asked), [], [])
        if self.alignment.resolve() != panels.PANEL:  # what is built from the raw files says nothing of another panel
            plan = plan.only(lambda task: tasks.risk_of(task) is None)
        if asked.part == "accuracy":
            plan = Plan([], [], [], accuracy.sample(plan.recodings + plan.left_outs, asked.sample), [])
        if asked.part == "permuted":
            plan = Plan([], [], [], [], permuted.tasks_of(plan.recodings, asked.sample))
        if not plan.every:
            raise ValueError(
                "nothing to refit: no claim that was asked for is tested on this panel, and no links are there"
            )
        return plan

    def _simulations(self, asked: Asked) -> list[Task]:
        """The counterfactual under every change, when its links are there; says so when they are not."""
        parts = PARTS[asked.part].simulations if asked.simulated else ()
        if not parts:
            return []
        if missing := [name for name in ARCHIVES if archive.key_of(name, self.posteriors) is None]:
            print(f"the counterfactual is left out: {missing[0]} has no posterior in {self.posteriors}; run 'make fit'")
            return []
        return [task for part in parts for task in aid.tasks(self.alignment, self.posteriors, part, asked.made)]

    def carry_out(self, plan: Plan) -> int:
        """Do what a plan says, write the tables and say what came of it; 1 if any task failed."""
        began, results, failures = time.monotonic(), dict[str, dict](), dict[str, str]()
        for label, todo in self._rounds(plan).items():
            if todo and not failures:
                outcome = self.run(todo, label)
                results |= outcome.results
                failures |= outcome.failures
        if not failures:
            self._write(plan, results)
        gate = [key for key, result in results.items() if result.get("failed")]
        impossible = [key for key, result in results.items() if result.get("impossible") is not None]
        print(
            f"\n{len(results)} results in {self.folder} after {time.monotonic() - began:.0f} s; "
            f"{len(impossible)} impossible, {len(gate)} beyond their gate"
        )
        for key, error in failures.items():
            print(f"error: {key}: {error}", file=sys.stderr)
        return 1 if failures else 0

    def _rounds(self, plan: Plan) -> dict[str, list[Task]]:
        """The tasks of a plan by what they are called, in the order in which they are done."""
        return {
            "panels under other codings": tasks.builds(plan.every, self.raw),
            "refits under other codings": plan.recodings,
            "refits with a part left out": plan.left_outs,
            "counterfactuals under other codings and without a part": plan.simulations,
            "approximate refits beside full draws": plan.compared,
            "codings under permuted outcomes": plan.permuted,
        }

    def _write(self, plan: Plan, results: dict[str, dict]) -> None:
        if plan.compared:
            found = accuracy.table({task.key: results[task.key] for task in plan.compared})
            sealed_tables.write(self.folder / "accuracy.csv", found)
            print(accuracy.words(found))
        if plan.recodings or plan.left_outs:
            curve = self._write_refits()
            claims = {task.arguments["hypothesis"] for task in plan.recodings}
            print(summary.agreement_words(curve[curve["hypothesis"].isin(claims)]))
        if plan.simulations:
            self._write_simulations()
        if plan.permuted:
            print(self._write_permuted().to_string(index=False))

    def run(self, todo: list[Task], label: str) -> fleet.Outcome:
        """Do the tasks, of one kind, that are not yet done."""
        return fleet.run(
            todo, "inference.robustness.tasks:work", folder=self.folder / "tasks",
            stamp=self._stamp(tasks.made_by(todo)), workers=self.workers, scheduler=self.scheduler, label=label,
            before=tasks.BEFORE,
        )  # fmt: skip

    def _stamp(self, made_by: str) -> str:
        """Hash of what decides a result of a module beside its arguments: panels, its code and that of the data."""
        files = [file for name in DIMENSIONS for file in panels.files_of(name, self.alignment)]
        parts = [provenance.code_sha256(made_by), recoding.code_of_data()]
        parts += [provenance.sha256(file) for file in files if file.is_file()]
        return hashlib.sha256("".join(parts).encode()).hexdigest()

    def _write_refits(self) -> pd.DataFrame:
        """Write the tables of the refits of all claims that are kept, whichever run made them."""
        kept = {k: v for by in MAKERS for k, v in fleet.kept(self.folder / "tasks", self._stamp(by)).items()}
        refits = {key: Refit.of(values) for key, (_, values) in kept.items()}
        claims = _of(kept)
        curve = summary.specification_curve(claims, refits, partial(specifications, full=True))
        tables = {
            "specification": curve,
            "structure": summary.specification_curve(claims, refits, structures),
            "left_out": summary.left_out(claims, refits),
            "scores": summary.scores(claims, refits),
        }
        for name, table in tables.items():
            sealed_tables.write(self.folder / f"{name}.csv", table)
        return curve

    def _write_permuted(self) -> pd.DataFrame:
        """Write the table of the permuted curves of all claims that are kept."""
        kept = fleet.kept(self.folder / "tasks", self._stamp(permuted.__name__))
        claims = _of(kept)
        table = permuted.table(claims, {key: values for key, (_, values) in kept.items()}, single)
        sealed_tables.write(self.folder / "permuted.csv", table)
        return table

    def _write_simulations(self) -> None:
        """Write the table of the counterfactuals that are kept, of the links that are there now."""
        links = aid.key({name: archive.key_of(name, self.posteriors) for name in ARCHIVES})
        kept = fleet.kept(self.folder / "tasks", self._stamp(aid.__name__))
        now = {key: aid.AidRefit.of(values) for key, (task, values) in kept.items() if task.arguments["links"] == links}
        sealed_tables.write(self.folder / "chain.csv", aid.summary(now))


def _of(kept: Mapping[str, tuple[Task, dict]]) -> list[Hypothesis]:
    """The claims of which refits are kept; those that share a posterior share its refits."""
    refitted = {task.arguments["hypothesis"] for task, _ in kept.values()}
    return [h for h in REGISTRY.values() if h.testable and archive_of(h) in refitted]


def of_main_claims(alignment: Path, posteriors: Path, raw: Path | None, workers: int, scheduler: str | None) -> int:
    """Refit the claims that the brief is about, and the effect of aid, under single changes; 1 if a refit failed.

    Every single change of coding, every treaty and every leading aggressor left out. Nothing is fetched: without the
    raw files, codings whose panels are not yet built wait for ``make robustness``.
    """
    campaign = Campaign(alignment, posteriors, raw=raw, workers=workers, scheduler=scheduler)
    plan = campaign.plan(Asked(tuple(REGISTRY[name] for name in MAIN), "main"))
    if not at_hand(raw):
        whole, plan = plan, plan.only(needs_no_build)
        print(
            f"{len(whole.every) - len(plan.every)} refits need panels under other codings, which are built from the "
            "raw files: 'make robustness' fetches them, or RAW=<folder> names their place"
        )
    writable(campaign.folder, "folder of refits")
    with alone(campaign.folder):
        return campaign.carry_out(plan)


def needs_no_build(task: Task) -> bool:
    """Whether the panel that a task reads is there."""
    return (risk := tasks.risk_of(task)) is None or recoding.path_of(risk).is_file()
