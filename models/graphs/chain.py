"""The causal graphs of the chain of the counterfactual, from year to year: of capacity, income, democracy and duress.

An autoregression holds the score of the year before as its lag, so no column adjusts for it. An onset is one after a
calm year, a continuation one after a year under duress: there duress of the last year is the same in all rows. The
population of a state measures its own power where no aggressor stands beside it.
"""

from __future__ import annotations

from dataclasses import replace

from models.graphs import views
from models.graphs.causal_graph import ROOTS, CausalGraph
from models.graphs.causes import STATE

SCORES = {"income": "economy", "polyarchy": "democracy"}
COLUMNS = {
    "duress_lately": views.past("duress"),
    **SCORES,
    "population": "own power",
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
# Neither threat nor numbers of people move them, and aid does through capacity and duress, which are held.
SCORE = {"duress_before": "duress", "duress_lately": views.past("duress"), "capacity": "capacity"}
INCOME, DEMOCRACY = (
    replace(
        CAPACITY,
        effects=views.year_by_year(node),
        columns={**SCORE, **{column: other for column, other in SCORES.items() if other != node}},
        measures={column: other for column, other in SCORES.items() if other == node},
        hidden=CAPACITY.hidden | {"aid"},
        held=frozenset({node}),
    )
    for node in SCORES.values()
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
