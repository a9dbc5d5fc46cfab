"""The causal graphs of the chain of the counterfactual, from year to year: of capacity, and of duress.

The autoregression holds capacity of the year before as its lag, so no column adjusts for it. An onset is one after a
calm year, a continuation one after a year under duress: there duress of the last year is the same in all rows. The
population of a state measures its own power where no aggressor stands beside it.
"""

from __future__ import annotations

from models.graphs import views
from models.graphs.causal_graph import ROOTS, CausalGraph
from models.graphs.causes import STATE

COLUMNS = {
    "duress_lately": views.past("duress"),
    "income": "economy",
    "population": "own power",
    "polyarchy": "democracy",
    "threat": "threat",
}
UNSEEN = {"leader orientation", *(views.past(name) for name in STATE if name != "duress")}
CAPACITY = CausalGraph(
    effects=views.year_by_year("capacity"),
    columns={"duress_before": "duress", **COLUMNS},
    measures={"capacity": "capacity", "aid_governance": "aid", "aid_us": "aid"},
    hidden=frozenset(UNSEEN | {"aid drop"}),
    always=frozenset(ROOTS),
    held=frozenset({"capacity"}),
    timed=False,
    sequential=True,
)
DURESS = CausalGraph(
    effects=views.year_by_year("duress"),
    columns={**COLUMNS, "aid_us": "aid", "capacity": "capacity"},
    measures={"aid_drop": "aid drop"},
    hidden=frozenset(UNSEEN),
    always=frozenset(ROOTS),
    held=frozenset({"duress"}),
    timed=False,
    sequential=True,
)
