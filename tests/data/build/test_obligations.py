"""Which phases of a treaty are one stay of a member, and which end it."""

import pandas as pd

from data.build.obligations import endings, phases
from data.period import LAST


def level(rows):
    """A member-level table of (treaty, phase, member, entry, exit, mode, wartime)."""
    names = ["atopid", "phase", "member", "yrent", "yrexit", "termmode", "wartime"]
    return pd.DataFrame(rows, columns=names)


def test_the_rule_of_phases_on_a_table_made_by_hand(toy_grid):
    table = phases(
        level(
            [
                (1001, 1, 2, 1900, 1910, 2, 1),
                (1001, 2, 2, 1911, 1920, 3, 0),  # the year after: the same stay
                (1001, 0, 200, 1900, 1910, 2, 0),
                (1001, 0, 200, 1912, 0, 0, 0),  # two years after: a second stay, still in force
                (1002, 0, 300, 1905, 1907, 5, 0),
                (1002, 0, 999, 1905, 1907, 5, 0),  # no member of the system
            ]
        ),
        toy_grid,
    )
    assert table["entry"].tolist() == [1900, 1900, 1900, 1912, 1905]
    assert table["end"].tolist() == [1910, 1920, 1910, LAST + 1, 1907]
    assert endings(table).to_numpy().tolist() == [[1001, 0, 1920, 3], [1001, 1, 1910, 2], [1002, 2, 1907, 5]]


def test_two_phases_side_by_side_end_with_the_later(toy_grid):
    table = phases(level([(1001, 2, 2, 1993, 0, 0, 0), (1001, 1, 2, 1991, 1992, 4, 0), (1001, 3, 2, 1993, 2001, 3, 0)]),
                   toy_grid)  # fmt: skip
    assert table["entry"].tolist() == [1991, 1991, 1991]
    assert endings(table).empty
