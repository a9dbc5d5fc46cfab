"""The causal graph of alignment until 2026-11-28, kept as a coding.

It had one node for the ratio of power, offence and aggression as measures of threat, neither income nor democracy, and
no word of how rows come to be at risk. What it adjusts for is measured at t-1, also where that lies in the window of
the exposure.
"""

from __future__ import annotations

from models.graphs.causal_graph import OUTCOME, ROOTS, CausalGraph, with_later_duress

LATER = ("duress", "threat", "capacity", "leader orientation")  # causes of duress in later years

ALIGNMENT = CausalGraph(
    effects={
        "history": ("threat", "ideology", "support", "penetration", "aid", OUTCOME),
        "power": ("threat", "support", "penetration", "aid", OUTCOME),
        "proximity": ("threat", "support", "penetration", OUTCOME),
        "own revisionism": ("threat", OUTCOME),
        "threat": ("duress", "support", "aid", OUTCOME),
        "capacity": ("duress", OUTCOME),
        "duress": ("support", OUTCOME),
        "ideology": ("support", "aid", OUTCOME),
        "penetration": ("aid", OUTCOME),
        "support": (OUTCOME,),
        "aid": ("capacity", "support", OUTCOME),
        "leader orientation": ("aid", "duress", "support", OUTCOME),
    },
    columns={
        "power": "power",
        "past_alliance": "history",
        "colonial_tie": "history",
        "proximity": "proximity",
        "own_revisionism": "own revisionism",
        "threat": "threat",
        "threat_other": "threat",
        "capacity": "capacity",
        "duress": "duress",
        "similarity": "ideology",
        "ties": "penetration",
        "support": "support",
    },
    measures={
        "own_power": "power",
        "offence": "threat",
        "aggression": "threat",
        "persistence": "threat",
        "similarity_ally": "ideology",
        "imposed_leader": "penetration",
        "penetration": "penetration",
        "aid": "aid",
        "aid_other": "aid",
        "arms": "aid",
        "arms_other": "aid",
        "arms_share": "aid",
        "dependence": "aid",
    },
    # Aid is measured from the 1950s only, so it is an exposure there and adjusted for nowhere.
    hidden=frozenset({"leader orientation", "aid"}),
    always=frozenset({*ROOTS, "power", "history"}),
    timed=False,
    parts={"ties": ("colonial_tie",), "penetration": ("colonial_tie",)},
)
PLACEBO = with_later_duress(ALIGNMENT, LATER)
