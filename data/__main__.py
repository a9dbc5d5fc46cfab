"""``python -m data``: build the panels from the raw sources, or simulate an alignment panel."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from data.codebook.variable import BUILT, unknown_panel
from data.codings import REVISIONS, UNCHANGED, Coding
from data.command_line import Parser, answer, seed, writable
from data.files import atomic, shipped

if TYPE_CHECKING:
    import pandas as pd

    from data.world.world import World

FOLDER = Path(__file__).parent / "panels"
ALIGNMENT = "alignment"
CODED = (ALIGNMENT, "informal", "pacts")  # panels whose rows depend on the coding


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m data", description=__doc__)
    parser.add_argument("--raw", type=Path, help="folder with the raw files (default: fetch them)")
    parser.add_argument("--panel", metavar="NAME", help="build only this panel (default: all, see below)")
    parser.add_argument("--out", type=Path, help="file to write one panel to (default: its place in data/panels)")
    parser.add_argument(
        "--coding", nargs="*", default=[], metavar="NAME=VALUE", help="change the coding: a=b c=d, or a=b+c=d"
    )
    parser.add_argument(
        "--revision",
        type=int,
        choices=tuple(REVISIONS),
        help="definitions of a revision, as a coding; written to data/panels/revision-<n>",
    )
    parser.add_argument("--simulate", type=int, metavar="ROWS", help="simulate a panel instead")
    parser.add_argument(
        "--check",
        type=Path,
        metavar="FILE",
        help="say what is in a panel of your own (parquet, CSV, Stata, R, Excel), or all that is wrong with it",
    )
    parser.add_argument("--seed", type=seed, default=0, help="seed of the simulation (default: 0)")
    parser.epilog = (
        "With --out, --coding or --simulate and without --panel, the panel is the alignment panel. "
        "data/own/mapping.py says how a TOML file beside a panel of your own maps its columns."
    )
    return parser


def _names(arguments: argparse.Namespace) -> list[str]:
    """Panels to build: the one that is named, else alignment when an option is about one panel, else all."""
    one = arguments.out is not None or arguments.coding or arguments.simulate is not None
    if arguments.panel is None:
        return [ALIGNMENT] if one else list(BUILT)
    if arguments.panel not in BUILT:
        raise unknown_panel(arguments.panel)
    if arguments.coding and arguments.panel not in CODED:
        raise ValueError(f"--coding is for the panels {', '.join(CODED)}, not for {arguments.panel!r}")
    if arguments.simulate is not None and arguments.panel != ALIGNMENT:
        raise ValueError(f"--simulate is for the alignment panel, not for {arguments.panel!r}")
    return [arguments.panel]


def _panel(name: str, world: World, coding: Coding) -> pd.DataFrame:
    from data.build.alignment import alignment
    from data.build.informal import informal
    from data.build.joining import joining
    from data.build.pacts import pacts
    from data.build.state import state
    from data.build.termination import termination

    others = {"termination": termination, "joining": joining, "state": state}
    coded = {ALIGNMENT: alignment, "informal": informal, "pacts": pacts}
    return coded[name](world, coding) if name in coded else others[name](world.under(coding))


def _summary(panel: pd.DataFrame, name: str) -> str:
    """Rows and events of a panel, and the columns with missing values, as lines of text."""
    from data.codebook.panels import PANELS

    events = [f"{int(panel[outcome].sum()):,} {outcome}" for outcome in PANELS[name].outcomes]
    lines = [f"{name}: " + ", ".join([f"{len(panel):,} rows", *events])]
    missing = panel.isna().sum()
    lines += [f"  {column:<14} {count:>6,} missing" for column, count in missing[missing > 0].items()]
    return "\n".join(lines)


def _write(panel: pd.DataFrame, name: str, out: Path) -> None:
    from data import coverage, schema

    schema.write(panel, out, name)
    _csv(coverage.coverage(panel, name), out.with_suffix(".coverage.csv"))
    print(coverage.summary(panel) if name == ALIGNMENT else _summary(panel, name))
    print(f"\nwritten: {out} and its .coverage.csv\n")


def _coding(arguments: argparse.Namespace) -> Coding:
    if arguments.revision is None:
        return Coding.parse("+".join(arguments.coding) or UNCHANGED)
    if arguments.coding:
        raise ValueError("--revision is a coding of its own: give it, or --coding, not both")
    return REVISIONS[arguments.revision]


def _tables(name: str, panel: pd.DataFrame, world: World) -> dict[str, pd.DataFrame]:
    """The tables that stand beside a panel under the registered coding, by the name of their file."""
    from data import case_2015, validation
    from data.build.events import events

    if name == ALIGNMENT:
        return {"events": events(world), "case_2015": _rounded(case_2015.case_2015(world), 4)}
    return {"validation": _rounded(validation.validation(panel, world), 6)} if name == "informal" else {}


def _rounded(table: pd.DataFrame, digits: int) -> pd.DataFrame:
    """The table with so many decimals, and no minus before a zero: the same text on every processor."""
    numbers = table.select_dtypes("float")
    return table.assign(**{str(name): numbers[name].round(digits) + 0.0 for name in numbers})


def _csv(table: pd.DataFrame, out: Path) -> None:
    atomic.write_csv(out, table)
    shipped.record(out)


def _write_table(table: pd.DataFrame, out: Path) -> None:
    _csv(table, out)
    print(f"written: {out}, {len(table):,} rows\n")


def _check(path: Path) -> int:
    from data.own import brought

    print(brought.checked(path))
    return 0


def _build(arguments: argparse.Namespace) -> int:
    coding, names = _coding(arguments), _names(arguments)
    writable(arguments.out.parent if arguments.out else FOLDER, "--out")

    from data import synthetic
    from data.world.sources import Raw
    from data.world.world import World

    world = World(Raw(arguments.raw))
    folder = FOLDER if arguments.revision is None else FOLDER / f"revision-{arguments.revision}"
    for name in names:
        simulated = arguments.simulate is not None
        panel = synthetic.panel(arguments.simulate, arguments.seed) if simulated else _panel(name, world, coding)
        _write(panel, name, arguments.out or folder / f"{name}.parquet")
        if arguments.out is None and not simulated and coding == Coding():
            for table, values in _tables(name, panel, world).items():
                _write_table(values, FOLDER / f"{table}.csv")
    return 0


def main() -> int:
    """Exit code 0; 2 with one sentence on what is wrong; 130 if stopped."""
    arguments = _parser().parse_args()
    if arguments.check:
        return answer(lambda: _check(arguments.check), kept="nothing was written")
    return answer(lambda: _build(arguments), kept="panels that were finished are in place, the others as they were")


if __name__ == "__main__":
    sys.exit(main())
