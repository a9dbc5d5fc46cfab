"""Whether the paths of an effect are told apart: worlds in which only one of them is there, or none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from inference.calibration.worlds import effect_recovery, simulated_world
from inference.calibration.worlds.effect_recovery import COPIES, SCENARIO, Recovery
from inference.calibration.worlds.simulated_world import SPREAD, Truth, World
from inference.counterfactual.simulation import g_formula, population, programme
from inference.counterfactual.simulation.programme import BASELINE, Arm
from models.claims.registry import OUTCOMES

GIVEN = Arm("given", "early")
WHOLE, DURESS, CAPACITY = "all paths", *programme.PATHS[:2]
STRONG = 0.5  # slope of a planted cause, in log-odds per standard deviation
RICHER = 0.8  # what a log of income adds to capacity in the long run


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
    nothing = _alignments(_moved_by_capacity(what, 0.0), 0.0, STRONG)
    return replace(
        nothing,
        level=RICHER,
        exogenous={**what.exogenous, "income": RICHER * (1 - what.rho)},
        duress={link: {**own, "income": -STRONG / SPREAD["income"]} for link, own in what.duress.items()},
        others={o: {**own, "income_lag5": -STRONG / SPREAD["income"]} for o, own in what.others.items()},
    )


def duress_only(what: Truth) -> Truth:
    """Capacity keeps duress away, duress brings alignments, and nothing else of capacity does."""
    return _alignments(_moved_by_capacity(what, -STRONG), 0.0, 2 * STRONG)


def capacity_only(what: Truth) -> Truth:
    """Capacity keeps alignments away by itself; duress has no part in it."""
    return _alignments(_moved_by_capacity(what, 0.0), -STRONG, 0.0)


TRUTHS: dict[str, Callable[[Truth], Truth]] = {
    "income only": income_only,
    "duress only": duress_only,
    "capacity only": capacity_only,
}


def along(w: World, sd: float, copies: int, seed: int) -> dict[tuple[str, str], float]:
    """True changes of the rates by path and outcome under an early given programme, all copies under the same noise."""
    natural = effect_recovery.forced(w, SCENARIO, copies, (seed, 1))
    treated = effect_recovery.forced(
        w, SCENARIO, copies, (seed, 1), **effect_recovery.treatment(w, SCENARIO, GIVEN, sd)
    )
    histories = {WHOLE: treated, DURESS: (natural[0], treated[1]), CAPACITY: (treated[0], natural[1])}
    base = effect_recovery.rates(w, SCENARIO, *natural)
    found = {path: effect_recovery.rates(w, SCENARIO, *history) for path, history in histories.items()}
    return {(path, o): rates[o] - base[o] for path, rates in found.items() for o in OUTCOMES}


def replicate(planted: str, seed: int) -> list[Recovery]:
    """One world of a truth: for each path, in the place of the arm, and outcome the true change and what was found."""
    w = simulated_world.world(seed, TRUTHS[planted])
    links = effect_recovery.fitted(w, seed)
    states = population.assemble(SCENARIO, links, w.alignment, w.state)
    alone = dict(zip((DURESS, CAPACITY), programme.paths(GIVEN), strict=False))
    asked = {WHOLE: programme.whole(GIVEN), **alone}
    wanted = [programme.whole(BASELINE), *asked.values()]
    events = g_formula.run(SCENARIO, links, states, wanted, seed)
    change = effect_recovery.changes(SCENARIO, links, states, wanted, events)
    truths = along(w, programme.sd_of_capacity(links), COPIES, seed)
    return [
        Recovery.of(seed, path, outcome, truth, change[asked[path].name, outcome])
        for (path, outcome), truth in truths.items()
    ]
