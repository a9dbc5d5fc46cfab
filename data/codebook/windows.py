"""How far columns look back: the years before t in which the window begins that they are computed from.

A column that is not named is of the year before. None: the same in all years of a pair of states, or known long ahead.
"""

WINDOWS: dict[str, int | None] = {
    **dict.fromkeys(("threat", "threat_disputes", "threat_other", "threat_rise", "aggression", "own_revisionism"), 10),
    "persistence": 20,
    **dict.fromkeys(("duress", "duress_war", "duress_coup", "duress_irregular", "duress_fomented"), 5),
    "duress_later": 0,  # begins after t
    "similarity_ally": 10,  # by the disputes that say who stands against j
    **dict.fromkeys(("arms", "arms_other", "arms_share", "aid", "aid_other", "dependence"), 5),
    "supported": 5,
    "imposed_leader": 10,
    "penetration": 10,
    "past_disputes": 10,
    **dict.fromkeys(("enemy_defeated", "wartime_enemy_defeated"), 2),
    "colonial_tie": None,
    "age": None,
    "war_year": None,
}


def window_of(column: str) -> int | None:
    """The years that a column looks back over."""
    return WINDOWS.get(column, 1)
