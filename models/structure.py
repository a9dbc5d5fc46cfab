"""Which rows depend on each other: the groupings of a panel, and the time since what came before.

Rows that share a weak state, an aggressor, a year or a treaty are not independent, whatever the covariates: treaties
come in waves, and one great power makes many. Each such key of a panel is a grouping with effects of its own, beside
region and era. Years are exchangeable within their era. A random walk over 190 years was considered and left: with
steps of 0.3 it spreads the log odds of the last year by more than 4 before any data, and the eras carry slow change
already.

A treaty is no grouping of its members' rows: nearly all of them leave it in one year or not at all, so that its effect
would be one outcome seen once.

The logits of duress (the links of the counterfactual chain) keep region and era: they are simulated forward into years
that no effect was learnt for.

The chance of a treaty depends on the time since the last one, and on the time at peace (Carter and Signorino 2010,
Political Analysis 18, 271, give a polynomial of it): logits of alignment hold both, as the logarithm of the years and
its square. Time at peace is made of the same disputes as threats and aggression and stays out beside these: it would
take a part of their effect.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CELLS = ("region", "era")
KEYS = {
    "alignment": ("state", "aggressor", "year"),
    "informal": ("state", "aggressor", "year"),
    "placebo": ("state", "aggressor", "year"),
    "termination": ("year",),
    "joining": ("war", "state"),
    "siding": ("war",),
}


DURATIONS: dict[str, tuple[str, ...]] = dict.fromkeys(("alignment", "placebo"), ("since_treaty", "since_dispute"))
FROM_DISPUTES = frozenset({
    "threat", "threat_disputes", "threat_other", "threat_rise", "rivalry", "aggression", "persistence",
    "own_revisionism", "past_disputes",
})  # fmt: skip


@dataclass(frozen=True)
class Group:
    """A grouping of the rows: ``index`` (obs,) points into ``levels``."""

    index: NDArray[np.intp]
    levels: tuple[str, ...]

    @property
    def indicators(self) -> NDArray[np.float64]:
        """1 in the column of a row's level, else 0 (obs, level)."""
        import numpy as np

        return np.eye(len(self.levels))[self.index]


@dataclass(frozen=True)
class Structure:
    """Which keys of a panel are groupings (``actors``: states and treaties; ``years``), and whether time is held.

    ``durations`` says whether logits of alignment hold the time since the last treaty and the last dispute,
    ``exclusive`` whether the two outcomes of a claim exclude each other: then they are one multinomial logit
    (`models.multinomial`), and rows in which both happened are left out.
    """

    actors: bool = True
    years: bool = True
    durations: bool = True
    exclusive: bool = False

    def groups(self, panel: str) -> tuple[str, ...]:
        """The groupings of a panel, region and era first."""
        keys = KEYS.get(panel, ())
        return CELLS + tuple(key for key in keys if (self.years if key == "year" else self.actors))

    def held(self, panel: str, exposures: Collection[str]) -> tuple[str, ...]:
        """Terms of duration in a logit of a panel with these variables as exposures."""
        names = DURATIONS.get(panel, ()) if self.durations else ()
        kept = [n for n in names if n != "since_dispute" or not FROM_DISPUTES & set(exposures)]
        return tuple(f"{name}{power}" for name in kept if name not in exposures for power in ("", "^2"))


REGISTERED = Structure()
INDEPENDENT_ROWS = Structure(actors=False, years=False, durations=False)  # revision 1
# The registered structure and what it is compared with, by name.
STRUCTURES = {
    "registered": REGISTERED,
    "independent-rows": INDEPENDENT_ROWS,
    "no-actors": Structure(actors=False),
    "no-years": Structure(years=False),
    "no-durations": Structure(durations=False),
    "multinomial": Structure(exclusive=True),
}
