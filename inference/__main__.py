"""``python -m inference``: fit the registered hypotheses to a panel and archive their posteriors."""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from inference.archives.archive import FOLDER
from inference.command_line import Parser, positive, seed
from inference.panels import PANEL
from inference.sampling.engines import ENGINES

if TYPE_CHECKING:
    from inference.fleet import fleet
    from inference.fleet.fleet import Task
    from inference.sampling.converge import Settings
    from models.claims.registry import Hypothesis


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m inference", description=__doc__)
    parser.add_argument("--list", action="store_true", help="list the registered hypotheses and stop")
    parser.add_argument("--hypotheses", metavar="IDS", help="ids, separated by commas or spaces (default: all)")
    parser.add_argument("--panel", type=Path, default=PANEL, help="panel to fit (default: the committed one)")
    parser.add_argument("--chains", type=positive, default=4, help="chains (default: 4)")
    parser.add_argument("--draws", type=positive, default=1000, help="draws of each chain (default: 1000)")
    parser.add_argument("--seed", type=seed, default=2022, help="seed of the whole run (default: 2022)")
    parser.add_argument("--engine", choices=ENGINES, default="kernel", help="sampler (default: kernel)")
    parser.add_argument("--workers", type=positive, default=2, help="fits at the same time (default: 2)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="Dask scheduler to fit on, as tcp://host:8786")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where archives go")
    return parser


def _list() -> None:
    from models.claims.links import LINKS
    from models.claims.registry import REGISTRY, archive_of

    for hypothesis in (*REGISTRY.values(), *LINKS.values()):
        signs = ", ".join(map(str, hypothesis.estimands)) or hypothesis.reason
        kept = f", posterior {archive_of(hypothesis)}" if hypothesis.testable else ""
        print(f"{hypothesis.id:<10} {hypothesis.claim}\n{'':<10} {signs}  [{hypothesis.status}{kept}]")


def _models(chosen: list[Hypothesis], alignment: Path) -> list[Hypothesis]:
    """The claims whose models are to be fitted, each model once; the others are named with the reason."""
    from inference import panels
    from models.claims.links import LINKS
    from models.claims.registry import REGISTRY, archive_of

    known, out = REGISTRY | LINKS, {}
    for hypothesis in chosen:
        if not hypothesis.testable:
            print(f"{hypothesis.id} is not tested: {hypothesis.reason}")
        elif missing := panels.lacking(hypothesis, alignment):
            print(f"{hypothesis.id} is left out: there is no {missing.name} beside {alignment.name}")
        else:
            out[archive_of(hypothesis)] = known[archive_of(hypothesis)]
    return list(out.values())


def _tasks(models: list[Hypothesis], settings: Settings, alignment: Path, folder: Path) -> tuple[list[Task], int]:
    """The archives still to make, those without one of the same key, and how many there are in all."""
    from inference import panels
    from inference.archives import archive
    from inference.archives.provenance import provenance
    from inference.fitting import stacking
    from inference.fitting.logit import fit_key
    from inference.fleet.fleet import Task
    from models.claims.links import AUTOREGRESSIONS

    names = [(h, outcome, f"{h.id}.{outcome}") for h in models for outcome in h.outcomes]
    origin = {h.panel: provenance(*panels.files_of(h.panel, alignment)) for h in models}
    common = {"panel": str(alignment.resolve()), "settings": asdict(settings), "folder": str(folder.resolve())}
    slow = [
        (h.panel, Task(name, {"kind": "autoregression", "hypothesis": h.id, **common}))
        for h, _, name in names
        if h.id in AUTOREGRESSIONS
    ]
    logits = [(h, outcome, name) for h, outcome, name in names if h.id not in AUTOREGRESSIONS]
    logits.sort(key=lambda logit: -len(logit[0].equation(logit[1]).terms))  # long ones first
    every = slow + [
        (h.panel, Task(name, {"kind": "fit", "hypothesis": h.id, "outcome": outcome, **common}))
        for h, outcome, name in logits
    ]
    if set(stacking.RIVALS) <= {h.id for h in models}:
        rivals = {o: stacking.name_of(o) for o in stacking.OUTCOMES}
        every += [("alignment", Task(n, {"kind": "contest", "outcome": o, **common})) for o, n in rivals.items()]
    pending = [
        task for panel, task in every if archive.key_of(task.key, folder) != fit_key(task.key, settings, origin[panel])
    ]
    return pending, len(every)


def _scenarios(models: list[Hypothesis], settings: Settings, alignment: Path, folder: Path) -> list[Task]:
    """The shipped scenarios still to simulate, when the whole chain was asked for and is there."""
    from inference.archives import archive
    from inference.counterfactual import run, scenario
    from inference.counterfactual.simulation import chain
    from inference.fleet.fleet import Task

    wanted = {name.partition(".")[0] for name in chain.ARCHIVES}
    links = {name: archive.key_of(name, folder) for name in chain.ARCHIVES}
    if not wanted <= {h.id for h in models} or None in links.values():
        return []
    common = {
        "kind": "scenario",
        "panel": str(alignment.resolve()),
        "settings": asdict(settings),
        "folder": str(folder.resolve()),
    }
    return [
        Task(run.name_of(which), {"scenario": asdict(which), **common})
        for which in scenario.SHIPPED.values()
        if archive.key_of(run.name_of(which), folder) != run.key(which, links, settings.seed)
    ]


def _report(outcome: fleet.Outcome, label: str, folder: Path) -> int:
    """Say what became of the fits; 1 if any failed."""
    from inference.fitting.logit import FitResult

    results = sorted((FitResult(**result) for result in outcome.results.values()), key=lambda result: result.name)
    failed = [result for result in results if result.failed]
    for result in results:
        print(f"{result.name:<20} {result.text}")
    print(f"\n{len(results) - len(failed)} {label} in {folder}")
    for name, error in outcome.failures.items():
        print(f"error: {name}: {error}", file=sys.stderr)
    for result in failed:
        where = f", kept aside as {Path(result.path).name}" if result.path else ""
        print(f"error: {result.name} failed its gate{where}: {'; '.join(result.failed)}", file=sys.stderr)
    if any(result.path for result in failed):
        print("more draws may settle R-hat and effective sample sizes: make fit DRAWS=2000", file=sys.stderr)
    return 1 if failed or outcome.failures else 0


def _run(arguments: argparse.Namespace, chosen: list[Hypothesis]) -> int:
    from data import coverage
    from inference import panels
    from inference.sampling.converge import Settings

    panel = panels.read("alignment", arguments.panel)
    settings = Settings(arguments.chains, arguments.draws, arguments.seed, arguments.engine)
    models = _models(chosen, arguments.panel)
    tasks, count = _tasks(models, settings, arguments.panel, arguments.folder)
    if len(tasks) < count:
        print(f"{count - len(tasks)} of {count} posteriors are already there, from the same panel, code and settings")
    if tasks:
        print(coverage.summary(panel), end="\n\n")
    failed = _do(tasks, "posteriors", arguments) if tasks else 0
    simulations = _scenarios(models, settings, arguments.panel, arguments.folder)
    return max(failed, _do(simulations, "scenarios", arguments) if simulations else 0)


def _do(tasks: list[Task], label: str, arguments: argparse.Namespace) -> int:
    """Run tasks, several at a time, and say what became of them; 1 if any failed."""
    from inference.fleet import fleet, work

    with tempfile.TemporaryDirectory() as notes:  # what counts are the archives
        outcome = fleet.run(
            tasks,
            "inference.fleet.work:work",
            folder=Path(notes),
            stamp="",
            workers=arguments.workers,
            scheduler=arguments.scheduler,
            label=label,
            before=work.before([task.arguments["kind"] for task in tasks], arguments.engine),
        )
    return _report(outcome, label, arguments.folder)


def main() -> int:
    """Exit code 0; 1 when a fit failed its gate; 2, with one sentence, for a bad argument or panel."""
    arguments = _parser().parse_args()
    from models.claims.links import LINKS
    from models.claims.registry import REGISTRY, get

    if arguments.list:
        _list()
        return 0
    try:
        chosen = get(arguments.hypotheses, REGISTRY | LINKS)
        if not arguments.panel.is_file():
            raise ValueError(f"panel {arguments.panel}: no such file; build it with 'make data' or name another")
        return _run(arguments, chosen)
    except ValueError as error:  # PanelError among them
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
