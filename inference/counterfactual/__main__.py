"""``python -m inference.counterfactual``: simulate a scenario of state-building aid from the fitted chain."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from data.command_line import Parser, answer, seed, writable
from inference.archives.archive import FOLDER, ArchiveError
from inference.panels import PANEL

if TYPE_CHECKING:
    from inference.counterfactual.scenario import Scenario


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m inference.counterfactual", description=__doc__)
    parser.add_argument("--list", action="store_true", help="list the shipped scenarios and stop")
    parser.add_argument(
        "--scenario", metavar="ID [FIELD=VALUE ...]", nargs="+", default=[],
        help='a shipped scenario and what to change in it, as: fragile-1992 size=1 "region=West Africa"',
    )  # fmt: skip
    parser.add_argument("--panel", type=Path, default=PANEL, help="alignment panel that the chain was fitted to")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the posteriors are and the scenario goes")
    parser.add_argument("--seed", type=seed, default=2022, help="seed of the simulation (default: 2022)")
    return parser


def _scenario(changes: list[str]) -> Scenario:
    """The shipped scenario that comes first, changed by what follows."""
    from inference.counterfactual import scenario

    first, *rest = changes or [scenario.HEADLINE]
    if faulty := [change for change in rest if "=" not in change]:
        raise scenario.ScenarioError(f"scenario {first}: {faulty[0]!r} is no change; write FIELD=VALUE, as size=1")
    return scenario.changed(scenario.get(first), dict(change.split("=", 1) for change in rest))


def _fresh(folder: Path, alignment: Path) -> None:
    """ArchiveError that names every link that is missing, or fitted to another panel or by other code."""
    from inference import panels
    from inference.archives import archive
    from inference.counterfactual.simulation.chain import ARCHIVES
    from models.claims.links import LINKS
    from models.claims.registry import REGISTRY

    panel = {name: (REGISTRY | LINKS)[name.partition(".")[0]].panel for name in ARCHIVES}
    faults = []
    for name in ARCHIVES:
        try:
            reason = archive.staleness(archive.attributes(name, folder), *panels.files_of(panel[name], alignment))
        except ArchiveError as error:
            faults.append(str(error))
        else:
            faults += [f"{name}: {reason}"] if reason else []
    if faults:
        raise ArchiveError("\n  ".join(["the chain needs these links, missing or stale; run 'make fit':", *faults]))


def _run(arguments: argparse.Namespace) -> int:
    from inference.archives import archive
    from inference.counterfactual import run, text
    from inference.sampling.settings import Session, Settings

    scenario = _scenario(arguments.scenario)
    writable(arguments.folder, "--folder")
    _fresh(arguments.folder, arguments.panel)
    session = Session(arguments.panel, Settings(seed=arguments.seed), arguments.folder)
    result = run.simulate_scenario(scenario, session)
    tree = archive.read(result.name, arguments.folder)
    print(text.of_archive(tree))
    print(f"\n{result.path}")
    return 0


def main() -> int:
    """Exit code 0; 2 with a sentence on what is wrong with a scenario, a panel or a posterior; 130 if stopped."""
    arguments = _parser().parse_args()
    if arguments.list:
        from inference.counterfactual.scenario import SHIPPED

        for scenario in SHIPPED.values():
            print(f"{scenario.id:<18} {scenario.title}\n{'':<18} {scenario.description}  [{scenario.rung}]")
        return 0
    kept = f"the scenario was not written; what was in {arguments.folder} is as it was"
    return answer(lambda: _run(arguments), kept=kept, refused=(ValueError, ArchiveError))


if __name__ == "__main__":
    sys.exit(main())
