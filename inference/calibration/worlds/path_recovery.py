"""Whether the paths of an effect are told apart: worlds in which only one of them is there, or none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from inference.calibration.worlds import effect_recovery, simulated_world, truths
from inference.calibration.worlds.effect_recovery import SCENARIO, Recovery
from inference.calibration.worlds.simulated_world import World
from inference.calibration.worlds.truths import SPREAD, Truth, still_scores
from inference.counterfactual.simulation import g_formula, population, programme
from inference.counterfactual.simulation.programme import BASELINE, Arm
from models.claims.registry import OUTCOMES

GIVEN = Arm("given", "early")
WHOLE, (DURESS, CAPACITY, _, SCORES) = "all paths", programme.PATHS
COPIES = 1000  # of a world, all under the same noise
STRONG = 0.5  # slope of a planted cause, in log-odds per standard deviation
RICHER = 0.8  # what a log of income adds to capacity in the long run
ENRICHING = 0.03  # what a unit of capacity adds to the log of income in a year


def _moved_by_capacity(what: Truth, slope: float) -> Truth:
    """The truth with this slope of capacity in the links of duress."""
    onset, stay = ((level, slope / SPREAD["capacity"], lately) for level, _, lately in (what.onset, what.stay))
    return replace(what, onset=onset, stay=stay)


def _alignments(what: Truth, capacity: float, duress: float) -> Truth:
    """The truth with these slopes of capacity and of duress in the logits of alignment, and no product."""
    slopes = {"capacity": capacity / SPREAD["capacity"], "duress": duress, "product": 0.0}
    return replace(what, outcomes={outcome: own | slopes for outcome, own in what.outcomes.items()})


def income_only(what: Truth) -> Truth:
    """Income raises capacity and keeps duress and alignment rare; capacity itself does nothing."""
    nothing = still_scores(_alignments(_moved_by_capacity(what, 0.0), 0.0, STRONG))
    return replace(
        nothing,
        level=RICHER,
        exogenous={**what.exogenous, "income": RICHER * (1 - what.rho)},
        duress={link: {**own, "income": -STRONG / SPREAD["income"]} for link, own in what.duress.items()},
        others=_of_income(what, -STRONG),
    )


def duress_only(what: Truth) -> Truth:
    """Capacity keeps duress away, duress brings alignments, and nothing else of capacity does."""
    return still_scores(_alignments(_moved_by_capacity(what, -STRONG), 0.0, 2 * STRONG))


def capacity_only(what: Truth) -> Truth:
    """Capacity keeps alignments away by itself; duress has no part in it."""
    return still_scores(_alignments(_moved_by_capacity(what, 0.0), -STRONG, 0.0))


def through_income(what: Truth) -> Truth:
    """Capacity makes states richer, and the rich align less often; by itself it does nothing."""
    nothing = still_scores(_alignments(_moved_by_capacity(what, 0.0), 0.0, STRONG))
    duress = {link: {**own, "income": 0.0} for link, own in what.duress.items()}
    course = replace(nothing.courses["income"], slopes=(0.0, 0.0, ENRICHING, 0.0))
    courses = {**nothing.courses, "income": course}
    return replace(nothing, courses=courses, duress=duress, others=_of_income(what, -2 * STRONG))


def _of_income(what: Truth, slope: float) -> dict[str, dict[str, float]]:
    """Slopes of what alignment is adjusted for, with this one of income."""
    return {outcome: {**own, "income_lag5": slope / SPREAD["income"]} for outcome, own in what.others.items()}


TRUTHS: dict[str, Callable[[Truth], Truth]] = {
    "income only": income_only,
    "duress only": duress_only,
    "capacity only": capacity_only,
    "through income": through_income,
}


def along(w: World, sd: float, copies: int, seed: int) -> dict[tuple[str, str], float]:
    """True changes of the rates by path and outcome under an early given programme, all copies under the same noise."""
    natural = effect_recovery.forced(w, SCENARIO, copies, (seed, 1))
    treated = effect_recovery.forced(
        w, SCENARIO, copies, (seed, 1), **effect_recovery.treatment(w, SCENARIO, GIVEN, sd)
    )
    moved = {DURESS: ("duress",), CAPACITY: ("capacity",), SCORES: truths.SCORES}
    histories = {path: natural | {name: treated[name] for name in names} for path, names in moved.items()}
    base = effect_recovery.rates(w, SCENARIO, natural)
    found = {
        path: effect_recovery.rates(w, SCENARIO, history) for path, history in ({WHOLE: treated} | histories).items()
    }
    return {(path, o): rates[o] - base[o] for path, rates in found.items() for o in OUTCOMES}


def replicate(planted: str, seed: int) -> list[Recovery]:
    """One world of a truth: for each path, in the place of the arm, and outcome the true change and what was found."""
    w = simulated_world.world(seed, TRUTHS[planted])
    links = effect_recovery.fitted(w, seed)
    states = population.assemble(SCENARIO, links, w.alignment, w.state)
    asked = {WHOLE: programme.whole(GIVEN), **dict(zip(programme.PATHS, programme.paths(GIVEN), strict=True))}
    wanted = [programme.whole(BASELINE), *asked.values()]
    events = g_formula.run(SCENARIO, links, states, wanted, seed)
    change = effect_recovery.changes(SCENARIO, links, states, wanted, events)
    truths = along(w, programme.sd_of_capacity(links), COPIES, seed)
    return [
        Recovery.of(seed, path, outcome, truth, change[asked[path].name, outcome])
        for (path, outcome), truth in truths.items()
    ]
