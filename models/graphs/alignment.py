"""The causal graph of alignment, with and without a treaty (revision 2, 2026-11-28), and of its negative control.

Sources of the arrows: Walt (1987) for threat, power, ideology, aid and penetration; Carter (2022) for duress
and capacity; Johnson (2017) for power and threat; the arrows into support and aid say that patrons choose whom
to help. Geography is measured by region and proximity, so it has no node of its own. Income and democracy stand as in
the chain from aid to duress.

Walt names four elements of threat: power, proximity, offensive capability and aggressive intentions. Here each is a
cause of threat of its own and none of another. That great powers are more often revisionist is drawn as a hidden
cause, their standing: power and aggression are measured over the same years, so neither is the other's effect.

A row is at risk when the weak state has fewer capabilities than an aggressor that is contiguous or a major power, was
the revisionist of a dispute lately, and has no pact with it. Among such rows distance and power depend on each
other though neither causes the other; every estimate is made given that a row is at risk.
"""

from __future__ import annotations

from models.graphs.causal_graph import OUTCOME, ROOTS, SELECTED, CausalGraph, with_later_duress

LATER = ("duress", "threat", "capacity", "economy", "democracy", "own power", "leader orientation")

ALIGNMENT = CausalGraph(
    effects={
        "history": ("threat", "ideology", "support", "penetration", "aid", SELECTED, OUTCOME),
        "standing": ("aggressor power", "aggression", "offence"),
        "aggressor power": ("threat", "support", "penetration", "aid", SELECTED, OUTCOME),
        "own power": ("threat", "support", "penetration", "aid", "capacity", "duress", SELECTED, OUTCOME),
        "proximity": ("threat", "support", "penetration", SELECTED, OUTCOME),
        "offence": ("threat", OUTCOME),
        "aggression": ("threat", "support", SELECTED, OUTCOME),
        "own revisionism": ("threat", OUTCOME),
        "threat": ("duress", "support", "aid", OUTCOME),
        "economy": ("own power", "democracy", "capacity", "duress", "aid", OUTCOME),
        "democracy": ("ideology", "capacity", "duress", "aid", OUTCOME),
        "capacity": ("duress", OUTCOME),
        "duress": ("support", OUTCOME),
        "ideology": ("support", "aid", OUTCOME),
        "penetration": ("aid", OUTCOME),
        "support": (OUTCOME,),
        "aid": ("capacity", "support", OUTCOME),
        "leader orientation": ("aid", "duress", "support", OUTCOME),
    },
    columns={
        "aggressor_power": "aggressor power",
        "own_power": "own power",
        "past_alliance": "history",
        "colonial_tie": "history",
        "proximity": "proximity",
        "offence": "offence",
        "aggression": "aggression",
        "own_revisionism": "own revisionism",
        "threat": "threat",
        "threat_other": "threat",
        "income": "economy",
        "democracy": "democracy",
        "capacity": "capacity",
        "duress": "duress",
        "similarity": "ideology",
        "ties": "penetration",
        "support": "support",
    },
    measures={
        "power": "aggressor power",  # the ratio: its slope beside own power is the aggressor's
        "persistence": "aggression",
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
    hidden=frozenset({"leader orientation", "aid", "standing"}),
    always=frozenset({*ROOTS, "aggressor power", "own power", "history"}),
    parts={"ties": ("colonial_tie",), "penetration": ("colonial_tie",)},
    selected=frozenset({SELECTED}),
)
PLACEBO = with_later_duress(ALIGNMENT, LATER)
