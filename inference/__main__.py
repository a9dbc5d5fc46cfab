"""``python -m inference``: fit the registered hypotheses to a panel and archive their posteriors."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from data.command_line import Parser, alone, answer, ids, seed, within, workers, writable
from inference.archives.archive import FOLDER, ArchiveError, manifest
from inference.panels import PANEL, asked_for
from inference.sampling.engines import ENGINES
from inference.sampling.settings import Session, Settings

if TYPE_CHECKING:
    import pandas as pd

    from inference.fleet import fleet
    from inference.fleet.work import Work
    from models.claims.registry import Hypothesis


WHY = "fewer say nothing of convergence, more do not fit in memory"
MOST_DRAWS = 400_000  # of all chains


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m inference", description=__doc__)
    parser.add_argument(
        "--list", action="store_true", help="list the registered claims, and of a --panel what it cannot fit"
    )
    parser.add_argument(
        "--hypotheses", type=ids, metavar="IDS", help="ids, separated by commas or spaces (default: all)"
    )
    parser.add_argument("--panel", type=Path, default=PANEL, help="panel to fit (default: the committed one)")
    parser.add_argument(
        "--chains",
        type=within(1, 64, "each is a thread and a share of the draws"),
        default=4,
        help="chains (default: 4)",
    )
    parser.add_argument(
        "--draws", type=within(10, 100_000, WHY), default=1000, help="draws of each chain (default: 1000)"
    )
    parser.add_argument("--seed", type=seed, default=2022, help="seed of the whole run (default: 2022)")
    parser.add_argument("--engine", choices=ENGINES, default="kernel", help="sampler (default: kernel)")
    parser.add_argument("--workers", type=workers, default=2, help="fits at the same time (default: 2)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="Dask scheduler to fit on, as tcp://host:8786")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where archives go")
    parser.add_argument(
        "--raw",
        type=Path,
        help="folder with the raw files, for refits of the main claims (default: the one that BANDWAGON_RAW names, or "
        "those that were fetched before; a fit fetches none)",
    )
    return parser


def _list(alignment: Path) -> None:
    from inference.panels import lacking
    from models.claims.links import LINKS
    from models.claims.registry import REGISTRY, archive_of

    for hypothesis in (*REGISTRY.values(), *LINKS.values()):
        signs = ", ".join(map(str, hypothesis.estimands)) or hypothesis.reason
        kept = f", posterior {archive_of(hypothesis)}" if hypothesis.testable else ""
        if hypothesis.testable and alignment != PANEL and (reason := lacking(hypothesis, alignment)):
            kept = f", left out: {reason}"
        print(f"{hypothesis.id:<10} {hypothesis.claim}\n{'':<10} {signs}  [{hypothesis.status}{kept}]")


def _report(outcome: fleet.Outcome, label: str, folder: Path) -> int:
    """Say what came of each piece of work; 1 if any failed."""
    from inference.fleet.work import result_of

    results = sorted(map(result_of, outcome.results.values()), key=lambda result: result.name)
    failed = [result for result in results if result.failed]
    for result in results:
        print(f"{result.name:<20} {result.text}")
    print(f"\n{len(results) - len(failed)} {label} in {folder}")
    for name, error in outcome.failures.items():
        print(f"error: {name}: {error}", file=sys.stderr)
    for result in failed:
        where = f", kept aside as {result.path.name}" if result.path else ""
        print(f"error: {result.name} failed its gate{where}: {'; '.join(result.failed)}", file=sys.stderr)
    if any(result.path for result in failed):
        print("more draws may settle R-hat and effective sample sizes: make fit DRAWS=2000", file=sys.stderr)
    return 1 if failed or outcome.failures else 0


def _before_any_work(arguments: argparse.Namespace) -> None:
    """Raise what each fit would fail by: too many draws, a folder, its manifest, an engine that is not installed."""
    if (every := arguments.chains * arguments.draws) > MOST_DRAWS:
        raise ValueError(
            f"{arguments.chains} chains of {arguments.draws:,} draws are {every:,}: {MOST_DRAWS:,} fit in the memory of"
            " a fit, which keeps some 6 kB of each several times over"
        )
    writable(arguments.folder, "--folder")
    manifest(arguments.folder)  # which says that it is damaged, if it is
    if arguments.engine not in sys.modules and arguments.engine != "kernel" and not find_spec(arguments.engine):
        raise ValueError(
            f"engine {arguments.engine!r} is not installed: {sys.executable} -m pip install {arguments.engine}"
        )


def _run(arguments: argparse.Namespace, chosen: list[Hypothesis]) -> int:
    from inference import panels

    panel = panels.read("alignment", arguments.panel)  # an error of it comes before anything that takes long to load
    _before_any_work(arguments)
    with alone(arguments.folder):
        return _what_is_missing(arguments, chosen, panel)


def _what_is_missing(arguments: argparse.Namespace, chosen: list[Hypothesis], panel: pd.DataFrame) -> int:
    from data import coverage
    from inference import plan

    settings = Settings(arguments.chains, arguments.draws, arguments.seed, arguments.engine)
    session = Session(arguments.panel, settings, arguments.folder)
    models = plan.models(chosen, arguments.panel)
    fits = [*plan.fits(models), *plan.of_the_world(models, arguments.panel)]
    missing = [fit for fit in fits if not plan.is_there(fit, session)]
    if len(missing) < len(fits):
        print(
            f"{len(fits) - len(missing)} of {len(fits)} posteriors are already there, "
            "from the same panel, code and settings"
        )
    if missing:
        print(coverage.summary(panel), end="\n\n")
    failed = _do(missing, "posteriors", session, arguments)
    failed |= _do(plan.missing_verdicts(models, session), "verdicts", session, arguments)
    failed |= _do(plan.missing_scenarios(models, session), "scenarios", session, arguments)
    return failed or _refit_main_claims(chosen, arguments)


def _refit_main_claims(chosen: list[Hypothesis], arguments: argparse.Namespace) -> int:
    """Refits under single changes, where all the claims that the brief is about were fitted in the usual place."""
    from inference.robustness import campaign

    here = arguments.panel.resolve() == PANEL and arguments.folder.resolve() == FOLDER.resolve()
    if not here or not {h.id for h in chosen}.issuperset(campaign.MAIN):
        return 0
    return campaign.of_main_claims(PANEL, FOLDER, _raw(arguments), arguments.workers, arguments.scheduler)


def _raw(arguments: argparse.Namespace) -> Path | None:
    """The folder of the raw files: the one that was named, or that of the environment if it is there."""
    known = Path(os.environ.get("BANDWAGON_RAW", ""))
    return arguments.raw or (known if known.name and known.is_dir() else None)


def _do(works: list[Work], label: str, session: Session, arguments: argparse.Namespace) -> int:
    """Do the work, several pieces at a time, and say what came of it; 1 if any failed."""
    if not works:
        return 0
    from inference.fleet import fleet, work

    with tempfile.TemporaryDirectory() as notes:  # what counts are the archives
        outcome = fleet.run(
            [work.task_of(piece, session) for piece in works],
            work.perform,
            folder=Path(notes),
            stamp="",
            workers=arguments.workers,
            scheduler=arguments.scheduler,
            label=label,
            before=work.before(works, arguments.engine),
        )
    return _report(outcome, label, arguments.folder)


def main() -> int:
    """Exit code 0; 1 when a fit failed its gate; 2, with one sentence, for a bad argument or panel; 130 if stopped."""
    arguments = _parser().parse_args()
    kept = f"posteriors that were finished are in {arguments.folder}; the same command goes on with the others"
    return answer(
        lambda: _asked(arguments), kept=kept, refused=(ValueError, ArchiveError)
    )  # PanelError is a ValueError


def _asked(arguments: argparse.Namespace) -> int:
    from models.claims.links import LINKS
    from models.claims.registry import REGISTRY, get

    if arguments.list:
        _list(asked_for(arguments.panel) if arguments.panel != PANEL else PANEL)
        return 0
    chosen = get(arguments.hypotheses, REGISTRY | LINKS)
    asked_for(arguments.panel)
    return _run(arguments, chosen)


if __name__ == "__main__":
    sys.exit(main())
