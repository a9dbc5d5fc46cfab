"""The graph of causes as the panels see it: all at once, or from year to year.

At once, everything that was the case before an alignment is measured over the same years, and what is adjusted for
before the window of its exposure begins.

From year to year, as the simulation of aid needs it, a state has a last year and a past before that, and the outcome
is its capacity or its duress of this year. Nothing works within a year. What happens next is then a function of the
whole measured past and chance, if nothing hidden moves both an exposure and what follows: sequential exchangeability
(Robins 1986). The adjustment set is that whole past, and the effect is identified where it separates exposure and
outcome. Leaders' orientation, which no panel holds, moves aid, capacity and duress: so none of these effects is.
"""

# Networkx leaves open what kind of node its functions take.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import networkx as nx

from models.graphs.causal_graph import OUTCOME
from models.graphs.causes import ALIGNED, CAUSES, DROP, FLOWS, HIDDEN, STATE, YEARLY

Arrows = dict[str, tuple[str, ...]]


def at_once() -> Arrows:
    """Arrows by cause, with alignment as the outcome.

    A sudden drop of aid, which is not measured here, is left out: what brings one bears on duress through it.
    """
    (mediated,) = CAUSES[DROP]
    out: Arrows = {}
    for cause, effects in CAUSES.items():
        through = dict.fromkeys(mediated if effect == DROP else effect for effect in effects)
        out[cause] = tuple(OUTCOME if effect == ALIGNED else effect for effect in through)
    return {cause: effects for cause, effects in out.items() if cause != DROP}


def past(name: str) -> str:
    """The node of what a state was before its last year."""
    return f"past {name}"


def year_by_year(outcome: str) -> Arrows:
    """Arrows by cause between a state's past, its last year and this year's ``outcome``, capacity or duress.

    Duress lasts: that of the past bears on this year beside that of the last. What is given to a state (`FLOWS`) comes
    after its last year where it bears on the outcome itself, and before it where it works through the last year.
    """
    late = tuple(flow for flow in FLOWS if outcome in CAUSES[flow])
    early = tuple(flow for flow in FLOWS if flow not in late)
    arrows = [(past(a), past(b)) for a in STATE for b in CAUSES[a] if b in STATE]
    arrows += [(past(a), b) for a in STATE for b in _next(a) if b in (*STATE, *FLOWS)]
    arrows += [(a, b) for a in STATE for b in _next(a) if b in late]
    arrows += [(a, b) for a in early for b in CAUSES[a] if b in (*STATE, *FLOWS)]
    arrows += [(a, b) for a in late for b in CAUSES[a] if b in late]
    arrows += [(a, OUTCOME) for a in (*STATE, *late) if outcome in _next(a)]
    arrows.append((past("duress"), OUTCOME))
    for hidden in sorted(HIDDEN):
        own = [b for b in CAUSES[hidden] if b in (*STATE, *FLOWS)]
        arrows += [(hidden, b) for b in own] + [(hidden, past(b)) for b in own if b in STATE]
        arrows += [(hidden, OUTCOME)] if outcome in own else []
    leads = nx.ancestors(nx.DiGraph(arrows), OUTCOME) | {OUTCOME}
    by_cause: dict[str, list[str]] = {}
    for cause, effect in dict.fromkeys(arrows):
        if effect in leads:
            by_cause.setdefault(cause, []).append(effect)
    return {cause: tuple(effects) for cause, effects in by_cause.items()}


def _next(cause: str) -> tuple[str, ...]:
    """What a cause bears on in the year after, itself among it."""
    return (*CAUSES[cause], *YEARLY.get(cause, ()), cause)
