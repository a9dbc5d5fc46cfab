"""``python -m inference.calibration``: engine and chain beside simulated truths, other samplers and brute force."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from data.command_line import Parser, answer, seed, writable
from inference import panels

FOLDER = Path(__file__).parent / "results"
WHAT = ("ranks", "draws", "reference", "claims", "chain", "paths", "timing", "hidden", "oracle")
PART = 20  # replicates after which it is looked whether a bug has been noticed


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m inference.calibration", description=__doc__)
    parser.add_argument(
        "what", nargs="?", choices=WHAT, default="ranks",
        help="ranks of simulated truths (default), draws of every registered model beside those of another sampler, "
        "the long run that tests compare the engine with, the effects of whole simulated worlds beside brute force, "
        "the paths of an effect in worlds that have only one, early against late in worlds without timing, "
        "verdicts on slopes that are nil, effects in worlds with hidden causes, "
        "or what duress does beside a doubly robust estimate",
    )  # fmt: skip
    parser.add_argument("--replicates", type=int, default=1000, help="truths drawn from the prior (default: 1000)")
    parser.add_argument("--bugs", action="store_true", help="check that planted bugs are noticed, too")
    parser.add_argument(
        "--replicates-per-bug", type=int, default=200, help="truths for each bug until it is noticed (default: 200)"
    )
    parser.add_argument("--draws", type=int, help="draws of each of the ten chains of the reference")
    parser.add_argument(
        "--worlds", type=int, default=100, help="simulated worlds for the chain, paths and timing (default: 100)"
    )
    parser.add_argument("--panels", type=int, default=200, help="simulated panels of each truth (default: 200)")
    parser.add_argument("--truths", nargs="+", help="planted truths of claims or paths (default: all)")
    parser.add_argument("--panel", type=Path, default=panels.PANEL, help="panel file whose rows they are planted in")
    parser.add_argument("--seed", type=seed, default=2022, help="seed of the whole run (default: 2022)")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the ranks, results.json and ecdf.png")
    return parser


def _ranks(arguments: argparse.Namespace) -> int:
    from inference.calibration import cases as sbc
    from inference.calibration import ecdf_figure
    from inference.calibration.bugs import BUGS, HARMLESS
    from inference.calibration.study import HEALTHY

    cases = [sbc.kept(HEALTHY.name, arguments.replicates, arguments.seed, arguments.out)]
    ecdf_figure.write(cases[0], arguments.out / "ecdf.png")
    healthy = not cases[0].noticed
    worst = min(cases[0].p_values.items(), key=lambda item: item[1])
    print(f"engine: {arguments.replicates} replicates in {cases[0].seconds:.0f} s, {len(cases[0].ranks)} quantities")
    print(f"  outside their own 99 % bands: {', '.join(cases[0].outside()) or 'none'}")
    print(f"  outside the 99 % bands of all together: {', '.join(cases[0].noticed) or 'none'}")
    print(f"  least uniform: {worst[0]}, p = {worst[1]:.3g}", flush=True)
    wrong = []
    for fault in (*BUGS, *HARMLESS) if arguments.bugs else ():
        looks = max(1, arguments.replicates_per_bug // PART) if fault in BUGS else 1
        case = sbc.kept(fault.name, arguments.replicates_per_bug, arguments.seed, arguments.out, looks)
        cases.append(case)
        sbc.write(cases, arguments.seed, arguments.out)
        found = f"{case.replicates} replicates, {case.seconds:.0f} s"
        print(f"{fault.name} ({found}): {', '.join(case.noticed) or 'not noticed'}", flush=True)
        wrong += [] if bool(case.noticed) == (fault in BUGS) else [fault.name]
    print(f"noticed or not as they should not be: {', '.join(wrong) or 'none'}")
    print(f"results in {sbc.write(cases, arguments.seed, arguments.out)}")
    return 0 if healthy and not wrong else 1


def _draws(arguments: argparse.Namespace) -> int:
    from inference.calibration import samplers

    results, failures = samplers.run(arguments.seed, arguments.out / "draws")
    for name, apart in results.items():
        print(
            f"{name:<22} {apart.parameters:>4} parameters: means within {apart.mean:.1f} errors, "
            f"sds within {apart.sd:.1f} ({100 * apart.spread:.0f} %)", *apart.failed,
        )  # fmt: skip
    parameters, failed = sum(r.parameters for r in results.values()), sum(len(r.failed) for r in results.values())
    print(f"{parameters} parameters of {len(results)} models, {failed} too far apart")
    for name, error in failures.items():
        print(f"error: {name}: {error}", file=sys.stderr)
    return 1 if failed or failures else 0


def _reference(arguments: argparse.Namespace) -> int:
    from inference.calibration import long_run

    out = arguments.out if arguments.out != FOLDER else long_run.FOLDER
    print(f"reference posterior in {long_run.write(arguments.seed, out, arguments.draws or long_run.DRAWS)}")
    return 0


def _claims(arguments: argparse.Namespace) -> int:
    import pandas as pd

    from data.files import atomic
    from inference.calibration.worlds import judged_truths, planted_truths
    from models.graph import CURRENT

    found = pd.concat(
        [
            judged_truths.run(truth, arguments.panels, arguments.panel, arguments.seed)
            for truth in arguments.truths or planted_truths.TRUTHS
        ]
    )
    false, credited = judged_truths.false_verdicts(found), judged_truths.credited(found)
    print("Slopes that are nil, called supported or contradicted:", false.to_string(), sep="\n")
    if len(credited):
        print("Products that are nil, within two standard errors of no gain:", credited.to_string(), sep="\n")
    print("Slopes that are nil, inside their 90 % interval:", judged_truths.covered(found).to_string(), sep="\n")
    print(f"results in {atomic.write_csv(arguments.out / 'claims.csv', found)}")
    known = [name for name, truth in planted_truths.TRUTHS.items() if truth.revision == CURRENT]
    held_to_it = false[false.index.get_level_values("truth").isin(known)]
    totals = held_to_it.groupby("truth", sort=False)[["panels", "called"]].sum()
    return 0 if (totals["called"] <= judged_truths.ACCEPTED * totals["panels"]).all() else 1


def _truths(what: str) -> tuple[str, ...]:
    """The planted truths of a study."""
    from inference.calibration.worlds import path_recovery, planted_truths

    known = {"claims": planted_truths.TRUTHS, "paths": path_recovery.TRUTHS}
    return tuple(known.get(what, ()))


def main() -> int:
    """Exit code 0; 1 when the engine is not calibrated or a planted bug goes unnoticed; 2 for a bad argument."""
    parser = _parser()
    arguments = parser.parse_args()
    if min(arguments.replicates, arguments.replicates_per_bug) < 20:
        parser.error("take at least 20 replicates")
    if arguments.worlds < 1 or arguments.panels < 1:
        parser.error(f"--worlds {arguments.worlds} and --panels {arguments.panels} must be at least 1")
    if unknown := [name for name in arguments.truths or () if name not in _truths(arguments.what)]:
        choices = ", ".join(map(repr, _truths(arguments.what))) or "none, which it has not"
        parser.error(f"--truths: {unknown[0]!r} is no truth of {arguments.what}: choose from {choices}")
    kept = f"what was finished is in {arguments.out}"
    return answer(lambda: _study(arguments), kept=kept)


def _study(arguments: argparse.Namespace) -> int:
    writable(arguments.out, "--out")
    here = {"ranks": _ranks, "draws": _draws, "reference": _reference, "claims": _claims}
    if arguments.what in here:
        return here[arguments.what](arguments)
    from inference.calibration.worlds import studies

    return studies.STUDIES[arguments.what](arguments)


if __name__ == "__main__":
    sys.exit(main())
