"""``python -m reports``: turn verified posteriors into figures and a page."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

from inference.archive import FOLDER, ArchiveError

BUILD = Path(__file__).parent / "build"
PANEL = Path(__file__).parents[1] / "data" / "panels" / "alignment.parquet"
# Exposure -> hypothesis whose model its curve is drawn from.
CURVES = {"threat": "carter-1", "proximity": "carter-2", "support": "carter-4", "duress": "carter-3"}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reports", description=__doc__)
    parser.add_argument("--panel", type=Path, default=PANEL, help="panel the posteriors must be fitted on")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="folder of the posteriors")
    parser.add_argument("--out", type=Path, default=BUILD, help="folder to write")
    return parser


def _write(arguments: argparse.Namespace, folder: Path) -> None:
    from inference.comparison import ROPE
    from models.hypotheses import REGISTRY
    from reports import archives, figures, numbers, page, style

    hypotheses = list(REGISTRY.values())
    trees = archives.load(hypotheses, arguments.panel, arguments.folder)
    collected = numbers.collect(hypotheses, trees)
    (folder / "numbers.json").write_text(json.dumps(collected, indent=1), encoding="utf-8")
    (folder / "index.html").write_text(page.render(collected, rope=ROPE), encoding="utf-8")
    with style.applied():
        for hypothesis in hypotheses:
            pair = trees[hypothesis.id]
            style.save(figures.prior_against_posterior(hypothesis, pair), f"posterior-{hypothesis.id}", folder)
            style.save(figures.effects(pair), f"effects-{hypothesis.id}", folder)
        style.save(figures.curves(trees, CURVES), "curves", folder)
        style.save(figures.prior_predictive(trees), "prior_predictive", folder)
        style.save(figures.calibration(trees), "calibration", folder)
        style.save(figures.event_counts(trees["carter-3"]), "event_counts", folder)
        style.save(figures.duress_removed(trees["carter-3"]), "duress_removed", folder)


def main() -> int:
    """Exit code 0, or 2 naming the posteriors that no report can be made from; an old report stays then."""
    arguments = _parser().parse_args()
    partial = arguments.out.with_name(arguments.out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        _write(arguments, partial)
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
