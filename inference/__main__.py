"""``python -m inference``: fit the registered hypotheses to a panel and archive their posteriors."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from inference.archive import FOLDER
from inference.engines import ENGINES

if TYPE_CHECKING:
    import pandas as pd

    from inference.fit import FitResult, Settings
    from inference.provenance import Provenance
    from models.hypotheses import Hypothesis

PANEL = Path(__file__).parents[1] / "data" / "panels" / "alignment.parquet"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message}\n")


def _positive(text: str) -> int:
    value = int(text) if text.isdigit() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return value


def _seed(text: str) -> int:
    if not text.isdigit() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to {2**32 - 1}")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m inference", description=__doc__)
    parser.add_argument("--list", action="store_true", help="list the registered hypotheses and stop")
    parser.add_argument("--hypotheses", metavar="IDS", help="ids, separated by commas or spaces (default: all)")
    parser.add_argument("--panel", type=Path, default=PANEL, help="panel to fit (default: the committed one)")
    parser.add_argument("--chains", type=_positive, default=4, help="chains (default: 4)")
    parser.add_argument("--draws", type=_positive, default=1000, help="draws of each chain (default: 1000)")
    parser.add_argument("--seed", type=_seed, default=2022, help="seed of the whole run (default: 2022)")
    parser.add_argument("--engine", choices=ENGINES, default="kernel", help="sampler (default: kernel)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where archives go")
    return parser


def _list() -> None:
    from models.hypotheses import REGISTRY

    for hypothesis in REGISTRY.values():
        signs = ", ".join(map(str, hypothesis.estimands))
        print(f"{hypothesis.id:<10} {hypothesis.claim}\n{'':<10} {signs}  [{hypothesis.status}]")


def _pending(
    chosen: list[Hypothesis], settings: Settings, provenance: Provenance, folder: Path
) -> dict[str, list[str]]:
    """Outcomes still to fit, by hypothesis: those without an archive of the same key."""
    from inference import archive
    from inference.fit import fit_key
    from models.hypotheses import OUTCOMES

    return {
        hypothesis.id: [
            outcome
            for outcome in OUTCOMES
            if archive.key_of(name := f"{hypothesis.id}.{outcome}", folder) != fit_key(name, settings, provenance)
        ]
        for hypothesis in chosen
    }


def _fit_all(
    chosen: list[Hypothesis],
    pending: dict[str, list[str]],
    panel: pd.DataFrame,
    settings: Settings,
    provenance: Provenance,
    folder: Path,
) -> list[FitResult]:
    from inference.fit import check_priors, fit
    from inference.progress import Progress
    from models.hypotheses import OUTCOMES

    results = []
    with Progress(sum(map(len, pending.values()))) as progress:
        for hypothesis in chosen:
            if not pending[hypothesis.id]:
                continue
            progress.start(f"{hypothesis.id} prior check")
            priors = check_priors({o: hypothesis.design(panel, o) for o in OUTCOMES}, settings)
            for outcome in pending[hypothesis.id]:
                progress.start(f"{hypothesis.id}.{outcome}")
                result = fit(hypothesis, outcome, panel, priors[outcome], settings, provenance, progress, folder)
                progress.done(f"{result.name}  {result.text}")
                results.append(result)
    return results


def _run(arguments: argparse.Namespace, chosen: list[Hypothesis]) -> int:
    from data import coverage, schema
    from inference.fit import Settings
    from inference.provenance import provenance

    panel = schema.read(arguments.panel)
    settings = Settings(arguments.chains, arguments.draws, arguments.seed, arguments.engine)
    origin = provenance(arguments.panel)
    pending = _pending(chosen, settings, origin, arguments.folder)
    done = 2 * len(chosen) - sum(map(len, pending.values()))
    if done:
        print(f"{done} of {2 * len(chosen)} posteriors are already there, from the same panel, code and settings")
    if not any(pending.values()):
        return 0
    print(coverage.summary(panel), end="\n\n")
    began = time.monotonic()
    results = _fit_all(chosen, pending, panel, settings, origin, arguments.folder)
    failed = [result for result in results if result.failed]
    print(f"\n{len(results) - len(failed)} posteriors in {arguments.folder} after {time.monotonic() - began:.0f} s")
    for result in failed:
        where = f", kept aside as {result.path.name}" if result.path else ""
        print(f"error: {result.name} failed its gate{where}: {'; '.join(result.failed)}", file=sys.stderr)
    if any(result.path for result in failed):
        print("more draws may settle R-hat and effective sample sizes: make fit DRAWS=2000", file=sys.stderr)
    return 1 if failed else 0


def main() -> int:
    """Exit code 0; 1 when a fit failed its gate; 2, with one sentence, for a bad argument or panel."""
    arguments = _parser().parse_args()
    from models.hypotheses import get

    if arguments.list:
        _list()
        return 0
    try:
        chosen = get(arguments.hypotheses)
        if not arguments.panel.is_file():
            raise ValueError(f"panel {arguments.panel}: no such file; build it with 'make data' or name another")
        return _run(arguments, chosen)
    except ValueError as error:  # PanelError among them
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
