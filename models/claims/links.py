"""The links of the counterfactual chain, and its negative control, registered like claims before any posterior.

Aid -> capacity -> duress -> alignment, and beside them income and democracy, which answer to duress and capacity and
bear on both. Whatever the simulation moves is an exposure of the link that it moves through, duress of earlier years
too: the slope of what another claim adjusts for is no effect. Onset and continuation are logits; capacity, income and
democracy are autoregressions of ``models.capacity``, that of capacity fitted twice: over all its years with the aid of
the United States, and with both kinds of aid since governance aid is known.
"""

from __future__ import annotations

from models.claims.claim import Hypothesis
from models.claims.estimand import NEGATIVE, POSITIVE, Estimand
from models.claims.registry import REGISTRY, archive_of
from models.graphs.chain import SCORES

SOURCE = "this project"
DURESS = ("duress_before", "duress_lately")  # of the year before, and of the four before that
STATE = tuple(SCORES)  # what else a state is and the simulation moves
GOVERNANCE_YEARS = (1978, 2011)  # five full years of aid by sector before each

ONSET = Hypothesis(
    id="onset",
    claim="Capable states fall under internal duress less often.",
    source=SOURCE,
    panel="onset",
    exposures=("capacity", "duress_lately", *STATE),
    estimands=(Estimand("capacity", "onset", NEGATIVE),),
    pooled=True,
    note="capacity is measured with error, which is integrated out",
)
CONTINUATION = Hypothesis(
    id="continuation",
    claim="Capable states leave internal duress sooner.",
    source=SOURCE,
    panel="continuation",
    exposures=("capacity", "duress_lately", *STATE),
    estimands=(Estimand("capacity", "continued", NEGATIVE),),
    pooled=True,
)
WITHDRAWAL = Hypothesis(
    id="withdrawal",
    claim="Sudden drops of aid bring on internal duress.",
    source="Nielsen et al. (2011)",
    panel="onset",
    exposures=("aid_drop",),
    estimands=(Estimand("aid_drop", "onset", POSITIVE),),
    years=GOVERNANCE_YEARS,
    pooled=True,
)
ALIGNMENT = Hypothesis(
    id="alignment",
    claim="Capable states bandwagon less often.",
    source=SOURCE,
    exposures=("capacity", "duress", "duress:threat"),
    estimands=(Estimand("capacity", "bandwagon", NEGATIVE),),
    note="capacity of the year before and duress of the five years before, adjusted for what was the case before "
    "either; the measurement error of capacity is integrated out",
)
PLACEBO = Hypothesis(
    id="placebo",
    claim="Duress still to come does not predict alignment.",
    source=SOURCE,
    panel="placebo",
    exposures=("duress_later",),
    estimands=(Estimand("duress_later", "bandwagon", POSITIVE), Estimand("duress_later", "balance", POSITIVE)),
    note="a negative control: a slope apart from zero shows a cause that the adjustment misses",
)
CAPACITY = Hypothesis(
    id="capacity",
    claim="Aid of the United States builds capacity.",
    source=SOURCE,
    panel="capacity",
    exposures=("aid_us", *DURESS, *STATE),
    estimands=(Estimand("aid_us", "capacity_next", POSITIVE),),
    pooled=True,
)
GOVERNANCE = Hypothesis(
    id="governance",
    claim="Aid for governance builds capacity.",
    source=SOURCE,
    panel="capacity",
    exposures=("aid_governance", "aid_us", *DURESS, *STATE),
    estimands=(Estimand("aid_governance", "capacity_next", POSITIVE),),
    years=GOVERNANCE_YEARS,
    pooled=True,
)
INCOME = Hypothesis(
    id="income",
    claim="Duress makes states poorer.",
    source="Collier (1999)",
    panel="income",
    exposures=(*DURESS, "capacity", "polyarchy"),
    estimands=(Estimand("duress_before", "income_next", NEGATIVE),),
    pooled=True,
)
DEMOCRACY = Hypothesis(
    id="democracy",
    claim="Duress makes states less democratic.",
    source="Carter (2022)",
    panel="democracy",
    exposures=(*DURESS, "capacity", "income"),
    estimands=(Estimand("duress_before", "polyarchy_next", NEGATIVE),),
    pooled=True,
)
AUTOREGRESSIONS = {link.id: link for link in (CAPACITY, GOVERNANCE, INCOME, DEMOCRACY)}
LOGITS = {link.id: link for link in (ONSET, CONTINUATION, WITHDRAWAL, ALIGNMENT, PLACEBO)}
LINKS = AUTOREGRESSIONS | LOGITS


def logits() -> list[tuple[Hypothesis, str]]:
    """Every registered logit and its outcome, of claims and links; claims with the same model are there once."""
    every = (REGISTRY | LOGITS).values()
    return [(h, outcome) for h in every if h.testable and archive_of(h) == h.id for outcome in h.outcomes]
