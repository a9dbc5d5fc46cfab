"""Which side a state joins in a war under way: one row per war and state that joined it, from the joining panel.

A state that joins chooses one side and not the other, once. With a row for each side and year, as in the joining panel,
the rows of one choice compete and are still counted as independent. Here the choice is one row: whether it fell on the
side that had more of both sides' capabilities, and by how much that side led. What is known of both sides enters as a
difference, the stronger side's value less the weaker side's.
"""

from __future__ import annotations

import pandas as pd

from data.build.joining import JOINING
from data.codebook.citations import ATOP, COW_WARS, NMC, RIVALRIES
from data.codebook.lags import lagged, with_earlier
from data.codebook.variable import ERA, Panel, binary, number

EVEN = 0.5  # share of each side where neither is the stronger
DIFFERENCES = {"ally": "allied", "enemy": "rival", "nearer": "proximity"}
EARLIER = (*DIFFERENCES, "power", "major")  # what the graph adjusts for, a year before


SIDING = Panel(
    name="siding",
    variables=with_earlier(
        {1: EARLIER},
        *(JOINING.columns[name] for name in ("war", "state", "year", "region")),
        ERA,
        binary(
            "with_stronger", "joining the stronger side",
            "1 if the side that i joined in t had more than half of both sides' capabilities at t-1",
            COW_WARS, "outcome",
        ),
        number(
            "lead", "lead of the stronger side", "share of both sides' capabilities",
            "side_share of the stronger side less one half", f"{COW_WARS}; {NMC}", 0, 0.5,
        ),
        number("ally", "ally on the stronger side rather than the weaker", "0, 1 or -1",
            "allied of the stronger side less allied of the weaker", ATOP, -1, 1),
        number("enemy", "rival on the weaker side rather than the stronger", "0, 1 or -1",
            "rival of the stronger side less rival of the weaker", RIVALRIES, -1, 1),
        number(
            "nearer", "nearer to the stronger side", "difference of minus log km",
            "proximity of the stronger side less that of the weaker", JOINING.columns["proximity"].source,
            nullable=True,
        ),
        *(JOINING.columns[name] for name in ("power", "major", "war_year")),
    ),
    keys=("war", "state"),
    outcomes=("with_stronger",),
    unit="state that joins a war",
    codebook="data/build/siding.py",
)  # fmt: skip


def siding(joining: pd.DataFrame) -> pd.DataFrame:
    """The states that joined a war, one row each, from the rows of the joining panel.

    Columns are those of ``SIDING``, in that order; a war whose sides are even has no stronger side and is left out.
    """
    keys = ["war", "state", "year"]
    joiners = joining.loc[joining["joined"] == 1, keys]
    rows = joining.merge(joiners, on=keys)
    stronger = rows[rows["side_share"] > EVEN].set_index(keys)
    weaker = rows[rows["side_share"] < EVEN].set_index(keys).loc[stronger.index]
    out = stronger.assign(with_stronger=stronger["joined"], lead=stronger["side_share"] - EVEN)
    pairs = {lagged(new, lag): lagged(old, lag) for new, old in DIFFERENCES.items() for lag in (0, 1)}
    out = out.assign(**{new: (stronger[old] - weaker[old]).astype(float) for new, old in pairs.items()})
    out = out.reset_index()[list(SIDING.columns)]
    for group in ("region", "era"):
        out[group] = out[group].cat.remove_unused_categories()
    return out
