"""``python -m tests.faults``: break the project in every way known, count what came out right, write a table."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from data import synthetic
from data.command_line import Parser, answer, seed
from inference.archives import provenance
from inference.archives.archive import FOLDER
from tests.faults import damage, disks, drawn, kills, tally, world, writers

TABLE = Path(__file__).parents[1] / "faults.md"
COMMANDS = ("data", "fit", "robustness", "report", "counterfactual")
QUICK = ("damage", "drawn", "writers")
STARTING = ("kills", "commands", "disks")  # parts that start commands
PARTS = (*QUICK, *STARTING)


def _share(text: str) -> float:
    """A share of the full campaign."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share of the campaign above 0 and at most 1")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=seed, default=20, help="seed of all that is random (default: 20)")
    parser.add_argument("--share", type=_share, default=1.0, help="share of the tries (default: 1)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="(default: all)")
    parser.add_argument(
        "--commands", nargs="+", choices=COMMANDS, default=COMMANDS, help="commands to kill (default: all)"
    )
    parser.add_argument("--posteriors", type=Path, default=FOLDER, help="where the links of the counterfactual are")
    parser.add_argument("--quick", action="store_true", help="a hundredth of the parts that start no command")
    parser.add_argument("--out", type=Path, default=TABLE, help="the table (default: tests/faults.md)")
    parser.add_argument("--keep", type=Path, help="folder to work in, which is kept where anything was wrong")
    return parser


def run(campaign: tally.Campaign, parts: tuple[str, ...], commands: tuple[str, ...], posteriors: Path) -> None:
    """Do the parts of a campaign."""
    if "damage" in parts:
        damage.damaged(campaign, synthetic.panel(1000, seed=campaign.seed))
    if "drawn" in parts:
        drawn.counted(campaign, synthetic.panel(3000, seed=campaign.seed))
    if "writers" in parts:
        writers.doubled(campaign)
    if set(STARTING).isdisjoint(parts):
        return
    made = world.made(campaign, commands, posteriors)
    if "kills" in parts:
        kills.killed(campaign, made)
    if "commands" in parts:
        writers.commands_doubled(campaign, made)
    if "disks" in parts:
        disks.disturbed(campaign, made)


def _run(arguments: argparse.Namespace) -> int:
    began = time.monotonic()
    root = arguments.keep or Path(tempfile.mkdtemp(prefix="faults-"))
    campaign = tally.Campaign(root.absolute(), arguments.seed, 0.01 if arguments.quick else arguments.share)
    run(campaign, QUICK if arguments.quick else tuple(arguments.parts), tuple(arguments.commands), arguments.posteriors)
    text = tally.table(campaign, time.monotonic() - began, provenance._revision())
    print(text)
    if not arguments.quick:
        arguments.out.write_text(text, encoding="utf-8")
    if faults := campaign.tally.faults():
        print(f"{len(faults)} wrong; what they left is in {root}", file=sys.stderr)
        return 1
    if arguments.keep is None:
        shutil.rmtree(root)
    return 0


def main() -> int:
    """Exit code 0 where all came out right, 1 where not; 130 if stopped."""
    arguments = _parser().parse_args()
    return answer(lambda: _run(arguments), kept="the table is as it was")


if __name__ == "__main__":
    sys.exit(main())
