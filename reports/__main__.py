"""``python -m reports``: turn verified posteriors into figures, tables and pages."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from data.command_line import Parser, answer, ids
from inference.archives.archive import FOLDER, ArchiveError
from inference.panels import PANEL
from reports import destination

if TYPE_CHECKING:
    from models.claims.registry import Hypothesis
    from reports.outputs import Material

PROCESSES = 2  # beside this one, which waits for them most of the time
IN_ORDER = "asked for as a draft; every posterior is in order"


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m reports", description=__doc__)
    parser.add_argument(
        "--hypotheses", type=ids, metavar="IDS", help="ids, separated by commas or spaces (default: all)"
    )
    parser.add_argument("--panel", type=Path, default=PANEL, help="alignment panel the posteriors must be fitted on")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="folder of the posteriors")
    parser.add_argument("--refits", type=Path, help="folder of the refits (default: where they are made)")
    parser.add_argument("--out", type=Path, default=destination.OURS, help="folder to write")
    parser.add_argument(
        "--draft", action="store_true", help="print what can be read, stale or not, with a watermark on every page"
    )
    return parser


def _material(hypotheses: list[Hypothesis], arguments: argparse.Namespace, out: Path, pool: Executor) -> Material:
    """Archives, numbers and figures of a report; what takes long is computed in the processes of ``pool``."""
    from reports import gallery
    from reports.brief import brief
    from reports.explorer import explored
    from reports.explorer import page as explorer
    from reports.numbers import archived, collect, refits, simulated
    from reports.numbers.predicted import foretold, rivals
    from reports.numbers.report import Report, to_json
    from reports.outputs import Material
    from reports.readings import readings

    draft: list[str] | None = [] if arguments.draft else None
    absent = archived.absent(hypotheses, arguments.panel)
    trees = archived.load(hypotheses, arguments.panel, arguments.folder, draft)
    if draft is not None:
        absent |= archived.left_out(hypotheses, trees, draft)
    if not trees:
        raise ArchiveError("none of these claims has a posterior:\n  " + "\n  ".join(absent.values()))
    for identifier, reason in absent.items():
        print(f"{identifier}: {reason}")
    explored = [pool.submit(explored.collect, model, arguments.panel) for model in explored.shown(hypotheses, trees)]
    folder = arguments.refits or refits.FOLDER
    contests = rivals.collect(hypotheses, arguments.panel, arguments.folder, draft)
    years = foretold.load(hypotheses, arguments.panel, arguments.folder, draft)
    scenarios = simulated.load(hypotheses, arguments.panel, arguments.folder, draft)
    tables = readings.collect(hypotheses, arguments.panel, arguments.folder, draft)
    for page, reason in tables.left_out.items():
        print(f"{page} is left out: {reason}")
    evidence = collect.collect(
        hypotheses,
        trees,
        arguments.panel,
        absent=absent,
        tables=refits.read(folder),
        rivals=contests,
        foretold=foretold.collect(years),
        counterfactual=simulated.collect(scenarios, arguments.folder, folder),
        read=tables,
        draft=() if draft is None else tuple(draft) or (IN_ORDER,),
    )
    numbers = to_json(evidence)
    sizes = gallery.draw(trees, scenarios, years, numbers, gallery.Places(arguments.folder, folder, out), pool)
    models = [model.result() for model in explored]
    report = Report(
        **vars(evidence),
        figure_sizes=sizes,
        figures=tuple(sizes),
        brief=brief.numbers(numbers, trees),
        explorer=explorer.trace(models),
    )
    return Material(to_json(report), models, out, arguments.panel)


def main() -> int:
    """Exit code 0; 2 naming what no report can be made from, 130 if stopped: an old report stays then."""
    arguments = _parser().parse_args()
    kept = f"no report was written; what was in {arguments.out} is as it was"
    return answer(lambda: _run(arguments), kept=kept, refused=(ValueError, ArchiveError))


def _run(arguments: argparse.Namespace) -> int:
    from models.claims.registry import get

    hypotheses = get(arguments.hypotheses)
    with destination.replacing(arguments.out) as partial:
        from reports import outputs

        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
            outputs.write(_material(hypotheses, arguments, partial, pool))
    print(f"report{' (draft)' if arguments.draft else ''}: {arguments.out / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
