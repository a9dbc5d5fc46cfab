"""What is thought to cause what, every construct once, for all panels of weak states and their aggressors.

Sources of the arrows: Walt (1987) for threat, power, ideology, aid and penetration; Carter (2022) for duress and
capacity; Johnson (2017) for power and threat; Tilly (1990) for what threats make of states; the arrows into support
and aid say that patrons choose whom to help; Besley and Persson (2011) and Mazzuca and Munck (2020) for what capacity
makes of economies and regimes, Acemoglu et al. (2019) for what regimes make of economies (2026-11-30). Geography is
measured by region and proximity, so it has no node of its own.

Walt names four elements of threat: power, proximity, offensive capability and aggressive intentions. Here each is a
cause of threat of its own and none of another. That great powers are more often revisionist is drawn as a hidden
cause, their standing: power and aggression are measured over the same years, so neither is the other's effect.

A row is at risk when the weak state has fewer capabilities than an aggressor that is contiguous or a major power, was
the revisionist of a dispute lately, and has no pact with it. Among such rows distance and power depend on each
other though neither causes the other; every estimate is made given that a row is at risk.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.graphs.causal_graph import SELECTED

ALIGNED = "alignment"
# By cause; acyclic, so that it holds among values measured over the same years.
CAUSES: Mapping[str, tuple[str, ...]] = {
    "history": ("threat", "ideology", "support", "penetration", "aid", SELECTED, ALIGNED),
    "standing": ("aggressor power", "aggression", "offence"),
    "aggressor power": ("threat", "support", "penetration", "aid", SELECTED, ALIGNED),
    "own power": ("threat", "support", "penetration", "aid", "capacity", "duress", SELECTED, ALIGNED),
    "proximity": ("threat", "support", "penetration", SELECTED, ALIGNED),
    "offence": ("threat", ALIGNED),
    "aggression": ("threat", "support", SELECTED, ALIGNED),
    "own revisionism": ("threat", ALIGNED),
    "threat": ("capacity", "duress", "support", "aid", ALIGNED),
    "economy": ("own power", "democracy", "capacity", "duress", "aid", ALIGNED),
    "democracy": ("ideology", "capacity", "duress", "aid", "aid drop", ALIGNED),
    "capacity": ("duress", ALIGNED),
    "duress": ("support", ALIGNED),
    "ideology": ("support", "aid", ALIGNED),
    "penetration": ("aid", ALIGNED),
    "support": (ALIGNED,),
    "aid": ("capacity", "aid drop", "support", ALIGNED),
    "aid drop": ("duress",),
    "leader orientation": ("capacity", "aid", "aid drop", "duress", "support", ALIGNED),
}
# What takes until the year after, against the order above.
YEARLY: Mapping[str, tuple[str, ...]] = {
    "duress": ("economy", "democracy", "capacity", "aid", "aid drop"),
    "capacity": ("economy", "democracy", "aid"),
    "democracy": ("economy",),
}
STATE = ("economy", "own power", "democracy", "threat", "capacity", "duress")  # what a state is, from year to year
DROP = "aid drop"
FLOWS = ("aid", DROP)  # what it is given
HIDDEN = frozenset({"leader orientation", "standing"})
