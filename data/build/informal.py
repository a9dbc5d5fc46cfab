"""Alignment without a treaty: the dyad-years at risk of 1976-2015, with support in conflicts and defence agreements.

The rows are those at risk in the alignment panel, so that one claim can be fitted to both with the same columns: a
weak state and an aggressor in reach that hold no defence or offence pact. Pairs with a pact stay out here too: they
have made the choice that is asked about, and help among allies is the pact at work, no substitute for it. What is lost
is help between allies (the USSR and its allies of the Warsaw Pact).

Support needs a conflict to be given in, and a conflict is one of the things that duress is measured by: where
``military_support`` is explained by duress, a part is definition. ``defence_agreement`` has no such part; ``fighting``
bounds a sample in which support could be given. (Definitions of 2026-11-28.)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.build.alignment import rows_at_risk
from data.build.earlier import EARLIER, earlier_columns
from data.build.frame import compact, keyed
from data.codebook.citations import ATOP, COW_STATES
from data.codebook.variable import ERA, Panel, Variable, binary, key, optional, region_of
from data.codings import REGISTERED, Coding
from data.measures.measure import Sample
from data.measures.outcomes import BANDWAGON
from data.measures.registry import MEASURES
from data.period import END, FIRST
from data.world.informal import agreements, external_support
from data.world.riskset import Rows

if TYPE_CHECKING:
    from data.world.world import World

SINCE = 1976  # the file of support begins in 1975, and what is new needs a year before
ESD = "Meier et al. (2023), UCDP External Support 18.1"
DCAD = "Kinne (2020), DCAD 1.0"
NO_EVENT = "no event in the row"


def _behind(name: str, label: str, unit: str, source: str) -> Variable:
    return Variable(name, "key", label, unit, "lowest number behind the event", source, 1, None, True, NO_EVENT)


INFORMAL = Panel(
    name="informal",
    variables=(
        key("state", "weak state i", 2, 999, COW_STATES),
        key("aggressor", "aggressor j", 2, 999, COW_STATES),
        key("year", "year t of the outcome", SINCE, END, COW_STATES),
        region_of("i"),
        ERA,
        binary(
            "military_support", "military support from the aggressor",
            "1 if in t j begins to support i's government in a conflict, with none by it there in t-5..t-1, and states "
            "give troops, weapons, materiel, training, intelligence or access to infrastructure", ESD, "outcome",
        ),
        optional(binary(
            "defence_agreement", "defence agreement with the aggressor",
            "1 if i and j sign a defence cooperation agreement in t, of any type; missing outside 1980-2010", DCAD,
            "outcome",
        )),
        binary(
            "support_certain", "military support that is certainly the aggressor's",
            "1 if military_support, and all supporting states give one and the same military form", ESD, "outcome",
        ),
        optional(binary(
            "general_agreement", "general defence agreement with the aggressor",
            "1 if an agreement signed in t is a framework of defence or of its industry, as defence_agreement", DCAD,
            "outcome",
        )),
        _behind("conflict", "conflict in which support begins", "UCDP id", ESD),
        _behind("agreement", "agreement signed", "DCAD number", DCAD),
        binary(
            "supported", "military support before", "1 if j supported i's government in any conflict in t-5..t-1", ESD,
        ),
        binary(
            "fighting", "government in a conflict",
            "1 if i's government was a party to a conflict with at least 25 deaths in t-1", ESD,
        ),
        binary(
            "treaty_too", "treaty in the same year",
            "1 if in t i enters a new or upgraded obligation with j under any treaty: not known at t-1", ATOP,
        ),
        *(variable for measure in MEASURES for variable in measure.variables),
        *EARLIER,
    ),
    keys=("state", "aggressor", "year"),
    outcomes=("military_support", "defence_agreement"),
    unit="dyad-year",
    codebook="data/build/informal.py",
)  # fmt: skip


@dataclass(frozen=True)
class Events:
    """Events by row: ``happened`` (row,), and the lowest number behind each, 0 without one."""

    happened: np.ndarray[tuple[int], np.dtype[np.bool_]]
    number: np.ndarray[tuple[int], np.dtype[np.int64]]


def _marked(rows: Rows, events: pd.DataFrame, number: str) -> Events:
    """The rows in which one of ``events`` (i, j, year and a number) happens."""
    lowest = events.groupby(["i", "j", "year"])[number].min()
    at = pd.MultiIndex.from_arrays([rows.i, rows.j, rows.t + FIRST], names=["i", "j", "year"])
    numbers = lowest.reindex(at).fillna(0).to_numpy(np.int64)
    return Events(numbers > 0, numbers)


def support_columns(rows: Rows, world: World) -> pd.DataFrame:
    """Columns of the file of support: the events of t, and what stood at t-1 and before."""
    table = world.raw.read(external_support.FILE)
    every = external_support.supports(table, world.grid)
    new = external_support.onsets(every)
    began, certain = _marked(rows, new, "conflict"), _marked(rows, new[new["certain"]], "conflict")
    later = [every.assign(year=every["year"] + lag) for lag in range(1, external_support.GAP + 1)]
    return pd.DataFrame(
        {
            "military_support": began.happened,
            "support_certain": certain.happened,
            "conflict": pd.Series(began.number, dtype="Int32").where(began.happened),
            "supported": _marked(rows, pd.concat(later), "conflict").happened,
            "fighting": rows.of_i(external_support.fighting(table, world.grid)),
        }
    )


def _agreements(rows: Rows, world: World) -> pd.DataFrame:
    table = agreements.agreements(world.raw.read(agreements.FILE), world.grid)
    signed = _marked(rows, table, "agreement")
    general = _marked(rows, table[table["general"]], "agreement")
    first, last = agreements.YEARS
    known = (rows.t + FIRST >= first) & (rows.t + FIRST <= last)
    return pd.DataFrame(
        {
            "defence_agreement": np.where(known, signed.happened.astype(float), np.nan),
            "general_agreement": np.where(known, general.happened.astype(float), np.nan),
            "agreement": pd.Series(signed.number, dtype="Int32").where(signed.happened),
        }
    )


def informal_rows(world: World, coding: Coding = REGISTERED) -> Rows:
    """The dyad-years at risk under a coding, from 1976 on."""
    rows = rows_at_risk(world, coding)
    late = rows.t + FIRST >= SINCE
    return Rows(rows.i[late], rows.j[late], rows.t[late])


def informal(world: World, coding: Coding = REGISTERED) -> pd.DataFrame:
    """The informal panel under a coding: the columns of ``INFORMAL``, rows sorted by state, aggressor, year."""
    world = world.under(coding)
    rows, states = informal_rows(world, coding), world.grid.states
    keys = keyed({"state": states[rows.i], "aggressor": states[rows.j], "year": rows.t + FIRST}, "state")
    with_any = replace(coding, bandwagon="any-treaty")
    any_treaty = BANDWAGON.columns(Sample(rows, world.under(with_any), with_any))
    events = [support_columns(rows, world), _agreements(rows, world)]
    events.append(pd.DataFrame({"treaty_too": any_treaty["bandwagon"] == 1}))
    sample = Sample(rows, world, coding)
    measured = [*(measure.columns(sample) for measure in MEASURES), earlier_columns(sample)]
    return compact(pd.concat([keys, *events, *measured], axis=1)[list(INFORMAL.columns)])
