"""``python -m inference.robustness``: refit every claim under other codings, and with parts left out."""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from inference.archives.archive import FOLDER as POSTERIORS
from inference.panels import PANEL

if TYPE_CHECKING:
    import pandas as pd

    from inference.fleet.fleet import Task
    from models.claims.registry import Hypothesis

FOLDER = Path(__file__).parent / "results"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m inference.robustness", description=__doc__)
    parser.add_argument("--hypotheses", metavar="IDS", help="ids, separated by commas or spaces (default: all)")
    parser.add_argument("--full", action="store_true", help="every combination of codings, not only pairs")
    parser.add_argument("--part", choices=("codings", "left-out"), help="one of the two (default: both)")
    parser.add_argument("--only-chain", action="store_true", help="only the counterfactual, not the claims")
    parser.add_argument("--posteriors", type=Path, default=POSTERIORS, help="folder of the links of the chain")
    parser.add_argument("--raw", type=Path, help="folder with the raw files (default: fetch them)")
    parser.add_argument("--panel", type=Path, default=PANEL, help="alignment panel (default: the committed one)")
    parser.add_argument("--workers", type=int, default=2, help="refits at the same time (default: 2)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="Dask scheduler to run on, as tcp://host:8786")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where results go")
    return parser


def _stamp(function: str, alignment: Path) -> str:
    """Hash of what decides a result of ``module:name`` beside its arguments: panels, its code and that of the data."""
    from inference import panels
    from inference.archives import provenance
    from inference.robustness import recoding

    files = [panels.path_of(name, alignment) for name in ("alignment", "termination", "joining")]
    parts = [provenance.code_sha256(function.partition(":")[0]), recoding.code_of_data()]
    parts += [provenance.sha256(file) for file in files if file.is_file()]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _summarise(chosen: list[Hypothesis], results: dict[str, dict], folder: Path, *, full: bool) -> None:
    from inference.robustness import summary

    tables = {
        "specification": summary.specification_curve(chosen, results, full=full),
        "left_out": summary.left_out(chosen, results),
        "scores": summary.scores(chosen, results),
    }
    for name, table in tables.items():
        _write(table, folder, name)
    if "side" in tables["specification"]:
        agreement = summary.agreement(tables["specification"])
        agreement["agreeing"] = agreement["agreeing"].map(summary.share_words)
        print(agreement.to_string(index=False))


def _write(table: pd.DataFrame, folder: Path, name: str) -> None:
    partial = folder / f"{name}.csv.partial"
    table.to_csv(partial, index=False)
    partial.replace(folder / f"{name}.csv")


def _simulations(arguments: argparse.Namespace) -> list[Task]:
    """The counterfactual under every change, when its links are there; says so when they are not."""
    from inference.archives import archive
    from inference.counterfactual.chain import ARCHIVES
    from inference.robustness import aid

    missing = [name for name in ARCHIVES if archive.key_of(name, arguments.posteriors) is None]
    if arguments.hypotheses and not arguments.only_chain:
        return []
    if missing:
        print(
            f"the counterfactual is left out: {missing[0]} has no posterior in {arguments.posteriors}; run 'make fit'"
        )
        return []
    return aid.tasks(arguments.panel, arguments.posteriors, arguments.part)


def _run(arguments: argparse.Namespace) -> int:
    from inference.fleet import fleet
    from inference.robustness import aid, campaign, recoding
    from models.claims.registry import get

    began, chosen = time.monotonic(), [h for h in get(arguments.hypotheses) if h.testable]
    models = campaign.models(chosen, arguments.panel)
    if arguments.only_chain:
        models = []
    recodings = [] if arguments.part == "left-out" else campaign.recodings(models, arguments.panel, full=arguments.full)
    refits = [] if arguments.part == "codings" else campaign.left_outs(models, arguments.panel)
    simulations = _simulations(arguments)
    results, failures = {}, {}

    def go(tasks: list[Task], function: str, label: str) -> None:
        outcome = fleet.run(
            tasks,
            function,
            folder=arguments.folder / "tasks",
            stamp=_stamp(function, arguments.panel),
            workers=arguments.workers,
            scheduler=arguments.scheduler,
            label=label,
        )
        results.update(outcome.results)
        failures.update(outcome.failures)

    spoken = [task.arguments["specification"] for task in recodings if recoding.of_alignment(task.arguments)]
    spoken += [task.arguments["specification"] for task in simulations]
    if builds := campaign.builds(spoken, arguments.raw):
        go(builds, "inference.robustness.recoding:build", "panels under other codings")
    if not failures:
        go(recodings, "inference.robustness.refit:recoded", "refits under other codings")
        go(refits, "inference.robustness.refit:left_out", "refits with a part left out")
        if models:
            _summarise(chosen, results, arguments.folder, full=arguments.full)
        if simulations:
            go(simulations, "inference.robustness.aid:task", "counterfactuals under other codings and without a part")
            _write(
                aid.summary({task.key: results[task.key] for task in simulations if task.key in results}),
                arguments.folder,
                "chain",
            )
    gate = [key for key, result in results.items() if result.get("failed")]
    impossible = [key for key, result in results.items() if "impossible" in result]
    print(
        f"\n{len(results)} results in {arguments.folder} after {time.monotonic() - began:.0f} s; "
        f"{len(impossible)} impossible, {len(gate)} beyond their gate"
    )
    for key, error in failures.items():
        print(f"error: {key}: {error}", file=sys.stderr)
    return 1 if failures else 0


def main() -> int:
    """Exit code 0; 1 when a refit failed; 2, with one sentence, for a bad argument or panel."""
    try:
        return _run(_parser().parse_args())
    except ValueError as error:  # of the panel, of the fleet, of an id
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
