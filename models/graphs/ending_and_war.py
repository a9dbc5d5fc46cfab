"""The causal graphs of the end of alliances, and of joining a war under way."""

from __future__ import annotations

from dataclasses import replace

from models.graphs.causal_graph import OUTCOME, ROOTS, CausalGraph

TERMINATION = CausalGraph(
    effects={
        "power": ("threat", "war", OUTCOME),
        "size": (OUTCOME,),
        "age": (OUTCOME,),
        "obligation": (OUTCOME,),
        "threat": ("war", "victory", OUTCOME),
        "war": ("obligation", "size", "victory", OUTCOME),
        "victory": (OUTCOME,),
        "ideology": ("obligation", "size", OUTCOME),
    },
    columns={
        "power_ratio": "power",
        "size": "size",
        "age": "age",
        "defence": "obligation",
        "threat": "threat",
    },
    measures={
        "wartime": "war",
        "enemy_defeated": "victory",
        "victory_lately": "victory",
        "threat_rise": "threat",
        "marxist_pair": "ideology",
        "similarity": "ideology",
    },
    hidden=frozenset(),
    always=frozenset({*ROOTS, "power"}),
)
JOINING = CausalGraph(
    effects={
        "power": ("proximity", "allied", OUTCOME),
        "proximity": ("rivalry", "allied", OUTCOME),
        "rivalry": ("allied", OUTCOME),
        "allied": (OUTCOME,),
        "duration": ("success", OUTCOME),
        "success": (OUTCOME,),
    },
    columns={
        "power": "power",
        "major": "power",
        "proximity": "proximity",
        "rival": "rivalry",
        "allied": "allied",
        "allied_other": "allied",
        "war_year": "duration",
    },
    measures={"side_share": "success"},
    hidden=frozenset(),
    always=frozenset({*ROOTS, "power", "proximity", "allied"}),
    timed=False,  # revision 1
)
# The same causes as differences between the sides: with whom a state that joins fights.
SIDING = replace(
    JOINING,
    columns={
        "power": "power",
        "major": "power",
        "nearer": "proximity",
        "enemy": "rivalry",
        "ally": "allied",
        "war_year": "duration",
    },
    measures={"lead": "success"},
    timed=True,
)
