"""Whether an effect is recovered where hidden causes bias it, once their strength is known.

Of two causes that no panel holds one moves duress, the other capacity, and both alignments. What they add to the slopes
of duress and of capacity follows from their effect on alignments and the slopes of both exposures in the regression of
the hidden causes on all predictors (Cinelli and Hazlett 2020): of a simulated world it is known. With these biases
taken off, the interval must hold the truth as often as it says; as it stands, it need not. The effect on alignments is
as strong as the simulation supposes of an unobserved cause, that on duress twice as strong.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from inference.calibration.worlds import effect_recovery, simulated_world
from inference.calibration.worlds.effect_recovery import COPIES, SCENARIO, Recovery
from inference.calibration.worlds.path_recovery import GIVEN
from inference.calibration.worlds.simulated_world import CODES, FIRST, World
from inference.calibration.worlds.truths import Hidden, Truth
from inference.counterfactual.simulation import g_formula, population, programme
from inference.counterfactual.simulation.g_formula import CONFOUNDER_SD
from inference.counterfactual.simulation.programme import BASELINE, Arm, Evaluation, whole
from models.claims.registry import OUTCOMES

if TYPE_CHECKING:
    from models.design import Design

PLANTED = Hidden(orientation=2 * CONFOUNDER_SD, skill=-0.05, alignments=CONFOUNDER_SD)
AS_IT_STANDS, KNOWN = "as it stands", "biases taken off"


def hidden_cause(what: Truth) -> Truth:
    """The truth with both hidden causes."""
    return replace(what, hidden=PLANTED)


def biases(w: World, design: Design, sd: float) -> tuple[float, float]:
    """What the hidden causes add to the slopes of duress and, per ``sd``, of capacity in a logit of alignment."""
    frame = w.alignment.iloc[design.rows]
    i, t = np.searchsorted(CODES, frame["state"].to_numpy()), frame["year"].to_numpy() - FIRST
    hidden = w.truth.hidden.alignments * simulated_world.unseen(w.columns)[i, t - 1]
    groups = [group.indicators for group in design.groups.values()]
    slopes, *_ = np.linalg.lstsq(np.column_stack([design.x, *groups]), hidden, rcond=None)
    duress, capacity = (float(slopes[design.terms.index(name)]) for name in ("duress", "capacity"))
    return duress, capacity * sd / design.scaling["capacity"].scale


def _biased(arm: Arm, name: str, by: tuple[float, float]) -> Evaluation:
    return Evaluation(f"{arm.name} | {name}", arm, arm, arm, arm, *by)


def replicate(seed: int) -> list[Recovery]:
    """One world with hidden causes: the effect as it stands and with the known biases taken off, beside the truth."""
    w = simulated_world.world(seed, hidden_cause)
    links = effect_recovery.fitted(w, seed)
    states, sd = population.assemble(SCENARIO, links, w.alignment, w.state), programme.sd_of_capacity(links)
    truths, out = effect_recovery.brute_force(w, SCENARIO, GIVEN, sd, COPIES, seed), []
    for outcome in OUTCOMES:
        known = biases(w, links.outcomes[outcome].design, sd)
        pair = [_biased(arm, outcome, known) for arm in (BASELINE, GIVEN)]
        wanted = [whole(BASELINE), whole(GIVEN), *pair]
        events = g_formula.run(SCENARIO, links, states, wanted, seed).by_year[outcome][:, SCENARIO.lead :].sum(axis=1)
        rate = 1000 * events / states.in_years_counted(outcome).sum()
        found = {AS_IT_STANDS: rate[1] - rate[0], KNOWN: rate[3] - rate[2]}
        out += [Recovery.of(seed, name, outcome, truths[outcome], draws) for name, draws in found.items()]
    return out
