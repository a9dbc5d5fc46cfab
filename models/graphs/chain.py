"""The causal graphs of the chain of the counterfactual: aid to capacity, capacity to duress a year later.

Capacity of the year before enters the autoregression as its lag, so no column adjusts for it. The links are simulated
forward year by year, given the state of the year before: that is what they hold, not what was before an exposure.
"""

from __future__ import annotations

from models.graphs.causal_graph import OUTCOME, ROOTS, CausalGraph

STATE_COLUMNS = {
    "duress_lately": "past duress",
    "income": "economy",
    "population": "population",
    "polyarchy": "democracy",
    "threat": "threat",
}
CAPACITY = CausalGraph(
    effects={
        "past duress": ("past capacity", "economy", "democracy", "aid", OUTCOME),
        "past capacity": ("aid", OUTCOME),
        "economy": ("democracy", "past capacity", "aid", OUTCOME),
        "population": ("past capacity", "aid", OUTCOME),
        "democracy": ("past capacity", "aid", OUTCOME),
        "threat": ("past duress", "past capacity", "aid", OUTCOME),
        "aid": (OUTCOME,),
        "leader orientation": ("past duress", "aid", OUTCOME),
    },
    columns={"duress_before": "past duress", **STATE_COLUMNS},
    measures={"capacity": "past capacity", "aid_governance": "aid", "aid_us": "aid"},
    hidden=frozenset({"leader orientation"}),
    always=frozenset(ROOTS),
    timed=False,
)
DURESS = CausalGraph(
    effects={
        "past duress": ("economy", "democracy", "capacity", "aid", "aid drop", OUTCOME),
        "economy": ("democracy", "capacity", "aid", OUTCOME),
        "population": ("capacity", "aid", OUTCOME),
        "democracy": ("capacity", "aid", "aid drop", OUTCOME),
        "threat": ("past duress", "capacity", "aid", OUTCOME),
        "aid": ("capacity", "aid drop", OUTCOME),
        "capacity": (OUTCOME,),
        "aid drop": (OUTCOME,),
        "leader orientation": ("past duress", "aid", "aid drop", OUTCOME),
    },
    columns={**STATE_COLUMNS, "aid_us": "aid", "capacity": "capacity"},
    measures={"aid_drop": "aid drop"},
    hidden=frozenset({"leader orientation"}),
    always=frozenset(ROOTS),
    timed=False,
)
