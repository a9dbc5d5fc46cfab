"""The links as they are for one state: fixed parts and slopes of its years and rows, draw by draw.

Variables that the simulation moves are taken out of the fixed parts and their slopes put back on their own scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inference.counterfactual.simulation.chain import BEFORE, SCORES, Autoregression, Chain, Logit, cells
from inference.counterfactual.simulation.population import CARRIED, OBSERVED, Population, Rows
from inference.engine.density.layout import level_index
from inference.engine.forward import PAST, AtRisk, Dynamics, Ends
from models.claims.registry import OUTCOMES
from models.design import predictors
from models.terms import variables

if TYPE_CHECKING:
    import pandas as pd

    from inference.counterfactual.scenario import Scenario

Float = NDArray[np.float64]
MOVING = ("capacity", "duress_lately")  # beside income and democracy, in the logits of duress


def _unscaled(link: Logit | Autoregression, slope: Float, names: tuple[str, ...]) -> Float:
    """Slopes (name, draw) of variables as they are, from those of scaled terms (term, draw); 0 of what is no term."""
    terms = link.design.terms
    known = [slope[terms.index(name)] / link.design.scaling[name].scale if name in terms else None for name in names]
    return np.stack([np.zeros(slope.shape[-1]) if own is None else own for own in known])


def _centred(link: Logit | Autoregression, slope: Float, names: tuple[str, ...], base: Float) -> Float:
    """`_unscaled` slopes; what the centring of the variables adds to the intercept is added to ``base`` in place."""
    out = _unscaled(link, slope, names)
    for name, own in zip(names, out, strict=True):
        if name in link.design.scaling:
            base -= own * link.design.scaling[name].centre
    return out


def dynamics(chain: Chain, population: Population, unit: int, error: Float) -> Dynamics:
    """The draws of capacity and duress of one unit, whose `score_error` is given, as `forward.simulate` takes them."""
    years = population.years.size
    frame = population.frame.iloc[unit * years : (unit + 1) * years]
    drift, pull = _drift(chain.capacity, frame)
    onset, onset_slope = _log_odds(chain.onset, frame)
    stay, stay_slope = _log_odds(chain.continuation, frame)
    history = int(sum(int(value) << k for k, value in enumerate(population.past[unit])))
    moved = [_responses(chain, name) for name in SCORES]
    return Dynamics(
        drift, chain.capacity.rho, pull, onset, onset_slope, stay, stay_slope, population.score[unit] + error, history,
        np.stack([chain.scores[name].rho if name in chain.scores else 0 * error for name in SCORES]), np.stack(moved),
        frame[list(OBSERVED)].to_numpy(float).T.copy(), error,
    )  # fmt: skip


def _responses(chain: Chain, score: str) -> Float:
    """Slopes of income or democracy on duress before and in the four years, on capacity and on the other (4, draw)."""
    if score not in chain.scores:
        return np.zeros((len(OBSERVED) + 1, chain.draws))
    link, (other,) = chain.scores[score], (name for name in SCORES if name != score)
    return _unscaled(link, link.beta, (*OBSERVED, other))


def _drift(link: Autoregression, frame: pd.DataFrame) -> tuple[Float, Float]:
    """What capacity gains a year as observed (year, draw), and slopes (4, draw) of what moves beside it.

    These are duress before and in the four years, income and democracy. Of the last two the drift holds what was
    observed, so that their slopes are of what there is more of them.
    """
    region, era = cells(link.design, frame)
    fixed = [term for term in link.design.terms if term in CARRIED]
    x = predictors(frame, tuple(fixed), {term: link.design.scaling[term] for term in fixed})
    drift = link.alpha + x @ link.beta[[link.design.terms.index(term) for term in fixed]]
    drift += link.region[region]
    drift += link.era[era]
    duress = _centred(link, link.beta, ("duress_before", "duress_lately"), drift)
    return drift, np.concatenate([duress, _unscaled(link, link.beta, SCORES)])


def _log_odds(logit: Logit, frame: pd.DataFrame) -> tuple[Float, Float]:
    """Log odds as observed (year, draw), and slopes (4, draw) of capacity, duress lately, income and democracy."""
    region, era = cells(logit.design, frame)
    slope = logit.slope[region[0]]
    own = [k for k, term in enumerate(logit.design.terms) if term not in MOVING]
    terms = tuple(logit.design.terms[k] for k in own)
    x = predictors(frame, terms, {term: logit.design.scaling[term] for term in terms})
    base = logit.intercept[region[0], era] + x @ slope[own]
    return base, np.concatenate([_centred(logit, slope, MOVING, base), _unscaled(logit, slope, SCORES)])


def outcome_terms(
    logit: Logit, rows: Rows, unit: int, more: NDArray[np.float32], lift: NDArray[np.float32], freer: float
) -> Ends:
    """The draws of alignment for the rows of one unit, as `forward.add_events` takes them.

    ``more`` (arm, 2, year, draw) is what there is more of income and democracy, ``lift`` (draw,) the `direct_shift`.
    """
    design, single = logit.design, np.float32
    mine = np.flatnonzero(rows.unit == unit)
    here = rows.design
    region, era = (here.groups[name].index[mine] for name in ("region", "era"))
    slope = logit.slope[region[0]] if mine.size else logit.slope[0]
    fixed = [k for k in range(len(design.terms)) if not {"duress", "capacity"} & {*variables(design.terms[k])}]
    base = logit.intercept[region, era] + here.x[mine][:, fixed] @ slope[fixed]
    for group in level_index(here):
        base += logit.level[group[mine]]
    duress = np.zeros_like(base)
    for k, term in enumerate(design.terms):
        if "duress" in variables(term):
            others = [name for name in variables(term) if name != "duress"]
            multiple = np.prod([here.x[mine, design.terms.index(name)] for name in others], axis=0) * np.ones(mine.size)
            duress += np.multiply.outer(multiple, slope[k]) / design.scaling["duress"].scale
    base -= duress * design.scaling["duress"].centre
    capacity = _centred(logit, slope, ("capacity",), base)[0]
    centre = single(design.scaling["duress"].centre), single(design.scaling["capacity"].centre)
    past = _of_the_past(logit, slope, more, freer)
    return Ends(base.astype(single), duress.astype(single), capacity.astype(single), past, lift, centre)


def _of_the_past(logit: Logit, slope: Float, more: NDArray[np.float32], freer: float) -> NDArray[np.float32]:
    """Log odds (arm, year, draw) of what income and democracy had more before the window of the year's duress."""
    out = np.zeros((more.shape[0], *more.shape[2:]), np.float32)
    for name, unit, values in zip(BEFORE, (1.0, freer), more.transpose(1, 0, 2, 3), strict=True):
        column = BEFORE[name]
        if column in logit.design.terms:
            out[:, PAST:] += values[:, :-PAST] * (unit * _unscaled(logit, slope, (column,))[0]).astype(np.float32)
    return out


def direct_shift(
    scenario: Scenario, chain: Chain, population: Population, outcome: str, unit: int
) -> NDArray[np.float32]:
    """Shift of the log odds of an outcome by running aid itself (draw,): its signal of support and its inducement."""
    out = np.zeros(chain.draws)

    def slope(logit: Logit, term: str) -> Float:
        return logit.term(term)[logit.design.groups["region"].levels.index(population.regions[unit])]

    if scenario.signal:
        out += scenario.signal * slope(chain.support[outcome], "support")
    if scenario.inducement:
        link = chain.attraction[outcome]
        own = 5 * sum(float(d[unit].mean()) for d in population.dollars.values())
        rise = np.log1p(own + 5 * scenario.dollars) - np.log1p(own)
        out += rise * slope(link, "aid_other") / link.design.scaling["aid_other"].scale
    return out.astype(np.float32)


def ends(
    scenario: Scenario, chain: Chain, population: Population, unit: int, more: NDArray[np.float32]
) -> tuple[Ends, ...]:
    """The rows of one unit as `forward.add_events` takes them, by outcome; ``more`` is that of its histories."""
    return tuple(
        outcome_terms(
            chain.outcomes[o], population.alignment[o], unit, more,
            direct_shift(scenario, chain, population, o, unit), chain.freer,
        )
        for o in OUTCOMES
    )  # fmt: skip


def at_risk(population: Population, unit: int, hard: Float, lapse: Float) -> AtRisk:
    """What takes the rows of one unit out of the risk set; of both outcomes they are the same."""
    rows = population.alignment[OUTCOMES[0]]
    mine = rows.unit == unit
    return AtRisk(rows.year[mine], rows.since[mine], hard.astype(np.float32), lapse.astype(np.float32))
