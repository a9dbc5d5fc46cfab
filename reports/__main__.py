"""``python -m reports``: turn verified posteriors into figures, tables and a page."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from inference.archive import FOLDER, ArchiveError

if TYPE_CHECKING:
    from models.hypotheses import Hypothesis

BUILD = Path(__file__).parent / "build"
PANEL = Path(__file__).parents[1] / "data" / "panels" / "alignment.parquet"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reports", description=__doc__)
    parser.add_argument("--hypotheses", metavar="IDS", help="ids, separated by commas or spaces (default: all)")
    parser.add_argument("--panel", type=Path, default=PANEL, help="alignment panel the posteriors must be fitted on")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="folder of the posteriors")
    parser.add_argument("--refits", type=Path, help="folder of the refits (default: where they are made)")
    parser.add_argument("--out", type=Path, default=BUILD, help="folder to write")
    return parser


def _write(hypotheses: list[Hypothesis], arguments: argparse.Namespace, folder: Path) -> None:
    from inference.comparison import ROPE
    from inference.sensitivity import SENSITIVE
    from reports import archives, claims, gallery, numbers, page, refits, rivals
    from reports.explorer import page as explorer

    absent = archives.absent(hypotheses, arguments.panel)
    if len(absent) == len(hypotheses):
        raise ArchiveError("none of these claims has a posterior:\n  " + "\n  ".join(absent.values()))
    trees = archives.load(hypotheses, arguments.panel, arguments.folder)
    for identifier, reason in absent.items():
        print(f"{identifier}: {reason}")
    tables = refits.read(arguments.refits or refits.FOLDER)
    collected = numbers.collect(hypotheses, trees, absent, tables)
    collected["rivals"] = rivals.collect(hypotheses, arguments.panel, arguments.folder)
    collected["scores"] = refits.scores(tables)
    collected["figures"] = gallery.draw(hypotheses, trees, collected, tables, folder)
    explorer.write(collected, hypotheses, trees, arguments.panel, folder)
    limits = {"rope": ROPE, "sensitive": SENSITIVE}
    for name, text in {
        "numbers.json": json.dumps(collected, indent=1),
        "claims.csv": claims.to_csv(collected["claims"]),
        "claims.tex": claims.to_tex(collected["claims"]),
        "index.html": page.render(collected, **limits),
    }.items():
        (folder / name).write_text(text, encoding="utf-8")


def main() -> int:
    """Exit code 0, or 2 naming what no report can be made from; an old report stays then."""
    arguments = _parser().parse_args()
    from models.hypotheses import get

    try:
        hypotheses = get(arguments.hypotheses)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    partial = arguments.out.with_name(arguments.out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        _write(hypotheses, arguments, partial)
    except (ArchiveError, FileNotFoundError) as error:
        shutil.rmtree(partial)
        print(f"error: {error}", file=sys.stderr)
        return 2
    shutil.rmtree(arguments.out, ignore_errors=True)
    partial.replace(arguments.out)
    print(f"report: {arguments.out / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
