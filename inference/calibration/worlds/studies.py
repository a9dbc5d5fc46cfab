"""What ``python -m inference.calibration`` says of simulated worlds: 0 where all is as it should be, 1 where not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.files import atomic
from inference.calibration.worlds import doubly_robust, hidden_cause, path_recovery, timing_recovery
from inference.calibration.worlds.effect_recovery import ACCEPTED, LEVEL
from inference.calibration.worlds.stored import worlds

if TYPE_CHECKING:
    import argparse


def chain(arguments: argparse.Namespace) -> int:
    """Effects of whole worlds beside brute force."""
    table = worlds("chain", arguments.worlds, arguments.seed, arguments.out)
    within = True
    for (arm, outcome), covered in table.groupby(["arm", "outcome"], sort=False)["covered"]:
        low, high = ACCEPTED
        within &= bool(low <= covered.mean() <= high)
        print(f"{arm}, {outcome}: {covered.sum()} of {len(covered)} truths inside their {100 * LEVEL:.0f} % intervals")
    print(f"results in {atomic.write_csv(arguments.out / 'chain.csv', table)}")
    return 0 if within else 1


def paths(arguments: argparse.Namespace) -> int:
    """The paths of an effect, in worlds that have one of them or none."""
    named = arguments.truths or path_recovery.TRUTHS
    found = [worlds("paths", arguments.worlds, arguments.seed, arguments.out, n).assign(planted=n) for n in named]
    table = pd.concat(found, ignore_index=True)
    within = True
    for (planted, path, outcome), own in table.groupby(["planted", "arm", "outcome"], sort=False):
        nil, share = not own["truth"].any(), own["covered"].mean()
        within &= bool(ACCEPTED[0] <= share and (nil or share <= ACCEPTED[1]))  # priors are around nil
        print(
            f"{planted}, {path}, {outcome}: {own['covered'].sum()} of {len(own)} truths inside their "
            f"{100 * LEVEL:.0f} % intervals; mean truth {own['truth'].mean():+.2f}, found {own['mean'].mean():+.2f} "
            f"± {own['mean'].std() / len(own) ** 0.5:.2f}"
        )
    print(f"results in {atomic.write_csv(arguments.out / 'paths.csv', table)}")
    return 0 if within else 1


def timing(arguments: argparse.Namespace) -> int:
    """Early against late at equal exposure, in worlds where timing is nothing."""
    table, within = worlds("timing", arguments.worlds, arguments.seed, arguments.out), True
    for (outcome, years), covered in table.groupby(["outcome", "years"], sort=False)["covered"]:
        within &= timing_recovery.accepted(int(covered.sum()), len(covered))
        print(f"{outcome}, {years} years since the start: {covered.sum()} of {len(covered)} 90 % intervals hold zero")
    print(f"results in {atomic.write_csv(arguments.out / 'timing.csv', table)}")
    return 0 if within else 1


def hidden(arguments: argparse.Namespace) -> int:
    """Effects in worlds with hidden causes, as they stand and with the known biases taken off."""
    table, within = worlds("hidden", arguments.worlds, arguments.seed, arguments.out), True
    for (which, outcome), own in table.groupby(["arm", "outcome"], sort=False):
        within &= which != hidden_cause.KNOWN or ACCEPTED[0] <= own["covered"].mean() <= ACCEPTED[1]
        error = own["mean"] - own["truth"]
        print(
            f"{which}, {outcome}: {own['covered'].sum()} of {len(own)} truths inside their {100 * LEVEL:.0f} % "
            f"intervals; found less truth {error.mean():+.2f} \N{PLUS-MINUS SIGN} {error.std() / len(own) ** 0.5:.2f}"
        )
    print(f"results in {atomic.write_csv(arguments.out / 'hidden.csv', table)}")
    return 0 if within else 1


def oracle(arguments: argparse.Namespace) -> int:
    """What duress does, beside the doubly robust estimate."""
    table = worlds("oracle", arguments.worlds, arguments.seed, arguments.out)
    by = table.pivot_table(index=["world", "outcome"], columns="by", values=["value", "error", "truth"])
    within = True
    for other in (doubly_robust.DOUBLE, doubly_robust.BY_WEIGHTS):
        apart = by["value", other] - by["value", doubly_robust.OURS]
        near = np.abs(apart) < doubly_robust.ERRORS * by["error", other]
        within &= other != doubly_robust.DOUBLE or bool(near.mean() >= doubly_robust.AGREE)
        print(
            f"{other} less this project's: {apart.mean():+.2f} \N{PLUS-MINUS SIGN} "
            f"{apart.std() / len(apart) ** 0.5:.2f} per 1,000; "
            f"{near.sum()} of {len(near)} within {doubly_robust.ERRORS:g} of its standard errors"
        )
    for name, own in table.groupby("by", sort=False):
        off = own["value"] - own["truth"]
        covered = (off.abs() < doubly_robust.ERRORS * own["error"]).sum()
        print(
            f"{name}: {covered} of {len(own)} truths within two errors, root mean square {off.pow(2).mean() ** 0.5:.1f}"
        )
    print(f"results in {atomic.write_csv(arguments.out / 'oracle.csv', table)}")
    return 0 if within else 1


STUDIES = {"chain": chain, "paths": paths, "timing": timing, "hidden": hidden, "oracle": oracle}
