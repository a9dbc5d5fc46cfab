"""``python -m inference.robustness``: refit every claim under other codings, and with parts left out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from data.command_line import Parser, alone, answer, ids, within, workers, writable
from inference.archives.archive import FOLDER as POSTERIORS
from inference.panels import PANEL, asked_for
from inference.robustness.sealed_tables import FOLDER

PARTS = ("main", "codings", "left-out", "structure", "undone", "accuracy", "permuted")


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m inference.robustness", description=__doc__)
    parser.add_argument(
        "--hypotheses", type=ids, metavar="IDS", help="ids, separated by commas or spaces (default: all)"
    )
    parser.add_argument("--full", action="store_true", help="every combination of codings, not only pairs")
    parser.add_argument(
        "--part",
        choices=PARTS,
        help="one of them: main is what a fit ends with, undone are changes of the simulation of aid, accuracy sets a "
        "sample of refits beside full draws, permuted sets curves of single changes among those of permuted outcomes "
        "(default: all but structure, accuracy and permuted)",
    )
    parser.add_argument(
        "--sample",
        type=within(1, 10_000, "each takes time"),
        default=200,
        help="refits of the accuracy, or permutations (default: 200)",
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


def _run(arguments: argparse.Namespace) -> int:
    asked_for(arguments.panel)
    writable(arguments.folder, "--folder")
    with alone(arguments.folder):
        return _refit(arguments)


def _refit(arguments: argparse.Namespace) -> int:
    from inference.robustness.campaign import ALL, Asked, Campaign
    from inference.robustness.refits import refit
    from models.claims.registry import get

    campaign = Campaign(
        arguments.panel, arguments.posteriors, arguments.folder, arguments.raw, arguments.workers, arguments.scheduler
    )
    chosen = () if arguments.only_chain else tuple(h for h in get(arguments.hypotheses) if h.testable)
    asked = Asked(
        chosen,
        arguments.part or ALL,
        full=arguments.full,
        made=refit.SHORT if arguments.exact else refit.APPROXIMATE,
        sample=arguments.sample,
        simulated=arguments.only_chain or not arguments.hypotheses,
    )
    return campaign.carry_out(campaign.plan(asked))


def main() -> int:
    """Exit code 0; 1 when a refit failed; 2, with one sentence, for a bad argument or panel; 130 if stopped."""
    arguments = _parser().parse_args()
    kept = f"refits that were finished are in {arguments.folder}; the same command goes on with the others"
    return answer(lambda: _run(arguments), kept=kept)  # errors of the panel, of the fleet, of an id


if __name__ == "__main__":
    sys.exit(main())
