"""``python -m data``: build the alignment panel from the raw sources, or simulate one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

PANELS = Path(__file__).parent / "panels"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data", description=__doc__)
    parser.add_argument("--raw", type=Path, help="folder with the raw files (default: fetch them)")
    parser.add_argument("--out", type=Path, default=PANELS / "alignment.parquet", help="file to write")
    parser.add_argument("--coding", nargs="*", default=[], metavar="NAME=VALUE", help="change the coding")
    parser.add_argument("--simulate", type=int, metavar="ROWS", help="simulate a panel instead")
    parser.add_argument("--seed", type=int, default=0, help="seed of the simulation (default: 0)")
    return parser


def _coding(changes: list[str]):  # noqa: ANN202 (imports stay inside)
    from data.codings import CHOICES, Coding

    values: dict = {}
    for change in changes:
        name, _, value = change.partition("=")
        if name not in CHOICES:
            raise ValueError(f"unknown coding {name!r}: choose from {', '.join(CHOICES)}")
        values[name] = int(value) if name == "window" and value.isdigit() else value
    return Coding(**values)


def _build(arguments: argparse.Namespace) -> None:
    from data import coverage, schema, synthetic
    from data.panel import alignment
    from data.sources import Raw

    if arguments.simulate is not None:
        panel = synthetic.panel(arguments.simulate, arguments.seed)
    else:
        panel = alignment(Raw(arguments.raw), _coding(arguments.coding))
    schema.write(panel, arguments.out)
    coverage.coverage(panel).to_csv(arguments.out.with_suffix(".coverage.csv"), index=False)
    print(coverage.summary(panel), f"\nwritten: {arguments.out} and its .coverage.csv", sep="\n")


def main() -> int:
    """Exit code 0, or 2 with one sentence on what is wrong."""
    arguments = _parser().parse_args()
    try:
        _build(arguments)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
