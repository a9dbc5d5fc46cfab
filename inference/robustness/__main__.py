"""``python -m inference.robustness``: refit every claim under other codings, and with parts left out."""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from data.command_line import Parser, alone, answer, ids, within, workers, writable
from inference.archives.archive import FOLDER as POSTERIORS
from inference.panels import PANEL, asked_for

if TYPE_CHECKING:
    from inference.fleet.fleet import Task
    from inference.robustness.refit import Refit
    from inference.robustness.specifications import Specification
    from models.claims.registry import Hypothesis

FOLDER = Path(__file__).parent / "results"
PARTS = ("codings", "left-out", "structure", "undone", "accuracy")


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m inference.robustness", description=__doc__)
    parser.add_argument(
        "--hypotheses", type=ids, metavar="IDS", help="ids, separated by commas or spaces (default: all)"
    )
    parser.add_argument("--full", action="store_true", help="every combination of codings, not only pairs")
    parser.add_argument(
        "--part",
        choices=PARTS,
        help="one of them: undone are changes of the simulation of aid, accuracy sets a sample of refits beside full "
        "draws (default: all but structure and accuracy)",
    )
    parser.add_argument(
        "--sample",
        type=within(1, 10_000, "each is drawn at full length"),
        default=200,
        help="refits of the accuracy (default: 200)",
    )
    parser.add_argument("--exact", action="store_true", help="draw every posterior (hours), none approximated")
    parser.add_argument("--only-chain", action="store_true", help="only the counterfactual, not the claims")
    parser.add_argument("--posteriors", type=Path, default=POSTERIORS, help="folder of the links of the chain")
    parser.add_argument("--raw", type=Path, help="folder with the raw files (default: fetch them)")
    parser.add_argument("--panel", type=Path, default=PANEL, help="alignment panel (default: the committed one)")
    parser.add_argument("--workers", type=workers, default=2, help="refits at the same time (default: 2)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="Dask scheduler to run on, as tcp://host:8786")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where results go")
    return parser


def _stamp(made_by: str, alignment: Path) -> str:
    """Hash of what decides a result of a module beside its arguments: panels, its code and that of the data."""
    from inference import panels
    from inference.archives import provenance
    from inference.robustness import recoding
    from inference.robustness.specifications import DIMENSIONS

    files = [file for name in DIMENSIONS for file in panels.files_of(name, alignment)]
    parts = [provenance.code_sha256(made_by), recoding.code_of_data()]
    parts += [provenance.sha256(file) for file in files if file.is_file()]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _summarise(
    chosen: list[Hypothesis], refits: dict[str, Refit], folder: Path, every: Callable[[str], list[Specification]]
) -> None:
    from inference.robustness import sealed_tables, summary

    curve = summary.specification_curve(chosen, refits, every)
    sealed_tables.write(folder / "specification.csv", curve)
    sealed_tables.write(folder / "left_out.csv", summary.left_out(chosen, refits))
    sealed_tables.write(folder / "scores.csv", summary.scores(chosen, refits))
    agreement = summary.agreement(curve)
    agreement["agreeing"] = agreement["agreeing"].map(summary.share_words)
    print(agreement.to_string(index=False))


def _simulations(arguments: argparse.Namespace) -> list[Task]:
    """The counterfactual under every change, when its links are there; says so when they are not."""
    from inference.archives import archive
    from inference.counterfactual.simulation.chain import ARCHIVES
    from inference.robustness import aid

    if arguments.hypotheses and not arguments.only_chain:
        return []
    if missing := [name for name in ARCHIVES if archive.key_of(name, arguments.posteriors) is None]:
        print(
            f"the counterfactual is left out: {missing[0]} has no posterior in {arguments.posteriors}; run 'make fit'"
        )
        return []
    return aid.tasks(arguments.panel, arguments.posteriors, arguments.part, _made(arguments))


def _run(arguments: argparse.Namespace) -> int:
    asked_for(arguments.panel)
    writable(arguments.folder, "--folder")
    with alone(arguments.folder):
        return _refit(arguments)


def _made(arguments: argparse.Namespace) -> str:
    from inference.robustness import refit

    return refit.SHORT if arguments.exact else refit.APPROXIMATE


class _Plan(NamedTuple):
    """What there is to do."""

    models: list[Hypothesis]
    every: Callable[[str], list[Specification]]
    recodings: list[Task]
    left_outs: list[Task]
    simulations: list[Task]
    compared: list[Task]


def _plan(arguments: argparse.Namespace, chosen: list[Hypothesis]) -> _Plan:
    from inference.robustness import accuracy, tasks
    from inference.robustness.specifications import specifications, structures

    part, panel = arguments.part, arguments.panel
    models = [] if arguments.only_chain or part == "undone" else tasks.models(chosen, panel)
    every = structures if part == "structure" else partial(specifications, full=arguments.full)
    made = _made(arguments)
    recodings = [] if part == "left-out" else tasks.recodings(models, panel, every, made)
    left_outs = tasks.left_outs(models, panel, made) if part in (None, "left-out", "accuracy") else []
    if part == "accuracy":
        return _Plan(models, every, [], [], [], accuracy.sample(recodings + left_outs, arguments.sample))
    simulations = _simulations(arguments) if part != "structure" else []
    if not (recodings or left_outs or simulations):
        raise ValueError(
            "nothing to refit: no claim that was asked for is tested on this panel, and no links are there"
        )
    return _Plan(models, every, recodings, left_outs, simulations, [])


def _refit(arguments: argparse.Namespace) -> int:
    from inference.fleet import fleet
    from inference.robustness import accuracy, aid, sealed_tables, tasks
    from inference.robustness.refit import Refit
    from inference.robustness.summary import specification_curve
    from models.claims.registry import get

    began, chosen = time.monotonic(), [h for h in get(arguments.hypotheses) if h.testable]
    plan = _plan(arguments, chosen)
    results, failures = {}, {}

    def go(todo: list[Task], label: str) -> dict[str, dict]:
        outcome = fleet.run(
            todo, "inference.robustness.tasks:work", folder=arguments.folder / "tasks",
            stamp=_stamp(tasks.made_by(todo), arguments.panel), workers=arguments.workers,
            scheduler=arguments.scheduler, label=label, before=tasks.BEFORE,
        )  # fmt: skip
        results.update(outcome.results)
        failures.update(outcome.failures)
        return outcome.results

    if builds := tasks.builds([*plan.recodings, *plan.simulations, *plan.compared], arguments.raw):
        go(builds, "panels under other codings")
    if not failures and plan.compared:
        found = accuracy.table(go(plan.compared, "approximate refits beside full draws"))
        sealed_tables.write(arguments.folder / "accuracy.csv", found)
        print(accuracy.words(found))
    elif not failures:
        plain = go(plan.recodings, "refits under other codings") | go(plan.left_outs, "refits with a part left out")
        refits = {key: Refit.of(values) for key, values in plain.items()}
        if plan.models and arguments.part == "structure":
            sealed_tables.write(arguments.folder / "structure.csv", specification_curve(chosen, refits, plan.every))
        elif plan.models:
            _summarise(chosen, refits, arguments.folder, plan.every)
        if plan.simulations:
            plain = go(plan.simulations, "counterfactuals under other codings and without a part")
            summary = aid.summary({key: aid.AidRefit.of(values) for key, values in plain.items()})
            sealed_tables.write(arguments.folder / "chain.csv", summary)
    gate = [key for key, result in results.items() if result.get("failed")]
    impossible = [key for key, result in results.items() if result.get("impossible") is not None]
    print(
        f"\n{len(results)} results in {arguments.folder} after {time.monotonic() - began:.0f} s; "
        f"{len(impossible)} impossible, {len(gate)} beyond their gate"
    )
    for key, error in failures.items():
        print(f"error: {key}: {error}", file=sys.stderr)
    return 1 if failures else 0


def main() -> int:
    """Exit code 0; 1 when a refit failed; 2, with one sentence, for a bad argument or panel; 130 if stopped."""
    arguments = _parser().parse_args()
    kept = f"refits that were finished are in {arguments.folder}; the same command goes on with the others"
    return answer(lambda: _run(arguments), kept=kept)  # errors of the panel, of the fleet, of an id


if __name__ == "__main__":
    sys.exit(main())
