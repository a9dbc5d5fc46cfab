"""The causal graph of alignment, with and without a treaty (revision 2, 2026-11-28), and of its negative control."""

from __future__ import annotations

from models.graphs import views
from models.graphs.causal_graph import ROOTS, SELECTED, CausalGraph, with_later_duress
from models.graphs.causes import HIDDEN

LATER = ("duress", "threat", "capacity", "economy", "democracy", "own power", "leader orientation")

ALIGNMENT = CausalGraph(
    effects=views.at_once(),
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
    hidden=HIDDEN | {"aid"},
    always=frozenset({*ROOTS, "aggressor power", "own power", "history"}),
    parts={"ties": ("colonial_tie",), "penetration": ("colonial_tie",)},
    selected=frozenset({SELECTED}),
)
PLACEBO = with_later_duress(ALIGNMENT, LATER)
